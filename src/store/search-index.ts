import { inArray, sql } from "drizzle-orm";
import type { Article } from "../news/article.ts";
import { fold } from "../news/fold.ts";
import { type Indexed, indexed } from "../news/grams.ts";
import { idsPerSecond } from "./article-ids.ts";
import type { Db, Statement } from "./db.ts";
import { searchGrams, searchRows, searchSigns } from "./schema.ts";

/** Rows keep articles in order of time, and room for later ones: one for so many seconds, where there is room. */
const secondsPerRow = 16;
/** Below this are rows of articles without a date, in the order in which they came. */
export const firstDatedRow = 2 ** 26;
/** Where there is no room between neighbours, rows around are tried; every other time in a span twice as wide. */
const rowsTried = 48;
const spanFirst = 4;
/** Characters of tokens in one statement: D1 takes texts of two million bytes. */
const boundCharsMax = 250_000;
/** Articles removed by one statement. */
const removedMax = 500;

const firstDatedId = 2 ** 40;

export type Indexable = Pick<Article, "id" | "sourceId" | "language" | "title" | "lead" | "body">;

/**
 * Statements that make new or changed articles findable, for the batch that stores them (after their own rows): what
 * the index had of them goes first.
 */
export function indexStatements(db: Db, articles: readonly Indexable[]): Statement[] {
  if (articles.length === 0) return [];
  const ids = articles.map((article) => article.id);
  return [...removals(db, ids), ...ids.map((id) => placeStatement(db, id)), ...fillIndexStatements(db, articles)];
}

/** Statements that fill an index which has the articles' rows, and of them nothing yet. */
export function fillIndexStatements(db: Db, articles: readonly Indexable[]): Statement[] {
  return parts(articles).flatMap((part) => [
    db.insert(searchGrams).select(placed(part.map(({ id, tokens }) => [id, tokens.grams]))),
    db.insert(searchSigns).select(placed(part.map(({ id, tokens }) => [id, tokens.signs]))),
  ]);
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

/** Gives an article a row, unless it has one: between those of its neighbours in time, near its own time. */
function placeStatement(db: Db, id: number): Statement {
  if (id < firstDatedId) {
    const last = sql`(select max(row) from search_rows where row < ${firstDatedRow})`;
    const known = sql`(select 1 from search_rows where article_id = ${id})`;
    return db.insert(searchRows).select(sql`select coalesce(${last}, 0) + 1, ${id} where not exists ${known}`);
  }
  const wanted = firstDatedRow + Math.floor(id / idsPerSecond / secondsPerRow);
  // One template: putting parts together would take longer than the statement.
  return db.insert(searchRows).select(sql`
    with given (id, wanted) as (select ${id}, ${wanted}),
      neighbours as (select id, wanted,
        coalesce((select row from search_rows where article_id < id and article_id >= ${firstDatedId}
          order by article_id desc limit 1), ${firstDatedRow}) as older,
        (select row from search_rows where article_id > id order by article_id limit 1) as newer from given),
      place as (select id, case when newer is null then max(older + 1, wanted)
        when newer - older > 1 then max(older + 1, min(newer - 1, wanted)) end as row from neighbours)
    select case
      when row is not null and not exists (select 1 from search_rows as taken where taken.row = place.row) then row
      else (select value from json_each(${JSON.stringify(rowsAround(wanted, id))})
        where not exists (select 1 from search_rows where row = value) order by key limit 1) end, id
    from place where not exists (select 1 from search_rows where article_id = id)`);
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

/** The texts by the rows of their articles, in their order: FTS5 writes a segment for each step back. */
function placed(texts: [id: number, text: string][]) {
  return sql`select search_rows.row, each.value from json_each(${JSON.stringify(Object.fromEntries(texts))}) as each
    cross join search_rows on search_rows.article_id = cast(each.key as integer) order by search_rows.row`;
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

/** Rows around a time, ever farther ones, the same for the same article. */
function rowsAround(wanted: number, id: number): number[] {
  let state = (id % 0xfffffffb) >>> 0;
  return Array.from({ length: rowsTried }, (_, n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const span = spanFirst * 2 ** Math.floor(n / 2);
    const step = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0) % span;
    return Math.max(firstDatedRow, wanted + step - Math.floor(span / 2));
  });
}
