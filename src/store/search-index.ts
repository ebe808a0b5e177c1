import { inArray, sql } from "drizzle-orm";
import type { Article } from "../news/article.ts";
import { fold } from "../news/fold.ts";
import { type Indexed, indexed } from "../news/grams.ts";
import type { Db, Statement } from "./db.ts";
import { searchGrams, searchRows, searchSigns } from "./schema.ts";

/** A row of the index stands for this long; denser hours take rows nearby. */
export const secondsPerRow = 8;
/** Rows tried for an article: the span in which they lie doubles every other time, so that some are free. */
const rowsTried = 48;
/** The first span, of an article with a date and of one without. */
const spanFirst = 2;
const spanUndated = 2 ** 12;
/** Below this are rows of articles without a date (and of the first years of Unix time). */
export const firstDatedRow = 2 ** 26;
/** Characters of tokens in one statement: D1 takes texts of two million bytes. */
const boundCharsMax = 250_000;
/** Articles removed by one statement. */
const removedMax = 500;

/** An id is seconds × 2^20 + n (see articles). */
const idsPerSecond = 2 ** 20;
const firstDatedId = 2 ** 40;

export type Indexable = Pick<Article, "id" | "sourceId" | "language" | "title" | "lead" | "body">;

/**
 * Statements that make new or changed articles findable, for the batch that stores them (after their own rows): what
 * the index had of them goes first.
 */
export function indexStatements(db: Db, articles: readonly Indexable[]): Statement[] {
  if (articles.length === 0) return [];
  const taken = new Set<number>();
  const wanted = articles.map((article): [number, number[]] => {
    const rows = rowsFor(article.id).filter((row) => !taken.has(row));
    for (const row of rows) taken.add(row);
    return [article.id, rows];
  });
  const statements: Statement[] = [
    ...removals(
      db,
      articles.map((article) => article.id),
    ),
    db
      .insert(searchRows)
      .select(
        sql`select (select value from json_each(each.value) where not exists
          (select 1 from search_rows where row = json_each.value) order by json_each.key limit 1), cast(each.key as integer)
          from json_each(${JSON.stringify(Object.fromEntries(wanted))}) as each where true`,
      )
      .onConflictDoNothing({ target: searchRows.articleId }),
  ];
  for (const part of parts(articles)) {
    statements.push(
      db.insert(searchGrams).select(placed(part.map(({ id, tokens }) => [id, tokens.grams]))),
      db.insert(searchSigns).select(placed(part.map(({ id, tokens }) => [id, tokens.signs]))),
    );
  }
  return statements;
}

/** Statements that take articles out of the index, for the batch that removes them. */
export function unindexStatements(db: Db, ids: readonly number[]): Statement[] {
  const statements: Statement[] = [];
  for (let i = 0; i < ids.length; i += removedMax) {
    const some = ids.slice(i, i + removedMax);
    statements.push(...removals(db, some), db.delete(searchRows).where(inArray(searchRows.articleId, listed(some))));
  }
  return statements;
}

/** What is known of an article and can stand in a query: its source and its language. */
export function sourceFact(sourceId: number): string {
  return `s${sourceId}`;
}

export function languageFact(language: string): string {
  return `l${language.toLowerCase().replace(/[^a-z]/g, "")}`;
}

/** The row that an article of this second would have where nothing is crowded. */
export function rowOfSecond(seconds: number): number {
  return Math.max(firstDatedRow, Math.floor(seconds / secondsPerRow));
}

/** The articles' tokens, so many together as one bound text may hold. */
function parts(articles: readonly Indexable[]): { id: number; tokens: Indexed }[][] {
  const all: { id: number; tokens: Indexed }[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  for (const article of articles) {
    const texts = [article.lead, article.body].map(fold);
    const tokens = indexed(fold(article.title), texts, factsOf(article));
    chars += tokens.grams.length;
    if (chars > boundCharsMax) {
      all.push([]);
      chars = tokens.grams.length;
    }
    all.at(-1)?.push({ id: article.id, tokens });
  }
  return all;
}

/** The texts by the rows of their articles. */
function placed(texts: [id: number, text: string][]) {
  return sql`select search_rows.row, each.value from json_each(${JSON.stringify(Object.fromEntries(texts))}) as each
    cross join search_rows on search_rows.article_id = cast(each.key as integer)`;
}

function factsOf(article: Indexable): string[] {
  return [sourceFact(article.sourceId), languageFact(article.language)];
}

function removals(db: Db, ids: readonly number[]): Statement[] {
  const rows = sql`(select row from search_rows where article_id in ${listed(ids)})`;
  return [
    db.delete(searchGrams).where(inArray(sql`rowid`, rows)),
    db.delete(searchSigns).where(inArray(sql`rowid`, rows)),
  ];
}

function listed(ids: readonly number[]) {
  return sql`(select value from json_each(${JSON.stringify(ids)}))`;
}

/** Rows for an article, best first: that of its time, then ever farther ones, the same for the same id. */
function rowsFor(id: number): number[] {
  const dated = id >= firstDatedId;
  const base = dated ? rowOfSecond(Math.floor(id / idsPerSecond)) : 1;
  let state = (id % 0xfffffffb) >>> 0;
  const rows = dated ? [base] : [];
  for (let n = 0; n < rowsTried; n++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const span = (dated ? spanFirst : spanUndated) * 2 ** Math.floor(n / 2);
    rows.push(base + ((Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0) % span));
  }
  return rows;
}
