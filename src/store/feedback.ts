import { and, eq, gte, inArray, lt, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { jsonList, seconds } from "./json-list.ts";
import { type FeedbackReason, feedback } from "./schema.ts";

/** Votes that are counted by story: some 15 ms. */
const votesMax = 10_000;

/** What a chat thinks of a story; a later word takes its place. */
export async function vote(
  db: Db,
  { storyId, chatId, vote: value, reason }: { storyId: number; chatId: number; vote: 1 | -1; reason: FeedbackReason },
  now: Date,
): Promise<void> {
  const said = { vote: value, reason, at: now };
  await db
    .insert(feedback)
    .values({ storyId, chatId, ...said })
    .onConflictDoUpdate({ target: [feedback.chatId, feedback.storyId], set: said });
}

/** 1, -1, or 0 when this chat said nothing of it. */
export async function voteOf(db: Db, chatId: number, storyId: number): Promise<number> {
  const [row] = await db
    .select({ vote: feedback.vote })
    .from(feedback)
    .where(and(eq(feedback.chatId, chatId), eq(feedback.storyId, storyId)))
    .limit(1);
  return row?.vote ?? 0;
}

/** What this chat said of these stories; those that it said nothing of are left out. */
export async function votesOf(db: Db, chatId: number, storyIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await db
    .select({ storyId: feedback.storyId, vote: feedback.vote })
    .from(feedback)
    .where(and(eq(feedback.chatId, chatId), inArray(feedback.storyId, jsonList(storyIds))));
  return new Map(rows.map(({ storyId, vote: value }) => [storyId, value]));
}

export type FeedbackCounts = { up: number; down: number; reasons: Partial<Record<FeedbackReason, number>> };

/** How many said what since then, for those who run the bot. */
export async function countFeedback(db: Db, since: Date): Promise<FeedbackCounts> {
  const rows = await db
    .select({ vote: feedback.vote, reason: feedback.reason, n: sql<number>`count(*)` })
    .from(feedback)
    .where(gte(feedback.at, since))
    .groupBy(feedback.vote, feedback.reason);
  const counts: FeedbackCounts = { up: 0, down: 0, reasons: {} };
  for (const { vote: value, reason, n } of rows) {
    if (value > 0) counts.up += n;
    else counts.down += n;
    if (value < 0 && reason !== "") counts.reasons[reason] = n;
  }
  return counts;
}

export type StoryFeedback = { storyId: number; up: number; down: number; clicks: number };

/**
 * The stories of which readers said most since then, by votes and clicks; of the newest votes, where there are very many.
 * What was said of a story that became part of another counts for that one.
 */
export async function storyFeedback(db: Db, since: Date, limit: number): Promise<StoryFeedback[]> {
  return db.all<StoryFeedback>(sql`
    select id as storyId, sum(up) as up, sum(down) as down, sum(clicks) as clicks from (
      select coalesce((select merged_into from stories where id = v.story_id), v.story_id) as id,
        v.vote > 0 as up, v.vote < 0 as down, 0 as clicks
      from (select story_id, vote from feedback where at >= ${seconds(since)} order by at desc limit ${votesMax}) as v
      union all
      select a.story_id, 0, 0, c.n from clicks as c cross join articles as a on a.id = c.article_id
      where c.day >= ${Math.floor(seconds(since) / 86_400)} and a.story_id is not null)
    group by id order by sum(up) + sum(down) + sum(clicks) desc, id desc limit ${limit}`);
}

export async function pruneFeedback(db: Db, before: Date): Promise<void> {
  await db.delete(feedback).where(lt(feedback.at, before));
}
