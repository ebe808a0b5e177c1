import { escapeUTF8 } from "entities";
import { parseJsonFeed } from "feedsmith";
import { emptyDraft } from "../news/article.ts";
import { parseDate } from "../news/date.ts";
import { detectLanguage } from "../news/language.ts";
import { absoluteUrl } from "../news/url.ts";
import { type Feed, itemsMax, readFeed } from "./feed.ts";
import { firstWords, textsOf, withoutFooter } from "./feed-draft.ts";
import { firstImage, plainLine, plainText } from "./plain.ts";

const sectionsMax = 20;

/** RSS in JSON nests no deeper than this. */
const nestingMax = 8;

/** Reads JSON Feed 1.0 and 1.1, and RSS in JSON; null when the document is none. */
export function readJsonFeed(json: string, options: { base: string | null; zone: string }): Feed | null {
  let feed: Parsed;
  try {
    const value: unknown = JSON.parse(json.replace(/^\ufeff/, ""));
    const rss = (value as { rss?: unknown } | null)?.rss;
    if (typeof rss === "object") return readFeed(`<rss>${xmlOf(rss, 0)}</rss>`, options);
    if (!isFeed(value)) return null;
    feed = parseJsonFeed<string>(value, { maxItems: itemsMax });
  } catch {
    return null;
  }
  const authors = namesOf(feed.authors);
  const items = (feed.items ?? []).map((item) =>
    readItem(item, { ...options, language: feed.language ?? "", authors }),
  );
  const sample = items
    .slice(0, 5)
    .map((item) => `${item.title} ${item.lead}`)
    .join(" ");
  return {
    title: plainLine(feed.title ?? ""),
    link: absoluteUrl(feed.home_page_url ?? "", options.base),
    language: detectLanguage(sample, feed.language),
    items,
    self: absoluteUrl(feed.feed_url ?? "", options.base),
    hubs: (feed.hubs ?? []).flatMap((hub) => absoluteUrl(hub.url ?? "", options.base) ?? []).slice(0, 5),
    ttlMinutes: null,
  };
}

type Parsed = ReturnType<typeof parseJsonFeed<string>>;
type Item = NonNullable<Parsed["items"]>[number];

function readItem(item: Item, feed: { base: string | null; zone: string; language: string; authors: string }) {
  const html = item.content_html ?? "";
  const content = html !== "" ? plainText(html) : (item.content_text ?? "").replace(/\s*\n\s*/g, "\n\n").trim();
  const told = textsOf(withoutFooter(plainText(item.summary ?? "")), withoutFooter(content));
  const url = absoluteUrl(item.url ?? item.external_url ?? "", feed.base);
  const title = plainLine(item.title ?? "") || firstWords(told.lead || told.body) || (url ?? "");
  const image = item.image ?? item.banner_image ?? firstImage(html);
  return {
    ...emptyDraft(title),
    ...told,
    externalId: item.id?.slice(0, 500) ?? null,
    url,
    author: namesOf(item.authors) || feed.authors,
    image: image ? absoluteUrl(image, url ?? feed.base) : null,
    publishedAt: parseDate(item.date_published ?? item.date_modified ?? "", feed.zone),
    language: detectLanguage(`${title} ${told.lead}`, item.language ?? feed.language),
    sections: (item.tags ?? []).filter((tag) => tag.length <= 100).slice(0, sectionsMax),
  };
}

/** Version 1.0 had one author, 1.1 has several; the parser knows both. */
function namesOf(authors: { name?: string }[] | undefined): string {
  return (authors ?? [])
    .flatMap((author) => author.name?.trim() || [])
    .join(", ")
    .slice(0, 300);
}

/** The same feed as XML: a key is an element, a list is that element again and again. */
function xmlOf(value: unknown, depth: number): string {
  if (typeof value === "string" || typeof value === "number") return escapeUTF8(String(value));
  if (typeof value !== "object" || value === null || depth > nestingMax) return "";
  return Object.entries(value)
    .filter(([name]) => /^[a-z][\w:]*$/i.test(name))
    .flatMap(([name, inside]) => (Array.isArray(inside) ? inside : [inside]).map((one) => [name, one] as const))
    .map(([name, one]) => `<${name}>${xmlOf(one, depth + 1)}</${name}>`)
    .join("");
}

function isFeed(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const { version, items } = value as { version?: unknown; items?: unknown };
  return Array.isArray(items) && (version === undefined || String(version).includes("jsonfeed"));
}
