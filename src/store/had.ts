import { and, eq, gte, isNotNull } from "drizzle-orm";
import type { Db } from "./db.ts";
import { articles, shown } from "./schema.ts";

/** Articles that one look reads: a reader of years has had many, and only those of stories still told matter. */
const articlesMax = 2_000;

/** What a chat has had of one story. */
export type Had = { articleIds: number[]; at: Date };

/**
 * The stories that were pushed to this subscriber, by their articles of `from` (an article id, see store/articles) and
 * later. Computed from the articles, so that stories may merge and split without the ledger being rewritten.
 */
export async function hadStories(db: Db, subscriberId: number, from: number): Promise<Map<number, Had>> {
  const rows = await db
    .select({ storyId: articles.storyId, articleId: shown.articleId, at: shown.at })
    .from(shown)
    .innerJoin(articles, eq(articles.id, shown.articleId))
    .where(and(eq(shown.subscriberId, subscriberId), gte(shown.articleId, from), isNotNull(articles.storyId)))
    .limit(articlesMax);
  const had = new Map<number, Had>();
  for (const { storyId, articleId, at } of rows) {
    const before = had.get(storyId!) ?? { articleIds: [], at };
    had.set(storyId!, { articleIds: [...before.articleIds, articleId], at: at > before.at ? at : before.at });
  }
  return had;
}
