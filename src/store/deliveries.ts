import { and, asc, eq, gt, inArray, lte, sql } from "drizzle-orm";
import type { Db, Statement } from "./db.ts";
import { jsonList, seconds } from "./json-list.ts";
import { type DeliveryKind, type DeliveryState, deliveries, subscribers, subscriptions, tallies } from "./schema.ts";
import { isOpen } from "./standstill.ts";

/** Rows of one claim: a write of about 3 ms. */
export const claimMax = 500;
/** Rows of one listing. */
const listMax = 500;
/** A digest that was missed longer ago than the rarest rule takes to come round is nobody's question any more. */
const missedSecondsMax = 40 * 86_400;

/** By the gate's order: breaking 0, alert 1, asked 2, digest 3. */
export const priorityOf = { breaking: 0, alert: 1, asked: 2, digest: 3 } as const;

export type Delivery = typeof deliveries.$inferSelect;
export type DueDelivery = Delivery & {
  /** Undefined when the subscriber deleted everything since. */
  subscriber: typeof subscribers.$inferSelect | undefined;
  /** Undefined when it was removed since, or when a person without one asked by hand. */
  subscription: typeof subscriptions.$inferSelect | undefined;
  /** The one before it was skipped because its time was over; said in this one. */
  missedAt: Date | null;
};

export type NewDelivery = Pick<Delivery, "kind" | "ref" | "slot" | "subscriberId"> & {
  priority: number;
  dueAt: Date;
  part?: number;
  attempt?: number;
  body?: string;
};

/** Puts rows into the ledger; one that is there already stays as it is. */
export function enqueueStatement(db: Db, rows: readonly NewDelivery[], now: Date): Statement {
  const list = rows.map((row) => [
    row.kind,
    row.ref,
    row.slot,
    row.subscriberId,
    row.part ?? 1,
    row.attempt ?? 1,
    row.priority,
    seconds(row.dueAt),
    row.body ?? null,
  ]);
  return db
    .insert(deliveries)
    .select(
      sql`select null, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, 'queued',
        value ->> 6, value ->> 7, null, null, '', ${seconds(now)}, value ->> 8
      from json_each(${JSON.stringify(list)}) where true`,
    )
    .onConflictDoNothing();
}

export async function enqueueDeliveries(db: Db, rows: readonly NewDelivery[], now: Date): Promise<void> {
  if (rows.length > 0) await db.batch([enqueueStatement(db, rows, now)]);
}

/** `/digest` by hand: the update's id makes it one, however often the update is handled. */
export async function askForDigest(
  db: Db,
  asked: { subscriptionId: number; subscriberId: number; updateId: number },
  now: Date,
): Promise<void> {
  const { subscriptionId: ref, subscriberId, updateId } = asked;
  const row = { kind: "digest", ref, slot: -updateId, subscriberId, priority: priorityOf.asked, dueAt: now } as const;
  await enqueueDeliveries(db, [row], now);
}

/** The most urgent priority with a row whose time has come; null when nothing is due. */
export async function urgentPriority(db: Db, now: Date): Promise<number | null> {
  const due = (priority: number) =>
    sql`exists (select 1 from deliveries where priority = ${priority} and due_at <= ${seconds(now)})`;
  const [row] = await db.all<{ priority: number | null }>(
    sql`select case when ${due(0)} then 0 when ${due(1)} then 1 when ${due(2)} then 2 when ${due(3)} then 3 end as priority
      where ${isOpen}`,
  );
  return row?.priority ?? null;
}

/** How many rows' time has come, counted up to `most`. */
export async function countDue(db: Db, now: Date, most: number): Promise<number> {
  const [row] = await db.all<{ n: number }>(
    sql`select count(*) as n from (
      select 1 from deliveries where priority in (0, 1, 2, 3) and due_at <= ${seconds(now)} limit ${most})`,
  );
  return row?.n ?? 0;
}

/** When the next queued row's time comes; null when none waits. */
export async function nextQueuedAt(db: Db): Promise<Date | null> {
  const first = (priority: number) =>
    sql`(select min(due_at) from deliveries where priority = ${priority} and due_at is not null)`;
  const [row] = await db.all<Record<"a" | "b" | "c" | "d", number | null>>(
    sql`select ${first(0)} as a, ${first(1)} as b, ${first(2)} as c, ${first(3)} as d`,
  );
  const times = Object.values(row ?? {}).filter((at) => at !== null);
  return times.length === 0 ? null : new Date(Math.min(...times) * 1000);
}

export type Claim = { priority: number; limit: number; now: Date; leaseMs: number; token: string };

/** Takes due rows of one priority, the longest due first; nobody else gets them until the lease runs out. */
export async function claimDeliveries(db: Db, claim: Claim): Promise<Delivery[]> {
  const { priority, now, token } = claim;
  const due = db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.priority, priority),
        lte(deliveries.dueAt, now),
        inArray(deliveries.state, ["queued", "claimed"]),
        isOpen,
      ),
    )
    .orderBy(asc(deliveries.dueAt))
    .limit(Math.min(claim.limit, claimMax));
  const claiming = db
    .update(deliveries)
    .set({ state: "claimed", leaseToken: token, dueAt: new Date(now.getTime() + claim.leaseMs), at: now })
    .where(inArray(deliveries.id, due))
    .returning();
  // A claim that a power cut takes back was followed by nothing: what is sent is written down durably before.
  const [rows] = (await db.batch([claiming], { mayBeLost: true })) as [Delivery[]];
  return rows.sort((a, b) => a.id - b.id);
}

/** The claimed rows with all that composing needs. */
export async function withReaders(db: Db, rows: readonly Delivery[]): Promise<DueDelivery[]> {
  if (rows.length === 0) return [];
  const readers = await db
    .select()
    .from(subscribers)
    .where(inArray(subscribers.id, jsonList(rows.map((row) => row.subscriberId))));
  const asked = rows.filter((row) => row.kind !== "broadcast" && row.ref > 0);
  const wanted = await db
    .select()
    .from(subscriptions)
    .where(inArray(subscriptions.id, jsonList(asked.map((row) => row.ref))));
  const missed = await missedBefore(db, asked);
  const readerById = new Map(readers.map((each) => [each.id, each]));
  const subscriptionById = new Map(wanted.map((each) => [each.id, each]));
  return rows.map((row) => ({
    ...row,
    subscriber: readerById.get(row.subscriberId),
    subscription: row.kind === "broadcast" ? undefined : subscriptionById.get(row.ref),
    missedAt: missed.get(row.id) ?? null,
  }));
}

/** The ledger, in the order in which rows were written, from after `afterId`. */
export async function listDeliveries(
  db: Db,
  { afterId = 0, limit = listMax, state }: { afterId?: number; limit?: number; state?: DeliveryState } = {},
): Promise<(Delivery & { chatId: number | null })[]> {
  const rows = await db
    .select({ delivery: deliveries, chatId: subscribers.chatId })
    .from(deliveries)
    .leftJoin(subscribers, eq(subscribers.id, deliveries.subscriberId))
    .where(and(gt(deliveries.id, afterId), state === undefined ? undefined : eq(deliveries.state, state)))
    .orderBy(deliveries.id)
    .limit(Math.min(limit, listMax));
  return rows.map((row) => ({ ...row.delivery, chatId: row.chatId }));
}

/** How many rows of a broadcast (`ref`) or of a minute's digests (`slot`) ended how; without counting the rows. */
export async function readTally(
  db: Db,
  { kind, ref = 0, slot = 0 }: { kind: DeliveryKind; ref?: number; slot?: number },
): Promise<Partial<Record<DeliveryState, number>>> {
  const rows = await db
    .select({ state: tallies.state, n: tallies.n })
    .from(tallies)
    .where(and(eq(tallies.kind, kind), eq(tallies.ref, ref), eq(tallies.slot, slot)));
  return Object.fromEntries(rows.map((row) => [row.state, row.n]));
}

/**
 * For each row whose predecessor was skipped as too late: that one's slot. What was passed over meanwhile for another
 * reason (nothing was new, a pause) told nobody of it.
 */
async function missedBefore(db: Db, rows: readonly Delivery[]): Promise<Map<number, Date>> {
  const digests = rows.filter((row) => row.kind === "digest" && row.slot > 0);
  if (digests.length === 0) return new Map();
  const list = JSON.stringify(digests.map((row) => [row.id, row.ref, row.slot]));
  const found = await db.all<{ id: number; slot: number }>(
    sql`select j.value ->> 0 as id, p.slot as slot from json_each(${list}) as j cross join deliveries as p
      where p.id = (
        select b.id from deliveries as b where b.kind = 'digest' and b.ref = j.value ->> 1
          and b.slot > 0 and b.slot < j.value ->> 2 and b.slot > j.value ->> 2 - ${missedSecondsMax}
          and (b.state <> 'skipped' or b.error = ${tooLate}) order by b.slot desc limit 1)
      and p.state = 'skipped' and p.error = ${tooLate}`,
  );
  return new Map(found.map((row) => [row.id, new Date(row.slot * 1000)]));
}

/** Why a digest whose time was over was skipped. */
export const tooLate = "too late";
