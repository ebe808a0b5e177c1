import { and, eq, gte, lt, ne, sql } from "drizzle-orm";
import { lastRound, roundCounts } from "./broadcast-rounds.ts";
import { unknownLeft } from "./broadcast-rows.ts";
import { type Broadcast, broadcastCounts } from "./broadcasts.ts";
import type { Db } from "./db.ts";
import { breakingChoices, type Language, subscribers } from "./schema.ts";

/** So long after its end a report counts who switched off, blocked or left. */
const leavingMs = 3_600_000;

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
  const gone = await db
    .select({ state: subscribers.state, n: sql<number>`count(*)` })
    .from(subscribers)
    .where(
      and(
        ne(subscribers.state, sql.raw("'active'")),
        gte(subscribers.stateAt, startedAt),
        lt(subscribers.stateAt, until),
        sql`exists (select 1 from deliveries as d where d.kind = 'broadcast' and d.ref = ${id} and d.slot = 0
          and d.subscriber_id = ${subscribers.id} and d.state = 'sent' and d.at <= ${subscribers.stateAt})`,
      ),
    )
    .groupBy(subscribers.state);
  const of = (state: string) => gone.find((row) => row.state === state)?.n ?? 0;
  return { off: off?.n ?? 0, blocked: of("resting") + of("gone"), stopped: of("stopped") };
}
