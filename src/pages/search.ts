import type { SearchOrder, SearchPage } from "../news/pages.ts";
import { parseQuery } from "../news/query.ts";
import { snippetOf, snippetParts } from "../news/snippet.ts";
import { articlesByIds } from "../store/articles.ts";
import type { Db } from "../store/db.ts";
import { searchArticles } from "../store/search.ts";
import { membersOfStories } from "../store/story-view.ts";
import { languageOf, type Wanted } from "./wanted.ts";

/** Stories of one page of results. */
export const resultsPerPage = 5;
/** Articles of a search that are grouped by story; beyond, stories are counted as "so many and more". */
const groupedMax = 300;
/** Articles of a story whose outlets are counted in a list. */
const outletsReadMax = 60;
const weekMs = 7 * 86_400_000;

export type Searched = { page: SearchPage; near: { word: string; articles: number } | null };

/** Results grouped by story, five a page. */
export async function findNews(
  db: Db,
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
  return {
    page: { query, order, week, results, near: found.near && missingOf(query, options), meant: near, ...counts },
    near,
  };
}

/** What no article has where results only come near: all of the words, or any of those of which one would do. */
function missingOf(query: string, options: { now: Date; zone: string }): "all" | "any" {
  const asked = parseQuery(query, options).all.filter((oneOf) => oneOf.some(({ kind }) => kind === "text"));
  return asked.length === 1 && asked[0]!.length > 1 ? "any" : "all";
}

async function countOf(db: Db, word: string, options: Omit<Parameters<typeof searchArticles>[2], "limit">) {
  const { total } = await searchArticles(db, word, { ...options, limit: 1 });
  return total === 0 ? null : { word, articles: total };
}
