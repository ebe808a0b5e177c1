import { and, desc, eq, inArray, lte, sql } from "drizzle-orm";
import { emptyBackground } from "../news/background.ts";
import { isCommon } from "../news/common-words.ts";
import type { Day } from "../news/day.ts";
import { choose, languageBit } from "../news/rank.ts";
import { type Sketch, sketchArticle } from "../news/sketch.ts";
import { tokenize } from "../news/terms.ts";
import { withMatters } from "../news/variety.ts";
import type { Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles, sources, storyDays } from "./schema.ts";
import {
  type Headed,
  headed,
  type Member,
  membersOfStories,
  type Read,
  type StoryCard,
  storyCard,
  textsOf,
} from "./story-view.ts";

/** How far back "now" goes. */
export const windowHours = 48;
/** The hottest stories of each day and language that are looked at. */
const perDayMax = 60;
/** And of all of them, those whose articles are read. */
const shortlistMax = 50;
const membersMax = 20;
/** Looked through for each place of a list: some are of a matter that has its place. */
const perPlace = 1.5;
/** Newest articles of a source that are looked at. */
const sourceArticlesMax = 300;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export type TopOptions = {
  now: Date;
  limit: number;
  /** Only stories told in it, headlines in it; null takes any. */
  language?: string | null;
  /** A subject's id. */
  subject?: number | null;
  /** A source's id. */
  source?: number | null;
  /** A day as the reader's zone has it, instead of now. */
  day?: Day | null;
  /** Only what has news since; instead of the last 48 hours. */
  since?: Date | null;
  /** Sources whose stories are left out when nobody else tells them. */
  without?: readonly number[];
  /** Subjects whose stories are left out. */
  withoutSubjects?: readonly number[];
};

export type Top = {
  stories: StoryCard[];
  /** Set when nothing was recent: when the newest of these was told, whose day a reader's zone makes of it. */
  newestDay: Date | null;
};

/**
 * The hot stories, hottest first, one of each matter. With nothing in the window, the newest day's, unless `since` is
 * set.
 */
export async function topStories(db: Db, options: TopOptions): Promise<Top> {
  const { limit } = options;
  const read: Known = { texts: new Map(), sketches: new Map() };
  const top = await hotStories(db, { ...options, limit: Math.ceil(limit * perPlace), places: limit }, read);
  const first = top.stories.filter((story) => story.matter === story.id).slice(0, limit);
  return { stories: first.map((story) => cardOf(story, read)), newestDay: top.newestDay };
}

type Hot = TopOptions & { places: number };

/** A story on its way into a list: what is told of it is worked out when it has its place. */
type Placed = Headed & { id: number; title: string; terms: readonly number[]; matter: number };

/** What was read of the articles that stand for stories, for the whole of one call. */
type Known = { texts: Map<number, Read>; sketches: Map<number, Sketch> };

function cardOf(story: Placed, { texts }: Known): StoryCard {
  return { ...storyCard(story, texts), matter: story.matter };
}

async function hotStories(db: Db, options: Hot, read: Known): Promise<{ stories: Placed[]; newestDay: Date | null }> {
  const { now, day = null, since = null } = options;
  const from = day?.from ?? since ?? new Date(now.getTime() - windowHours * hourMs);
  const to = day === null ? now : new Date(Math.min(day.to.getTime() - 1, now.getTime()));
  const found = await hottest(db, { ...options, from, to }, read);
  if (found.length > 0 || day !== null || since !== null) return { stories: found, newestDay: null };
  const newest = await newestDay(db, options);
  if (newest === null) return { stories: [], newestDay: null };
  const end = new Date(Math.min(newest.getTime() + dayMs - 1, now.getTime()));
  const old = await hottest(db, { ...options, from: newest, to: end }, read);
  const last = Math.max(newest.getTime(), ...old.map(({ members }) => lastTime(members)));
  return { stories: old, newestDay: new Date(Math.min(last, now.getTime())) };
}

export type CandidateOptions = {
  now: Date;
  /** Stories without an article since then are no news for this reader. */
  since: Date;
  language?: string | null;
  /** Any of them; [] is all news. */
  subjects?: readonly number[];
  /** Only these sources' stories; [] is all. */
  sources?: readonly number[];
  without?: readonly number[];
  withoutSubjects?: readonly number[];
  count: number;
};

/**
 * Ranked stories for a digest of `count`: three times as many, so that what a chat had can be left out, and all of one
 * matter, for who had the first of them may read the next as an update.
 */
export async function candidates(db: Db, options: CandidateOptions): Promise<StoryCard[]> {
  const { subjects = [], sources: only = [], count, ...rest } = options;
  const { now } = options;
  const limit = count * 3;
  const all = only.length > 0;
  const profiles = [
    ...subjects.map((subject) => ({ subject })),
    ...only.map((source) => ({ source })),
    ...(subjects.length + only.length === 0 ? [{}] : []),
  ];
  const read: Known = { texts: new Map(), sketches: new Map() };
  const lists: Placed[][] = [];
  for (const profile of profiles)
    lists.push((await hotStories(db, { ...rest, ...profile, limit, places: limit }, read)).stories);
  const [first] = lists;
  const placed = lists.length === 1 ? first! : matters(choose(distinct(lists.flat()), { now, limit, all }), read);
  return placed.map((story) => cardOf(story, read));
}

function distinct(stories: readonly Placed[]): Placed[] {
  return [...new Map(stories.map((story) => [story.id, story])).values()];
}

type Range = Hot & { from: Date; to: Date };

async function hottest(db: Db, options: Range, read: Known): Promise<Placed[]> {
  const all =
    typeof options.source === "number" ? await storiesOfSource(db, options) : await storiesOfDays(db, options);
  const ids = await outside(db, all, options.withoutSubjects ?? []);
  const byStory = await membersOfStories(db, ids, membersMax, { until: options.day == null ? null : options.to });
  const language = options.language ?? null;
  const excluded = new Set(options.without ?? []);
  const found = [...byStory.values()]
    .map((members) => members.filter((member) => timeOf(member) <= options.to.getTime()))
    .filter(
      (members) =>
        members.some((member) => timeOf(member) >= options.from.getTime()) &&
        (language === null || members.some((member) => languageBit(member.language) === languageBit(language))) &&
        members.some((member) => !excluded.has(member.sourceId)),
    )
    .map(withTerms);
  const { limit, places } = options;
  const chosen = choose(found, { now: options.to, limit, places, all: typeof options.source === "number" });
  const placed = chosen.map(({ members, terms }) => {
    const story = headed(members, language);
    const { storyId: id, title } = story.main;
    return { ...story, id, title, terms, matter: id };
  });
  await readTexts(db, placed, read);
  return matters(placed, read);
}

/** Reads what is told of the stories, and whether a person divided or joined them. */
async function readTexts(db: Db, placed: readonly Placed[], { texts }: Known): Promise<void> {
  const wanted = new Set(placed.flatMap(({ main, telling }) => [main.id, telling.id]));
  const missing = [...wanted].filter((id) => !texts.has(id));
  for (const [id, text] of await textsOf(db, missing)) texts.set(id, text);
}

/** Tells which of the stories are of one matter, and puts the news before what stands beside it. */
function matters(placed: readonly Placed[], read: Known): Placed[] {
  if (placed.length < 2) return [...placed];
  // What a person divided or joined is as it is wanted.
  const free = placed.filter(({ main }) => read.texts.get(main.id)?.isEdited === false);
  const grouped = withMatters(
    free,
    free.map(({ main }) => sketchOf(main, read)),
  );
  return placed.map((story) => {
    const place = free.indexOf(story);
    return place === -1 ? story : grouped[place]!;
  });
}

/** Compared within a list, by what its own articles say: nothing is counted of the others. */
const nothingCounted = emptyBackground();

function sketchOf(main: Member, { texts, sketches }: Known): Sketch {
  let known = sketches.get(main.id);
  if (known === undefined) {
    known = sketchArticle({ ...main, ...texts.get(main.id)! }, nothingCounted);
    sketches.set(main.id, known);
  }
  return known;
}

/** Those of the stories that belong to none of these subjects. */
async function outside(db: Db, ids: number[], subjects: readonly number[]): Promise<number[]> {
  if (subjects.length === 0 || ids.length === 0) return ids;
  const rows = await db
    .selectDistinct({ id: storyDays.storyId })
    .from(storyDays)
    .where(and(inArray(storyDays.storyId, jsonList(ids)), inArray(storyDays.subjectId, jsonList(subjects))));
  const inside = new Set(rows.map((row) => row.id));
  return ids.filter((id) => !inside.has(id));
}

function withTerms(members: readonly Member[]): { members: readonly Member[]; terms: number[] } {
  const terms = tokenize(members.at(-1)!.title).terms.filter((term) => !isCommon(term));
  return { members, terms };
}

function timeOf(member: Member): number {
  return member.publishedAt?.getTime() ?? 0;
}

function lastTime(members: readonly Member[]): number {
  return members.findLast((member) => member.publishedAt !== null)?.publishedAt?.getTime() ?? 0;
}

/** The hottest stories of the days in a range: a few rows from the end of each day's index. */
async function storiesOfDays(db: Db, { from, to, language = null, subject = null }: Range): Promise<number[]> {
  const days: number[] = [];
  for (let day = Math.floor(to.getTime() / dayMs); day >= Math.floor(from.getTime() / dayMs); day -= 1) days.push(day);
  const masks = [1, 2, 3, 4, 5, 6, 7].filter((mask) => language === null || (mask & languageBit(language)) !== 0);
  const asked = days.flatMap((day) => masks.map((mask) => [day, mask]));
  const rows = (await db.all(sql`
    select s.value ->> 0 as id, max(s.value ->> 1) as heat from json_each(${JSON.stringify(asked)}) j, json_each((
      select json_group_array(json_array(story_id, heat)) from (select story_id, heat from story_days
        where subject_id = ${subject ?? 0} and day = (j.value ->> 0) and languages = (j.value ->> 1)
        order by heat desc limit ${perDayMax}))) s
    group by 1 order by 2 desc limit ${shortlistMax}`)) as { id: number }[];
  return rows.map((row) => row.id);
}

async function storiesOfSource(db: Db, { from, to, source }: Range): Promise<number[]> {
  const low = Math.floor(from.getTime() / 1000) * 2 ** 20;
  const high = (Math.floor(to.getTime() / 1000) + 1) * 2 ** 20;
  const rows = await db.all<{ id: number }>(sql`
    select id from stories where id in (select story_id from (select story_id from articles
      where source_id = ${source} and id >= ${low} and id < ${high} order by id desc limit ${sourceArticlesMax}))
    order by heat desc limit ${shortlistMax}`);
  return rows.map((row) => row.id);
}

/** The newest day (UTC) before now that has a story of this language, subject or source. */
async function newestDay(
  db: Db,
  { now, language = null, subject = null, source = null }: TopOptions,
): Promise<Date | null> {
  const today = Math.floor(now.getTime() / dayMs);
  if (source !== null) {
    const [row] = await db
      .select({ at: articles.publishedAt })
      .from(articles)
      .where(and(eq(articles.sourceId, source), lte(articles.id, (today + 1) * (dayMs / 1000) * 2 ** 20)))
      .orderBy(desc(articles.id))
      .limit(1);
    return row?.at == null ? null : new Date(Math.floor(row.at.getTime() / dayMs) * dayMs);
  }
  const masks = [1, 2, 3, 4, 5, 6, 7].filter((mask) => language === null || (mask & languageBit(language)) !== 0);
  const [row] = await db.all<{ day: number | null }>(sql`
    select max((select day from ${storyDays} where subject_id = ${subject ?? 0} and languages = j.value and day <= ${today}
      order by day desc limit 1)) as day from json_each(${JSON.stringify(masks)}) j`);
  return row?.day == null ? null : new Date(row.day * dayMs);
}

/** Ids of sources by name, for `source:` in a subject or a subscription. */
export async function sourceIds(db: Db, names: readonly string[]): Promise<number[]> {
  const rows = await db
    .select({ id: sources.id })
    .from(sources)
    .where(inArray(sources.name, sql`(select value from json_each(${JSON.stringify(names)}))`));
  return rows.map((row) => row.id);
}
