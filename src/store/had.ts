import { sql } from "drizzle-orm";
import type { Db } from "./db.ts";

/** Articles that one look reads: a reader of years has had many, and only those of stories still told matter. */
const articlesMax = 2_000;

/** What a chat has had of one story. */
export type Had = { articleIds: number[]; at: Date };

/**
 * The stories that were pushed to this subscriber, by their articles of `from` (an article id, see store/articles) and
 * later. Computed from the articles, so that stories may merge and split without the ledger being rewritten.
 */
export async function hadStories(db: Db, subscriberId: number, from: number): Promise<Map<number, Had>> {
  // Plain SQL: this is asked once for each digest, and a query builder would cost more than the answer.
  const rows = await db.all<{ storyId: number; articleId: number; at: number }>(sql`
    select a.story_id as storyId, s.article_id as articleId, s.at as at
    from shown as s cross join articles as a on a.id = s.article_id
    where s.subscriber_id = ${subscriberId} and s.article_id >= ${from} and a.story_id is not null
    limit ${articlesMax}`);
  const had = new Map<number, Had>();
  for (const row of rows) {
    const at = new Date(row.at * 1000);
    const before = had.get(row.storyId);
    if (before === undefined) had.set(row.storyId, { articleIds: [row.articleId], at });
    else {
      before.articleIds.push(row.articleId);
      if (at > before.at) before.at = at;
    }
  }
  return had;
}
