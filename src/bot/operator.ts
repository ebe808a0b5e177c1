import { countFeedback } from "../store/feedback.ts";
import { glance, readersCountedMax } from "../store/glance.ts";
import { blocks, bold, lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { feedbackText, type Reason } from "../text/feedback.ts";
import { whenNamed } from "../text/index.ts";
import { say } from "./answer.ts";
import type { Area } from "./handler.ts";
import { readingOf, type Visit } from "./visit.ts";

/** Feedback that is counted. */
const feedbackMs = 7 * 86_400_000;

/** For those who run the bot; to everybody else these commands do not exist. */
export const operator: Area = {
  commands: { status: { run: status, operator: true, privateOnly: true } },
  presses: {},
};

async function status(visit: Visit): Promise<void> {
  const { text } = visit;
  const seen = await glance(visit.app.db, visit.now, { askedBy: visit.updateId });
  const newest = seen.newestArticleAt === null ? null : new Date(seen.newestArticleAt);
  const said = await countFeedback(visit.app.db, new Date(visit.now.getTime() - feedbackMs));
  const words = feedbackText(visit.language);
  const reasons = (Object.keys(words.reasons) as Reason[]).flatMap((reason) => {
    const n = said.reasons[reason] ?? 0;
    return n === 0 ? [] : [`${words.reasons[reason]} ${text.number(n)}`];
  });
  const upTo = (n: number, most: number) => `${text.number(n)}${n < most ? "" : "+"}`;
  const rows = [
    text.status.counts(text.number(seen.sources), upTo(seen.activeSubscribers, readersCountedMax)),
    newest === null ? null : text.status.newest(whenNamed(newest, readingOf(visit))),
    text.status.waiting(text.number(seen.updatesWaiting), text.number(seen.deliveriesDue)),
    said.up + said.down > 0 && words.counts(text.number(said.up), text.number(said.down), reasons.join(words.list)),
  ];
  await say(visit, message(blocks(bold(text.status.title), lines(...rows))));
}
