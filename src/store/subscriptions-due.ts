import { and, eq, gt, inArray, isNotNull, min, type SQL, sql } from "drizzle-orm";
import { breathe } from "../breathe.ts";
import { batchAll, type Db, type Statement } from "./db.ts";
import { priorityOf, tooLate } from "./deliveries.ts";
import { seconds } from "./json-list.ts";
import { deliveries, type NewsLanguages, type SubscriberState, subscribers, subscriptions } from "./schema.ts";

/** Subscriptions of one slice: one read and one write of a few milliseconds each. */
export const planSliceMax = 300;
/** Different decisions that one batch writes. */
const decisionsPerBatch = 10;
/** Index entries that one counting statement walks over. */
const countSliceMax = 20_000;
/** Digests whose readers one statement looks up. */
const readersSliceMax = 2_000;

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
  // Plain SQL and numbers: for a million rows a query builder's dates and objects cost more than the planning.
  return db.all<DueSubscription>(sql`
    select s.id as id, s.subscriber_id as subscriberId, s.rule as rule, s.minute as minute, r.timezone as timezone,
      coalesce(s.slot_at, s.due_at) as slot, r.state as state, r.paused_until as pausedUntil
    from subscriptions as s cross join subscribers as r on r.id = s.subscriber_id
    where s.due_at <= ${seconds(now)} order by s.due_at limit ${limit}`);
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
 * Writes a slice of decisions. The slot is compared and moved in the batch that writes the ledger, and a ledger row is
 * unique, so a second planner writes nothing twice and no lease is needed.
 */
export async function planSlots(db: Db, planned: readonly Planned[], now: Date): Promise<void> {
  // Nearly all of a slice is decided alike, and one statement then serves many rows.
  const alike = Object.values(
    Object.groupBy(planned, ({ slot, next, send, missed }) => `${slot} ${next} ${send} ${missed}`),
  ).map((group) => group!);
  for (let start = 0; start < alike.length; start += decisionsPerBatch) {
    const statements = alike.slice(start, start + decisionsPerBatch).flatMap((group) => decided(db, group, now));
    // Taken back by a power cut, the same is planned again.
    await batchAll(db, statements, { mayBeLost: true });
  }
}

/** When the next digest of anybody is due; null when there is none. */
export async function nextDueAt(db: Db): Promise<Date | null> {
  const [row] = await db
    .select({ at: min(subscriptions.dueAt) })
    .from(subscriptions)
    .where(isNotNull(subscriptions.dueAt));
  return row?.at ?? null;
}

/** Whose digest that is: its chat, and its topic or 0. */
export async function nextDueIn(db: Db): Promise<{ chatId: number; threadId: number } | null> {
  const [row] = await db
    .select({ chatId: subscribers.chatId, threadId: subscribers.threadId })
    .from(subscriptions)
    .innerJoin(subscribers, eq(subscribers.id, subscriptions.subscriberId))
    .where(isNotNull(subscriptions.dueAt))
    .orderBy(subscriptions.dueAt)
    .limit(1);
  return row ?? null;
}

/** Digests of readers who have not left, in the order in which they were made, from after `afterId`: for an export. */
export async function digestsAfter(db: Db, afterId: number, limit = planSliceMax) {
  return db
    .select({
      id: subscriptions.id,
      chatId: subscribers.chatId,
      threadId: subscribers.threadId,
      language: subscribers.language,
      timezone: subscribers.timezone,
      minute: subscriptions.minute,
      rule: subscriptions.rule,
    })
    .from(subscriptions)
    .innerJoin(subscribers, eq(subscribers.id, subscriptions.subscriberId))
    .where(
      and(
        gt(subscriptions.id, afterId),
        eq(subscriptions.kind, "digest"),
        inArray(subscribers.state, ["active", "resting"]),
      ),
    )
    .orderBy(subscriptions.id)
    .limit(limit);
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

/** The fullest minutes until `until`, the fullest first. */
export async function popularMinutes(
  db: Db,
  { now, until, limit }: { now: Date; until: Date; limit: number },
): Promise<PopularMinute[]> {
  return [...(await countDue(db, { after: now, until }))]
    .map(([at, digests]) => ({ at: new Date(at * 1000), digests }))
    .sort((a, b) => b.digests - a.digests || a.at.getTime() - b.at.getTime())
    .slice(0, limit);
}

/**
 * How many digests are due at each second after `after` and until `until`. However many they are, they are counted in
 * slices of a few milliseconds, between which others get their turn.
 */
export async function countDue(
  db: Db,
  { after, until }: { after: Date; until: Date },
): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  let from: SQL = gt(subscriptions.dueAt, after);
  for (;;) {
    const rows = await db.all<{ at: number; n: number; lastId: number }>(
      sql`select due_at as at, count(*) as n, max(id) as lastId from (
        select due_at, id from subscriptions where ${from} and due_at <= ${seconds(until)} order by due_at, id
        limit ${countSliceMax}) group by due_at`,
    );
    for (const { at, n } of rows) counts.set(at, (counts.get(at) ?? 0) + n);
    const last = rows.at(-1);
    if (last === undefined || rows.reduce((sum, { n }) => sum + n, 0) < countSliceMax) return counts;
    from = sql`(due_at, id) > (${last.at}, ${last.lastId})`;
    await breathe();
  }
}

/** Digests of one moment whose readers read the same languages; those with wishes of their own apart. */
export type MinuteReaders = { news: NewsLanguages; wishes: boolean; digests: number };

/** Who gets the digests that are due at this very moment; counted in slices, between which others get their turn. */
export async function minuteReaders(db: Db, at: Date): Promise<MinuteReaders[]> {
  const counts = new Map<string, MinuteReaders>();
  for (let afterId = 0; ; ) {
    const rows = await db.all<{ news: NewsLanguages; wishes: number; n: number; lastId: number }>(
      sql`select r.news_languages as news, s.query <> '' as wishes, count(*) as n, max(s.id) as lastId from (
        select id, subscriber_id, query from subscriptions where due_at = ${seconds(at)} and id > ${afterId} order by id
        limit ${readersSliceMax}) as s cross join subscribers as r on r.id = s.subscriber_id group by 1, 2`,
    );
    for (const { news, wishes, n } of rows) {
      const before = counts.get(`${news} ${wishes}`)?.digests ?? 0;
      counts.set(`${news} ${wishes}`, { news, wishes: wishes === 1, digests: before + n });
    }
    if (rows.reduce((sum, { n }) => sum + n, 0) < readersSliceMax) return [...counts.values()];
    afterId = Math.max(...rows.map(({ lastId }) => lastId));
    await breathe();
  }
}

/** The statements of subscriptions for which the same was decided. */
function decided(db: Db, group: readonly Planned[], now: Date): Statement[] {
  const { slot, next, send, missed } = group[0]!;
  const ids = JSON.stringify(group.map((each) => each.id));
  const rows = (
    of: number,
    state: "queued" | "skipped",
  ) => sql`select null, 'digest', s.id, ${of}, s.subscriber_id, 1, 1,
    ${state}, ${priorityOf.digest}, ${state === "queued" ? seconds(now) : null}, null, null,
    ${state === "queued" ? "" : tooLate}, ${seconds(now)}, null
    from json_each(${ids}) as j cross join subscriptions as s on s.id = j.value
    where coalesce(s.slot_at, s.due_at) = ${slot}`;
  const ledger = [
    ...(send === null ? [] : [rows(send, "queued")]),
    ...(missed === null ? [] : [rows(missed, "skipped")]),
  ];
  return [
    ...ledger.map((select) => db.insert(deliveries).select(select).onConflictDoNothing()),
    db
      .update(subscriptions)
      .set({ dueAt: sql`${next}`, slotAt: sql`${next}`, leaseToken: null })
      .where(
        sql`${subscriptions.id} in (select value from json_each(${ids}))
          and coalesce(${subscriptions.slotAt}, ${subscriptions.dueAt}) = ${slot}`,
      ),
  ];
}
