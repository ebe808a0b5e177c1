import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { guardWording, type Wording } from "./broadcast-rows.ts";
import { batchAll, type Db, type Statement } from "./db.ts";
import { enqueueStatement, type NewDelivery } from "./deliveries.ts";
import { jsonList, seconds } from "./json-list.ts";
import { deliveries, shown, subscribers, tallies } from "./schema.ts";

/** Rows whose `sending` is made durable in one commit. */
export const sendingPerCommit = 80;
/** Longest error that is kept, in characters. */
const errorCharsMax = 300;
/** Rows that one recovery handles. */
const recoverMax = 500;
/** A reader's digests are counted up to here. */
const digestsCounted = 3;

export type Marked = { id: number; subscriberId: number; articleIds: readonly number[] };

/**
 * Writes down, durably, that these are about to be sent, with what they show and the further parts they have. Gives
 * those that are still ours: whoever lost the lease sends nothing.
 */
export async function markSending(
  db: Db,
  rows: readonly Marked[],
  lease: {
    token: string;
    now: Date;
    leaseMs: number;
    parts: readonly NewDelivery[];
    bodies: ReadonlyMap<number, string>;
    /** Broadcasts' rows: sent only while their wording is the one they were composed with. */
    wordings?: readonly Wording[];
  },
): Promise<Set<number>> {
  const { token, now } = lease;
  const had = rows.flatMap((row) => row.articleIds.map((article) => [row.subscriberId, article, row.id]));
  const bodies = [...lease.bodies].map(([id, body]) => [id, body]);
  const guards = (lease.wordings ?? []).length > 0 ? guardWording(db, lease.wordings!, { token, now }) : [];
  const marking = db
    .update(deliveries)
    .set({ state: "sending", dueAt: new Date(now.getTime() + lease.leaseMs), at: now })
    .where(
      and(
        inArray(deliveries.id, jsonList(rows.map((row) => row.id))),
        eq(deliveries.leaseToken, token),
        eq(deliveries.state, "claimed"),
      ),
    )
    .returning({ id: deliveries.id });
  const statements = [
    ...guards,
    marking,
    ...(had.length > 0 ? [showStatement(db, had, { token, now })] : []),
    ...(lease.parts.length > 0 ? [enqueueStatement(db, lease.parts, now)] : []),
    ...(bodies.length > 0
      ? [
          db
            .update(deliveries)
            .set({ body: sql`j.value ->> 1` })
            .from(sql`json_each(${JSON.stringify(bodies)}) as j`)
            .where(sql`${deliveries.id} = j.value ->> 0 and ${deliveries.leaseToken} = ${token}`),
        ]
      : []),
  ];
  const marked = (await batchAll(db, statements))[guards.length];
  return new Set((marked as { id: number }[]).map((row) => row.id));
}

export type Outcome =
  | { id: number; state: "sent"; messageId: number }
  | { id: number; state: "unknown" | "failed" | "unreachable" | "skipped"; error: string }
  /** Given back, to be taken again from then on; null when its broadcast stands still. */
  | { id: number; state: "queued"; dueAt: Date | null; error: string };

/**
 * Writes what became of rows, with all that hangs on it, in one batch; `more` goes into the same one. Rows that are no
 * longer ours (another token) are left alone.
 */
export async function settle(
  db: Db,
  outcomes: readonly Outcome[],
  { token, now, more = [] }: { token: string; now: Date; more?: readonly Statement[] },
): Promise<void> {
  const list = JSON.stringify(
    outcomes.map((each) => [
      each.id,
      each.state,
      each.state === "sent" ? each.messageId : null,
      each.state === "sent" ? "" : each.error.slice(0, errorCharsMax),
      each.state === "queued" && each.dueAt !== null ? seconds(each.dueAt) : null,
    ]),
  );
  // "cross join" keeps SQLite to the order written: forty looked-up rows, never a walk over the ledger.
  const ours = sql`json_each(${list}) as j cross join deliveries as d
    where d.id = j.value ->> 0 and d.lease_token = ${token} and d.state in ('claimed', 'sending')`;
  const anySent = outcomes.some((each) => each.state === "sent");
  const anyNotShown = outcomes.some((each) => each.state !== "sent" && each.state !== "unknown");
  const anyFailed = outcomes.some((each) => each.state === "failed");
  const statements = [
    tallyStatement(db, ours),
    ...(anySent ? [seenStatement(db, ours)] : []),
    ...(anyNotShown ? [takeBackShown(db, ours)] : []),
    ...(anyFailed ? [skipOtherParts(db, ours, now)] : []),
    db
      .update(deliveries)
      .set({
        state: sql`j.value ->> 1`,
        messageId: sql`j.value ->> 2`,
        error: sql`j.value ->> 3`,
        dueAt: sql`j.value ->> 4`,
        leaseToken: null,
        body: sql`case when j.value ->> 1 = 'queued' then ${deliveries.body} end`,
        at: now,
      })
      .from(sql`json_each(${list}) as j`)
      .where(
        sql`${deliveries.id} = j.value ->> 0 and ${deliveries.leaseToken} = ${token}
          and ${deliveries.state} in ('claimed', 'sending')`,
      ),
    ...more,
  ];
  // Taken back by a power cut, these rows are "sending", and unknown: never sent again by themselves.
  await batchAll(db, statements, { mayBeLost: true });
}

/** Word for word what the index deliveries_held is made of. */
const held = sql.raw("state in ('claimed', 'sending')");

/**
 * At start, when no other server works on this database (store/lease): whoever held rows is gone, so they need not wait
 * for their leases. Those that were being sent are unknown from now on, claimed ones are free.
 */
export async function endLeases(db: Db, now: Date): Promise<void> {
  await db
    .update(deliveries)
    .set({ dueAt: now })
    .where(sql`${held} and ${deliveries.dueAt} > ${seconds(now)}`);
}

/**
 * Rows that a crash left in `sending`: whether they arrived nobody knows. They are listed as `unknown`, never sent again
 * by themselves, and what they showed counts as had. Gives how many; call again while it is the most.
 */
export async function recoverSending(db: Db, now: Date): Promise<number> {
  const left = sql`select id from deliveries
    where ${held} and state = 'sending' and due_at <= ${seconds(now)} limit ${recoverMax}`;
  return leaveUnknown(db, left, { now, error: "stopped while it was on its way" });
}

/** These rows are unknown from now on, and counted as that; gives how many they were. */
export async function leaveUnknown(db: Db, ids: SQL, { now, error }: { now: Date; error: string }): Promise<number> {
  const counted = sql`select d.kind, ${tallyRef}, ${tallySlot}, 'unknown', count(*) from deliveries as d
    where d.id in (${ids}) group by 1, 2, 3`;
  const [, rows] = await db.batch([
    countMore(db, counted),
    db
      .update(deliveries)
      .set({ state: "unknown", dueAt: null, leaseToken: null, body: null, at: now, error })
      .where(sql`${deliveries.id} in (${ids})`)
      .returning({ id: deliveries.id }),
  ]);
  return (rows as unknown[]).length;
}

const tallyRef = sql.raw("case when d.kind = 'broadcast' then d.ref else 0 end");
const tallySlot = sql.raw("case when d.kind = 'digest' then max(d.slot, 0) else 0 end");

function tallyStatement(db: Db, ours: SQL): Statement {
  return countMore(
    db,
    sql`select d.kind, ${tallyRef}, ${tallySlot}, j.value ->> 1, count(*) from ${ours}
      and j.value ->> 1 <> 'queued' group by 1, 2, 3, 4`,
  );
}

/** Adds kind, ref, slot, state and number to the tallies. */
function countMore(db: Db, counted: SQL): Statement {
  return db
    .insert(tallies)
    .select(counted)
    .onConflictDoUpdate({
      target: [tallies.kind, tallies.ref, tallies.slot, tallies.state],
      set: { n: sql`${tallies.n} + excluded.n` },
    });
}

/** A reader's first digests explain themselves: a digest's first part counts. */
function seenStatement(db: Db, ours: SQL): Statement {
  const readers = sql`select d.subscriber_id from ${ours} and j.value ->> 1 = 'sent' and d.kind = 'digest' and d.part = 1`;
  return db
    .update(subscribers)
    .set({ digestsSeen: sql`${subscribers.digestsSeen} + 1` })
    .where(sql`${subscribers.id} in (${readers}) and ${subscribers.digestsSeen} < ${digestsCounted}`);
}

function showStatement(db: Db, had: (readonly number[])[], { token, now }: { token: string; now: Date }): Statement {
  return db
    .insert(shown)
    .select(
      sql`select j.value ->> 0, j.value ->> 1, ${seconds(now)}, d.id
        from json_each(${JSON.stringify(had)}) as j cross join deliveries as d
        where d.id = j.value ->> 2 and d.lease_token = ${token} and d.state = 'sending'`,
    )
    .onConflictDoNothing();
}

function takeBackShown(db: Db, ours: SQL): Statement {
  const undone = sql`from ${ours} and d.state = 'sending' and j.value ->> 1 not in ('sent', 'unknown')`;
  return db
    .delete(shown)
    .where(
      sql`${shown.subscriberId} in (select d.subscriber_id ${undone}) and ${shown.deliveryId} in (select d.id ${undone})`,
    );
}

/** The further parts of a digest whose first part could not be delivered are of no use. */
function skipOtherParts(db: Db, ours: SQL, now: Date): Statement {
  return db
    .update(deliveries)
    .set({ state: "skipped", dueAt: null, body: null, at: now, error: "another part could not be delivered" })
    .where(
      sql`${deliveries.state} = 'queued' and (${deliveries.kind}, ${deliveries.ref}, ${deliveries.slot}, ${deliveries.subscriberId}) in (
        select d.kind, d.ref, d.slot, d.subscriber_id from ${ours} and j.value ->> 1 = 'failed')`,
    );
}
