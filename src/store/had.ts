import { sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { gather } from "./gather.ts";

/** Articles that one look reads of a reader: one of years has had many, and only those of stories still told matter. */
const articlesMax = 2_000;
/** Readers of one look: each has had some hundred articles of a month. */
export const readersPerLook = 20;

/** What a chat has had of one story. */
export type Had = { articleIds: number[]; at: Date };

/**
 * The stories that were pushed to this subscriber, by their articles of `from` (an article id, see store/articles) and
 * later. Computed from the articles, so that stories may merge and split without the ledger being rewritten. What is asked
 * for many at once is one query.
 */
export function hadStories(db: Db, subscriberId: number, from: number): Promise<Map<number, Had>> {
  const look = db.once("had", () => gather((asked: Asked[]) => lookUp(db, asked), readersPerLook));
  return look([subscriberId, from]);
}

/** A subscriber, and the first article that matters. */
type Asked = [number, number];
type Row = { subscriberId: number; storyId: number; articleId: number; at: number };

async function lookUp(db: Db, asked: readonly Asked[]): Promise<Map<number, Had>[]> {
  // Plain SQL: this is asked for each digest, and a query builder would cost more than the answer.
  const rows = await db.all<Row>(sql`
    select s.subscriber_id as subscriberId, a.story_id as storyId, s.article_id as articleId, s.at as at
    from json_each(${JSON.stringify(asked)}) as j
      cross join shown as s on s.subscriber_id = j.value ->> 0 and s.article_id >= j.value ->> 1
      cross join articles as a on a.id = s.article_id
    where a.story_id is not null
    limit ${articlesMax * asked.length}`);
  const byReader = Map.groupBy(rows, (row) => row.subscriberId);
  return asked.map(([subscriberId]) => hadOf(byReader.get(subscriberId) ?? []));
}

function hadOf(rows: readonly Row[]): Map<number, Had> {
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
