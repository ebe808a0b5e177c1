import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { UserError } from "../errors.ts";
import type { Db } from "./db.ts";
import { type Restored, settleRestored } from "./restore.ts";
import { openSqlite, readingOnly } from "./sqlite.ts";

/** Pages copied at a stretch, and how long others get their turn between two stretches. */
const pagesPerStep = 256;
/** What belongs to one SQLite file. */
const companions = ["", "-wal", "-shm"];

export type BackupReport = { file: string; bytes: number; articles: number; subscribers: number; deliveries: number };

/**
 * Copies the database as it is at this moment while a server writes to it, opens the copy to verify it, and only then
 * gives it its name. An older file of that name is replaced by a good one or stays.
 */
export async function backupSqlite(
  from: string,
  to: string,
  { onProgress }: { onProgress?: (copied: number, total: number) => void } = {},
): Promise<BackupReport> {
  if (!existsSync(from)) throw new UserError(`There is no database ${from} to back up.`);
  mkdirSync(dirname(to), { recursive: true });
  const partial = `${to}.partial`;
  remove(partial);
  const source = new Database(from, { readonly: true, fileMustExist: true });
  try {
    // A reader's snapshot: without it each write of the running server would begin the copy anew.
    source.exec("BEGIN");
    source.prepare("SELECT count(*) FROM sqlite_master").get();
    await source.backup(partial, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress?.(totalPages - remainingPages, totalPages);
        return pagesPerStep;
      },
    });
    source.exec("COMMIT");
    const report = verify(partial);
    renameSync(partial, to);
    return { file: to, bytes: statSync(to).size, ...report };
  } catch (error) {
    remove(partial);
    throw error;
  } finally {
    source.close();
  }
}

/**
 * Puts a backup in the database's place; what was there is kept beside it. Refuses while a server runs on it. Afterwards
 * nobody gets anything a second time: see store/restore.
 */
export async function restoreSqlite(
  backup: string,
  to: string,
  now: Date,
): Promise<Restored & { kept: string | null }> {
  if (!existsSync(backup)) throw new UserError(`There is no backup ${backup}.`);
  verify(backup);
  return replaceSqlite(to, now, async (partial) => {
    copyFileSync(backup, partial, constants.COPYFILE_FICLONE);
    const store = openSqlite(partial);
    try {
      store.client.prepare("DELETE FROM facts WHERE name IN ('runner', 'standstill')").run();
      return await settleRestored(store.db, now);
    } finally {
      store.close();
    }
  });
}

/**
 * Makes a database beside the one that is there, then gives it its name; the old one is kept. It is made fit to run
 * before it has the name: a crash in between leaves the old database in place.
 */
export async function replaceSqlite<T>(
  to: string,
  now: Date,
  make: (partial: string) => Promise<T>,
): Promise<T & { kept: string | null }> {
  if (existsSync(to)) refuseInUse(to, now);
  mkdirSync(dirname(to), { recursive: true });
  const partial = `${to}.partial`;
  remove(partial);
  let made: T;
  try {
    made = await make(partial);
  } catch (error) {
    remove(partial);
    throw error;
  }
  const kept = existsSync(to) ? `${to}.before-${now.toISOString().slice(0, 19).replaceAll(":", "")}` : null;
  if (kept !== null) for (const end of companions) if (existsSync(to + end)) renameSync(to + end, kept + end);
  renameSync(partial, to);
  remove(partial);
  return { ...made, kept };
}

/** A copy as it is at this moment, without holding anybody up; `close` lets the database's log shrink again. */
export function openSnapshot(file: string): { db: Db; close(): void } {
  const client = openReadonly(file);
  client.exec("BEGIN");
  client.prepare("SELECT count(*) FROM sqlite_master").get();
  return { db: readingOnly(client), close: () => client.close() };
}

/** Is this a whole database of ours? */
function verify(file: string): Omit<BackupReport, "file" | "bytes"> {
  const copy = openReadonly(file);
  try {
    const [first] = copy.pragma("quick_check(1)") as { quick_check: string }[];
    if (first?.quick_check !== "ok") throw new UserError(`${file} is damaged: ${first?.quick_check}.`);
    const tables = copy
      .prepare("SELECT count(*) AS n FROM sqlite_master WHERE name IN ('d1_migrations', 'deliveries', 'subscriptions')")
      .get() as { n: number };
    if (tables.n !== 3) throw new UserError(`${file} is not a database of tidings.`);
    const count = (table: string) => (copy.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
    return { articles: count("articles"), subscribers: count("subscribers"), deliveries: count("deliveries") };
  } finally {
    copy.close();
    tidyUp(file);
  }
}

/** A reader leaves an empty log beside a file that nobody writes to. */
function tidyUp(file: string): void {
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (log?.size === 0) for (const end of ["-wal", "-shm"]) rmSync(file + end, { force: true });
}

function openReadonly(file: string): Database.Database {
  try {
    const copy = new Database(file, { readonly: true, fileMustExist: true });
    copy.prepare("SELECT count(*) FROM sqlite_master").get();
    return copy;
  } catch {
    throw new UserError(`${file} is not a SQLite database, or is damaged.`);
  }
}

/** A server renews its lease every few seconds. */
export function refuseInUse(file: string, now: Date): void {
  const current = openReadonly(file);
  try {
    const row = current.prepare("SELECT value ->> 'until' AS until FROM facts WHERE name = 'runner'").get() as
      | { until: number }
      | undefined;
    if (row !== undefined && row.until * 1000 > now.getTime()) {
      throw new UserError(`A server runs on ${file}. Stop it first.`);
    }
  } finally {
    current.close();
  }
}

function remove(file: string): void {
  for (const end of companions) rmSync(file + end, { force: true });
}
