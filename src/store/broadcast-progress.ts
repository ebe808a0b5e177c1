import { and, eq, lt, type SQL, sql } from "drizzle-orm";
import { breathe } from "../breathe.ts";
import { lastRound, roundCounts } from "./broadcast-rounds.ts";
import { unknownLeft } from "./broadcast-rows.ts";
import { type Broadcast, broadcastCounts } from "./broadcasts.ts";
import type { Db } from "./db.ts";
import { seconds } from "./json-list.ts";
import { breakingChoices, type Language } from "./schema.ts";

/** So long after its end a report counts who switched off, blocked or left. */
const leavingMs = 3_600_000;
/** Readers who left that one statement looks at: some 7 ms. */
const goneSliceMax = 2_000;

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
    left: await leftAfter(db, broadcast),
    round: round === undefined ? null : { kind: round.kind, running: round.state === "running", ends, left: queued },
  };
}

/** Readers lost by it: under it, or after its copy and within an hour of its end. */
export type Left = { off: number; blocked: number; stopped: number };

export async function leftAfter(
  db: Db,
  { id, startedAt, endedAt }: Pick<Broadcast, "id" | "startedAt" | "endedAt">,
): Promise<Left> {
  if (startedAt === null || endedAt === null) return { off: 0, blocked: 0, stopped: 0 };
  const until = new Date(endedAt.getTime() + leavingMs);
  const [off] = await db
    .select({ n: sql<number>`count(*)` })
    .from(breakingChoices)
    .where(and(eq(breakingChoices.broadcastId, id), eq(breakingChoices.level, "none"), lt(breakingChoices.at, until)));
  const gone = await countGone(db, { id, from: startedAt, until });
  return { off: off?.n ?? 0, blocked: gone.resting + gone.gone, stopped: gone.stopped };
}

/** Those who left in this time, after they had their copy; of a million readers they are tens of thousands. */
async function countGone(db: Db, { id, from, until }: { id: number; from: Date; until: Date }) {
  const counts = { resting: 0, gone: 0, stopped: 0 };
  let beyond: SQL = sql`state_at >= ${seconds(from)}`;
  for (;;) {
    const within = sql`state <> 'active' and ${beyond} and state_at < ${seconds(until)}`;
    const [last] = await db.all<{ at: number; id: number }>(
      sql`select state_at as at, id from subscribers where ${within} order by state_at, id
        limit 1 offset ${goneSliceMax - 1}`,
    );
    const upTo = last === undefined ? sql`true` : sql`(state_at, id) <= (${last.at}, ${last.id})`;
    const rows = await db.all<{ state: keyof typeof counts; n: number }>(
      sql`select state, count(*) as n from subscribers as s where ${within} and ${upTo}
        and exists (select 1 from deliveries as d where d.kind = 'broadcast' and d.ref = ${id} and d.slot = 0
          and d.subscriber_id = s.id and d.state = 'sent' and d.at <= s.state_at) group by state`,
    );
    for (const { state, n } of rows) counts[state] += n;
    if (last === undefined) return counts;
    beyond = sql`(state_at, id) > (${last.at}, ${last.id})`;
    await breathe();
  }
}
