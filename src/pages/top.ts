import type { Day } from "../news/day.ts";
import { nameIn } from "../news/name-in.ts";
import type { TopLine, TopPage } from "../news/pages.ts";
import { type Subject, subjectCalled } from "../news/subjects.ts";
import { idsPerSecond } from "../store/article-ids.ts";
import { hasArticles } from "../store/articles.ts";
import type { Db } from "../store/db.ts";
import { hadStories } from "../store/had.ts";
import { sourceMeant } from "../store/sources.ts";
import { currentStory, membersOfStories, type StoryCard, storyCards } from "../store/story-view.ts";
import { topStories } from "../store/top.ts";
import type { Language } from "../text/index.ts";
import { languageOf, type Wanted } from "./wanted.ts";

/** Stories of a page. */
export const topCount = 8;
const wordsCount = 3;
/** Articles of a story whose outlets are counted in a list. */
const outletsReadMax = 60;
const dayMs = 86_400_000;
const toldAgainMax = 15;
/** What is told within a day was published within a month. */
const toldDaysMax = 32;

/** Is there any article at all? */
export async function hasNews(db: Db): Promise<boolean> {
  return hasArticles(db);
}

/** Of what: a subject's and a source's id; a day instead of now. */
export type About = {
  subject?: number | null;
  source?: number | null;
  day?: Day | null;
  news?: Wanted["news"];
};

/** With what it is called, and what a button or an address needs to ask for it again. */
export type Named = About & { name: string; args: string[] };

/** What mattered on a day that is over; today is what matters now. */
export function pastDay(day: Day | null, now: Date): Day | null {
  return day === null || day.to > now ? null : day;
}

type Naming = { subjects: readonly Subject[]; language: Language };

/** The subject or the source that is called so, or the source of this id; null when there is none. */
export async function aboutNamed(
  db: Db,
  asked: string | number,
  { subjects, language }: Naming,
): Promise<Named | null> {
  const subject = typeof asked === "number" ? undefined : subjectCalled(subjects, asked);
  if (subject !== undefined) {
    const name = language === "zh" ? subject.nameZh : subject.nameEn;
    return { subject: subject.id, name, args: [subject.slug] };
  }
  const source = await sourceMeant(db, asked);
  if (source === undefined) return null;
  // Who names a source reads its language.
  const news = source.language === "zh" || source.language === "en" ? source.language : "both";
  return { source: source.id, news, name: source.name, args: ["", String(source.id)] };
}

/** What matters now or mattered on a day, of all news, a subject or a source. */
export async function topPage(db: Db, wanted: Wanted & About): Promise<TopPage> {
  const { now, subject = null, source = null, day = null } = wanted;
  const top = await topStories(db, { now, limit: topCount, language: languageOf(wanted), subject, source, day });
  return { stories: top.stories.map((card) => lineOf(card, wanted.now)), newestDay: top.newestDay };
}

/** The stories that were pushed to a chat within a day, the newest first. */
export async function toldStories(db: Db, subscriberId: number, now: Date): Promise<number[]> {
  const since = new Date(now.getTime() - dayMs);
  const firstId = Math.floor((now.getTime() - toldDaysMax * dayMs) / 1000) * idsPerSecond;
  return [...(await hadStories(db, subscriberId, firstId))]
    .filter(([, { at }]) => at >= since)
    .toSorted((a, b) => b[1].at.getTime() - a[1].at.getTime())
    .slice(0, toldAgainMax)
    .map(([storyId]) => storyId);
}

/** The same as lines of a list. */
export async function toldPage(db: Db, subscriberId: number, wanted: Wanted): Promise<TopLine[]> {
  return linesOfStories(db, await toldStories(db, subscriberId, wanted.now), wanted);
}

/** These stories as lines of a list, in this order; those that are gone are left out. */
export async function linesOfStories(db: Db, ids: readonly number[], wanted: Wanted): Promise<TopLine[]> {
  const current = new Set<number>();
  for (const id of ids) {
    const now = await currentStory(db, id);
    if (now !== undefined) current.add(now);
  }
  const members = await membersOfStories(db, [...current], outletsReadMax);
  const lists = [...current].flatMap((id) => [members.get(id) ?? []]).filter((list) => list.length > 0);
  return (await storyCards(db, lists, languageOf(wanted))).map((card) => lineOf(card, wanted.now));
}

/** The names that the top stories are about, for buttons under "what shall I look for?". */
export async function topWords(db: Db, wanted: Wanted): Promise<string[]> {
  const top = await topStories(db, { now: wanted.now, limit: wordsCount * 2, language: languageOf(wanted) });
  const words = top.stories.flatMap((card) => nameIn(card.title) ?? []);
  return [...new Set(words)].slice(0, wordsCount);
}

function lineOf(card: StoryCard, now: Date): TopLine {
  const { id, title, url, outlets, rush, language } = card;
  return {
    storyId: id,
    title,
    url,
    summary: card.summary().join(language === "zh" ? "" : " "),
    outlets,
    rush,
    at: card.lastAt ?? now,
  };
}
