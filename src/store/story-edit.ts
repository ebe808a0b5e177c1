import { and, eq, inArray } from "drizzle-orm";
import { batchAll, type Db, type Statement } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles, stories, storyDays } from "./schema.ts";
import { dayStatements } from "./story-days.ts";
import { currentStory, membersOfStories } from "./story-view.ts";
import { mergeStatements, storyRow, sumStatements } from "./story-write.ts";

/** Newest articles of a story that a person can take out of it: their rows are read and written in one go. */
const editedArticlesMax = 300;

/**
 * Divides a story by hand: the given articles tell one of their own, whose id this gives. The part that has the founding
 * (else the oldest) article keeps the old id, the other part gets the id of its oldest article. No newcomer joins the
 * parts again. undefined when that divides nothing: the story is gone, or has all of the articles or none of them.
 */
export async function splitStory(
  db: Db,
  storyId: number,
  articleIds: readonly number[],
  { now }: { now: Date },
): Promise<number | undefined> {
  const id = await currentStory(db, storyId);
  if (id === undefined) return undefined;
  const members = (await membersOfStories(db, [id], editedArticlesMax)).get(id) ?? [];
  const named = new Set(articleIds);
  const chosen = members.filter((member) => named.has(member.id));
  const others = members.filter((member) => !named.has(member.id));
  if (chosen.length === 0 || others.length === 0) return undefined;
  const keeper = members.find((member) => member.id === id) ?? members[0]!;
  const [staying, leaving] = named.has(keeper.id) ? [chosen, others] : [others, chosen];
  const fresh = leaving[0]!.id;
  const ids = leaving.map((member) => member.id);
  // Of a longer story the rest, which was not read, stays; so do its days.
  const isWhole = members.length < editedArticlesMax;
  await batchAll(db, [
    db
      .update(articles)
      .set({ storyId: fresh })
      .where(and(inArray(articles.id, jsonList(ids)), eq(articles.storyId, id))),
    db
      .update(stories)
      .set({ mergedInto: fresh })
      .where(and(eq(stories.mergedInto, id), inArray(stories.id, jsonList(ids)))),
    ...(isWhole ? [db.delete(storyDays).where(eq(storyDays.storyId, id))] : []),
    ...(await dayStatements(db, [
      ...(isWhole ? staying : []).map(({ id: articleId, publishedAt }) => ({ articleId, publishedAt, storyId: id })),
      ...leaving.map(({ id: articleId, publishedAt }) => ({ articleId, publishedAt, storyId: fresh })),
    ])),
    ...sumStatements(db, [storyRow(id, staying), storyRow(fresh, leaving)]),
    markEdited(db, [id, fresh], now),
  ]);
  return fresh;
}

/**
 * Joins stories by hand and gives the id of the one that they are now: the oldest, to which the others redirect. No
 * newcomer divides it again. undefined when there are not two of them.
 */
export async function mergeStories(
  db: Db,
  storyIds: readonly number[],
  { now }: { now: Date },
): Promise<number | undefined> {
  const current = new Set<number>();
  for (const each of storyIds) current.add((await currentStory(db, each)) ?? Number.NaN);
  current.delete(Number.NaN);
  const [id, ...gone] = [...current].sort((a, b) => a - b);
  if (id === undefined || gone.length === 0) return undefined;
  const members = await membersOfStories(db, [id, ...gone], editedArticlesMax);
  const all = [...members.values()].flat();
  await batchAll(db, [
    ...gone.flatMap((from) => mergeStatements(db, from, id)),
    ...sumStatements(db, [storyRow(id, all)]),
    markEdited(db, [id], now),
  ]);
  return id;
}

function markEdited(db: Db, ids: readonly number[], now: Date): Statement {
  return db
    .update(stories)
    .set({ editedAt: now })
    .where(inArray(stories.id, jsonList(ids)));
}
