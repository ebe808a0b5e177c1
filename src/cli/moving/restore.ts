import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { replaceSqlite } from "../../store/backup.ts";
import type { Db } from "../../store/db.ts";
import type { Restored } from "../../store/restore.ts";
import { knownMigrations, openSqlite } from "../../store/sqlite.ts";
import { storeLevel } from "../../store/whole.ts";
import { partsOf } from "./export.ts";
import { checkStoreFile, type Head, openStoreFile, type Part } from "./file.ts";
import { type Filled, fillStore, settleFilled, slice } from "./fill.ts";

export type StoreRestored = Filled & Restored & { moved: boolean };

/**
 * The longest body that goes to D1, in characters: a row, and the words of its index, are at most 2 MB there. A book's
 * chapter has a tenth of it.
 */
export const bodyCharsMax = 200_000;

type Options = { now: Date; onRows?: ((rows: number) => void) | undefined };

/** Puts an exported store in a SQLite file's place, whatever older migrations made it; the old file is kept. */
export async function restoreToSqlite(
  file: string,
  to: string,
  options: Options,
): Promise<StoreRestored & { kept: string | null }> {
  const opened = await openStoreFile(file, slice);
  refuseNewer(opened.head, file);
  return replaceSqlite(to, options.now, async (partial) => {
    const filled = await fillFile(partial, opened, options);
    const store = openSqlite(partial);
    try {
      const settled = await settleFilled(store.db, opened.head, options.now);
      return { ...filled, ...settled, moved: opened.head.moved };
    } finally {
      store.close();
    }
  });
}

/**
 * Fills an empty D1 database with an exported store, or goes on where that was cut off. What older migrations made is
 * brought up to date in a SQLite file on the way.
 */
export async function restoreToD1(
  file: string,
  db: Db,
  options: Options,
): Promise<StoreRestored & { shortened: number }> {
  const opened = await openStoreFile(file, slice);
  refuseNewer(opened.head, file);
  await checkStoreFile(file);
  const level = await storeLevel(db);
  const missing = knownMigrations().filter((name) => !level.includes(name));
  if (missing.length > 0) {
    throw new UserError(`The database lacks ${missing.join(", ")}: npm run deploy brings it up to date.`);
  }
  const upToDate = level.every((name) => opened.head.level.includes(name));
  const cut = { shortened: 0 };
  const filled = upToDate
    ? await fillStore(db, { ...opened, parts: shortened(opened.parts, cut) }, options)
    : await fillByWay(db, { ...opened, cut }, options);
  return { ...filled, ...(await settleFilled(db, opened.head, options.now)), moved: opened.head.moved, ...cut };
}

/** Cuts bodies that D1 would not take, and counts them. */
async function* shortened(parts: AsyncIterable<Part>, cut: { shortened: number }): AsyncGenerator<Part> {
  let place = -1;
  for await (const part of parts) {
    if ("table" in part) place = part.table === "articles" ? part.columns.indexOf("body") : -1;
    if (place < 0 || !("rows" in part)) {
      yield part;
      continue;
    }
    const rows = part.rows.map((row) => {
      const body = row[place];
      if (typeof body !== "string" || body.length <= bodyCharsMax) return row;
      cut.shortened += 1;
      return row.with(place, `${body.slice(0, bodyCharsMax - 1).toWellFormed()}…`);
    });
    yield { rows };
  }
}

type Opened = { head: Head; parts: AsyncIterable<Part> };

async function fillFile(path: string, opened: Opened, options: Options): Promise<Filled> {
  // Nothing is lost by a power cut: the file has no name yet.
  const store = openSqlite(path, { level: opened.head.level, durability: "normal" });
  try {
    return await fillStore(store.db, opened, options);
  } finally {
    store.close();
  }
}

async function fillByWay(
  db: Db,
  { cut, ...opened }: Opened & { cut: { shortened: number } },
  options: Options,
): Promise<Filled> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-move-"));
  try {
    const path = join(folder, "store.db");
    await fillFile(path, opened, { now: options.now });
    const store = openSqlite(path);
    try {
      const level = await storeLevel(store.db);
      const parts = partsOf(store.db, { level, rows: {}, onRows: undefined });
      return await fillStore(db, { head: { ...opened.head, level }, parts: shortened(parts, cut) }, options);
    } finally {
      store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function refuseNewer(head: Head, file: string): void {
  const known = knownMigrations();
  const newer = head.level.filter((name) => !known.includes(name));
  if (newer.length > 0) {
    throw new UserError(`${file} was exported by a newer tidings (${newer.join(", ")}). Update tidings first.`);
  }
}
