import type { App } from "../app.ts";
import { snippetOf, snippetParts } from "../news/snippet.ts";
import { articlesByIds, hasArticles } from "../store/articles.ts";
import { hadStories } from "../store/had.ts";
import { relatedTo } from "../store/related.ts";
import { searchArticles } from "../store/search.ts";
import { currentStory, membersOfStories, type StoryCard, storyCards, storyView } from "../store/story-view.ts";
import { topStories } from "../store/top.ts";
import type { SearchOrder, SearchPage } from "../telegram/search-message.ts";
import type { NewsLanguages } from "../telegram/settings-message.ts";
import type { StoryPage } from "../telegram/story-message.ts";
import type { TopLine, TopPage } from "../telegram/top-message.ts";

export type Wanted = { news: NewsLanguages; now: Date; timezone: string };

const topCount = 8;
const resultsPerPage = 5;
/** Articles of a search that are grouped by story; beyond, stories are counted as "so many and more". */
const groupedMax = 300;
const relatedCount = 3;
const topBesideCount = 2;
const wordsCount = 3;
/** Articles of a story whose outlets are counted in a list. */
const outletsReadMax = 60;
const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
const toldAgainMax = 15;
/** What is told within a day was published within a month. */
const toldDaysMax = 32;
const idsPerSecond = 2 ** 20;

/** Is there any article at all? */
export async function hasNews({ db }: Pick<App, "db">): Promise<boolean> {
  return hasArticles(db);
}

export async function isStory({ db }: Pick<App, "db">, id: number): Promise<boolean> {
  return (await currentStory(db, id)) !== undefined;
}

export async function topPage({ db }: Pick<App, "db">, wanted: Wanted): Promise<TopPage> {
  const top = await topStories(db, { now: wanted.now, limit: topCount, language: languageOf(wanted) });
  return { stories: top.stories.map((card) => lineOf(card, wanted.now)), newestDay: top.newestDay };
}

/** The stories that were pushed to a chat within a day, the newest first. */
export async function toldStories({ db }: Pick<App, "db">, subscriberId: number, now: Date): Promise<number[]> {
  const since = new Date(now.getTime() - dayMs);
  const firstId = Math.floor((now.getTime() - toldDaysMax * dayMs) / 1000) * idsPerSecond;
  return [...(await hadStories(db, subscriberId, firstId))]
    .filter(([, { at }]) => at >= since)
    .toSorted((a, b) => b[1].at.getTime() - a[1].at.getTime())
    .slice(0, toldAgainMax)
    .map(([storyId]) => storyId);
}

/** The same as lines of a list. */
export async function toldPage({ db }: Pick<App, "db">, subscriberId: number, wanted: Wanted): Promise<TopLine[]> {
  const ids = await toldStories({ db }, subscriberId, wanted.now);
  const members = await membersOfStories(db, ids, outletsReadMax);
  const lists = ids.flatMap((id) => [members.get(id) ?? []]).filter((list) => list.length > 0);
  return (await storyCards(db, lists, languageOf(wanted))).map((card) => lineOf(card, wanted.now));
}

/** The names that the top stories are about, for buttons under "what shall I look for?". */
export async function topWords({ db }: Pick<App, "db">, wanted: Wanted): Promise<string[]> {
  const top = await topStories(db, { now: wanted.now, limit: wordsCount * 2, language: languageOf(wanted) });
  const words = top.stories.flatMap((card) => nameIn(card.title) ?? []);
  return [...new Set(words)].slice(0, wordsCount);
}

/** One story with what belongs to it and what else matters; undefined when there is none such. */
export async function storyPage({ db }: Pick<App, "db">, id: number, wanted: Wanted): Promise<StoryPage | undefined> {
  const language = languageOf(wanted);
  const view = await storyView(db, id, { now: wanted.now, language });
  if (view === undefined) return undefined;
  const found = await relatedTo(db, view.articleId, { limit: relatedCount + topBesideCount });
  const related = (found?.related ?? [])
    .filter(({ article }) => article.storyId !== null && article.storyId !== view.id)
    .slice(0, relatedCount)
    .map(({ article, reason }) => ({ storyId: article.storyId!, title: article.title, url: article.url, reason }));
  const top = await topStories(db, { now: wanted.now, limit: topCount, language });
  const beside = top.stories
    .filter((card) => card.id !== view.id && related.every((each) => each.storyId !== card.id))
    .slice(0, topBesideCount)
    .map(({ id: storyId, title, url }) => ({ storyId, title, url }));
  const { title, url, outlets, timeline, reporters, members } = view;
  const summary = view.summary.join(view.language === "zh" ? "" : " ");
  const first = view.firstAt ?? wanted.now;
  const page = { storyId: view.id, title, url, summary, language: view.language, articles: members.length, outlets };
  return { ...page, first, last: view.lastAt ?? first, timeline, reporters, related, top: beside };
}

export type Searched = { page: SearchPage; near: { word: string; articles: number } | null };

/** Results grouped by story, five a page. */
export async function findNews(
  { db }: Pick<App, "db">,
  asked: Wanted & { query: string; page: number; order: SearchOrder; week: boolean },
): Promise<Searched> {
  const { query, order, week, now, timezone } = asked;
  const language = languageOf(asked);
  const options = {
    now,
    zone: timezone,
    ...(language === null ? {} : { language }),
    ...(week ? { within: new Date(now.getTime() - weekMs) } : {}),
  };
  const own = await searchArticles(db, query, { ...options, limit: groupedMax, order });
  // A word that only articles in the other language have is looked up there.
  const { language: _, ...anyLanguage } = options as typeof options & { language?: string };
  const foreign = own.total === 0 && language !== null;
  const found = foreign ? await searchArticles(db, query, { ...anyLanguage, limit: groupedMax, order }) : own;
  const groups = [...Map.groupBy(found.hits, (hit) => hit.storyId ?? hit.id).values()];
  const pages = Math.max(1, Math.ceil(groups.length / resultsPerPage));
  const page = Math.min(asked.page, pages);
  const shown = groups.slice((page - 1) * resultsPerPage, page * resultsPerPage);
  const articles = new Map(
    (
      await articlesByIds(
        db,
        shown.map(([hit]) => hit!.id),
      )
    ).map((each) => [each.id, each]),
  );
  const stories = await membersOfStories(
    db,
    shown.flatMap(([hit]) => hit!.storyId ?? []),
    outletsReadMax,
  );
  const near = found.suggestion === null ? null : await countOf(db, found.suggestion, options);
  const results = shown.flatMap(([hit]) => {
    const article = articles.get(hit!.id);
    if (article === undefined) return [];
    const outlets = new Set(stories.get(hit!.storyId ?? 0)?.map((member) => member.family)).size || 1;
    const snippet = snippetParts(snippetOf(article, found.parsed));
    const { title, url, publishedAt: at } = article;
    return [{ storyId: hit!.storyId ?? hit!.id, title, url, snippet, outlets, at }];
  });
  const more = found.more || found.total > groupedMax;
  const counts = { articles: found.total, stories: groups.length, more, page, pages };
  return { page: { query, order, week, results, near: found.near, meant: near, ...counts }, near };
}

async function countOf(db: App["db"], word: string, options: Omit<Parameters<typeof searchArticles>[2], "limit">) {
  const { total } = await searchArticles(db, word, { ...options, limit: 1 });
  return total === 0 ? null : { word, articles: total };
}

/** The name in a headline that one would search for: a quoted one, else its first words. */
export function nameIn(title: string): string | null {
  const quoted = /[“「『"]([^”」』"]{2,12})[”」』"]/u.exec(title)?.[1];
  if (quoted !== undefined) return quoted.trim();
  const plain = title.replace(/^[^\p{L}\p{N}]+/u, "");
  if (!/^\p{Script=Han}/u.test(plain)) {
    const names = /\b\p{Lu}[\p{L}’'-]+(?: \p{Lu}[\p{L}’'-]+)?/u.exec(
      plain.replace(/^(?:The|A|An|In|On|At|How|Why|What)\s/u, ""),
    );
    return names?.[0] ?? null;
  }
  let name = "";
  for (const { segment, isWordLike } of new Intl.Segmenter("zh", { granularity: "word" }).segment(plain)) {
    if (isWordLike !== true || segment.length < 2 || name.length + segment.length > 4) break;
    name += segment;
  }
  return name.length >= 2 ? name : null;
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

function languageOf({ news }: Wanted): string | null {
  return news === "both" ? null : news;
}
