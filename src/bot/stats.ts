import { aheadHours, statsOf } from "../pages/stats.ts";
import { renderStats } from "../telegram/stats-message.ts";
import { say } from "./answer.ts";
import type { Area } from "./handler.ts";
import { readingOf, type Visit } from "./visit.ts";

const days = 7;
/** Stories, and minutes, that fit a screen. */
const shownMax = 8;

/** For those who run the bot: what readers think, and what the fullest minutes to come will take. */
export const stats: Area = {
  commands: { stats: { run: showStats, operator: true, privateOnly: true } },
  presses: {},
};

async function showStats(visit: Visit): Promise<void> {
  const { db, config } = visit.app;
  const found = await statsOf(db, { now: visit.now, days, limit: shownMax });
  const view = {
    ...found,
    ...{ days, hours: aheadHours, rate: config.SEND_RATE },
    minutes: found.minutes.toSorted((a, b) => a.at.getTime() - b.at.getTime()),
    counts: config.COUNT_CLICKS && config.PUBLIC_URL !== undefined,
  };
  await say(visit, renderStats(view, readingOf(visit)));
}
