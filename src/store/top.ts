import { and, desc, eq, gte, inArray, lt, lte, sql } from "drizzle-orm";
import { emptyBackground } from "../news/background.ts";
import { isCommon } from "../news/common-words.ts";
import type { Day } from "../news/day.ts";
import { choose, languageBit } from "../news/rank.ts";
import { sketchArticle } from "../news/sketch.ts";
import { textCharsMax, tokenize } from "../news/terms.ts";
import { withMatters } from "../news/variety.ts";
import type { Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles, sources, stories, storyDays } from "./schema.ts";
import { type Member, membersOfStories, type StoryCard, storyCards } from "./story-view.ts";

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
  const top = await hotStories(db, { ...options, limit: Math.ceil(limit * perPlace), places: limit });
  return { ...top, stories: top.stories.filter((card) => card.matter === card.id).slice(0, limit) };
}

type Hot = TopOptions & { places: number };

async function hotStories(db: Db, options: Hot): Promise<Top> {
  const { now, day = null, since = null } = options;
  const from = day?.from ?? since ?? new Date(now.getTime() - windowHours * hourMs);
  const to = day === null ? now : new Date(Math.min(day.to.getTime() - 1, now.getTime()));
  const found = await hottest(db, { ...options, from, to });
  if (found.length > 0 || day !== null || since !== null) return { stories: found, newestDay: null };
  const newest = await newestDay(db, options);
  if (newest === null) return { stories: [], newestDay: null };
  const end = new Date(newest.getTime() + dayMs - 1);
  const old = await hottest(db, { ...options, from: newest, to: new Date(Math.min(end.getTime(), now.getTime())) });
  const last = Math.max(newest.getTime(), ...old.map((card) => card.lastAt?.getTime() ?? 0));
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
  const limit = count * 3;
  const profiles = [
    ...subjects.map((subject) => ({ subject })),
    ...only.map((source) => ({ source })),
    ...(subjects.length + only.length === 0 ? [{}] : []),
  ];
  const lists = [];
  for (const profile of profiles)
    lists.push((await hotStories(db, { ...rest, ...profile, limit, places: limit })).stories);
  if (lists.length === 1) return lists[0]!;
  const cards = new Map(lists.flat().map((card) => [card.id, card]));
  const chosen = choose([...cards.values()].map(withTerms), { now: options.now, limit, all: only.length > 0 });
  return matters(db, chosen);
}

type Range = Hot & { from: Date; to: Date };

async function hottest(db: Db, options: Range): Promise<StoryCard[]> {
  const all =
    typeof options.source === "number" ? await storiesOfSource(db, options) : await storiesOfDays(db, options);
  const ids = await outside(db, all, options.withoutSubjects ?? []);
  const byStory = await membersOfStories(db, ids, membersMax, { until: options.day == null ? null : options.to });
  const language = options.language ?? null;
  const excluded = new Set(options.without ?? []);
  const found = [...byStory.values()]
    .map((members) => members.filter((member) => (member.publishedAt?.getTime() ?? 0) <= options.to.getTime()))
    .filter(
      (members) =>
        members.some((member) => (member.publishedAt?.getTime() ?? 0) >= options.from.getTime()) &&
        (language === null || members.some((member) => languageBit(member.language) === languageBit(language))) &&
        members.some((member) => !excluded.has(member.sourceId)),
    )
    .map((members) => withTerms({ members }));
  const { limit, places } = options;
  const chosen = choose(found, { now: options.to, limit, places, all: typeof options.source === "number" });
  const cards = await storyCards(
    db,
    chosen.map((story) => story.members),
    language,
  );
  return matters(db, cards);
}

/** Tells which of the stories are of one matter, and puts the news before what stands beside it. */
async function matters(db: Db, cards: readonly StoryCard[]): Promise<StoryCard[]> {
  if (cards.length < 2) return [...cards];
  const start = (column: typeof articles.lead | typeof articles.body) =>
    sql<string>`substr(${column}, 1, ${sql.raw(String(textCharsMax))})`;
  const { id, title, language, publishedAt } = articles;
  const rows = await db
    .select({
      id,
      title,
      language,
      publishedAt,
      lead: start(articles.lead),
      body: start(articles.body),
      editedAt: stories.editedAt,
    })
    .from(articles)
    .leftJoin(stories, eq(stories.id, articles.storyId))
    .where(inArray(id, jsonList(cards.map((card) => card.articleId))));
  const background = emptyBackground();
  const sketches = new Map(rows.map((row) => [row.id, sketchArticle(row, background)]));
  // What a person divided or joined is as it is wanted.
  const free = cards.filter((card) => rows.some((row) => row.id === card.articleId && row.editedAt === null));
  const grouped = withMatters(
    free,
    free.map((card) => sketches.get(card.articleId)!),
  );
  return cards.map((card) => {
    const place = free.indexOf(card);
    return place === -1 ? card : grouped[place]!;
  });
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

function withTerms<T extends { members: readonly Member[] }>(story: T): T & { terms: number[] } {
  const terms = tokenize(story.members.at(-1)!.title).terms.filter((term) => !isCommon(term));
  return { ...story, terms };
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
  const rows = await db
    .select({ storyId: articles.storyId })
    .from(articles)
    .where(and(eq(articles.sourceId, source!), gte(articles.id, low), lt(articles.id, high)))
    .orderBy(desc(articles.id))
    .limit(sourceArticlesMax);
  const ids = [...new Set(rows.flatMap((row) => row.storyId ?? []))];
  const hot = await db
    .select({ id: stories.id })
    .from(stories)
    .where(inArray(stories.id, sql`(select value from json_each(${JSON.stringify(ids)}))`))
    .orderBy(desc(stories.heat))
    .limit(shortlistMax);
  return hot.map((row) => row.id);
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
