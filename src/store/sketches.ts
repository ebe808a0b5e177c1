import { sql } from "drizzle-orm";
import { type Background, shortTerm } from "../news/background.ts";
import { askedTerms, type Sketch, type Sketchable, sketchArticle } from "../news/sketch.ts";
import { type CompiledSubjects, compileSubjects, subjectsOf } from "../news/subjects.ts";
import { textCharsMax } from "../news/terms.ts";
import type { Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articlesByKeys } from "./story-keys.ts";

/** Sketches kept between slices, unless more is asked for; an article's is about 10 KB. */
const sketchesMax = 8_192;
/** Neighbours in time that one term leads to. */
const perTermMax = 40;
/** Articles that share less than this of an article's weightiest terms are not compared, nor with one of them alone. */
const sharedMin = 0.2;

export type StoredSketch = Sketch & {
  storyId: number | null;
  source: string;
  family: string;
  weight: number;
  rank: number | null;
  dateline: string;
  publishedAt: Date | null;
  /** Its subjects; [] for one that had a story when it was read. */
  subjects: number[];
};

/** What one run of joining remembers, so that an import does not read and cut the same articles again. */
export type StoryMemory = {
  sketches: Map<number, StoredSketch>;
  sketchesMax: number;
  background: Background | null;
  /** Articles counted into the background since it was written down. */
  uncounted: number;
  subjects: { asSaved: string; compiled: CompiledSubjects };
};

export function storyMemory(most = sketchesMax): StoryMemory {
  return {
    sketches: new Map(),
    sketchesMax: most,
    background: null,
    uncounted: 0,
    subjects: { asSaved: "", compiled: compileSubjects([]) },
  };
}

/** The sketches of these articles; ids that are gone are left out. `read` are some that were read just now. */
export async function sketchesOf(
  db: Db,
  ids: readonly number[],
  { memory, background, read }: { memory: StoryMemory; background: Background; read?: Map<number, StoredSketch> },
): Promise<Map<number, StoredSketch>> {
  if (read !== undefined) return withRead(db, ids, { memory, background, read });
  const found = await keptSketches(db, ids, memory);
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length === 0) return found;
  for (const row of await startsOf(db, missing)) {
    const { storyId, source, family, weight, rank, dateline, publishedAt } = row;
    const plain = sketchArticle(row, background);
    const subjects = storyId === null ? subjectsOf(row, plain.terms, memory.subjects.compiled) : [];
    const sketch = { ...plain, storyId, source, family, weight, rank, dateline, publishedAt, subjects };
    found.set(row.id, sketch);
    remember(memory, sketch);
  }
  return found;
}

type Start = Sketchable &
  Pick<StoredSketch, "storyId" | "source" | "family" | "weight" | "rank" | "dateline"> & { sections: string[] };
type StartRow = Omit<Start, "publishedAt" | "sections"> & { publishedAt: number | null; sections: string };

/** The beginnings of articles, as SQL gives them: drizzle's way of each column costs as much as reading them. */
async function startsOf(db: Db, ids: readonly number[]): Promise<Start[]> {
  const rows = await db.all<StartRow>(sql`
    select a.id, a.story_id as storyId, a.rank, a.dateline, s.name as source, s.family, s.weight, a.sections,
      a.published_at as publishedAt, a.language, a.title, substr(a.lead, 1, ${textCharsMax}) as lead,
      substr(a.body, 1, ${textCharsMax}) as body
    from articles a join sources s on s.id = a.source_id where a.id in ${jsonList(ids)}`);
  return rows.map(({ publishedAt, sections, ...row }) => ({
    ...row,
    publishedAt: publishedAt === null ? null : new Date(publishedAt * 1000),
    sections: JSON.parse(sections) as string[],
  }));
}

async function withRead(
  db: Db,
  ids: readonly number[],
  { memory, background, read }: { memory: StoryMemory; background: Background; read: Map<number, StoredSketch> },
): Promise<Map<number, StoredSketch>> {
  const unread = ids.filter((id) => !read.has(id));
  if (unread.length > 0) for (const each of await sketchesOf(db, unread, { memory, background })) read.set(...each);
  const found = new Map<number, StoredSketch>();
  for (const id of ids) {
    const sketch = read.get(id);
    if (sketch !== undefined) found.set(id, sketch);
  }
  return found;
}

/** Remembered sketches, each with the story that it has now: another process, or an editor, may have moved it. */
async function keptSketches(db: Db, ids: readonly number[], memory: StoryMemory): Promise<Map<number, StoredSketch>> {
  const kept = ids.flatMap((id) => memory.sketches.get(id) ?? []);
  if (kept.length === 0) return new Map();
  // One list, for there are hundreds: the story of each, -1 for none, 0 where the article is gone. Most have the one that
  // is known, and an index says so, which has hundreds on a page where the articles have three.
  const [row] = await db.all<{ stories: string }>(sql`
    select json_group_array(coalesce(
      (select story_id from articles indexed by articles_story where story_id = (j.value ->> 1) and id = (j.value ->> 0)),
      (select coalesce(story_id, -1) from articles where id = (j.value ->> 0)), 0)) as stories
    from json_each(${JSON.stringify(kept.map(({ id, storyId }) => [id, storyId]))}) as j`);
  const found = new Map<number, StoredSketch>();
  for (const [n, storyId] of (JSON.parse(row!.stories) as number[]).entries()) {
    if (storyId === 0) continue;
    kept[n]!.storyId = storyId === -1 ? null : storyId;
    found.set(kept[n]!.id, kept[n]!);
    // Those that nobody asked for longest are at the beginning, and go first.
    memory.sketches.delete(kept[n]!.id);
    memory.sketches.set(kept[n]!.id, kept[n]!);
  }
  return found;
}

function remember(memory: StoryMemory, sketch: StoredSketch): void {
  memory.sketches.set(sketch.id, sketch);
  if (memory.sketches.size <= memory.sketchesMax) return;
  // No more than few go at once, as a week's are wanted again and again.
  let surplus = memory.sketchesMax / 64;
  for (const id of memory.sketches.keys()) {
    if (surplus-- <= 0) break;
    memory.sketches.delete(id);
  }
}

export type Window = { from: number; to: number };

export type Search = {
  window: (sketch: Sketch) => Window;
  /** Articles given for each. */
  limit: number;
  /** Index entries read for each term. */
  perTerm?: number;
  /** Which end of the window they are read from. */
  from?: "newest" | "oldest";
  /** Weight of shared terms from which one is given; so much that one term alone is not enough unless it is said. */
  least?: number;
};

/**
 * For each article the ids of others that share its terms, most weight of shared terms first. Reads a bounded number of
 * index entries a term, however many articles there are.
 */
export async function findByTerms(db: Db, sketches: readonly Sketch[], search: Search): Promise<Map<number, number[]>> {
  const shared = await sharedByTerms(db, sketches, search);
  return new Map(
    sketches.map((sketch) => {
      const options = { limit: search.limit, least: search.least ?? sharedLeast(sketch) };
      return [sketch.id, heaviest(shared.get(sketch.id)!, sketch.id, options)];
    }),
  );
}

/** The same on both sides of one article in all of the archive, those nearest in time. */
export async function findEverywhere(db: Db, sketch: Sketch, search: { limit: number; perTerm: number }) {
  const { perTerm } = search;
  const asked = { ...sketch, keys: askedTerms(sketch) };
  const before = { from: 0, to: sketch.id - 1 };
  const after = { from: sketch.id + 1, to: Number.MAX_SAFE_INTEGER };
  const older = await sharedByTerms(db, [asked], { ...search, window: () => before, perTerm, from: "newest" });
  const newer = await sharedByTerms(db, [asked], { ...search, window: () => after, perTerm, from: "oldest" });
  const shared = new Map([...older.get(sketch.id)!, ...newer.get(sketch.id)!]);
  return heaviest(shared, sketch.id, { limit: search.limit, least: 0 });
}

async function sharedByTerms(
  db: Db,
  sketches: readonly Sketch[],
  { window, perTerm = perTermMax, from = "newest" }: Search,
): Promise<Map<number, Map<number, number>>> {
  const asked = sketches.map((sketch) => ({
    ...window(sketch),
    terms: sketch.keys.map(({ term }) => shortTerm(term)),
  }));
  const found = await articlesByKeys(db, asked, { limit: perTerm, from });
  const shared = new Map<number, Map<number, number>>();
  for (const [n, { id, keys }] of sketches.entries()) {
    const weights = new Map<number, number>();
    for (const [k, ids] of found[n]!.entries()) {
      const { weight } = keys[k]!;
      for (const each of ids) weights.set(each, (weights.get(each) ?? 0) + weight);
    }
    shared.set(id, weights);
  }
  return shared;
}

/** For one of these articles, which of them share enough of its best terms to be compared with it, in their order. */
export function matesAmong<T extends Sketch>(all: readonly T[]): (one: T) => T[] {
  const having = new Map<number, number[]>();
  for (const [n, { keys }] of all.entries()) {
    for (const { term } of keys) {
      const list = having.get(term);
      if (list === undefined) having.set(term, [n]);
      else list.push(n);
    }
  }
  return (one) => {
    const shared = new Float64Array(all.length);
    for (const { term, weight } of one.keys) for (const n of having.get(term) ?? []) shared[n]! += weight;
    const least = sharedLeast(one);
    return all.filter((other, n) => other.id !== one.id && shared[n]! >= least);
  };
}

function sharedLeast(sketch: Sketch): number {
  return Math.max(sharedMin, (sketch.keys[0]?.weight ?? 0) + 0.001);
}

function heaviest(
  weights: ReadonlyMap<number, number>,
  self: number,
  { limit, least }: { limit: number; least: number },
): number[] {
  const found: [id: number, weight: number][] = [];
  for (const [id, weight] of weights) if (weight >= least && id !== self) found.push([id, weight]);
  found.sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  return found.slice(0, limit).map(([id]) => id);
}
