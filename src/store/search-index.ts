import { desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Article } from "../news/article.ts";
import { fold } from "../news/fold.ts";
import { addTerms } from "../news/grams.ts";
import { Collector } from "../postings/collector.ts";
import { type Page, PageWriter } from "../postings/page-writer.ts";
import type { Db, Statement } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles, searchChanged, searchPages, searchSegments, searchWaiting } from "./schema.ts";

/** Pages of some 4 KB that one statement writes, and one write: some milliseconds under the lock. */
const pagesPerStatement = 8;
export const pagesPerWrite = 96;
/** Characters of a segment that is made of waiting articles. */
const charsPerSegment = 600_000;

export type Indexable = Pick<Article, "id" | "sourceId" | "language" | "title" | "lead" | "body">;

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
 * writes and counts with the last of them; merging removes what a crash leaves of it. When an article is changed
 * meanwhile, all wait on.
 */
export async function indexWaiting(db: Db, limit: number, charsMax = charsPerSegment): Promise<number> {
  const waiting = await waitingWithin(db, limit, charsMax);
  if (waiting.length === 0) return 0;
  const list = JSON.stringify(waiting);
  const among = sql`n in (select value from json_each(${list}))`;
  const rows = await db
    .select({
      n: searchWaiting.n,
      id: articles.id,
      sourceId: articles.sourceId,
      language: articles.language,
      title: articles.title,
      lead: articles.lead,
      body: articles.body,
    })
    .from(searchWaiting)
    .leftJoin(articles, eq(articles.id, searchWaiting.articleId))
    .where(among);
  const found = rows.filter((row) => row.id !== null) as Indexable[];
  if (found.length === 0) await writeIndex(db, [db.delete(searchWaiting).where(among)]);
  else await writeSegment(db, found, { among, waiting: waiting.length });
  return waiting.length;
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

type Waiting = { among: SQL; waiting: number };

async function writeSegment(db: Db, found: readonly Indexable[], { among, waiting }: Waiting): Promise<void> {
  const { pages, ...segment } = segmentOf(found);
  const [[row]] = (await writeIndex(db, [
    db
      .insert(searchSegments)
      .values({ ...segment, state: "filling", nextTerm: 0 })
      .returning({ id: searchSegments.id }),
  ])) as [[{ id: number }]];
  const own = sql`id = ${row.id} and state = 'filling'`;
  for (let n = 0; n < pages.length; n += pagesPerWrite) {
    const some = pages.slice(n, n + pagesPerWrite);
    await writeIndex(
      db,
      pageStatements(db, some, sql`${row.id}`, sql`exists (select 1 from search_segments where ${own})`),
    );
  }
  const isWhole = sql`(select count(*) from search_pages where segment = ${row.id}) = ${pages.length}`;
  const wait = sql`(select count(*) from search_waiting where ${among}) = ${waiting}`;
  await writeIndex(db, [
    db.update(searchSegments).set({ state: "live" }).where(sql`${own} and ${isWhole} and ${wait}`),
    db
      .delete(searchWaiting)
      .where(sql`${among} and exists (select 1 from search_segments where id = ${row.id} and state = 'live')`),
  ]);
}

/** What a power cut takes back is made anew: of articles that still wait, or by merging again. */
export async function writeIndex(db: Db, statements: readonly Statement[]): Promise<unknown[]> {
  return db.batch(statements as [Statement, ...Statement[]], { mayBeLost: true });
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

/** Statements that write a segment of these articles, of which the index has nothing. */
export function segmentStatements(db: Db, articles: readonly Indexable[]): Statement[] {
  if (articles.length === 0) return [];
  const { pages, ...segment } = segmentOf(articles);
  return [
    db.insert(searchSegments).values({ ...segment, state: "live", nextTerm: 0 }),
    ...pageStatements(db, pages, sql`(select max(id) from search_segments)`),
  ];
}

/** A segment of these articles, and its pages. */
function segmentOf(articles: readonly Indexable[]) {
  const newestFirst = [...articles].sort((a, b) => b.id - a.id);
  const collector = new Collector();
  for (const article of newestFirst) {
    collector.next();
    addTerms(collector, { title: fold(article.title), texts: textsOf(article), facts: factsOf(article) });
  }
  const ids = Float64Array.from(newestFirst, (article) => article.id);
  const pages = [...idPages(ids), ...collector.pages()];
  return { docs: ids.length, newest: ids[0]!, oldest: ids.at(-1)!, pages };
}

/** Statements that write a segment's pages. */
export function pageStatements(db: Db, pages: readonly Page[], segment: SQL, condition = sql`true`): Statement[] {
  const statements: Statement[] = [];
  for (let n = 0; n < pages.length; n += pagesPerStatement) {
    const rows = pages.slice(n, n + pagesPerStatement).map(({ term, doc, data }) => sql`(${term}, ${doc}, ${data})`);
    statements.push(
      db
        .insert(searchPages)
        .select(
          sql`select null, ${segment}, column1, column2, column3 from (values ${sql.join(rows, sql`, `)}) where ${condition}`,
        ),
    );
  }
  return statements;
}

export function idPages(ids: Float64Array): Page[] {
  const writer = new PageWriter();
  writer.ids(ids);
  return writer.end();
}

/** What is known of an article and can stand in a query: its source and its language. */
export function sourceFact(sourceId: number): string {
  return `s${sourceId}`;
}

export function languageFact(language: string): string {
  return `l${language.toLowerCase().replace(/[^a-z]/g, "")}`;
}

function idsOf(articles: readonly Indexable[]): number[] {
  return articles.map((article) => article.id);
}

/** A lead with which the body begins is in the body. */
function textsOf({ lead, body }: Indexable): string[] {
  return body.startsWith(lead) ? [fold(body)] : [fold(lead), fold(body)];
}

function factsOf(article: Indexable): string[] {
  return [sourceFact(article.sourceId), languageFact(article.language)];
}
