import { and, isNull, lte, sql } from "drizzle-orm";
import { type Background, countArticle } from "../news/background.ts";
import { decide, membersComparedMax } from "../news/story.ts";
import { idsPerSecond } from "./article-ids.ts";
import { backgroundOf } from "./background.ts";
import type { Db } from "./db.ts";
import { articles } from "./schema.ts";
import { findByTerms, matesAmong, type StoredSketch, type StoryMemory, sketchesOf, storyMemory } from "./sketches.ts";
import { keysWaitingMax, writeKeys } from "./story-keys.ts";
import { writeJoined } from "./story-write.ts";
import { compiledSubjects } from "./subjects.ts";

/** Articles joined in one batch: some 20 ms of work, most of it outside the write. */
export const articlesPerJoin = 48;
/** How far apart in time two articles of one story may be, unless others stand between them. */
const windowDays = 7;
/** Articles found by terms that a newcomer is compared with. */
const nearbyMax = 24;
/** One article in so many is counted into the background once it knows enough. */
const backgroundSampling = 16;
const backgroundEnough = 8_192;
const secondsPerDay = 86_400;

export { storyMemory };

/**
 * Joins the given articles to their stories: each to the one that it tells, else to a new one that has its id. Articles
 * that have a story keep it, so calling it again changes nothing; what a crash left loose is joined by the next call.
 * `memory` may be handed along by whoever joins many slices.
 */
export async function joinStories(
  db: Db,
  articleIds: readonly number[],
  { memory = storyMemory() }: { now: Date; memory?: StoryMemory },
): Promise<void> {
  memory.subjects = await compiledSubjects(db, memory.subjects);
  for (let i = 0; i < articleIds.length; i += articlesPerJoin) {
    await joinSlice(db, articleIds.slice(i, i + articlesPerJoin), memory);
  }
}

/** Articles that came in before a time and have no story yet. */
export async function looseArticles(db: Db, limit: number, before: Date): Promise<number[]> {
  const isLoose = and(isNull(articles.storyId), lte(articles.receivedAt, before));
  const rows = await db.select({ id: articles.id }).from(articles).where(isLoose).limit(limit);
  return rows.map((row) => row.id);
}

async function joinSlice(db: Db, ids: readonly number[], memory: StoryMemory): Promise<void> {
  const background = await backgroundOf(db, memory);
  const loaded = await sketchesOf(db, ids, { memory, background });
  const loose = [...loaded.values()].filter((sketch) => sketch.storyId === null).sort((a, b) => a.id - b.id);
  if (loose.length === 0) return;
  const sampled = loose.filter(
    (sketch) => background.articles < backgroundEnough || sketch.id % backgroundSampling === 0,
  );
  for (const sketch of sampled) countArticle(background, sketch.terms);
  memory.uncounted += sampled.length;

  const read = new Map(loaded);
  const nearby = await nearbyOf(db, loose, { memory, background, read });
  const storyIds = new Set<number>();
  for (const list of nearby.values()) for (const { storyId } of list) if (storyId !== null) storyIds.add(storyId);
  const { members, edited } = await membersOf(db, [...storyIds], { memory, background, read });

  const decided = assign(loose, { nearby, members, edited });
  // Some counts may be lost with a process: they are a sample. By chance, so that short processes write some down too.
  const isDue = memory.uncounted * 8 >= background.articles || loose[0]!.id % backgroundSampling === 0;
  const save = memory.uncounted > 0 && isDue;
  await writeJoined(db, { loose, ...decided, background: save ? background : null });
  if (save) memory.uncounted = 0;
  await writeKeys(db, keysWaitingMax);
}

/** Decides for one newcomer after the other; each one's story is there for the next. */
function assign(loose: readonly StoredSketch[], { nearby, members, edited }: { nearby: Nearby } & Known) {
  const merged = new Map<number, number>();
  const moved = new Map<number, { storyId: number; publishedAt: Date | null }>();
  const copies = new Map<number, number>();
  const put = (sketch: StoredSketch, storyId: number) => {
    sketch.storyId = storyId;
    members.set(storyId, [...(members.get(storyId) ?? []), sketch]);
  };
  for (const sketch of loose) {
    const around = nearby.get(sketch.id)!;
    const known = new Set(around.flatMap((each) => each.storyId ?? []));
    const gatherings = [...known]
      .map((id) => ({ id, members: compared(members.get(id) ?? []), edited: edited.has(id) }))
      .filter((each) => each.members.length > 0);
    const { storyId, merge, leaver, copyOf } = decide(sketch, around, gatherings);
    if (copyOf !== null) copies.set(sketch.id, copyOf);
    if (leaver !== null) {
      const leaving = gatherings.flatMap((each) => each.members).find((member) => member.id === leaver)!;
      const left = members.get(leaving.storyId!)!.filter((member) => member.id !== leaver);
      members.set(leaving.storyId!, left);
      moved.set(leaver, { storyId: leaver, publishedAt: leaving.publishedAt });
      put(leaving, leaver);
    }
    const home = storyId === null ? sketch.id : Math.min(storyId, ...merge);
    for (const id of storyId === null ? [] : [storyId, ...merge].filter((each) => each !== home)) {
      merged.set(id, home);
      if (edited.has(id)) edited.add(home);
      for (const member of members.get(id) ?? []) put(member, home);
      members.delete(id);
    }
    put(sketch, home);
  }
  return { merged, moved, copies };
}

/** The founder and the latest: enough to know whether another belongs. */
function compared(members: readonly StoredSketch[]): StoredSketch[] {
  if (members.length <= membersComparedMax) return [...members];
  return [members[0]!, ...members.slice(1 - membersComparedMax)];
}

type Nearby = Map<number, StoredSketch[]>;
/** Of each story its founder and newest, and which of the stories people edited. */
type Known = { members: Map<number, StoredSketch[]>; edited: Set<number> };
type With = { memory: StoryMemory; background: Background; read: Map<number, StoredSketch> };

/** For each newcomer, the articles of its time that share its terms: stored ones and those of the same slice. */
async function nearbyOf(db: Db, loose: StoredSketch[], each: With): Promise<Nearby> {
  const span = windowDays * secondsPerDay * idsPerSecond;
  const window = ({ id, day }: StoredSketch | { id: number; day: number | null }) =>
    day === null ? { from: 0, to: id } : { from: id - span, to: id + span };
  const found = await findByTerms(db, loose, { window, limit: nearbyMax });
  const ids = new Set<number>();
  for (const list of found.values()) for (const id of list) ids.add(id);
  const sketches = await sketchesOf(db, [...ids], each);
  const matesOf = matesAmong(loose);
  const result: Nearby = new Map();
  for (const one of loose) {
    const stored = found.get(one.id)!.flatMap((id) => sketches.get(id) ?? []);
    const mates = matesOf(one).filter((other) => Math.abs(other.id - one.id) <= span);
    result.set(one.id, [...new Set([...stored, ...mates])]);
  }
  return result;
}

/** Members of stories in order of publication: the founder and the newest. */
async function membersOf(db: Db, storyIds: readonly number[], each: With): Promise<Known> {
  if (storyIds.length === 0) return { members: new Map(), edited: new Set() };
  const rows = (await db.all(sql`
    select j.value as storyId, (select json_group_array(id) from (select id from articles where story_id = j.value
      order by id desc limit ${membersComparedMax})) as ids,
      exists (select 1 from stories where id = j.value and edited_at is not null) as edited
    from json_each(${JSON.stringify(storyIds)}) j`)) as { storyId: number; ids: string; edited: number }[];
  const lists = rows.map((row) => ({
    storyId: row.storyId,
    ids: [...new Set([row.storyId, ...(JSON.parse(row.ids) as number[])])],
  }));
  const sketches = await sketchesOf(db, [...new Set(lists.flatMap((list) => list.ids))], each);
  const members = new Map(
    lists.map(({ storyId, ids }) => [
      storyId,
      ids
        .flatMap((id) => sketches.get(id) ?? [])
        .filter((sketch) => sketch.storyId === storyId)
        .sort((a, b) => a.id - b.id),
    ]),
  );
  return { members, edited: new Set(rows.filter((row) => row.edited === 1).map((row) => row.storyId)) };
}
