import { nameIn } from "../news/name-in.ts";
import type { TopLine, TopPage } from "../news/pages.ts";
import { idsPerSecond } from "../store/article-ids.ts";
import { hasArticles } from "../store/articles.ts";
import type { Db } from "../store/db.ts";
import { hadStories } from "../store/had.ts";
import { currentStory, membersOfStories, type StoryCard, storyCards } from "../store/story-view.ts";
import { topStories } from "../store/top.ts";
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

/** What matters now, of all news or of a subject (its id). */
export async function topPage(db: Db, wanted: Wanted & { subject?: number }): Promise<TopPage> {
  const { now, subject = null } = wanted;
  const top = await topStories(db, { now, limit: topCount, language: languageOf(wanted), subject });
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
    summary: card.summary.join(language === "zh" ? "" : " "),
    outlets,
    rush,
    at: card.lastAt ?? now,
  };
}
