import { UserError } from "../../errors.ts";
import type { Db } from "../../store/db.ts";
import { goOn, isQuiet, type Standstill, standStill, standstillOf } from "../../store/standstill.ts";
import { countRows, readSequences, readTable, storeLevel } from "../../store/whole.ts";
import { type Head, type Part, writeStoreFile } from "./file.ts";
import { tablesOf } from "./tables.ts";

/** Work that was begun is waited for: longer than any lease. */
const quietWaitMs = 240_000;
const lookEveryMs = 1_000;

export type Exported = { bytes: number; rows: Record<string, number>; moved: boolean };

export type ExportOptions = {
  now(): Date;
  /** The store stays closed: it goes on elsewhere. */
  move: boolean;
  onRows?(rows: number): void;
  sleep(ms: number): Promise<void>;
};

/**
 * Closes a store that nobody can take a snapshot of (D1), waits until what was begun has ended, exports it, and opens it
 * again unless it moves. A move that fails leaves it open, as it was.
 */
export async function exportClosed(db: Db, file: string, options: ExportOptions): Promise<Exported> {
  const before = await standstillOf(db);
  if (before?.why === "restoring") throw new UserError("This store is not whole: a restore into it did not end.");
  const at = Math.floor(options.now().getTime() / 1000);
  const why: Standstill["why"] = options.move ? "moved" : "exporting";
  await standStill(db, { why, at });
  let whole = false;
  try {
    await untilQuiet(db, options);
    const exported = await exportStore(db, file, options);
    whole = true;
    return exported;
  } finally {
    if (!(whole && options.move) && before?.why !== "moved") await goOn(db);
  }
}

async function untilQuiet(db: Db, { now, sleep }: ExportOptions): Promise<void> {
  for (let waitedMs = 0; !(await isQuiet(db, now())); waitedMs += lookEveryMs) {
    if (waitedMs >= quietWaitMs) throw new UserError("A job does not end: look at the log, then export again.");
    await sleep(lookEveryMs);
  }
}

/** Writes all that the store holds, but what is made anew from it; checks that nothing changed meanwhile. */
export async function exportStore(db: Db, file: string, options: Omit<ExportOptions, "sleep">): Promise<Exported> {
  const level = await storeLevel(db);
  const head: Head = {
    id: crypto.randomUUID(),
    madeAt: options.now().toISOString(),
    moved: options.move,
    level,
  };
  const rows: Record<string, number> = {};
  const bytes = await writeStoreFile(file, head, partsOf(db, { level, rows, onRows: options.onRows }));
  return { bytes, rows, moved: options.move };
}

export type Counting = { level: readonly string[]; rows: Record<string, number>; onRows: ExportOptions["onRows"] };

/** A whole store, part by part, as a file has it; counts into `rows`. */
export async function* partsOf(db: Db, { level, rows, onRows }: Counting): AsyncGenerator<Part> {
  const tables = tablesOf(level);
  for (const table of tables) {
    rows[table.name] = 0;
    yield { table: table.name, columns: [...table.columns] };
    for await (const slice of readTable(db, table)) {
      rows[table.name]! += slice.length;
      onRows?.(slice.length);
      yield { rows: slice };
    }
  }
  for (const { name } of tables) {
    const counted = await countRows(db, name);
    if (counted !== rows[name]) {
      throw new UserError(`${name} changed while it was read (${rows[name]} rows, now ${counted}). Export again.`);
    }
  }
  yield { end: { rows, sequences: await readSequences(db) } };
}
