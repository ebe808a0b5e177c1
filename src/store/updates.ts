import { and, eq, inArray, isNotNull, isNull, lt, lte, sql } from "drizzle-orm";
import { batchAll, type Db } from "./db.ts";
import { updates } from "./schema.ts";

/** How long one update may be worked on before another try may take it. */
export const updateLeaseMs = 120_000;
/** After so many tries an update is left alone: it would break the next one too. */
export const updateAttemptsMax = 3;
/** Updates that one look after unfinished work takes. */
const unfinishedMax = 500;
/** Rows that one pruning deletes. */
const prunedMax = 500;

export type StoredUpdate = { id: number; body: string };
export type ClaimedUpdate = StoredUpdate & { token: string; attempts: number };

/** Keeps what Telegram sent; gives the ids that are new. A redelivered update is not kept twice. */
export async function storeUpdates(db: Db, received: readonly StoredUpdate[], now: Date): Promise<number[]> {
  const results = await batchAll(
    db,
    received.map(({ id, body }) =>
      db
        .insert(updates)
        .values({ id, body, receivedAt: now, dueAt: now })
        .onConflictDoNothing()
        .returning({ id: updates.id }),
    ),
  );
  return results.flatMap((rows) => (rows as { id: number }[]).map((row) => row.id));
}

/** Takes one update to work on; undefined when somebody else has it, or it is done. */
export async function claimUpdate(
  db: Db,
  id: number,
  { now, token }: { now: Date; token: string },
): Promise<ClaimedUpdate | undefined> {
  const claiming = db
    .update(updates)
    .set({ dueAt: new Date(now.getTime() + updateLeaseMs), leaseToken: token, attempts: sql`${updates.attempts} + 1` })
    .where(and(eq(updates.id, id), lte(updates.dueAt, now)))
    .returning({ id: updates.id, body: updates.body, attempts: updates.attempts });
  // An update whose claim, or end, a power cut takes back is handled again, as after a crash.
  const [[row]] = (await db.batch([claiming], { mayBeLost: true })) as [Omit<ClaimedUpdate, "token">[]];
  return row === undefined ? undefined : { ...row, token };
}

/** Done: the row stays, so that the same update is known when it comes again. */
export async function settleUpdates(
  db: Db,
  done: readonly { id: number; token: string; error: string }[],
): Promise<void> {
  await batchAll(
    db,
    done.map(({ id, token, error }) =>
      db
        .update(updates)
        // What was said is nobody's business once it is answered; what broke is kept a day for whoever mends it.
        .set({ dueAt: null, leaseToken: null, error, ...(error === "" ? { body: "" } : {}) })
        .where(and(eq(updates.id, id), eq(updates.leaseToken, token))),
    ),
    { mayBeLost: true },
  );
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
