import { and, eq, gt, sql } from "drizzle-orm";
import { batchAll, type Db } from "./db.ts";
import { seconds } from "./json-list.ts";
import { deliveries, readings, subscriptions } from "./schema.ts";

/** Digests that one statement reads, and one batch writes. */
const sliceMax = 100;

/** A digest whose next time is ahead; all times in seconds. */
export type Ahead = {
  id: number;
  rule: string;
  minute: number;
  timezone: string;
  slot: number;
  pausedUntil: number | null;
  createdAt: number;
  /** The slots ahead that the ledger has: sent, or being sent, but not those that were passed over as too late. */
  taken: number[];
};

/** Digests that wait for a time after `now`, in slices by their ids. */
export async function digestsAhead(db: Db, now: Date, afterId: number): Promise<Ahead[]> {
  const rows = await db.all<Omit<Ahead, "taken"> & { taken: string }>(sql`
    select s.id as id, s.rule as rule, s.minute as minute, r.timezone as timezone, s.slot_at as slot,
      r.paused_until as pausedUntil, s.created_at as createdAt,
      (select json_group_array(d.slot) from deliveries as d
        where d.kind = 'digest' and d.ref = s.id and d.slot > ${seconds(now)} and d.state <> 'skipped') as taken
    from subscriptions as s cross join subscribers as r on r.id = s.subscriber_id
    where s.id > ${afterId} and s.kind = 'digest' and s.due_at > ${seconds(now)} and s.slot_at is not null
    order by s.id limit ${sliceMax}`);
  return rows.map((row) => ({ ...row, taken: JSON.parse(row.taken) as number[] }));
}

/**
 * Gives digests an earlier next time, unless somebody changed it meanwhile. That it was too late for times which are
 * still to come is no truth to keep: those rows make room for the digests.
 */
export async function bringForward(
  db: Db,
  digests: readonly { id: number; slot: number; next: Date }[],
  now: Date,
): Promise<void> {
  await batchAll(
    db,
    digests.flatMap(({ id, slot, next }) => [
      db
        .delete(deliveries)
        .where(
          and(
            eq(deliveries.kind, "digest"),
            eq(deliveries.ref, id),
            gt(deliveries.slot, seconds(now)),
            eq(deliveries.state, "skipped"),
          ),
        ),
      db
        .update(subscriptions)
        .set({ dueAt: next, slotAt: next })
        .where(and(eq(subscriptions.id, id), eq(subscriptions.slotAt, new Date(slot * 1000)))),
    ]),
  );
}

/** Sources that were read at a time that is still to come are due now. */
export async function readAgain(db: Db, now: Date): Promise<void> {
  await db
    .update(readings)
    .set({ dueAt: now })
    .where(and(gt(readings.lastReadAt, now), gt(readings.dueAt, now)));
}
