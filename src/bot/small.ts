import { html, lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { renderHello, renderHelp, renderId } from "../telegram/settings-message.ts";
import { ask, say } from "./answer.ts";
import type { Area } from "./handler.ts";
import { operatorsOf } from "./owner.ts";
import { isPrivate, type Visit } from "./visit.ts";

const feedbackCharsMax = 2_000;
const nameCharsMax = 64;

export const small: Area = {
  commands: {
    help: { run: help },
    id: { run: async (visit) => say(visit, renderId(visit, visit)) },
    feedback: { run: feedback, privateOnly: true },
  },
  presses: { help: { act: help } },
};

export async function help(visit: Visit): Promise<void> {
  const { language, app } = visit;
  await say(visit, renderHelp({ language, private: isPrivate(visit), botUsername: app.me.username }));
}

export async function hello(visit: Visit): Promise<void> {
  await say(visit, renderHello(visit));
}

export async function thanks(visit: Visit): Promise<void> {
  await say(visit, message(lines(visit.text.small.welcome)));
}

/** A person's words, to everybody who runs the bot. */
export async function feedback(visit: Visit, words: string): Promise<void> {
  const { ctx, text, chatId } = visit;
  if (words === "") return ask(visit, message(lines(text.small.feedbackAsk)), "feedback");
  const operators = (await operatorsOf(visit)).filter((id) => id !== chatId);
  const name = [ctx.from?.first_name, ctx.from?.last_name].filter(Boolean).join(" ").slice(0, nameCharsMax);
  const note = html`${text.small.feedbackFrom(chatId, name)}\n${words.slice(0, feedbackCharsMax)}`;
  const sent = await Promise.allSettled(
    operators.map((id) => ctx.api.sendMessage(id, note.html, { parse_mode: "HTML" })),
  );
  const arrived = sent.some((each) => each.status === "fulfilled");
  // Who is named in the settings and never pressed START cannot be written to.
  const why = operators.length === 0 ? text.small.feedbackNobody : text.small.feedbackUnreachable;
  await say(visit, message(lines(arrived ? text.small.feedbackSent : why)));
}
