import { UserError } from "../../errors.ts";
import { batchAll, type Db } from "../../store/db.ts";
import { endLeases, recoverSending } from "../../store/deliveries-settle.ts";
import { type Restored, settleRestored } from "../../store/restore.ts";
import { mergeIndex, pagesToMerge } from "../../store/search-merge.ts";
import { countIndexed } from "../../store/search-segments.ts";
import { goOn, standStill, standStillStatement, standstillOf } from "../../store/standstill.ts";
import {
  countRows,
  forgetFactsStatements,
  hasRows,
  indexMigration,
  type Row,
  type StoreTable,
  sequenceStatements,
  writeStatements,
} from "../../store/whole.ts";
import type { End, Head, Part } from "./file.ts";
import { tablesOf } from "./tables.ts";

/** One batch: short enough for D1's 30 seconds, with the index of its articles. */
export const slice = { rowsMax: 500, charsMax: 150_000 };

export type Filled = { rows: Record<string, number>; resumed: boolean };

type FillOptions = { now: Date; onRows?: ((rows: number) => void) | undefined };

/**
 * Fills an empty store with an exported one of the same migrations, slice by slice; how far it came is written with each
 * slice, so that the same file goes on where it was cut off. Counts at the end what the file promised. The store stands
 * still, also afterwards, until `settleFilled`.
 */
export async function fillStore(
  db: Db,
  { head, parts }: { head: Head; parts: AsyncIterable<Part> },
  options: FillOptions,
): Promise<Filled> {
  const tables = new Map(tablesOf(head.level).map((table) => [table.name, table]));
  const { done, whole } = await begin(db, { head, tables: [...tables.values()], now: options.now });
  const resumed = Object.values(done).some((rows) => rows > 0);
  const seen: Record<string, number> = {};
  let table: StoreTable | undefined;
  let end: End | undefined;
  for await (const part of parts) {
    if ("end" in part) end = part.end;
    else if ("table" in part) table = tableOf(part, tables);
    else if (table !== undefined) {
      const before = seen[table.name] ?? 0;
      const fresh = part.rows.slice(Math.max((done[table.name] ?? 0) - before, 0));
      seen[table.name] = before + part.rows.length;
      options.onRows?.(part.rows.length);
      if (fresh.length > 0) await write(db, { table, rows: fresh, head, now: options.now, done });
    }
  }
  if (end === undefined) throw new UserError("The exported store has no end.");
  // What was made fit to run in part has other rows than the file.
  if (!whole) {
    await batchAll(db, sequenceStatements(db, end.sequences));
    await compare(db, { end, tables, hasIndex: head.level.includes(indexMigration) });
    await standStill(db, { ...stage({ head, done, now: options.now }), whole: true });
  }
  return { rows: end.rows, resumed };
}

/** Makes a filled store fit to run, so that nobody gets anything twice, and opens it. */
export async function settleFilled(db: Db, head: Head, now: Date): Promise<Restored> {
  const settled = head.moved ? await settleMoved(db, now) : await settleRestored(db, now);
  await goOn(db);
  return settled;
}

/** How many rows of each table an earlier try wrote, and whether that were all. Refuses a store that holds anything else. */
async function begin(
  db: Db,
  { head, tables, now }: { head: Head; tables: readonly StoreTable[]; now: Date },
): Promise<{ done: Record<string, number>; whole: boolean }> {
  const standstill = await standstillOf(db);
  if (standstill?.why === "restoring") {
    if (standstill.file === head.id) return { done: standstill.done, whole: standstill.whole === true };
    throw new UserError("Another file is being restored into this store: end that restore, or make a new database.");
  }
  for (const { name } of tables) {
    // A server that has looked at the store knows whose it is: no more than that is forgotten.
    if (name !== "facts" && (await hasRows(db, name))) {
      throw new UserError(`The store is not empty (${name}): nothing was changed. Restore into a new database.`);
    }
  }
  await batchAll(db, [...forgetFactsStatements(db), standStillStatement(db, stage({ head, done: {}, now }))]);
  return { done: {}, whole: false };
}

type Writing = { table: StoreTable; rows: Row[]; head: Head; now: Date; done: Record<string, number> };

async function write(db: Db, { table, rows, head, now, done }: Writing): Promise<void> {
  const written = { ...done, [table.name]: (done[table.name] ?? 0) + rows.length };
  const hasIndex = head.level.includes(indexMigration);
  const statements = writeStatements(db, table, rows, hasIndex);
  await batchAll(db, [...statements, standStillStatement(db, stage({ head, done: written, now }))]);
  if (table.name === "articles" && hasIndex) await mergeIndex(db, pagesToMerge(rows.length));
  Object.assign(done, written);
}

function stage({ head, done, now }: { head: Head; done: Record<string, number>; now: Date }) {
  return { why: "restoring", at: Math.floor(now.getTime() / 1000), file: head.id, done } as const;
}

function tableOf(part: { table: string; columns: string[] }, tables: ReadonlyMap<string, StoreTable>): StoreTable {
  const table = tables.get(part.table);
  if (table === undefined || part.columns.join() !== table.columns.join()) {
    throw new UserError(`The file's table ${part.table} is not what its migrations make: it is damaged.`);
  }
  return table;
}

/** Both sides hold the same number of rows, and each article stands in the index. */
async function compare(
  db: Db,
  { end, tables, hasIndex }: { end: End; tables: ReadonlyMap<string, StoreTable>; hasIndex: boolean },
): Promise<void> {
  for (const name of tables.keys()) {
    const counted = await countRows(db, name);
    if (counted !== end.rows[name]) {
      throw new UserError(
        `${name} has ${counted} rows, and the file ${end.rows[name] ?? 0}. Restore into a new database.`,
      );
    }
  }
  // What an older version exported is indexed once it is up to date.
  if (!hasIndex) return;
  const [rows, indexed] = [await countRows(db, "articles"), await countIndexed(db)];
  if (rows !== indexed) throw new UserError(`The search index has ${indexed} of ${rows} articles.`);
}

/**
 * A store that was closed before it was exported missed nothing: what waited goes on waiting. Only what was on its way
 * when a crash came before that is `unknown`.
 */
async function settleMoved(db: Db, now: Date): Promise<Restored> {
  await endLeases(db, now);
  const settled = { unknown: 0, passed: 0, updates: 0 };
  for (let n = -1; n !== 0; settled.unknown += n) n = await recoverSending(db, now);
  return settled;
}
