import { inArray, sql } from "drizzle-orm";
import type { Phrase } from "../news/grams.ts";
import type { Candidate } from "../news/order.ts";
import { idsPerSecond } from "./article-ids.ts";
import type { Db } from "./db.ts";
import { articles, searchRows } from "./schema.ts";
import { firstDatedRow } from "./search-index.ts";
import { allOf, type Expression, newestRows, phraseMatch, type Span, without } from "./search-rows.ts";

/** What narrows a search: facts that an article must have, what it must not have, and its time in seconds. */
export type Filter = { facts: Expression; drop: Expression; span: Span; exact: { after: number; before: number } };

/** Ids below this many seconds are of articles without a date. */
const secondsUndated = 2 ** 20;

export function narrowed(expression: Expression, filter: Filter): Expression {
  return without(allOf([expression, filter.facts]), filter.drop);
}

/** Whether only articles of some time are asked for. */
export function isTimed({ exact }: Pick<Filter, "exact">): boolean {
  return exact.after > 0 || exact.before < Number.MAX_SAFE_INTEGER;
}

/** Rows that crowding may have moved an article from its time; what they hold is checked one by one. */
const rowsMoved = 2 ** 12;

/** The rows of a time in seconds; null when no article is of it. An article without a date is of no time. */
export async function spanOf(db: Db, { after, before }: Filter["exact"]): Promise<Span | null> {
  const from = Math.max(after, secondsUndated) * idsPerSecond;
  const to = Math.min(before, Math.floor(Number.MAX_SAFE_INTEGER / idsPerSecond)) * idsPerSecond;
  const inside = sql`from search_rows where article_id >= ${from} and article_id < ${to} order by article_id`;
  const ends = await db.get<{ first: number | null; last: number | null }>(
    sql`select (select row ${inside} limit 1) as first, (select row ${inside} desc limit 1) as last`,
  );
  if (ends?.first == null || ends.last == null) return null;
  const [low, high] = [Math.min(ends.first, ends.last), Math.max(ends.first, ends.last)];
  return { from: Math.max(firstDatedRow, low - rowsMoved), to: high + rowsMoved };
}

/** Rows that were read of a token in this search, so that it is asked once. */
export type Seen = Map<string, number[]>;

/** Rows read of each token, newest first; one with fewer is known wholly, and rare. */
export const rowsPerToken = 300;

/** The newest rows of one token within the filter, at most `rowsPerToken`. */
export async function tokenRows(db: Db, phrase: Phrase, { filter, seen }: { filter: Filter; seen: Seen }) {
  const key = `${phrase.table} ${phrase.tokens.join(" ")}`;
  const known = seen.get(key);
  if (known !== undefined) return known;
  const expression = narrowed(phraseMatch(phrase), filter);
  const { rows } = await newestRows(db, expression, { span: filter.span, limit: rowsPerToken });
  seen.set(key, rows);
  return rows;
}

/** The articles of rows, in their order; what crowding moved over an edge of the time asked for is left out. */
export async function idsOf(db: Db, rows: readonly number[], filter: Filter): Promise<{ row: number; id: number }[]> {
  if (rows.length === 0) return [];
  const list = sql`(select value from json_each(${JSON.stringify(rows)}))`;
  const known = await db.select().from(searchRows).where(inArray(searchRows.row, list));
  const byRow = new Map(known.map((each) => [each.row, each.articleId]));
  const { after, before } = filter.exact;
  return rows.flatMap((row) => {
    const id = byRow.get(row);
    if (id === undefined) return [];
    const second = Math.floor(id / idsPerSecond);
    const isWithin = !isTimed(filter) || (second >= Math.max(after, secondsUndated) && second < before);
    return isWithin ? [{ row, id }] : [];
  });
}

/** The texts of articles, in no order. */
export async function textsOf(db: Db, ids: readonly number[]): Promise<Candidate[]> {
  return db
    .select({
      id: articles.id,
      title: articles.title,
      lead: articles.lead,
      body: articles.body,
      publishedAt: articles.publishedAt,
    })
    .from(articles)
    .where(inArray(articles.id, sql`(select value from json_each(${JSON.stringify(ids)}))`));
}
