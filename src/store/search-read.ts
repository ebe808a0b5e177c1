import { inArray, sql } from "drizzle-orm";
import type { Phrase } from "../news/grams.ts";
import type { Candidate } from "../news/order.ts";
import type { Db } from "./db.ts";
import { articles, searchRows } from "./schema.ts";
import { allOf, type Expression, newestRows, phraseMatch, type Span, without } from "./search-rows.ts";

/** What narrows a search: facts that an article must have, what it must not have, and its time in seconds. */
export type Filter = { facts: Expression; drop: Expression; span: Span; exact: { after: number; before: number } };

const idsPerSecond = 2 ** 20;

export function narrowed(expression: Expression, filter: Filter): Expression {
  return without(allOf([expression, filter.facts]), filter.drop);
}

/** Whether only articles of some time are asked for. */
export function isTimed({ exact }: Filter): boolean {
  return exact.after > 0 || exact.before < Number.MAX_SAFE_INTEGER;
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
    return second >= after && second < before ? [{ row, id }] : [];
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
