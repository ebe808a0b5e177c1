import { asc, inArray, lt, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { notes } from "./schema.ts";

/** Notes that wait at the most: whoever runs the bot and never looks is not to fill the disk. */
const waitingMax = 1_000;
/** Notes that are shown at once. */
const shownMax = 10;

export type Note = typeof notes.$inferSelect;

/** Keeps what a person wrote to those who run the bot, once an update; false when too many wait already. */
export async function keepNote(db: Db, note: Omit<Note, "id">): Promise<boolean> {
  const [row] = await db.select({ n: sql<number>`count(*)` }).from(notes);
  if ((row?.n ?? 0) >= waitingMax) return false;
  await db.insert(notes).values(note).onConflictDoNothing();
  return true;
}

/** The notes that nobody has seen, the oldest first. */
export async function waitingNotes(db: Db): Promise<Note[]> {
  return db.select().from(notes).orderBy(asc(notes.id)).limit(shownMax);
}

export async function dropNotes(db: Db, ids: readonly number[]): Promise<void> {
  await db.delete(notes).where(inArray(notes.id, jsonList(ids)));
}

export async function pruneNotes(db: Db, before: Date): Promise<void> {
  await db.delete(notes).where(lt(notes.at, before));
}
