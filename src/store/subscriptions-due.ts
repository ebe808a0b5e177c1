import { asc, eq, gt, isNotNull, lte, min, type SQL, sql } from "drizzle-orm";
import { batchAll, type Db } from "./db.ts";
import { priorityOf, tooLate } from "./deliveries.ts";
import { seconds } from "./json-list.ts";
import { deliveries, type SubscriberState, subscribers, subscriptions } from "./schema.ts";

/** Subscriptions of one slice: one read and one write of a few milliseconds each. */
export const planSliceMax = 500;
/** Index entries that one counting statement walks over. */
const countSliceMax = 20_000;

export type DueSubscription = {
  id: number;
  subscriberId: number;
  rule: string;
  minute: number;
  timezone: string;
  /** The slot that is due, in seconds. */
  slot: number;
  state: SubscriberState;
  /** In seconds. */
  pausedUntil: number | null;
};

/** Digests whose time has come, the longest due first. */
export async function dueSubscriptions(db: Db, now: Date, limit = planSliceMax): Promise<DueSubscription[]> {
  // Plain numbers: a million dates cost more than the rest of the planning.
  return db
    .select({
      id: subscriptions.id,
      subscriberId: subscriptions.subscriberId,
      rule: subscriptions.rule,
      minute: subscriptions.minute,
      timezone: subscribers.timezone,
      slot: sql<number>`coalesce(${subscriptions.slotAt}, ${subscriptions.dueAt})`,
      state: subscribers.state,
      pausedUntil: sql<number | null>`${subscribers.pausedUntil}`,
    })
    .from(subscriptions)
    .innerJoin(subscribers, eq(subscribers.id, subscriptions.subscriberId))
    .where(lte(subscriptions.dueAt, now))
    .orderBy(asc(subscriptions.dueAt))
    .limit(limit);
}

/** What is decided for one subscription; all times in seconds. */
export type Planned = {
  id: number;
  /** The slot that it was decided for: when somebody changed it meanwhile, nothing is written. */
  slot: number;
  /** When it is due again; null when it never is. */
  next: number | null;
  /** The slot for which a digest is to be sent; null when none is. */
  send: number | null;
  /** The slot that was missed for good; null when none was. */
  missed: number | null;
};

/**
 * Writes a slice of decisions in one batch. The slot is compared and moved in it, and a ledger row is unique, so a second
 * planner writes nothing twice and no lease is needed.
 */
export async function planSlots(db: Db, planned: readonly Planned[], now: Date): Promise<void> {
  const list = JSON.stringify(planned.map((each) => [each.id, each.slot, each.next, each.send, each.missed]));
  const unchanged = sql`json_each(${list}) as j cross join subscriptions as s
    where s.id = j.value ->> 0 and coalesce(s.slot_at, s.due_at) = j.value ->> 1`;
  const anyMissed = planned.some((each) => each.missed !== null);
  const statements = [
    db
      .insert(deliveries)
      .select(ledgerRows(unchanged, 3, { state: "queued", error: "", now }))
      .onConflictDoNothing(),
    ...(anyMissed
      ? [
          db
            .insert(deliveries)
            .select(ledgerRows(unchanged, 4, { state: "skipped", error: tooLate, now }))
            .onConflictDoNothing(),
        ]
      : []),
    db
      .update(subscriptions)
      .set({ dueAt: sql`j.value ->> 2`, slotAt: sql`j.value ->> 2`, leaseToken: null })
      .from(sql`json_each(${list}) as j`)
      .where(
        sql`${subscriptions.id} = j.value ->> 0
          and coalesce(${subscriptions.slotAt}, ${subscriptions.dueAt}) = j.value ->> 1`,
      ),
  ];
  // Taken back by a power cut, the same is planned again.
  await batchAll(db, statements, { mayBeLost: true });
}

/** When the next digest of anybody is due; null when there is none. */
export async function nextDueAt(db: Db): Promise<Date | null> {
  const [row] = await db
    .select({ at: min(subscriptions.dueAt) })
    .from(subscriptions)
    .where(isNotNull(subscriptions.dueAt));
  return row?.at ?? null;
}

/** How many digests are due at this very moment, counted up to `most`. */
export async function minuteLoad(db: Db, at: Date, most = countSliceMax): Promise<number> {
  const some = db
    .select({ one: sql`1`.as("one") })
    .from(subscriptions)
    .where(eq(subscriptions.dueAt, at))
    .limit(most)
    .as("some");
  const [row] = await db.select({ n: sql<number>`count(*)` }).from(some);
  return row?.n ?? 0;
}

export type PopularMinute = { at: Date; digests: number };

/** The fullest minutes until `until`, the fullest first. Counted in slices, however many subscriptions there are. */
export async function popularMinutes(
  db: Db,
  { now, until, limit }: { now: Date; until: Date; limit: number },
): Promise<PopularMinute[]> {
  const counts = new Map<number, number>();
  let after: SQL = gt(subscriptions.dueAt, now);
  for (;;) {
    const rows = await db.all<{ at: number; n: number; lastId: number }>(
      sql`select due_at as at, count(*) as n, max(id) as lastId from (
        select due_at, id from subscriptions where ${after} and due_at <= ${seconds(until)} order by due_at, id
        limit ${countSliceMax}) group by due_at`,
    );
    for (const { at, n } of rows) counts.set(at, (counts.get(at) ?? 0) + n);
    const last = rows.at(-1);
    if (last === undefined || rows.reduce((sum, { n }) => sum + n, 0) < countSliceMax) break;
    after = sql`(due_at, id) > (${last.at}, ${last.lastId})`;
  }
  return [...counts]
    .map(([at, digests]) => ({ at: new Date(at * 1000), digests }))
    .sort((a, b) => b.digests - a.digests || a.at.getTime() - b.at.getTime())
    .slice(0, limit);
}

function ledgerRows(
  unchanged: SQL,
  column: number,
  { state, error, now }: { state: "queued" | "skipped"; error: string; now: Date },
): SQL {
  const slot = sql.raw(`j.value ->> ${column}`);
  const due = state === "queued" ? sql`${seconds(now)}` : sql`null`;
  return sql`select null, 'digest', s.id, ${slot}, s.subscriber_id, 1, 1, ${state}, ${priorityOf.digest}, ${due},
    null, null, ${error}, ${seconds(now)}, null from ${unchanged} and ${slot} is not null`;
}
