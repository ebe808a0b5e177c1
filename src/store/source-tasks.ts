import { and, asc, eq, isNull, lt, lte, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { type FoundFacts, sourceTasks } from "./schema.ts";

/** A task that shows no progress for so long is another's to take. */
export const taskLeaseMs = 5 * 60_000;
const dueMax = 20;

export type SourceTask = typeof sourceTasks.$inferSelect;
export type NewSourceTask = Pick<SourceTask, "origin" | "kind" | "chatId" | "language" | "ask">;

/** Notes what is to be done, once an origin, and gives its id. */
export async function addSourceTask(db: Db, task: NewSourceTask, now: Date): Promise<number> {
  await db
    .insert(sourceTasks)
    .values({ ...task, dueAt: now, createdAt: now })
    .onConflictDoNothing();
  const [row] = await db.select({ id: sourceTasks.id }).from(sourceTasks).where(eq(sourceTasks.origin, task.origin));
  return row!.id;
}

export async function findSourceTask(db: Db, id: number): Promise<SourceTask | undefined> {
  const [row] = await db.select().from(sourceTasks).where(eq(sourceTasks.id, id)).limit(1);
  return row;
}

/** Tasks that wait, or that a crash left. */
export async function dueSourceTasks(db: Db, now: Date): Promise<number[]> {
  const rows = await db
    .select({ id: sourceTasks.id })
    .from(sourceTasks)
    .where(lte(sourceTasks.dueAt, now))
    .orderBy(asc(sourceTasks.dueAt))
    .limit(dueMax);
  return rows.map((row) => row.id);
}

/** Takes a task; undefined when it is done or another's. */
export async function claimSourceTask(
  db: Db,
  id: number,
  { now, token }: { now: Date; token: string },
): Promise<SourceTask | undefined> {
  const [row] = await db
    .update(sourceTasks)
    .set({
      dueAt: new Date(now.getTime() + taskLeaseMs),
      leaseToken: token,
      attempts: sql`${sourceTasks.attempts} + 1`,
    })
    .where(and(eq(sourceTasks.id, id), lte(sourceTasks.dueAt, now)))
    .returning();
  return row;
}

/** Keeps a task for longer, with the message that shows how it goes. */
export async function renewSourceTask(db: Db, task: SourceTask, messageId: number | null, now: Date): Promise<void> {
  await db
    .update(sourceTasks)
    .set({ dueAt: new Date(now.getTime() + taskLeaseMs), messageId })
    .where(and(eq(sourceTasks.id, task.id), eq(sourceTasks.leaseToken, task.leaseToken ?? "")));
}

export async function finishSourceTask(db: Db, task: SourceTask, found: FoundFacts | null = null): Promise<void> {
  await db
    .update(sourceTasks)
    .set({ dueAt: null, leaseToken: null, found })
    .where(and(eq(sourceTasks.id, task.id), eq(sourceTasks.leaseToken, task.leaseToken ?? "")));
}

/** What was done before `before` goes: nobody presses such an old button. */
export async function pruneSourceTasks(db: Db, before: Date): Promise<void> {
  await db.delete(sourceTasks).where(and(isNull(sourceTasks.dueAt), lt(sourceTasks.createdAt, before)));
}
