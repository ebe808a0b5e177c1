import type { ArticleDraft } from "../news/article.ts";
import { siteOf } from "../news/url.ts";
import { type Dial, type FetchOptions, fetchDocument } from "../sources/fetch.ts";
import type { AllowedHosts } from "../sources/guard.ts";
import type { DocumentReader, ReadLink } from "../sources/read.ts";
import type { Robots } from "../sources/robots.ts";

/** Pages read for one source at a time: a first read of a large site is done over several. */
export const pagesPerReadMax = 10;
const pageLimits = { bytesMax: 4 * 1024 * 1024, totalMs: 20_000, redirectsMax: 4 };
/** A page that says less of the headline is another page: a notice, a login. */
const headlineShareMin = 0.4;

/** What reading the web takes. */
export type WebTools = {
  dial: Dial;
  read: DocumentReader;
  robots: Robots;
  userAgent: string;
  allowed: AllowedHosts;
  zone: string;
  now(): Date;
  /** What a document of a source may cost, where that is less than elsewhere. */
  limits?: FetchOptions["limits"];
};

/** A draft of which only a title or a teaser is known, completed from its page; as it was when that cannot be read. */
export async function completeFromPage(draft: ArticleDraft, web: WebTools): Promise<ArticleDraft> {
  if (draft.url === null) return draft;
  const now = web.now();
  const { allowed } = await web.robots.ask(draft.url, now);
  if (!allowed) return draft;
  const got = await fetchDocument(web.dial, draft.url, {
    ...{ userAgent: web.userAgent, allowed: web.allowed, now, limits: pageLimits },
    accept: "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
  });
  if (got.outcome !== "read") return draft;
  const about = { name: draft.url, url: got.url, headers: got.headers, zone: web.zone };
  const reading = await web.read(got.bytes, about).catch(() => null);
  const page = reading?.kind === "page" ? reading.articles[0] : undefined;
  if (page === undefined || page.rank !== null || !tellsOf(`${page.title} ${page.body}`, draft.title)) return draft;
  return {
    ...draft,
    title: draft.titleCut && !page.titleCut ? page.title : draft.title,
    titleCut: draft.titleCut && page.titleCut,
    // The page's own canonical address, unless it points to another site.
    url: page.url !== null && siteOf(page.url) === siteOf(got.url) ? page.url : draft.url,
    lead: draft.lead || page.lead,
    body: page.body,
    credits: page.credits,
    author: draft.author || page.author,
    dateline: draft.dateline || page.dateline,
    reporter: draft.reporter || page.reporter,
    image: draft.image ?? page.image,
    publishedAt: draft.publishedAt ?? page.publishedAt,
    language: page.language,
    sections: draft.sections.length > 0 ? draft.sections : page.sections,
  };
}

/** Drafts of a page's list lines of which nothing but the title is known. */
export function draftsOfLinks(
  links: readonly ReadLink[],
  known: readonly ArticleDraft[],
  base: ArticleDraft,
): ArticleDraft[] {
  const there = new Set(known.map((draft) => draft.url));
  return links
    .filter((link) => (link.kind === "hot" || link.kind === "related") && !there.has(link.url))
    .map(({ url, title, rank }) => ({ ...base, url, title, rank, titleCut: /(?:\.{3}|…)$/.test(title) }));
}

/** Whether a text says enough of what a headline says: the share of its letter pairs. */
function tellsOf(text: string, headline: string): boolean {
  const fold = (words: string) => words.replace(/[\s\p{P}\p{S}]+/gu, "").toLowerCase();
  const letters = fold(headline);
  if (letters.length < 6) return true;
  const all = fold(text);
  let hits = 0;
  for (let at = 0; at + 2 <= letters.length; at++) if (all.includes(letters.slice(at, at + 2))) hits++;
  return hits / (letters.length - 1) >= headlineShareMin;
}
