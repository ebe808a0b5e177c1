import { and, asc, desc, eq, gt, isNotNull, lte, sql } from "drizzle-orm";
import { batchAll, type Db, type Statement } from "./db.ts";
import { priorityOf } from "./deliveries.ts";
import { jsonList, seconds } from "./json-list.ts";
import { broadcastEdits, broadcastRounds, deliveries, type EditState, type Language, subscribers } from "./schema.ts";

/** Copies that are listed in one statement. */
const listSliceMax = 500;
/** Characters of an error that is kept. */
const errorCharsMax = 200;

export type Round = typeof broadcastRounds.$inferSelect;
export type NewRound = Pick<
  Round,
  "origin" | "broadcastId" | "kind" | "revision" | "note" | "notice" | "userName" | "at"
>;

/** For the batch of the move that it belongs to, right after it. */
export function roundIfChanged(db: Db, round: NewRound): Statement {
  return db
    .insert(broadcastRounds)
    .select(
      sql`select null, ${round.origin}, ${round.broadcastId}, ${round.kind}, ${round.revision},
        ${JSON.stringify(round.note)}, ${round.notice ? 1 : 0}, 'running', ${round.userName}, ${seconds(round.at)}, null
        where changes() > 0`,
    )
    .onConflictDoNothing();
}

/** Rounds that have something to do, the oldest first. */
export async function runningRounds(db: Db): Promise<Round[]> {
  return db
    .select()
    .from(broadcastRounds)
    .where(eq(broadcastRounds.state, "running"))
    .orderBy(asc(broadcastRounds.id))
    .limit(20);
}

export async function findRound(db: Db, id: number): Promise<Round | undefined> {
  const [row] = await db.select().from(broadcastRounds).where(eq(broadcastRounds.id, id)).limit(1);
  return row;
}

export async function lastRound(db: Db, broadcastId: number): Promise<Round | undefined> {
  const [row] = await db
    .select()
    .from(broadcastRounds)
    .where(eq(broadcastRounds.broadcastId, broadcastId))
    .orderBy(desc(broadcastRounds.id))
    .limit(1);
  return row;
}

/** How far a pass over a broadcast's copies has come. */
export type CopyCursor = { subscriberId: number; attempt: number };
export const fromFirstCopy: CopyCursor = { subscriberId: 0, attempt: 0 };

/**
 * Lists a slice of the copies that went out with an older wording, from after `cursor`. A copy is listed once, however
 * often this is said. null when there are no more.
 */
export async function listCopies(db: Db, round: Round, { cursor, now }: { cursor: CopyCursor; now: Date }) {
  const slice = sql`select d.id, d.subscriber_id, d.attempt, d.state, d.message_id, d.revision from deliveries as d
    where d.kind = 'broadcast' and d.ref = ${round.broadcastId} and d.slot = 0
      and (d.subscriber_id, d.part, d.attempt) > (${cursor.subscriberId}, 1, ${cursor.attempt})
    order by d.subscriber_id, d.part, d.attempt limit ${listSliceMax}`;
  const [inserted, [last]] = (await db.batch([
    db
      .insert(broadcastEdits)
      .select(
        sql`select ${round.id}, d.id, 'queued', '', ${seconds(now)}, ${seconds(now)} from (${slice}) as d
          where d.state = 'sent' and d.message_id is not null and d.revision < ${round.revision}`,
      )
      .onConflictDoNothing()
      .returning({ id: broadcastEdits.deliveryId }),
    db
      .select({ subscriberId: sql<number | null>`max(subscriber_id)`, attempt: sql<number>`max(attempt)` })
      .from(sql`(select subscriber_id, attempt from (${slice}) order by subscriber_id desc, attempt desc limit 1)`),
  ])) as [unknown[], { subscriberId: number | null; attempt: number }[]];
  const end = last?.subscriberId ?? null;
  return end === null ? null : { listed: inserted.length, cursor: { subscriberId: end, attempt: last!.attempt } };
}

/** Is a copy with an older wording still on its way? */
export async function hasOlderInFlight(db: Db, round: Round): Promise<boolean> {
  const [row] = await db.all<{ busy: number }>(
    sql`select exists (select 1 from deliveries as d where d.state in ('claimed', 'sending') and d.kind = 'broadcast'
      and d.ref = ${round.broadcastId} and d.revision < ${round.revision} and d.state = 'sending') as busy`,
  );
  return row?.busy === 1;
}

export type CopyToEdit = {
  deliveryId: number;
  messageId: number;
  subscriberId: number;
  chatId: number;
  threadId: number;
  kind: (typeof subscribers.$inferSelect)["kind"];
  language: Language;
  timezone: string;
  sentAt: Date;
};

/** Copies whose turn it is: each is given to one worker for as long as its lease runs. */
export async function claimCopies(
  db: Db,
  roundId: number,
  { limit, now, leaseMs }: { limit: number; now: Date; leaseMs: number },
): Promise<CopyToEdit[]> {
  const due = db
    .select({ id: broadcastEdits.deliveryId })
    .from(broadcastEdits)
    .where(and(eq(broadcastEdits.roundId, roundId), isNotNull(broadcastEdits.dueAt), lte(broadcastEdits.dueAt, now)))
    .orderBy(asc(broadcastEdits.dueAt))
    .limit(limit);
  const [claimed] = (await db.batch(
    [
      db
        .update(broadcastEdits)
        .set({ dueAt: new Date(now.getTime() + leaseMs) })
        .where(and(eq(broadcastEdits.roundId, roundId), sql`${broadcastEdits.deliveryId} in (${due})`))
        .returning({ id: broadcastEdits.deliveryId }),
    ],
    { mayBeLost: true },
  )) as [{ id: number }[]];
  if (claimed.length === 0) return [];
  return db
    .select({
      deliveryId: deliveries.id,
      messageId: sql<number>`${deliveries.messageId}`,
      subscriberId: deliveries.subscriberId,
      chatId: sql<number>`coalesce(${subscribers.chatId}, 0)`,
      threadId: sql<number>`coalesce(${subscribers.threadId}, 0)`,
      kind: sql<CopyToEdit["kind"]>`coalesce(${subscribers.kind}, 'private')`,
      language: sql<Language>`coalesce(${subscribers.language}, 'en')`,
      timezone: sql<string>`coalesce(${subscribers.timezone}, 'UTC')`,
      sentAt: deliveries.at,
    })
    .from(deliveries)
    .leftJoin(subscribers, eq(subscribers.id, deliveries.subscriberId))
    .where(sql`${deliveries.id} in ${jsonList(claimed.map((row) => row.id))}`);
}

/** When nobody works on a round, what a crash left claimed need not wait for its lease: an edit done twice is one. */
export async function releaseCopies(db: Db, roundId: number, now: Date): Promise<void> {
  await db
    .update(broadcastEdits)
    .set({ dueAt: now })
    .where(and(eq(broadcastEdits.roundId, roundId), gt(broadcastEdits.dueAt, now), eq(broadcastEdits.error, "")));
}

export type EditOutcome =
  | { deliveryId: number; state: Exclude<EditState, "queued">; error: string }
  | { deliveryId: number; state: "queued"; dueAt: Date; error: string };

/** Writes what became of copies, with the notices that their readers get, in one batch. */
export async function settleCopies(
  db: Db,
  round: Round,
  { outcomes, now }: { outcomes: readonly EditOutcome[]; now: Date },
): Promise<void> {
  // Nearly all end alike: one statement for those of one end, each found by its key.
  const alike = Map.groupBy(outcomes, (each) =>
    JSON.stringify([each.state, each.error, each.state === "queued" ? seconds(each.dueAt) : null]),
  );
  const updates = [...alike.values()].map((same) => {
    const [first] = same as [EditOutcome];
    const dueAt = first.state === "queued" ? first.dueAt : null;
    return db
      .update(broadcastEdits)
      .set({ state: first.state, error: first.error.slice(0, errorCharsMax), dueAt, at: now })
      .where(
        and(
          eq(broadcastEdits.roundId, round.id),
          sql`${broadcastEdits.deliveryId} in ${jsonList(same.map((each) => each.deliveryId))}`,
        ),
      );
  });
  const told = outcomes.filter((each) => each.state === "edited" || each.state === "withdrawn");
  const notices = round.notice && told.length > 0;
  await batchAll(
    db,
    [...updates, ...(notices ? [noticeStatement(db, round, { ids: told.map((each) => each.deliveryId), now })] : [])],
    // Editing again what was edited changes nothing, so a power cut may take this back.
    { mayBeLost: !notices },
  );
}

/** A notice is a message of its own, so it goes through the ledger: under the round's negated id, once. */
function noticeStatement(db: Db, round: Round, { ids, now }: { ids: readonly number[]; now: Date }): Statement {
  return db
    .insert(deliveries)
    .select(
      sql`select null, 'broadcast', ${-round.id}, 0, d.subscriber_id, 1, 1, 'queued', ${priorityOf.breaking},
        ${seconds(now)}, null, null, '', ${seconds(now)}, null
        from deliveries as d where d.id in ${jsonList(ids)}`,
    )
    .onConflictDoNothing();
}

/** When the next copy of a round is due; null when all have ended. */
export async function nextCopyAt(db: Db, roundId: number): Promise<Date | null> {
  const [row] = await db
    .select({ at: sql<number | null>`min(${broadcastEdits.dueAt})` })
    .from(broadcastEdits)
    .where(and(eq(broadcastEdits.roundId, roundId), isNotNull(broadcastEdits.dueAt)));
  return row?.at === null || row?.at === undefined ? null : new Date(row.at * 1000);
}

export async function endRound(db: Db, id: number, now: Date): Promise<void> {
  await db
    .update(broadcastRounds)
    .set({ state: "done", endedAt: now })
    .where(and(eq(broadcastRounds.id, id), eq(broadcastRounds.state, "running")));
}

/** How many copies of a round ended how. */
export async function roundCounts(db: Db, roundId: number): Promise<Partial<Record<EditState, number>>> {
  const rows = await db
    .select({ state: broadcastEdits.state, n: sql<number>`count(*)` })
    .from(broadcastEdits)
    .where(eq(broadcastEdits.roundId, roundId))
    .groupBy(broadcastEdits.state);
  return Object.fromEntries(rows.map((row) => [row.state, row.n]));
}

/** The message that a notice answers. */
export async function copyOf(db: Db, broadcastId: number, subscriberId: number): Promise<number | null> {
  const [row] = await db
    .select({ messageId: deliveries.messageId })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.kind, "broadcast"),
        eq(deliveries.ref, broadcastId),
        eq(deliveries.slot, 0),
        eq(deliveries.subscriberId, subscriberId),
        eq(deliveries.state, "sent"),
      ),
    )
    .orderBy(desc(deliveries.attempt))
    .limit(1);
  return row?.messageId ?? null;
}
