import { and, desc, eq, gte, isNotNull, lt, sql } from "drizzle-orm";
import { compileSubjects } from "../news/subjects.ts";
import { idsPerSecond } from "./article-ids.ts";
import { batchAll, type Db, type Statement } from "./db.ts";
import { articles, storyDays, subjects } from "./schema.ts";
import { subjectsOfStored } from "./subjects.ts";

/** How far back a subject that is new or was changed is held against articles. */
const backlogDays = 30;
/** Articles of one slice: some milliseconds. */
const articlesPerSlice = 100;
const dayMs = 86_400_000;

/**
 * Holds the next slice of recent articles, newest first, against a subject that waits for them; their stories get it on
 * their days, and lose it where only the words that it had before were told of. False when no
 * subject waits; call again while true.
 */
export async function applySubject(db: Db, now: Date): Promise<boolean> {
  const [subject] = await db.select().from(subjects).where(isNotNull(subjects.backlogId)).orderBy(subjects.id).limit(1);
  if (subject === undefined) return false;
  const from = Math.floor((now.getTime() - backlogDays * dayMs) / 1000) * idsPerSecond;
  const rows = await db
    .select({ id: articles.id, storyId: articles.storyId, at: articles.publishedAt })
    .from(articles)
    .where(and(lt(articles.id, subject.backlogId!), gte(articles.id, from)))
    .orderBy(desc(articles.id))
    .limit(articlesPerSlice);
  const found = await subjectsOfStored(
    db,
    rows.map(({ id }) => id),
    compileSubjects([subject]),
  );
  const told = rows.flatMap(({ id, storyId, at }) =>
    storyId === null || at === null ? [] : [{ id, storyId, day: Math.floor(at.getTime() / dayMs) }],
  );
  const days = told.filter(({ id }) => found.has(id)).map(({ storyId, day }) => [storyId, day]);
  const backlogId = rows.length < articlesPerSlice ? null : rows.at(-1)!.id;
  // Somebody who changes it meanwhile begins anew: only who still finds the cursor moves it.
  await batchAll(db, [
    forgetDays(db, subject.id, told),
    db
      .insert(storyDays)
      .select(
        sql`select j.value ->> 0, j.value ->> 1, ${subject.id}, s.languages, s.heat from json_each(${JSON.stringify(days)}) j
          cross join stories s on s.id = (j.value ->> 0) where true`,
      )
      .onConflictDoNothing(),
    db
      .update(subjects)
      .set({ backlogId })
      .where(and(eq(subjects.id, subject.id), eq(subjects.backlogId, subject.backlogId!))),
  ]);
  return true;
}

type Told = { id: number; storyId: number; day: number };

/**
 * What the subject was on the days whose newest article stands in this slice: the slices come newest first, so what
 * matches now is written after it, by this slice or a later one.
 */
function forgetDays(db: Db, subjectId: number, told: readonly Told[]): Statement {
  const newest = new Map<string, number[]>();
  for (const { id, storyId, day } of told) {
    const key = `${storyId} ${day}`;
    if (!newest.has(key)) newest.set(key, [storyId, day, id, (day + 1) * (dayMs / 1000) * idsPerSecond]);
  }
  return db.delete(storyDays).where(sql`${storyDays.subjectId} = ${subjectId} and (story_id, day) in (
      select j.value ->> 0, j.value ->> 1 from json_each(${JSON.stringify([...newest.values()])}) j
      where not exists (select 1 from articles a
        where a.story_id = (j.value ->> 0) and a.id > (j.value ->> 2) and a.id < (j.value ->> 3)))`);
}
