import { type SQL, sql } from "drizzle-orm";
import type { Article } from "../news/article.ts";
import { fold } from "../news/fold.ts";
import { addTerms } from "../news/grams.ts";
import { Collector } from "../postings/collector.ts";
import { type Page, PageWriter } from "../postings/page-writer.ts";
import type { Db, Statement } from "./db.ts";
import { articles, searchPages, searchSegments } from "./schema.ts";

/** Pages of some 4 KB that one write takes: some milliseconds under the lock. */
export const pagesPerWrite = 96;

export type Indexable = Pick<Article, "id" | "sourceId" | "language" | "title" | "lead" | "body">;
/** The columns of an article that the index is made of. */
export const indexed = {
  id: articles.id,
  sourceId: articles.sourceId,
  language: articles.language,
  title: articles.title,
  lead: articles.lead,
  body: articles.body,
};

/** A segment's articles, and its pages. */
type Made = { docs: number; newest: number; oldest: number; pages: Page[] };

/** What a power cut takes back is made anew: of articles that still wait, or by merging again. */
export async function writeIndex(db: Db, statements: readonly Statement[]): Promise<unknown[]> {
  return db.batch(statements as [Statement, ...Statement[]], { mayBeLost: true });
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
export function segmentOf(articles: readonly Indexable[]): Made {
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

/** Statements that write a segment's pages: their bytes are one value, since each that is bound by itself has its cost. */
export function pageStatements(db: Db, pages: readonly Page[], segment: SQL, condition = sql`true`): Statement[] {
  const statements: Statement[] = [];
  for (let n = 0; n < pages.length; n += pagesPerWrite) {
    const some = pages.slice(n, n + pagesPerWrite);
    let bytes = 0;
    const places = some.map(({ term, doc, data }) => {
      bytes += data.length;
      return [term, doc, bytes - data.length + 1, data.length];
    });
    const all = new Uint8Array(bytes);
    for (const [n, { data }] of some.entries()) all.set(data, places[n]![2]! - 1);
    statements.push(
      db.insert(searchPages).select(
        sql`select null, ${segment}, value ->> 0, value ->> 1, substr(${all}, value ->> 2, value ->> 3)
          from json_each(${JSON.stringify(places)}) where ${condition}`,
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

/**
 * Begins a segment that is filled write by write, if that condition holds; gives its id. What is changed from now on
 * counts as changed in it, and what is changed before does not: texts are read after this, or its end must not be reached.
 */
export async function newSegment(db: Db, condition: SQL): Promise<number | null> {
  const [rows] = (await writeIndex(db, [
    db
      .insert(searchSegments)
      .select(sql`select null, 'filling', 0, 0, 0, null, 0 where ${condition}`)
      .returning({ id: searchSegments.id }),
  ])) as [{ id: number }[]];
  return rows[0]?.id ?? null;
}

type Filling = {
  /** What must hold still when it begins to count; else it never does, and merging removes it. */
  condition: SQL;
  /** What is written together with that, where it does. */
  after: (isLive: SQL) => Statement;
};

/** Writes a segment's pages in short writes; with the last of them it counts. */
export async function fillSegment(
  db: Db,
  id: number,
  { pages, ...segment }: Made,
  { condition, after }: Filling,
): Promise<void> {
  const own = sql`id = ${id} and state = 'filling'`;
  const isOurs = sql`exists (select 1 from search_segments where ${own})`;
  for (let n = 0; n < pages.length; n += pagesPerWrite) {
    await writeIndex(db, pageStatements(db, pages.slice(n, n + pagesPerWrite), sql`${id}`, isOurs));
  }
  const isWhole = sql`(select count(*) from search_pages where segment = ${id}) = ${pages.length}`;
  await writeIndex(db, [
    db
      .update(searchSegments)
      .set({ ...segment, state: "live" })
      .where(sql`${own} and ${isWhole} and ${condition}`),
    after(sql`exists (select 1 from search_segments where id = ${id} and state = 'live')`),
    db.update(searchSegments).set({ state: "gone" }).where(own),
  ]);
}

/** What is known of an article and can stand in a query: its source and its language. */
export function sourceFact(sourceId: number): string {
  return `s${sourceId}`;
}

export function languageFact(language: string): string {
  return `l${language.toLowerCase().replace(/[^a-z]/g, "")}`;
}

/** A lead with which the body begins is in the body. */
function textsOf({ lead, body }: Indexable): string[] {
  return body.startsWith(lead) ? [fold(body)] : [fold(lead), fold(body)];
}

function factsOf(article: Indexable): string[] {
  return [sourceFact(article.sourceId), languageFact(article.language)];
}
