import { and, eq, gt, gte, lte, ne, sql } from "drizzle-orm";
import { breathe } from "../breathe.ts";
import { idsPerSecond } from "./article-ids.ts";
import { batchAll, type Db } from "./db.ts";
import { writeFact } from "./facts.ts";
import { articles, readings, sources, stories, subjects, subscriptions } from "./schema.ts";
import { membersOfStories } from "./story-view.ts";
import { storyRow, sumStatements } from "./story-write.ts";

/** How much a source's word counts: 1 is any source's, 0 counts only beside others. */
export const weightMax = 5;
export const nameCharsMax = 100;
export const intervalMinutesMax = 7 * 24 * 60;
export const sectionsMax = 10;
/** Stories that are summed up anew at a time, and articles of each that count. */
const storiesPerSlice = 20;
const membersCountedMax = 120;
/** Older stories are on no list any more. */
const summedDays = 3;
/** Subscriptions that one statement looks through for a name: some 3 ms. */
const lookedAtMax = 2_000;

/** What an operator may set of a source; what is left out stays. */
export type SourceChange = {
  name?: string;
  /** Sources of one family are one voice. */
  family?: string;
  weight?: number;
  language?: string;
  /** Sections that all its articles are of from now on, such as a folder's name. */
  sections?: string[];
  /** Minutes between two reads; null for the source's own rhythm. */
  intervalMinutes?: number | null;
};

/**
 * Changes a source. A new name follows into the subscriptions and subjects that name it; another weight or family counts
 * at once, also for the stories of the last days.
 */
export async function changeSource(
  db: Db,
  id: number,
  { change, now }: { change: SourceChange; now: Date },
): Promise<"changed" | "taken" | "gone"> {
  const [before] = await db.select().from(sources).where(eq(sources.id, id));
  if (before === undefined) return "gone";
  const { intervalMinutes, ...own } = change;
  if (own.name !== undefined) {
    const taken = db.select({ id: sources.id }).from(sources);
    if ((await taken.where(and(eq(sources.name, own.name), ne(sources.id, id)))).length > 0) return "taken";
  }
  // A source that was a voice of its own stays one under its new name.
  const follows = own.name !== undefined && own.family === undefined && before.family === before.name;
  const set = follows ? { ...own, family: own.name } : own;
  await batchAll(db, [
    ...(Object.keys(set).length > 0 ? [db.update(sources).set(set).where(eq(sources.id, id))] : []),
    ...(intervalMinutes !== undefined ? [paceStatement(db, { id, intervalMinutes, now })] : []),
  ]);
  if (own.name !== undefined && own.name !== before.name) {
    await renameInWishes(db, { from: before.name, to: own.name, now });
    await renameInSubjects(db, before.name, own.name);
  }
  if (own.weight !== undefined || set.family !== undefined) await sumAgain(db, id, now);
  return "changed";
}

/** A shorter interval holds from now on; a source that is being read now is left to whoever sets its next time. */
function paceStatement(
  db: Db,
  { id, intervalMinutes, now }: { id: number; intervalMinutes: number | null; now: Date },
) {
  const soonest = Math.floor(now.getTime() / 1000) + (intervalMinutes ?? 0) * 60;
  const dueAt = sql`case when ${readings.leaseToken} is null then min(${readings.dueAt}, ${soonest}) else ${readings.dueAt} end`;
  const set = intervalMinutes === null ? { intervalMinutes } : { intervalMinutes, dueAt };
  return db.update(readings).set(set).where(eq(readings.sourceId, id));
}

/** The family that a person means for a source: another source stands for its own, any other word for itself. */
export async function familyNamed(db: Db, id: number, given: string): Promise<string> {
  const named = and(eq(sources.name, given), ne(sources.id, id));
  const [other] = await db.select({ family: sources.family }).from(sources).where(named).limit(1);
  return other?.family ?? given;
}

/** Digests and alerts name sources by their names: all are looked through, a slice at a time. */
async function renameInWishes(db: Db, { from, to, now }: { from: string; to: string; now: Date }): Promise<void> {
  const quoted = (name: string) => `source:"${name.replaceAll('"', "")}"`;
  const bare = `source:${from} `;
  const { id, query } = subscriptions;
  const names = sql`(instr(${query}, ${quoted(from)}) > 0 or instr(${query} || ' ', ${bare}) > 0)`;
  const renamed = sql`trim(replace(replace(${query} || ' ', ${quoted(from)}, ${quoted(to)}), ${bare}, ${`${quoted(to)} `}))`;
  const [newest] = await db.select({ id: sql<number | null>`max(${id})` }).from(subscriptions);
  for (let after = 0; after < (newest?.id ?? 0); after += lookedAtMax) {
    const slice = and(gt(id, after), lte(id, after + lookedAtMax), names);
    await db.batch([db.update(subscriptions).set({ query: renamed }).where(slice)]);
    await breathe();
  }
  await writeFact(db, "wishes_renamed", `${now.toISOString()} ${to}`);
}

/** Subjects name sources and their sections: "source" or "source/section". */
async function renameInSubjects(db: Db, from: string, to: string): Promise<void> {
  for (const { id, sources: named } of await db.select().from(subjects)) {
    const renamed = named.map((each) =>
      each === from || each.startsWith(`${from}/`) ? to + each.slice(from.length) : each,
    );
    if (renamed.some((each, n) => each !== named[n]))
      await db.update(subjects).set({ sources: renamed }).where(eq(subjects.id, id));
  }
}

/** What the last days' stories of a source weigh, worked out anew. */
async function sumAgain(db: Db, sourceId: number, now: Date): Promise<void> {
  const since = Math.floor(now.getTime() / 1000 - summedDays * 86_400) * idsPerSecond;
  const rows = await db
    .selectDistinct({ id: articles.storyId })
    .from(articles)
    .innerJoin(stories, eq(stories.id, articles.storyId))
    .where(and(eq(articles.sourceId, sourceId), gte(articles.id, since)));
  const ids = rows.flatMap((row) => row.id ?? []);
  for (let at = 0; at < ids.length; at += storiesPerSlice) {
    const members = await membersOfStories(db, ids.slice(at, at + storiesPerSlice), membersCountedMax);
    const sums = [...members].map(([storyId, list]) => storyRow(storyId, list));
    await batchAll(db, sumStatements(db, sums));
  }
}
