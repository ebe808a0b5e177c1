import { desc, eq, inArray, sql } from "drizzle-orm";
import type { Db, Statement } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles, searchChanged, searchWaiting } from "./schema.ts";
import {
  fillSegment,
  type Indexable,
  indexed,
  newSegment,
  segmentOf,
  segmentStatements,
  writeIndex,
} from "./search-write.ts";

/** Characters of a segment that is made of waiting articles. */
const charsPerSegment = 3_000_000;

type Written = { added: readonly Indexable[]; changed: readonly Indexable[] };

/**
 * Statements that make new and changed articles findable, for the batch that stores them: they are a segment, and what
 * older ones have of them counts no more.
 */
export function indexStatements(db: Db, { added, changed }: Written): Statement[] {
  return [...unindexStatements(db, idsOf(changed)), ...segmentStatements(db, [...added, ...changed])];
}

/** The same for articles that `indexWaiting` makes findable a moment later. */
export function waitStatements(db: Db, { added, changed }: Written): Statement[] {
  const ids = idsOf([...added, ...changed]);
  if (ids.length === 0) return [];
  const waiting = db.insert(searchWaiting).select(sql`select null, value from json_each(${JSON.stringify(ids)})`);
  return [...unindexStatements(db, idsOf(changed)), waiting];
}

/**
 * Makes a segment of articles that wait for it, the latest first, at most so many; gives how many. It is written in short
 * writes and counts with the last of them; merging removes what a crash leaves of it. When an article is changed or
 * indexed by another meanwhile, all wait on.
 */
export async function indexWaiting(db: Db, limit: number, charsMax = charsPerSegment): Promise<number> {
  const waiting = await waitingWithin(db, limit, charsMax);
  if (waiting.length === 0) return 0;
  const list = JSON.stringify(waiting);
  const among = sql`n in (select value from json_each(${list}))`;
  const rows = await db
    .select({ n: searchWaiting.n, ...indexed })
    .from(searchWaiting)
    .leftJoin(articles, eq(articles.id, searchWaiting.articleId))
    .where(among);
  const found = rows.filter((row) => row.id !== null) as Indexable[];
  if (found.length === 0) {
    await writeIndex(db, [db.delete(searchWaiting).where(among)]);
    return waiting.length;
  }
  const segment = (await newSegment(db, sql`true`))!;
  const stillWait = sql`(select count(*) from search_waiting where ${among}) = ${waiting.length}`;
  await fillSegment(db, segment, segmentOf(found), {
    condition: stillWait,
    after: (isLive) => db.delete(searchWaiting).where(sql`${among} and ${isLive}`),
  });
  return waiting.length;
}

/** Whether articles wait for the index that nobody is bringing in: the latest came in before that moment. */
export async function isIndexLeft(db: Db, before: Date): Promise<boolean> {
  const [latest] = await db
    .select({ receivedAt: articles.receivedAt })
    .from(searchWaiting)
    .leftJoin(articles, eq(articles.id, searchWaiting.articleId))
    .orderBy(desc(searchWaiting.n))
    .limit(1);
  return latest !== undefined && (latest.receivedAt === null || latest.receivedAt <= before);
}

/** The latest that wait, as many as have so many characters together, one at least. */
async function waitingWithin(db: Db, limit: number, charsMax: number): Promise<number[]> {
  const { title, body, ownLead } = articles;
  const length = sql<number>`coalesce(length(${title}) + length(${body}) + length(${ownLead}), 0)`;
  const rows = await db
    .select({ n: searchWaiting.n, chars: length })
    .from(searchWaiting)
    .leftJoin(articles, eq(articles.id, searchWaiting.articleId))
    .orderBy(desc(searchWaiting.n))
    .limit(limit);
  let chars = 0;
  return rows.flatMap(({ n, chars: own }, at) => {
    chars += own;
    return at === 0 || chars <= charsMax ? [n] : [];
  });
}

/** Statements that take articles out of the index, for the batch that removes them. */
export function unindexStatements(db: Db, ids: readonly number[]): Statement[] {
  if (ids.length === 0) return [];
  const before = sql`coalesce((select max(id) from search_segments), 0) + 1`;
  return [
    db.delete(searchChanged).where(inArray(searchChanged.articleId, jsonList(ids))),
    db.insert(searchChanged).select(sql`select null, value, ${before} from json_each(${JSON.stringify(ids)})`),
    db.delete(searchWaiting).where(inArray(searchWaiting.articleId, jsonList(ids))),
  ];
}

function idsOf(articles: readonly Indexable[]): number[] {
  return articles.map((article) => article.id);
}
