import { and, asc, desc, eq, gte, inArray, lte, sql } from "drizzle-orm";
import { firstDatedId } from "./article-ids.ts";
import type { Db } from "./db.ts";
import { articles, type ReadingState, readings, sources } from "./schema.ts";

/** How long one source may be read, its pages included, before another try may take it. */
export const readingLeaseMs = 10 * 60_000;
/** Times of the newest articles by which a source's rhythm is known. */
const samplesMax = 20;

export type Reading = typeof readings.$inferSelect;
export type SourceRow = typeof sources.$inferSelect;
/** A source that was taken to be read, under the token that settles it. */
export type ClaimedReading = Reading & { token: string; source: SourceRow };
/** Has a source read from now on; one that is read already keeps what is known, at its new address. */
export async function addReading(
  db: Db,
  reading: { sourceId: number; url: string; intervalMinutes: number | null },
  now: Date,
): Promise<void> {
  const { url, intervalMinutes } = reading;
  await db
    .insert(readings)
    .values({ ...reading, dueAt: now })
    .onConflictDoUpdate({
      target: readings.sourceId,
      set: { url, intervalMinutes, state: "active", dueAt: now, etag: null, lastModified: null },
    });
}

/** The source that is read at this address, if there is one. */
export async function readingAt(db: Db, url: string): Promise<SourceRow | undefined> {
  const [row] = await db
    .select({ source: sources })
    .from(readings)
    .innerJoin(sources, eq(sources.id, readings.sourceId))
    .where(eq(readings.url, url))
    .limit(1);
  return row?.source;
}

/** Takes sources whose time has come, the longest due first; each is ours until the lease runs out. */
export async function claimReadings(
  db: Db,
  options: { now: Date; limit: number; token: string },
): Promise<ClaimedReading[]> {
  const { now, limit, token } = options;
  const due = db
    .select({ id: readings.sourceId })
    .from(readings)
    .where(and(eq(readings.state, "active"), lte(readings.dueAt, now)))
    .orderBy(asc(readings.dueAt))
    .limit(limit);
  const claiming = db
    .update(readings)
    .set({ dueAt: new Date(now.getTime() + readingLeaseMs), leaseToken: token })
    .where(and(inArray(readings.sourceId, due), lte(readings.dueAt, now)))
    .returning();
  // A claim, or an end, that a power cut takes back is a source that is read once more.
  const [rows] = (await db.batch([claiming], { mayBeLost: true })) as [Reading[]];
  if (rows.length === 0) return [];
  const ids = JSON.stringify(rows.map((row) => row.sourceId));
  const named = await db
    .select()
    .from(sources)
    .where(inArray(sources.id, sql`(select value from json_each(${ids}))`));
  const byId = new Map(named.map((source) => [source.id, source]));
  return rows.flatMap((row) => {
    const source = byId.get(row.sourceId);
    return source === undefined ? [] : { ...row, token, source };
  });
}

/** Writes what a read brought and when the next one is due; false when the lease was lost to somebody else. */
export async function settleReading(
  db: Db,
  { sourceId, token }: Pick<ClaimedReading, "sourceId" | "token">,
  result: Partial<Omit<Reading, "sourceId">> & { dueAt: Date },
): Promise<boolean> {
  const settling = db
    .update(readings)
    .set({ ...result, leaseToken: null })
    .where(and(eq(readings.sourceId, sourceId), eq(readings.leaseToken, token)))
    .returning({ id: readings.sourceId });
  const [rows] = (await db.batch([settling], { mayBeLost: true })) as [unknown[]];
  return rows.length > 0;
}

/** When a source's newest articles appeared, as far as they have a date. */
export async function publishedTimes(db: Db, sourceId: number): Promise<Date[]> {
  const rows = await db
    .select({ at: articles.publishedAt })
    .from(articles)
    .where(and(eq(articles.sourceId, sourceId), gte(articles.id, firstDatedId)))
    .orderBy(desc(articles.id))
    .limit(samplesMax);
  return rows.flatMap((row) => row.at ?? []);
}

/** Pauses a source or has it read again at once; false when it is none that is read. */
export async function setReadingState(
  db: Db,
  sourceId: number,
  options: { state: ReadingState; now: Date },
): Promise<boolean> {
  const rows = await db
    .update(readings)
    .set({ state: options.state, dueAt: options.now, failures: 0, failingSince: null })
    .where(eq(readings.sourceId, sourceId))
    .returning({ id: readings.sourceId });
  return rows.length > 0;
}

/** Stops reading a source. Its articles stay, as those of a file; a source without any is forgotten. */
export async function removeReading(db: Db, sourceId: number): Promise<boolean> {
  const rows = await db.delete(readings).where(eq(readings.sourceId, sourceId)).returning({ id: readings.sourceId });
  await db
    .delete(sources)
    .where(
      and(
        eq(sources.id, sourceId),
        sql`not exists (select 1 from ${articles} where ${articles.sourceId} = ${sourceId})`,
      ),
    );
  return rows.length > 0;
}
