import { and, inArray, isNotNull, isNull, lt, lte, sql } from "drizzle-orm";
import { batchAll, type Db } from "./db.ts";
import { jsonList, seconds } from "./json-list.ts";
import { updates } from "./schema.ts";
import { isOpen, standstillOf } from "./standstill.ts";

/** How long one update may be worked on before another try may take it. */
export const updateLeaseMs = 120_000;
/** After so many tries an update is left alone: it would break the next one too. */
export const updateAttemptsMax = 3;
/** Updates that one look after unfinished work takes. */
const unfinishedMax = 500;
/** Rows that one pruning deletes. */
const prunedMax = 500;
/** Updates of one statement: their bodies are one bound value, which D1 limits to 2 MB. */
const storedPerStatement = 25;

export type StoredUpdate = { id: number; body: string };
export type ClaimedUpdate = StoredUpdate & { token: string; attempts: number };
/** `error` says what broke; "" when nothing did. */
export type SettledUpdate = { id: number; token: string; error: string };

/**
 * Keeps what Telegram sent; gives the ids that are new. A redelivered update is not kept twice. Throws when the store
 * stands still: then Telegram keeps it, and sends it again.
 */
export async function storeUpdates(db: Db, received: readonly StoredUpdate[], now: Date): Promise<number[]> {
  const statements = [];
  const at = seconds(now);
  for (let start = 0; start < received.length; start += storedPerStatement) {
    const list = received.slice(start, start + storedPerStatement).map(({ id, body }) => [id, body]);
    const rows = sql`select value ->> 0, value ->> 1, ${at}, ${at}, null, 0, ''
      from json_each(${JSON.stringify(list)}) where ${isOpen}`;
    statements.push(db.insert(updates).select(rows).onConflictDoNothing().returning({ id: updates.id }));
  }
  const results = await batchAll(db, statements);
  const fresh = results.flatMap((rows) => (rows as { id: number }[]).map((row) => row.id));
  if (fresh.length < received.length && (await standstillOf(db)) !== null) throw new Error("the store stands still");
  return fresh;
}

/** Takes updates to work on; those that somebody else has, or that are done, are not among them. */
export async function claimUpdates(
  db: Db,
  ids: readonly number[],
  { now, token }: { now: Date; token: string },
): Promise<ClaimedUpdate[]> {
  const claiming = db
    .update(updates)
    .set({ dueAt: new Date(now.getTime() + updateLeaseMs), leaseToken: token, attempts: sql`${updates.attempts} + 1` })
    .where(and(inArray(updates.id, jsonList(ids)), lte(updates.dueAt, now)))
    .returning({ id: updates.id, body: updates.body, attempts: updates.attempts });
  // An update whose claim, or end, a power cut takes back is handled again, as after a crash.
  const [rows] = (await db.batch([claiming], { mayBeLost: true })) as [Omit<ClaimedUpdate, "token">[]];
  return rows.map((row) => ({ ...row, token }));
}

/** Done: the row stays, so that the same update is known when it comes again. */
export async function settleUpdates(db: Db, done: readonly SettledUpdate[]): Promise<void> {
  const list = JSON.stringify(done.map(({ id, token, error }) => [id, token, error]));
  const settling = db
    .update(updates)
    .set({
      dueAt: null,
      leaseToken: null,
      error: sql`j.value ->> 2`,
      // What was said is nobody's business once it is answered; what broke is kept a day for whoever mends it.
      body: sql`case when j.value ->> 2 = '' then '' else ${updates.body} end`,
    })
    .from(sql`json_each(${list}) as j`)
    .where(sql`${updates.id} = j.value ->> 0 and ${updates.leaseToken} = j.value ->> 1`);
  await db.batch([settling], { mayBeLost: true });
}

/** Updates whose handling was cut off, oldest first: to be handled again, or left with a note after too many tries. */
export async function unfinishedUpdates(db: Db, now: Date): Promise<StoredUpdate[]> {
  await db
    .update(updates)
    .set({ dueAt: null, error: `given up after ${updateAttemptsMax} tries` })
    .where(and(lte(updates.dueAt, now), sql`${updates.attempts} >= ${updateAttemptsMax}`));
  return db
    .select({ id: updates.id, body: updates.body })
    .from(updates)
    .where(and(isNotNull(updates.dueAt), lte(updates.dueAt, now)))
    .orderBy(updates.id)
    .limit(unfinishedMax);
}

/** Forgets updates that were handled and received before `before`, at most `prunedMax` of them. */
export async function pruneUpdates(db: Db, before: Date): Promise<void> {
  const old = db
    .select({ id: updates.id })
    .from(updates)
    .where(and(lt(updates.receivedAt, before), isNull(updates.dueAt)))
    .limit(prunedMax);
  await db.delete(updates).where(inArray(updates.id, old));
}
