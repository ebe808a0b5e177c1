import { type SQL, sql } from "drizzle-orm";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Db, Statement } from "./db.ts";
import { facts } from "./schema.ts";
import { type Indexable, segmentStatements } from "./search-write.ts";

/** Rows that one read may give. */
const rowsPerReadMax = 2_000;
const rowsAtFirst = 100;
/** What one read aims at, in characters. */
const readCharsWanted = 200_000;
/** What one read gives at most, where rows are longer than those before them; a single row may be longer. */
const readCharsMax = 1_000_000;

/** Facts that hold in one place alone: they are neither exported nor counted. */
const factsOfPlace = ["runner", "standstill", "webhook_secret", "owner_link"];

/** A table as the migrations made it. What SQLite or an index keeps for itself is no table of ours. */
export type StoreTable = {
  name: string;
  columns: readonly string[];
  /** Those of the columns that hold bytes. */
  blobs: readonly string[];
  /** The columns of the primary key: rows are read in their order. */
  key: readonly string[];
};

/** A row's values in the order of the table's columns; bytes are written in hexadecimal digits. */
export type Row = (string | number | null)[];

/** Which migrations made this store, in their order. */
export async function storeLevel(db: Db): Promise<string[]> {
  const rows = await db.all<{ name: string }>(sql`select name from d1_migrations order by id`);
  return rows.map((row) => row.name);
}

/**
 * A table's rows in the order of its key, a slice at a time: however long the table and whatever its rows, some slice of
 * `readCharsMax` or one row is what is in memory.
 */
export async function* readTable(db: Db, table: StoreTable): AsyncGenerator<Row[]> {
  const columns = sql.raw(table.columns.map((name) => selected(table, name)).join(", "));
  const key = sql.raw(table.key.map(quoted).join(", "));
  const from = sql.raw(quoted(table.name));
  const length = sql.raw(table.columns.map((name) => `coalesce(length(${quoted(name)}), 0)`).join(" + "));
  const places = table.key.map((name) => table.columns.indexOf(name));
  let after: Row | null = null;
  for (let limit = rowsAtFirst; ; ) {
    const beyond: SQL = after === null ? sql`true` : sql`(${key}) > (${listed(after)})`;
    const some = sql`select * from ${from} where ${moves(table.name)} and ${beyond} order by ${key} limit ${limit}`;
    const measured = sql`select *, row_number() over (order by ${key}) as nth_of_slice,
      sum(${length}) over (order by ${key} rows unbounded preceding) as chars_of_slice from (${some})`;
    const found = await db.all<Record<string, string | number | null>>(
      sql`select ${columns} from (${measured}) where nth_of_slice = 1 or chars_of_slice <= ${readCharsMax}
        order by nth_of_slice`,
    );
    if (found.length === 0) return;
    const rows = found.map((each) => table.columns.map((name) => each[name] ?? null));
    yield rows;
    const last = rows.at(-1)!;
    after = places.map((place) => last[place]!);
    const chars = rows.reduce((sum, row) => sum + charsOf(row), 0);
    limit = Math.min(Math.max(Math.floor((rows.length * readCharsWanted) / chars), 1), rowsPerReadMax);
  }
}

/** The migration from which on a store has an index that is filled with its articles. */
export const indexMigration = "0019_search_segments.sql";

/** Statements that write rows into an empty table, and for articles the index by which they are found. */
export function writeStatements(db: Db, table: StoreTable, rows: readonly Row[], hasIndex = true): Statement[] {
  const values = table.columns.map((name, n) =>
    table.blobs.includes(name) ? `unhex(j.value ->> ${n})` : `j.value ->> ${n}`,
  );
  const statements: Statement[] = [
    db
      .insert(asBuilt(table))
      .select(sql`select ${sql.raw(values.join(", "))} from json_each(${JSON.stringify(rows)}) as j where true`),
  ];
  if (table.name === "articles" && hasIndex) statements.push(...segmentStatements(db, rows.map(indexable(table))));
  return statements;
}

/** A row's length, roughly, in characters. */
function charsOf(row: Row): number {
  return row.reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length + 3 : 8), 0);
}

export async function countRows(db: Db, name: string): Promise<number> {
  const [row] = await db.all<{ n: number }>(
    sql`select count(*) as n from ${sql.raw(quoted(name))} where ${moves(name)}`,
  );
  return row?.n ?? 0;
}

export async function hasRows(db: Db, name: string): Promise<boolean> {
  return (await db.all(sql`select 1 from ${sql.raw(quoted(name))} limit 1`)).length > 0;
}

/** Statements that empty the facts of a store which holds nothing else. */
export function forgetFactsStatements(db: Db): Statement[] {
  return [db.delete(facts).where(moves("facts"))];
}

/** The highest id that each table ever gave, by the table's name: an id is never given twice. */
export async function readSequences(db: Db): Promise<Record<string, number>> {
  const rows = await db.all<{ name: string; seq: number }>(
    sql`select name, seq from sqlite_sequence where name <> 'd1_migrations' and name not like 'search_%'`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.seq]));
}

/** Statements that go on where another store's ids ended. */
export function sequenceStatements(db: Db, sequences: Readonly<Record<string, number>>): Statement[] {
  const sequence = sqliteTable("sqlite_sequence", { name: text("name"), seq: text("seq") });
  const wanted = JSON.stringify(Object.entries(sequences));
  return [
    db.delete(sequence).where(sql`name in (select value ->> 0 from json_each(${wanted}))`),
    db.insert(sequence).select(sql`select value ->> 0, cast(value ->> 1 as integer) from json_each(${wanted})`),
  ];
}

/** The query builder's view of a table, made from its real columns: a batch takes builder statements alone. */
function asBuilt(table: StoreTable) {
  return sqliteTable(table.name, Object.fromEntries(table.columns.map((name) => [name, text(name)])));
}

function moves(table: string): SQL {
  return table === "facts" ? sql`name not in (${listed(factsOfPlace)})` : sql`true`;
}

function listed(values: Row): SQL {
  return sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  );
}

function indexable(table: StoreTable): (row: Row) => Indexable {
  const place = (name: string) => table.columns.indexOf(name);
  const [id, sourceId, language] = [place("id"), place("source_id"), place("language")];
  const [title, ownLead, body] = [place("title"), place("own_lead"), place("body")];
  return (row) => ({
    id: Number(row[id]),
    sourceId: Number(row[sourceId]),
    language: String(row[language]),
    title: String(row[title]),
    // One that is the beginning of the body is found there.
    lead: String(row[ownLead]),
    body: String(row[body]),
  });
}

function selected(table: StoreTable, name: string): string {
  const own = quoted(name);
  // hex() makes an empty text of null.
  return table.blobs.includes(name) ? `iif(${own} is null, null, hex(${own})) as ${own}` : own;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
