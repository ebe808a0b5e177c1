import { and, eq, gte, inArray, lt, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles, clicks } from "./schema.ts";

const dayMs = 86_400_000;

/** Adds what was followed since the last time, in one write. */
export async function addClicks(db: Db, counted: ReadonlyMap<number, number>, now: Date): Promise<void> {
  if (counted.size === 0) return;
  const adding = db
    .insert(clicks)
    .select(
      sql`select ${dayOf(now)}, value ->> 0, value ->> 1 from json_each(${JSON.stringify([...counted])}) where true`,
    )
    .onConflictDoUpdate({ target: [clicks.day, clicks.articleId], set: { n: sql`${clicks.n} + excluded.n` } });
  await db.batch([adding], { mayBeLost: true });
}

/** How many links were followed since that day. */
export async function countClicks(db: Db, since: Date): Promise<number> {
  const [row] = await db
    .select({ n: sql<number>`coalesce(sum(${clicks.n}), 0)` })
    .from(clicks)
    .where(gte(clicks.day, dayOf(since)));
  return row?.n ?? 0;
}

/** Where an article was published; null when it has no address on the web, or is not there. */
export async function urlOfArticle(db: Db, id: number): Promise<string | null> {
  const [row] = await db.select({ url: articles.url }).from(articles).where(eq(articles.id, id)).limit(1);
  const url = row?.url ?? "";
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : null;
}

/** Which of these articles is at this address; null when none is. */
export async function articleAt(db: Db, url: string, ids: readonly number[]): Promise<number | null> {
  const isOne = and(inArray(articles.id, jsonList(ids)), eq(articles.url, url));
  const [row] = await db.select({ id: articles.id }).from(articles).where(isOne).limit(1);
  return row?.id ?? null;
}

export async function pruneClicks(db: Db, before: Date): Promise<void> {
  await db.delete(clicks).where(lt(clicks.day, dayOf(before)));
}

/** Days since 1970, UTC. */
function dayOf(at: Date): number {
  return Math.floor(at.getTime() / dayMs);
}
