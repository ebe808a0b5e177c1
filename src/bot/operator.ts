import { glance } from "../store/glance.ts";
import { blocks, bold, lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { whenNamed } from "../text/index.ts";
import { say } from "./answer.ts";
import type { Area } from "./handler.ts";
import { readingOf, type Visit } from "./visit.ts";

/** For those who run the bot; to everybody else these commands do not exist. */
export const operator: Area = {
  commands: { status: { run: status, operator: true, privateOnly: true } },
  presses: {},
};

async function status(visit: Visit): Promise<void> {
  const { text } = visit;
  const seen = await glance(visit.app.db, visit.now, { askedBy: visit.updateId });
  const newest = seen.newestArticleAt === null ? null : new Date(seen.newestArticleAt);
  const rows = [
    text.status.counts(text.number(seen.sources), text.number(seen.activeSubscribers)),
    newest === null ? null : text.status.newest(whenNamed(newest, readingOf(visit))),
    text.status.waiting(text.number(seen.updatesWaiting), text.number(seen.deliveriesDue)),
  ];
  await say(visit, message(blocks(bold(text.status.title), lines(...rows))));
}
