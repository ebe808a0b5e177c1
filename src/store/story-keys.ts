import { lte, sql } from "drizzle-orm";
import { shortTerm } from "../news/background.ts";
import type { Sketch } from "../news/sketch.ts";
import { firstDatedId } from "./article-ids.ts";
import type { Db, Statement } from "./db.ts";
import { articles, storyKeys, storyKeysWaiting } from "./schema.ts";

/** Ids of a quarter (97 days): their keys stand together in the tree. */
const idsPerQuarter = 2 ** 43;
/** Terms have 23 bits. */
const termsPerQuarter = 2 ** 23;
/** Articles whose keys wait until they are written into the tree, at the most. */
export const keysWaitingMax = 3_840;
/** Keys that one write adds to the tree: some 20 ms under the lock. */
const keysPerWrite = 2_048;

/** The id of a key's article, in SQL. */
export const articleOfKey = sql`(${storyKeys.slot} >> 23 << 43) + ${storyKeys.article}`;

/** Keeps by which terms these articles are found; they are found at once. */
export function addKeys(db: Db, sketches: readonly Sketch[]): Statement {
  const keys = sketches.map(({ id, keys }) => [id, ...keys.map(({ term }) => shortTerm(term))]);
  return db.insert(storyKeysWaiting).values({ keys });
}

/** Writes into the tree what waits, if so many articles do, in the tree's order: each of its pages is found once. */
export async function writeKeys(db: Db, least: number): Promise<void> {
  const { last, ids, articles } = await waitingKeys(db);
  if (articles === 0 || articles < least) return;
  const rows: [slot: number, article: number][] = [];
  for (const [term, list] of ids) {
    for (const id of list) rows.push([quarterOf(id) * termsPerQuarter + term, id % idsPerQuarter]);
  }
  rows.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  // Until the last one is written they all wait, and are written again by whoever comes after a crash.
  const done = db.delete(storyKeysWaiting).where(lte(storyKeysWaiting.n, last));
  for (let n = 0; n === 0 || n < rows.length; n += keysPerWrite) {
    const some = JSON.stringify(rows.slice(n, n + keysPerWrite));
    const insert = db
      .insert(storyKeys)
      .select(sql`select value ->> 0, value ->> 1 from json_each(${some}) where true`)
      .onConflictDoNothing();
    await db.batch(n + keysPerWrite < rows.length ? [insert] : [insert, done], { mayBeLost: true });
  }
}

/** Terms, and the ids among which articles are looked for, both ends included. */
export type Asked = { terms: readonly number[]; from: number; to: number };
export type Reading = { limit: number; from: "newest" | "oldest" };

/** For each that is asked, of each of its terms the articles that have it, so many from that end. */
export async function articlesByKeys(db: Db, asked: readonly Asked[], reading: Reading): Promise<number[][][]> {
  const waiting = await waitingKeys(db);
  const ends = asked.some(isLong) ? await quartersOfArchive(db) : null;
  const found = asked.map(({ terms }) => terms.map((): number[] => []));
  const quarters = asked.map((each) => quartersOf(each, reading, isLong(each) ? ends : null));
  const most = Math.max(...quarters.map((own) => own.length));
  // Nearly all is in the first quarter; of the others more and more are asked for what is not.
  for (let from = 0, to = 1; from < most; from = to, to *= 4) {
    const parts = quarters.flatMap((own, n) => {
      const terms = [...asked[n]!.terms.keys()].filter((k) => found[n]![k]!.length < reading.limit);
      return terms.length === 0 ? [] : own.slice(from, to).map((quarter) => ({ n, quarter, terms }));
    });
    await readKeys(db, parts, { asked, reading, found });
  }
  if (waiting.articles === 0) return found;
  return asked.map((each, n) =>
    each.terms.map((term, k) => joined(found[n]![k]!, within(waiting.ids.get(term), each), reading)),
  );
}

type Answering = { asked: readonly Asked[]; reading: Reading; found: number[][][] };

/** Which of those that are asked, in which quarter, and which of its terms. */
type Part = { n: number; quarter: number; terms: readonly number[] };

/** Adds what the tree has, quarter by quarter in the order of reading. */
async function readKeys(db: Db, parts: readonly Part[], { asked, reading, found }: Answering): Promise<void> {
  if (parts.length === 0) return;
  const { limit } = reading;
  const list = parts.map(({ n, quarter, terms }) => {
    const first = quarter * idsPerQuarter;
    const { from, to } = asked[n]!;
    const ends = [Math.max(from - first, 0), Math.min(to - first, idsPerQuarter - 1)];
    return [quarter * termsPerQuarter, ...ends, terms.map((k) => asked[n]!.terms[k]!)];
  });
  const order = sql.raw(reading.from === "newest" ? "desc" : "asc");
  // A row for each, with a list a term: many small texts of JSON are dear to make and to read.
  const rows = (await db.all(sql`
    with asked as materialized (select key, value ->> 0 as slot, value ->> 1 as first, value ->> 2 as last,
      value ->> 3 as terms from json_each(${JSON.stringify(list)}))
    select key, (select '[' || coalesce(group_concat(found), '') || ']' from (
      select (select json_group_array(article) from (select article from story_keys
        where slot = asked.slot + t.value and article between first and last order by article ${order} limit ${limit}))
        as found from json_each(terms) t)) as lists
    from asked order by key`)) as { key: number; lists: string }[];
  for (const { key, lists } of rows) {
    const { n, quarter, terms } = parts[key]!;
    for (const [at, places] of (JSON.parse(lists) as number[][]).entries()) {
      const ids = found[n]![terms[at]!]!;
      for (const place of places) if (ids.length < limit) ids.push(quarter * idsPerQuarter + place);
    }
  }
}

function isLong({ from, to }: Asked): boolean {
  return quarterOf(to) - quarterOf(from) > 1;
}

type Ends = { first: number; last: number };

/** Of the articles that have a date; none of any time where none has. */
async function quartersOfArchive(db: Db): Promise<Ends> {
  const row = await db.get<{ first: number | null; last: number | null }>(
    sql`select (select min(id) from ${articles} where id >= ${firstDatedId}) as first, (select max(id) from ${articles}) as last`,
  );
  const { first = null, last = null } = row ?? {};
  return first === null || last === null ? { first: 0, last: 0 } : { first: quarterOf(first), last: quarterOf(last) };
}

/** The quarters of these ids, in the order of reading: of a long time only those that have articles, or none have a date. */
function quartersOf({ from, to }: Asked, reading: Reading, ends: Ends | null): number[] {
  const first = Math.max(quarterOf(from), ends?.first ?? 0);
  const last = Math.min(quarterOf(to), ends?.last ?? Number.POSITIVE_INFINITY);
  const quarters = Array.from({ length: Math.max(last - first + 1, 0) }, (_, n) => first + n);
  if (quarterOf(from) === 0 && quarters[0] !== 0) quarters.unshift(0);
  return reading.from === "newest" ? quarters.reverse() : quarters;
}

function quarterOf(id: number): number {
  return Math.floor(id / idsPerQuarter);
}

/** What is kept of the waiting keys between two readings: rows are added, and removed when all are in the tree. */
type Waiting = {
  /** The first and the last row that were read, 0 for none. */
  first: number;
  last: number;
  articles: number;
  /** Of each term its articles, in ascending order. */
  ids: Map<number, number[]>;
};

async function waitingKeys(db: Db): Promise<Waiting> {
  const kept = db.once("story-keys-waiting", () => ({ waiting: nothingWaits(0) }));
  for (;;) {
    const { waiting } = kept;
    const row = await db.get<{ first: number | null; rows: string }>(sql`select
      (select min(n) from ${storyKeysWaiting}) as first,
      (select json_group_array(json_array(n, json(keys))) from
        (select n, keys from ${storyKeysWaiting} where n > ${waiting.last} order by n)) as rows`);
    const first = row?.first ?? 0;
    if (first === waiting.first) {
      for (const [n, keys] of JSON.parse(row?.rows ?? "[]") as [number, number[][]][]) addWaiting(waiting, n, keys);
      return waiting;
    }
    // Those before it are in the tree now.
    if (kept.waiting === waiting) kept.waiting = nothingWaits(first);
  }
}

function nothingWaits(first: number): Waiting {
  return { first, last: 0, articles: 0, ids: new Map() };
}

function addWaiting(waiting: Waiting, n: number, keys: readonly number[][]): void {
  // Another question may have read it meanwhile.
  if (n <= waiting.last) return;
  waiting.last = n;
  waiting.articles += keys.length;
  for (const [id, ...terms] of keys) {
    for (const term of terms) {
      const ids = waiting.ids.get(term);
      const at = ids === undefined ? 0 : placeIn(ids, id!);
      if (ids === undefined) waiting.ids.set(term, [id!]);
      // Two who joined it at once both wrote it down.
      else if (ids[at] !== id) ids.splice(at, 0, id!);
    }
  }
}

function within(ids: readonly number[] | undefined, { from, to }: Asked): readonly number[] {
  return ids === undefined ? [] : ids.slice(placeIn(ids, from), placeIn(ids, to + 1));
}

/** How many of these ascending ids are below that one; most often all are. */
function placeIn(ids: readonly number[], id: number): number {
  let [low, high] = [0, ids.length];
  if (high === 0 || ids[high - 1]! < id) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Ids in the order of reading and others in ascending order, as one list; what is just written may be in both. */
function joined(read: number[], waiting: readonly number[], { limit, from }: Reading): number[] {
  if (waiting.length === 0) return read;
  const isNewest = from === "newest";
  const all: number[] = [];
  for (let r = 0, w = 0; all.length < limit && (r < read.length || w < waiting.length); ) {
    const one = read[r];
    const other = waiting[isNewest ? waiting.length - 1 - w : w];
    const isRead = other === undefined || (one !== undefined && (isNewest ? one >= other : one <= other));
    if (isRead) r += 1;
    if (!isRead || one === other) w += 1;
    all.push(isRead ? one! : other!);
  }
  return all;
}
