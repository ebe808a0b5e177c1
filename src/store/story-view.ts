import { desc, eq, inArray, sql } from "drizzle-orm";
import { type Growth, growth, type Moment, timeline } from "../news/growth.ts";
import { bestHeadline, isBeside } from "../news/headline.ts";
import { once } from "../news/once.ts";
import { outletsOf, type Rush, rushOf, voicesOf } from "../news/rank.ts";
import { summarize } from "../news/summary.ts";
import { idsPerSecond } from "./article-ids.ts";
import type { Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles, stories } from "./schema.ts";

/** Articles of one story that are read for its page; of a longer one the newest. */
const membersMax = 60;
/** Characters of a text that its summary and its growth are read from. */
const toldCharsMax = 3_000;
const momentsMax = 12;
/** Sentences of a story in a list. */
const cardSentencesMax = 2;

/** An article of a story without its text. */
export type Member = {
  id: number;
  storyId: number;
  sourceId: number;
  source: string;
  family: string;
  weight: number;
  /** The article whose text this one only carries. */
  copyOf: number | null;
  url: string | null;
  title: string;
  titleCut: boolean;
  hasText: boolean;
  dateline: string;
  language: string;
  rank: number | null;
  publishedAt: Date | null;
};

export type Text = { lead: string; body: string };
export type Told = Member & Text;
/** A text, and whether a person divided or joined its story. */
export type Read = Text & { isEdited: boolean };

/** A story in a list. */
export type StoryCard = {
  id: number;
  title: string;
  titleCut: boolean;
  /** The article that stands for the story. */
  articleId: number;
  url: string | null;
  language: string;
  source: string;
  /** Sentences of its own; [] when only headlines are known. Worked out when it is shown: most of a long list are not. */
  summary: () => string[];
  /** The story's articles in order of publication. */
  members: Member[];
  /** Independent families. */
  outlets: number;
  rush: Rush | null;
  /** null when none of its articles has a date. */
  firstAt: Date | null;
  lastAt: Date | null;
  /** In a list, the first story of the same matter; itself when there is none. */
  matter: number;
};

export type StoryView = StoryCard & {
  /** The moments at which it grew, oldest first. */
  timeline: Moment[];
  /** A family each, the first to tell it first; `carriers` only carry its text. */
  reporters: { name: string; url: string | null; language: string; carriers: number }[];
};

/** Where a story is now: itself, or the older one that it was merged into. undefined when there is none. */
export async function currentStory(db: Db, id: number): Promise<number | undefined> {
  const [row] = await db.select({ id: stories.id, into: stories.mergedInto }).from(stories).where(eq(stories.id, id));
  return row === undefined ? undefined : (row.into ?? row.id);
}

/** All that a story's page tells, in the reader's language where there is a choice; null takes any. */
export async function storyView(
  db: Db,
  id: number,
  { language }: { now: Date; language: string | null },
): Promise<StoryView | undefined> {
  const told = await toldOf(db, id);
  const main = bestHeadline(told, language);
  if (main === undefined) return undefined;
  const readable = told.filter((each) => each.language === main.language);
  const telling = main.hasText ? main : (readable.find((each) => each.hasText) ?? main);
  return {
    ...cardOf(main, told, () => summarize(telling, readable)),
    timeline: timeline(readable, { max: momentsMax }),
    reporters: reportersOf(told),
  };
}

/**
 * What a chat that had some articles is told of a story now: what the story's newer ones add, and what it last heard. The
 * articles may be of another story, that stands beside this one or with whose matter this one goes on (`isFollowing`: then
 * less is news). null when there is nothing that was not told.
 */
export async function grownSince(
  db: Db,
  storyId: number,
  { had, isFollowing = false, language }: { had: readonly number[]; isFollowing?: boolean; language: string | null },
): Promise<(Growth & { lastAt: Date; lastTitle: string }) | null> {
  const known = new Set(had);
  const members = await toldOf(db, storyId);
  const away = had.filter((id) => !members.some((each) => each.id === id)).slice(-membersMax);
  const told = [...members.filter((each) => known.has(each.id)), ...(await articlesOf(db, away))];
  told.sort((a, b) => a.id - b.id);
  // What came after the last of its own that was told is new, whatever else was told since.
  const last = told.findLast((each) => known.has(each.id) && members.some(({ id }) => id === each.id)) ?? told.at(-1);
  if (last === undefined) return null;
  const fresh = members.filter(
    (each) => each.id > last.id && !known.has(each.id) && (language === null || each.language === language),
  );
  const found = growth(told, fresh, { isFollowing });
  if (found === null || last.publishedAt === null) return null;
  const readable = told.filter((each) => language === null || each.language === language);
  const heard = readable.findLast((each) => !isBeside(each.title)) ?? readable.at(-1) ?? last;
  return { ...found, lastAt: last.publishedAt, lastTitle: heard.title };
}

/** The cards of stories, in the order given; each with its headline article's own sentences. */
export async function storyCards(
  db: Db,
  byStory: readonly (readonly Member[])[],
  language: string | null,
): Promise<StoryCard[]> {
  const all = byStory.map((members) => headed(members, language));
  const texts = await textsOf(
    db,
    all.map(({ telling }) => telling.id),
  );
  return all.map((story) => storyCard(story, texts));
}

/** A story with the article that stands for it, and the one whose text tells it. */
export type Headed = { main: Member; telling: Member; members: readonly Member[] };

export function headed(members: readonly Member[], language: string | null): Headed {
  const main = bestHeadline(members, language)!;
  const telling = main.hasText ? main : members.find((each) => each.hasText && each.language === main.language);
  return { main, telling: telling ?? main, members };
}

/** Its card, given the text of the article that tells it. */
export function storyCard({ main, telling, members }: Headed, texts: ReadonlyMap<number, Text>): StoryCard {
  const { lead, body } = texts.get(telling.id) ?? { lead: "", body: "" };
  return cardOf(main, members, () => summarize({ ...telling, lead, body }, [], { max: cardSentencesMax }));
}

function cardOf(main: Member, members: readonly Member[], summary: () => string[]): StoryCard {
  const dated = members.flatMap((member) => member.publishedAt ?? []);
  const readable = members.filter((member) => member.language === main.language);
  return {
    id: main.storyId,
    title: main.title,
    titleCut: main.titleCut,
    articleId: main.id,
    url: main.url ?? readable.find((member) => member.url !== null)?.url ?? null,
    language: main.language,
    source: main.source,
    summary: once(summary),
    members: [...members],
    outlets: outletsOf(members),
    rush: rushOf(members),
    firstAt: dated[0] ?? null,
    lastAt: dated.at(-1) ?? null,
    matter: main.storyId,
  };
}

function reportersOf(members: readonly Member[]): StoryView["reporters"] {
  return [...voicesOf(members).values()].map((own) => {
    const first = own.find((member) => member.copyOf === null) ?? own[0]!;
    const newest = own.findLast((member) => member.family === first.family) ?? first;
    const carriers = new Set(own.map((member) => member.family)).size - 1;
    return { name: first.source, url: newest.url, language: newest.language, carriers };
  });
}

async function toldOf(db: Db, storyId: number): Promise<Told[]> {
  const current = await currentStory(db, storyId);
  if (current === undefined) return [];
  const members = (await membersOfStories(db, [current], membersMax)).get(current) ?? [];
  const texts = await textsOf(
    db,
    members.map((member) => member.id),
  );
  return members.map((member) => ({ ...member, ...(texts.get(member.id) ?? { lead: "", body: "" }) }));
}

/** Articles with their texts, whatever their story; those that are gone are left out. */
async function articlesOf(db: Db, ids: readonly number[]) {
  if (ids.length === 0) return [];
  const { id, title, language, publishedAt } = articles;
  const listed = sql`(select value from json_each(${JSON.stringify(ids)}))`;
  const rows = await db.select({ id, title, language, publishedAt }).from(articles).where(inArray(id, listed));
  const texts = await textsOf(db, ids);
  return rows.map((row) => ({ ...row, ...(texts.get(row.id) ?? { lead: "", body: "" }) }));
}

/** The beginnings of articles, which say what they tell; of those that are there. */
export async function textsOf(db: Db, ids: readonly number[]): Promise<Map<number, Read>> {
  if (ids.length === 0) return new Map();
  const rows = await db.all<Text & { id: number; isEdited: number }>(sql`
    select a.id, substr(a.lead, 1, ${toldCharsMax}) as lead, substr(a.body, 1, ${toldCharsMax}) as body,
      s.edited_at is not null as isEdited
    from articles a left join stories s on s.id = a.story_id where a.id in ${jsonList(ids)}`);
  return new Map(rows.map(({ id, lead, body, isEdited }) => [id, { lead, body, isEdited: isEdited !== 0 }]));
}

/**
 * The newest articles of stories, at most `limit` of each, in order of publication, without their texts; until a moment
 * where one is given, for what came later is none of that day's.
 */
export async function membersOfStories(
  db: Db,
  storyIds: readonly number[],
  limit: number,
  { until = null }: { until?: Date | null } = {},
): Promise<Map<number, Member[]>> {
  if (storyIds.length === 0) return new Map();
  const last = until === null ? Number.MAX_SAFE_INTEGER : (Math.floor(until.getTime() / 1000) + 1) * idsPerSecond;
  // Rows as SQL gives them: lists read hundreds, and drizzle's way of each column costs more than reading them.
  const rows = await db.all<MemberRow>(sql`
    select a.id, a.story_id as storyId, a.source_id as sourceId, s.name as source, s.family, s.weight, t.copies,
      a.url, a.title, a.title_cut as titleCut, a.lead <> '' or a.body <> '' as hasText, a.dateline, a.language, a.rank,
      a.published_at as publishedAt
    from articles a join sources s on s.id = a.source_id left join stories t on t.id = a.story_id
    where a.id in (select m.value from json_each(${JSON.stringify(storyIds)}) j, json_each((select json_group_array(id)
      from (select id from articles where story_id = j.value and id < ${last} order by id desc limit ${limit}))) m)
    order by a.id`);
  return Map.groupBy(rows.map(memberOf), (member) => member.storyId);
}

type MemberRow = Omit<Member, "copyOf" | "titleCut" | "hasText" | "publishedAt"> & {
  copies: string | null;
  titleCut: number;
  hasText: number;
  publishedAt: number | null;
};

function memberOf({ copies, ...row }: MemberRow): Member {
  return {
    ...row,
    titleCut: row.titleCut !== 0,
    hasText: row.hasText !== 0,
    publishedAt: row.publishedAt === null ? null : new Date(row.publishedAt * 1000),
    copyOf: originalOf(row.id, copies),
  };
}

/** The article whose text this one carries, by what its story keeps of all that do. */
function originalOf(id: number, copies: string | null): number | null {
  if (copies === null || copies === "[]") return null;
  return (JSON.parse(copies) as [copy: number, original: number][]).find(([copy]) => copy === id)?.[1] ?? null;
}

/** The newest articles' ids of a story. */
export async function articleIdsOf(db: Db, storyId: number, limit: number): Promise<number[]> {
  const rows = await db
    .select({ id: articles.id })
    .from(articles)
    .where(eq(articles.storyId, storyId))
    .orderBy(desc(articles.id))
    .limit(limit);
  return rows.map((row) => row.id);
}
