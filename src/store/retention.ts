import { and, eq, gt, gte, inArray, isNull, lt, sql } from "drizzle-orm";
import { firstDatedId, idsPerSecond } from "./article-ids.ts";
import { batchAll, type Db, type Statement } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles, deliveries, facts, shown, stories, storyKeys, subscribers, tallies } from "./schema.ts";
import { unindexStatements } from "./search-index.ts";
import { emptyDays } from "./story-days.ts";
import { articleOfKey, writeKeys } from "./story-keys.ts";

/** Rows that one slice deletes: a write of a few milliseconds. */
const sliceMax = 300;
/** Ledger rows that one slice looks at: the old ones stand first. */
const lookedAtMax = 2_000;
/** Readers whose `shown` one slice goes through. */
const readersPerSlice = 100;
/** Articles that one slice deletes, with their keys and stories. */
const articlesPerSlice = 20;
/** Keys that one slice looks at: some 4 ms. */
const keysPerSlice = 2_000;
/** Digests look back a month; what was shown matters at least twice as long. */
const shownDaysMin = 62;
const dayMs = 86_400_000;
const cursorNames = { shown: "prune_shown", keys: "prune_keys" };

/** Deletes settled ledger rows from before that moment, the oldest first. Gives how many; call again while any. */
export async function pruneDeliveries(db: Db, before: Date): Promise<number> {
  const first = db.select({ id: deliveries.id, at: deliveries.at, dueAt: deliveries.dueAt }).from(deliveries);
  const looked = first.orderBy(deliveries.id).limit(lookedAtMax).as("looked");
  const old = db
    .select({ id: looked.id })
    .from(looked)
    .where(and(lt(looked.at, before), isNull(looked.dueAt)))
    .limit(sliceMax);
  const [gone] = (await db.batch(
    [
      db.delete(deliveries).where(inArray(deliveries.id, old)).returning({ id: deliveries.id }),
      db.delete(tallies).where(and(gt(tallies.slot, 0), lt(tallies.slot, Math.floor(before.getTime() / 1000)))),
    ],
    { mayBeLost: true },
  )) as [unknown[], unknown];
  return gone.length;
}

/**
 * Deletes articles published before that moment (those without a date: that came in before it), the oldest first, with
 * their keys, their search index, their stories' days and the stories that nobody tells any more. Gives how many; call
 * again while any.
 */
export async function pruneArticles(db: Db, before: Date): Promise<number> {
  const dated = await oldArticles(db, before);
  const old = dated.length > 0 ? dated : await oldUndated(db, before);
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  const told = jsonList([...new Set(old.flatMap(({ storyId }) => storyId ?? []))]);
  const untold = (id: typeof stories.id | typeof stories.mergedInto) =>
    and(inArray(id, told), sql`not exists (select 1 from articles where articles.story_id = ${id})`);
  await batchAll(
    db,
    [
      ...unindexStatements(db, ids),
      db.delete(articles).where(inArray(articles.id, jsonList(ids))),
      emptyDays(db, told),
      db.delete(stories).where(untold(stories.mergedInto)),
      db.delete(stories).where(untold(stories.id)),
      // Those that others still tell have fewer articles now.
      db
        .update(stories)
        .set({ articles: sql`(select count(*) from articles where story_id = ${stories.id})` })
        .where(and(inArray(stories.id, told), isNull(stories.mergedInto))),
    ],
    { mayBeLost: true },
  );
  return old.length;
}

function oldArticles(db: Db, before: Date) {
  const firstKept = Math.floor(before.getTime() / 1000) * idsPerSecond;
  return db
    .select({ id: articles.id, storyId: articles.storyId })
    .from(articles)
    .where(and(gte(articles.id, firstDatedId), lt(articles.id, firstKept)))
    .orderBy(articles.id)
    .limit(articlesPerSlice);
}

function oldUndated(db: Db, before: Date) {
  return (
    db
      .select({ id: articles.id, storyId: articles.storyId })
      .from(articles)
      // Word for word what the index articles_undated is made of.
      .where(and(sql.raw(`id < ${firstDatedId}`), lt(articles.receivedAt, before)))
      .orderBy(articles.receivedAt)
      .limit(articlesPerSlice)
  );
}

/**
 * Deletes the keys of articles that are gone, and goes on where the last slice ended: they stand by term, not by article.
 * False when all were gone through; the next call begins anew.
 */
export async function pruneKeys(db: Db): Promise<boolean> {
  const cursor = (await readCursor(db, cursorNames.keys)) ?? "-1 -1";
  const [slot = -1, article = -1] = cursor.split(" ").map(Number);
  // What waits until it is written is looked at, too.
  if (slot < 0) await writeKeys(db, 1);
  const after = sql`(${storyKeys.slot}, ${storyKeys.article}) > (${slot}, ${article})`;
  const [last] = await db
    .select()
    .from(storyKeys)
    .where(after)
    .orderBy(storyKeys.slot, storyKeys.article)
    .limit(1)
    .offset(keysPerSlice - 1);
  const upTo = last && sql`(${storyKeys.slot}, ${storyKeys.article}) <= (${last.slot}, ${last.article})`;
  const gone = sql`not exists (select 1 from articles where articles.id = ${articleOfKey})`;
  await db.batch(
    [
      db.delete(storyKeys).where(and(after, upTo, gone)),
      keepCursor(db, cursorNames.keys, last === undefined ? "-1 -1" : `${last.slot} ${last.article}`),
    ],
    { mayBeLost: true },
  );
  return last !== undefined;
}

/**
 * Forgets what readers had of articles that no digest can tell again: published and pushed longer ago than that. A
 * hundred readers a slice; goes on where the last one ended. False when all readers were gone through; the next call
 * begins anew.
 */
export async function pruneShown(
  db: Db,
  { now, retentionDays }: { now: Date; retentionDays: number },
): Promise<boolean> {
  const days = Math.max(retentionDays, shownDaysMin);
  const before = new Date(now.getTime() - days * dayMs);
  const firstKept = Math.floor(before.getTime() / 1000) * idsPerSecond;
  const readers = await db
    .select({ id: subscribers.id })
    .from(subscribers)
    .where(gt(subscribers.id, Number((await readCursor(db, cursorNames.shown)) ?? 0)))
    .orderBy(subscribers.id)
    .limit(readersPerSlice);
  const isLast = readers.length < readersPerSlice;
  const own = inArray(shown.subscriberId, jsonList(readers.map(({ id }) => id)));
  await db.batch(
    [
      // An article without a date has a small id: only when it was pushed tells how old it is.
      db.delete(shown).where(and(own, lt(shown.articleId, firstKept), lt(shown.at, before))),
      keepCursor(db, cursorNames.shown, isLast ? "0" : String(readers.at(-1)!.id)),
    ],
    { mayBeLost: true },
  );
  return !isLast;
}

async function readCursor(db: Db, name: string): Promise<string | undefined> {
  const [row] = await db.select().from(facts).where(eq(facts.name, name)).limit(1);
  return row?.value;
}

function keepCursor(db: Db, name: string, value: string): Statement {
  return db
    .insert(facts)
    .values({ name, value })
    .onConflictDoUpdate({ target: facts.name, set: { value: sql`excluded.value` } });
}
