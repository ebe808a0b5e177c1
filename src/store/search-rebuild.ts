import { inArray, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles, searchSegments } from "./schema.ts";
import { type Index, keepIds, readDead, type Segment } from "./search-segments.ts";
import { fillSegment, type Indexable, indexed, newSegment, segmentOf } from "./search-write.ts";

/** Articles of which one segment is made anew, where a thread has half a second for it. */
export const rebuiltMax = 2_064;
/** Bytes of their texts. */
const bytesMax = 6_000_000;

/**
 * Makes one segment of small ones anew from their articles' texts: of so few articles most terms stand in one of them
 * only, and to go through so many lists takes several times as long. Gives how many pages were written, at least 1; null
 * when their texts are too long, or somebody else is at it.
 */
export async function rebuild(db: Db, index: Index, inputs: readonly Segment[]): Promise<number | null> {
  await keepIds(db, index, inputs);
  const dead = await readDead(db, index, inputs);
  const ids = inputs.flatMap(({ id }) => [...index.kept.ids.get(id)!].filter((_, doc) => !dead.get(id)?.has(doc)));
  const among = inArray(articles.id, jsonList([...new Set(ids)]));
  const [size] = await db
    .select({
      bytes: sql<number>`sum(octet_length(${articles.title}) + octet_length(${articles.body}) + octet_length(${articles.ownLead}))`,
    })
    .from(articles)
    .where(among);
  const bytes = size?.bytes ?? 0;
  if (bytes === 0 || bytes > bytesMax) return null;
  const all = jsonList(inputs.map(({ id }) => id));
  const areLive = sql`(select count(*) from search_segments where state = 'live' and id in ${all}) = ${inputs.length}
    and not exists (select 1 from search_segments as other, json_each(other.inputs) as input
      where other.state = 'making' and input.value in ${all})`;
  const isCurrent = sql`not exists (select 1 from search_changed where n > ${index.lastChange})`;
  const segment = await newSegment(db, sql`${isCurrent} and ${areLive}`);
  if (segment === null) return null;
  const texts = (await db.select(indexed).from(articles).where(among)) as Indexable[];
  if (texts.length === 0) return null;
  const made = segmentOf(texts);
  await fillSegment(db, segment, made, {
    condition: areLive,
    after: (isLive) =>
      db.update(searchSegments).set({ state: "gone" }).where(sql`${searchSegments.id} in ${all} and ${isLive}`),
  });
  return made.pages.length;
}
