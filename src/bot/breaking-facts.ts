import { readHours } from "../news/quiet.ts";
import { estimateAudience } from "../store/broadcast-audience.ts";
import { type Broadcast, earlierOf, startedSince } from "../store/broadcasts.ts";
import type { Check } from "../telegram/breaking-check.ts";
import { localTime } from "../text/index.ts";
import { nameOfAudience } from "./breaking-audience.ts";
import { idOf } from "./handler.ts";
import { printOf } from "./print.ts";
import { timezoneOf, type Visit } from "./visit.ts";

/** Over so many days the usual number a day is counted. */
const usualDays = 14;
/** The last question can be answered for so long. */
const confirmMs = 3 * 60_000;
const dayMs = 86_400_000;

/** What an editor is to know before anything is sent, as of now. */
export async function checkOf(visit: Visit, broadcast: Broadcast): Promise<Check> {
  const { app, now } = visit;
  const { id, texts, missing, audience, level, silent, asleep, dueAt, storyId } = broadcast;
  const at = dueAt !== null && dueAt > now ? dueAt : now;
  const estimate = await estimateAudience(app.db, broadcast, { now: at, night: readHours(app.config.NIGHT_HOURS) });
  const earlier = storyId === null ? [] : await earlierOf(app.db, storyId, id);
  const started = await startedSince(app.db, new Date(now.getTime() - usualDays * dayMs));
  const midnight = localTime(now, timezoneOf(visit)).startOfDay().epochMilliseconds;
  const today = started.filter((each) => each.startedAt!.getTime() >= midnight).length;
  return {
    ...{ id, texts, missing, audience, level, silent, asleep, today },
    dueAt: dueAt !== null && dueAt > now ? dueAt : null,
    headline: Object.values(texts)[0]?.headline ?? "",
    readers: estimate.readers,
    now: estimate.now,
    sleeping: estimate.asleep,
    without: estimate.without,
    rate: app.config.SEND_RATE,
    earlier: earlier.map((each) => ({ id: each.id, who: each.userName, at: each.startedAt! })),
    hasStory: storyId !== null,
    audienceName: await nameOfAudience(visit, audience),
    usual: Math.max(1, Math.round((started.length - today) / usualDays)),
  };
}

/** Names the moment of a question and exactly what it was about. */
export function sealOf({ now }: Visit, broadcast: Broadcast): string {
  return `${Math.floor(now.getTime() / 1000).toString(36)}:${printOf(noticed(broadcast))}`;
}

/** Was it asked a moment ago, and about what it is now? */
export function isSealed(
  { now }: Visit,
  broadcast: Broadcast,
  { asked, print }: { asked: string | undefined; print: string | undefined },
): boolean {
  const age = now.getTime() - (idOf(asked) ?? 0) * 1000;
  return age <= confirmMs && print === printOf(noticed(broadcast));
}

/** All that readers would notice. */
function noticed({ texts, missing, audience, level, silent, asleep, dueAt, photo, url }: Broadcast): unknown {
  return [texts, missing, audience, level, silent, asleep, dueAt, photo, url];
}
