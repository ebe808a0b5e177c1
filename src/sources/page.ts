import type { ArticleDraft } from "../news/article.ts";
import { emptyDraft } from "../news/article.ts";
import { detectLanguage } from "../news/language.ts";
import { absoluteUrl } from "../news/url.ts";
import { type DiscoveredFeed, feedsIn } from "./discover.ts";
import { articleBody } from "./page-body.ts";
import { parsePage } from "./page-dom.ts";
import { type ListItem, type PageLists, takeLists } from "./page-lists.ts";
import { pageMeta } from "./page-meta.ts";
import { firstImage } from "./plain.ts";
import { readItem } from "./portal-text.ts";
import { firstSentences, leadOf, readTeaser } from "./teaser.ts";

/** A text shorter than this is no article, unless the page calls itself one or says when it appeared. */
const articleCharsMin = 120;
const noteCharsMin = 20;

export type Page = {
  /** The site's or the page's name. */
  title: string;
  language: string;
  /** The page's article; null for a front page and other lists. */
  article: ArticleDraft | null;
  /** What its lists say of other articles, in their order; drafts only where a list gives teasers. */
  related: ArticleDraft[];
  hot: ArticleDraft[];
  lists: PageLists;
  feeds: DiscoveredFeed[];
  site: string;
};

/** Reads a web page: its article without what stands around it, its lists of related and hot articles, its feeds. */
export function readPage(html: string, options: { url: string | null; zone: string }): Page | null {
  const document = parsePage(html);
  if (document === null) return null;
  const base =
    absoluteUrl(document.querySelector("base[href]")?.getAttribute("href") ?? "", options.url) ?? options.url;
  const meta = pageMeta(document, options);
  const feeds = feedsIn(document, base);
  const lists = takeLists(document, base);
  const { html: source, paragraphs: body, credits } = articleBody(document, meta.title);
  const opening = leadOf(body);
  const described = readTeaser(meta.description);
  const language = detectLanguage(`${meta.title} ${body.join(" ").slice(0, 2_000)}`, meta.language);
  const picture = meta.image ?? firstImage(source);
  const text = body.join("\n\n");
  const isArticle =
    meta.title !== "" && text.length >= (meta.isArticle || meta.publishedAt !== null ? noteCharsMin : articleCharsMin);
  const article: ArticleDraft | null = isArticle
    ? {
        ...emptyDraft(meta.title),
        ...opening,
        lead: opening.lead || firstSentences(described.lead),
        url: meta.url,
        author: meta.author,
        publishedAt: meta.publishedAt,
        body: text,
        credits: credits.join("\n"),
        image: picture === null ? null : absoluteUrl(picture, base),
        language,
        sections: meta.sections,
      }
    : null;
  const page = { publishedAt: meta.publishedAt, zone: options.zone };
  const drafts = (items: ListItem[], ranked: boolean): ArticleDraft[] =>
    items.flatMap((item, at) =>
      item.teaser === "" ? [] : { ...readItem(item, ranked ? at + 1 : null, page), url: item.url },
    );
  return {
    title: meta.site || meta.title,
    language,
    article,
    related: drafts(lists.related, false),
    hot: drafts(lists.hot, true),
    lists,
    feeds,
    site: meta.site,
  };
}
