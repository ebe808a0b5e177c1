import { and, eq, gt, inArray, isNull, lt, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { deliveries, facts, shown, subscribers, tallies } from "./schema.ts";

/** Rows that one slice deletes: a write of a few milliseconds. */
const sliceMax = 300;
/** Ledger rows that one slice looks at: the old ones stand first. */
const lookedAtMax = 2_000;
/** Readers whose `shown` one slice goes through. */
const readersPerSlice = 100;
/** An article's id is its second × 2^20 + n. */
const idsPerSecond = 2 ** 20;
/** Digests look back a month; what was shown matters at least twice as long. */
const shownDaysMin = 62;
const dayMs = 86_400_000;
const cursorName = "prune_shown";

/** Deletes settled ledger rows from before that moment, the oldest first. Gives how many; call again while any. */
export async function pruneDeliveries(db: Db, before: Date): Promise<number> {
  const first = db.select({ id: deliveries.id, at: deliveries.at, dueAt: deliveries.dueAt }).from(deliveries);
  const looked = first.orderBy(deliveries.id).limit(lookedAtMax).as("looked");
  const old = db
    .select({ id: looked.id })
    .from(looked)
    .where(and(lt(looked.at, before), isNull(looked.dueAt)))
    .limit(sliceMax);
  const [gone] = (await db.batch(
    [
      db.delete(deliveries).where(inArray(deliveries.id, old)).returning({ id: deliveries.id }),
      db.delete(tallies).where(and(gt(tallies.slot, 0), lt(tallies.slot, Math.floor(before.getTime() / 1000)))),
    ],
    { mayBeLost: true },
  )) as [unknown[], unknown];
  return gone.length;
}

/**
 * Forgets what readers had of articles that no digest can tell again, a hundred readers a slice, and goes on where the
 * last slice ended. False when all readers were gone through; the next call begins anew.
 */
export async function pruneShown(
  db: Db,
  { now, retentionDays }: { now: Date; retentionDays: number },
): Promise<boolean> {
  const days = Math.max(retentionDays, shownDaysMin);
  const firstKept = Math.floor((now.getTime() - days * dayMs) / 1000) * idsPerSecond;
  const [cursor] = await db.select().from(facts).where(eq(facts.name, cursorName)).limit(1);
  const readers = await db
    .select({ id: subscribers.id })
    .from(subscribers)
    .where(gt(subscribers.id, Number(cursor?.value ?? 0)))
    .orderBy(subscribers.id)
    .limit(readersPerSlice);
  const isLast = readers.length < readersPerSlice;
  const value = isLast ? "0" : String(readers.at(-1)!.id);
  await db.batch(
    [
      db
        .delete(shown)
        .where(and(inArray(shown.subscriberId, jsonList(readers.map(({ id }) => id))), lt(shown.articleId, firstKept))),
      db
        .insert(facts)
        .values({ name: cursorName, value })
        .onConflictDoUpdate({ target: facts.name, set: { value: sql`excluded.value` } }),
    ],
    { mayBeLost: true },
  );
  return !isLast;
}
