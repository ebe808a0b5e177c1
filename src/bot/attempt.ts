import { stepOf } from "../telegram/errors.ts";
import { plainText, withoutLinks } from "../telegram/html.ts";
import type { Message } from "../telegram/message.ts";
import { followChat } from "./members.ts";
import type { Visit } from "./visit.ts";

/** How often an answer is tried, and how long a person may be kept waiting for it. */
const triesMax = 4;
const waitSecondsMax = 10;
const retryMs = 1_000;

/** What came of it: it is there, there is nothing to edit, or the chat cannot be reached. */
export type Attempted = "done" | "not-there" | "unreachable";

/**
 * Sends or edits, and takes the step that each refusal asks for: too heavy goes again without its links, unparsable as
 * plain text, too fast after the wait that Telegram named. What nobody can mend here is thrown.
 */
export async function attempt(
  visit: Visit,
  message: Message,
  call: (text: string, parsed: boolean) => Promise<unknown>,
): Promise<Attempted> {
  let text = message.html;
  let parsed = true;
  for (let tries = 1; ; tries += 1) {
    try {
      await call(text, parsed);
      return "done";
    } catch (error) {
      const step = stepOf(error);
      if (tries >= triesMax) throw error;
      if (step.step === "unchanged") return "done";
      if (step.step === "not-there") return "not-there";
      if (step.step === "split") text = withoutLinks(text);
      else if (step.step === "plain-text") [text, parsed] = [plainText(text), false];
      else if (step.step === "retry") await sleep(retryMs);
      else if (step.step === "wait") {
        // The gate knows already (pacedReplies), so that what is pushed to this chat waits as well.
        if (step.seconds > waitSecondsMax) throw error;
        await sleep(step.seconds * 1_000);
      } else if (isOutOfReach(step.step)) {
        if (step.step === "migrate") await followChat(visit.app, visit.chatId, step.chatId);
        visit.app.log.debug({ update: visit.updateId, reason: step.reason }, "an answer could not be delivered");
        return "unreachable";
      } else throw error;
    }
  }
}

function isOutOfReach(step: string): boolean {
  return ["rest", "gone", "migrate", "no-topic", "topic-closed", "no-rights"].includes(step);
}

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
