import { and, eq, gt, gte, inArray, isNull, lt, sql } from "drizzle-orm";
import { firstDatedId } from "./articles.ts";
import { batchAll, type Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles, deliveries, facts, shown, stories, storyDays, subscribers, tallies } from "./schema.ts";
import { unindexStatements } from "./search-index.ts";

/** Rows that one slice deletes: a write of a few milliseconds. */
const sliceMax = 300;
/** Ledger rows that one slice looks at: the old ones stand first. */
const lookedAtMax = 2_000;
/** Readers whose `shown` one slice goes through. */
const readersPerSlice = 100;
/** Articles that one slice deletes: each has a few hundred index entries. */
const articlesPerSlice = 20;
/** An article's id is its second × 2^20 + n. */
const idsPerSecond = 2 ** 20;
/** Digests look back a month; what was shown matters at least twice as long. */
const shownDaysMin = 62;
const dayMs = 86_400_000;
const cursorName = "prune_shown";

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
 * Deletes articles published before that moment, the oldest first, with their keys, their search index and the stories
 * that nobody tells any more. Those without a date stay. Gives how many; call again while any.
 */
export async function pruneArticles(db: Db, before: Date): Promise<number> {
  const firstKept = Math.floor(before.getTime() / 1000) * idsPerSecond;
  const old = await db
    .select({ id: articles.id, storyId: articles.storyId })
    .from(articles)
    .where(and(gte(articles.id, firstDatedId), lt(articles.id, firstKept)))
    .orderBy(articles.id)
    .limit(articlesPerSlice);
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  const told = jsonList([...new Set(old.flatMap(({ storyId }) => storyId ?? []))]);
  const untold = (id: typeof stories.id | typeof storyDays.storyId) =>
    and(inArray(id, told), sql`not exists (select 1 from articles where articles.story_id = ${id})`);
  await batchAll(
    db,
    [
      ...unindexStatements(db, ids),
      db.delete(articles).where(inArray(articles.id, jsonList(ids))),
      db.delete(storyDays).where(untold(storyDays.storyId)),
      db.delete(stories).where(untold(stories.id)),
    ],
    { mayBeLost: true },
  );
  return old.length;
}

/**
 * Forgets what readers had of articles that no digest can tell again, a hundred readers a slice, and goes on where the
 * last slice ended. False when all readers were gone through; the next call begins anew.
 */
export async function pruneShown(
  db: Db,
  { now, retentionDays }: { now: Date; retentionDays: number },
): Promise<boolean> {
  const days = Math.max(retentionDays, shownDaysMin);
  const firstKept = Math.floor((now.getTime() - days * dayMs) / 1000) * idsPerSecond;
  const [cursor] = await db.select().from(facts).where(eq(facts.name, cursorName)).limit(1);
  const readers = await db
    .select({ id: subscribers.id })
    .from(subscribers)
    .where(gt(subscribers.id, Number(cursor?.value ?? 0)))
    .orderBy(subscribers.id)
    .limit(readersPerSlice);
  const isLast = readers.length < readersPerSlice;
  const value = isLast ? "0" : String(readers.at(-1)!.id);
  await db.batch(
    [
      db
        .delete(shown)
        .where(and(inArray(shown.subscriberId, jsonList(readers.map(({ id }) => id))), lt(shown.articleId, firstKept))),
      db
        .insert(facts)
        .values({ name: cursorName, value })
        .onConflictDoUpdate({ target: facts.name, set: { value: sql`excluded.value` } }),
    ],
    { mayBeLost: true },
  );
  return !isLast;
}
