import { inArray } from "drizzle-orm";
import type { Candidate } from "../news/order.ts";
import { allOf, type Expression, without } from "../postings/expression.ts";
import type { Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles } from "./schema.ts";
import type { Span } from "./search-find.ts";

/** What narrows a search: facts that an article must have, what it must not have, and the ids of its time. */
export type Filter = { facts: Expression; drop: Expression; span: Span };

export function narrowed(expression: Expression, filter: Filter): Expression {
  return without(allOf([expression, filter.facts]), filter.drop);
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
    .where(inArray(articles.id, jsonList(ids)));
}
