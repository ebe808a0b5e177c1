import { switchedOff } from "./breaking-choices.ts";
import { lastRound, roundCounts } from "./broadcast-rounds.ts";
import { unknownLeft } from "./broadcast-rows.ts";
import { type Broadcast, broadcastCounts } from "./broadcasts.ts";
import type { Db } from "./db.ts";
import type { Language } from "./schema.ts";

/** Everything that a broadcast's screen tells, from the rows and their tallies. */
export async function progressOf(db: Db, broadcast: Broadcast, options: { now: Date; language: Language }) {
  const { id, dueAt, startedAt, endedAt, recalledAt, rate, userName: who } = broadcast;
  const counts = await broadcastCounts(db, broadcast, options.now);
  const round = await lastRound(db, id);
  const { queued = 0, ...ends } = round === undefined ? {} : await roundCounts(db, round.id);
  const text = broadcast.texts[options.language] ?? Object.values(broadcast.texts)[0];
  const state = broadcast.state === "draft" || broadcast.state === "dropped" ? ("stopped" as const) : broadcast.state;
  return {
    ...counts,
    ...{ id, state, who, dueAt, startedAt, endedAt, recalledAt, rate },
    headline: text?.headline ?? "",
    stopSeconds: 0,
    unknownLeft: counts.unknown === 0 ? 0 : await unknownLeft(db, id),
    switchedOff: await switchedOff(db, id),
    round: round === undefined ? null : { kind: round.kind, running: round.state === "running", ends, left: queued },
  };
}
