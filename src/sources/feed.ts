import type { ArticleDraft } from "../news/article.ts";
import { emptyDraft } from "../news/article.ts";
import { parseDate } from "../news/date.ts";
import { detectLanguage } from "../news/language.ts";
import { absoluteUrl } from "../news/url.ts";
import { firstWords, textsOf, withoutFooter } from "./feed-draft.ts";
import { asHtml } from "./feed-text.ts";
import { firstImage, plainLine, plainText } from "./plain.ts";
import { childOf, childrenOf, readXml, textOf, type XmlElement } from "./xml.ts";

/** Items of one feed; a publisher's whole archive in one document is cut. */
export const itemsMax = 1_000;
const sectionsMax = 20;

/** What a feed says, whatever its format. */
export type Feed = {
  title: string;
  /** The site that the feed is of. */
  link: string | null;
  language: string;
  items: ArticleDraft[];
  /** Where the feed says that it lives, and the WebSub hubs that it names. */
  self: string | null;
  hubs: string[];
  /** Minutes that the feed asks readers to wait (ttl, sy:updatePeriod); null when it does not. */
  ttlMinutes: number | null;
};

/**
 * Reads RSS 0.9x–2.0, RSS 1.0, Atom 0.3 and 1.0 and CDF, well-formed or not. `base` is the feed's own address, against
 * which what is relative is read; `zone` holds for times that name none. Null when the document is no feed.
 */
export function readFeed(xml: string, options: { base: string | null; zone: string }): Feed | null {
  let top = topOf(readXml(xml, options));
  if (top === null) return null;
  let channel = childOf(top, "channel") ?? top;
  const home = linkOf(channel, "self") ?? linkOf(channel, "alternate");
  if (options.base === null && home !== null) {
    // A file without an address: what is relative is read against the address that the feed gives of itself.
    top = topOf(readXml(xml, { base: home })) ?? top;
    channel = childOf(top, "channel") ?? top;
  }
  const found = itemsOf(top);
  if (found.length === 0 && !feedNames.has(top.name)) return null;
  const link = linkOf(channel, "alternate");
  const declared = text(channel, "language", "dc:language") || channel.lang;
  const context = {
    zone: options.zone,
    declared,
    author: channel === top && top.name === "feed" ? authorOf(channel) : "",
  };
  const items = found.map((item) => readItem(item, context));
  const sample = items
    .slice(0, 5)
    .map((item) => `${item.title} ${item.lead}`)
    .join(" ");
  return {
    title: line(channel, "title", "dc:title"),
    link,
    language: detectLanguage(sample || line(channel, "title"), declared),
    items,
    self: linkOf(channel, "self"),
    hubs: linksOf(channel)
      .filter((one) => one.rel === "hub")
      .map((one) => one.href)
      .slice(0, 5),
    ttlMinutes: ttlOf(channel),
  };
}

const feedNames = new Set(["rss", "feed", "rdf:rdf", "channel", "rdf"]);

/** The feed's own element: first by name, else whatever holds items. */
function topOf(root: XmlElement): XmlElement | null {
  const seen: XmlElement[] = childElements(root);
  for (let at = 0; at < Math.min(seen.length, 200); at++) {
    if (feedNames.has(seen[at]!.name)) return seen[at]!;
    seen.push(...childElements(seen[at]!));
  }
  return seen.find((element) => childrenOf(element, "item", "entry").length > 0) ?? null;
}

/** Items wherever they stand: under the channel, beside it (RSS 1.0), or in something of the publisher's own. */
function itemsOf(top: XmlElement): XmlElement[] {
  const items: XmlElement[] = [];
  const walk = (element: XmlElement): void => {
    for (const child of childElements(element)) {
      if (items.length >= itemsMax) return;
      if (child.name === "item" || child.name === "entry") items.push(child);
      else if (child.name !== "image" && child.name !== "textinput") walk(child);
    }
  };
  walk(top);
  return items;
}

type Context = { zone: string; declared: string; author: string };

function readItem(item: XmlElement, context: Context): ArticleDraft {
  const content = html(item, "content:encoded", "content", "xhtml:body", "body", "xhtml:div", "fullitem");
  const summary = html(
    item,
    "description",
    "summary",
    "dc:description",
    "abstract",
    "itunes:summary",
    "media:description",
  );
  const told = textsOf(withoutFooter(plainText(summary)), withoutFooter(plainText(content)));
  const url = urlOf(item);
  const title = line(item, "title", "dc:title", "media:title") || firstWords(told.lead || told.body) || (url ?? "");
  const declared = text(item, "dc:language") || item.lang || context.declared;
  const image = imageOf(item) ?? firstImage(content) ?? firstImage(summary);
  const draft: ArticleDraft = {
    ...emptyDraft(title),
    ...told,
    titleCut: /(?:\.{3}|…)$/.test(title),
    externalId: text(item, "guid", "id", "dc:identifier").slice(0, 500) || item.attributes["rdf:about"] || null,
    url,
    author: authorOf(item) || context.author,
    image: image === null ? null : absoluteUrl(image, item.base ?? url),
    publishedAt: dateOf(item, context.zone),
    language: detectLanguage(`${title} ${told.lead}`, declared),
    sections: sectionsOf(item),
  };
  return draft;
}

function urlOf(item: XmlElement): string | null {
  const permalink = childOf(item, "guid");
  const isLink = permalink !== null && !/^false$/i.test(permalink.attributes["ispermalink"] ?? "");
  const original = text(item, "feedburner:origlink");
  return (
    (original !== "" ? absoluteUrl(original, item.base) : null) ??
    linkOf(item, "alternate") ??
    (isLink && /^https?:/i.test(textOf(permalink).trim()) ? absoluteUrl(textOf(permalink), item.base) : null) ??
    absoluteUrl(item.attributes["rdf:about"] ?? item.attributes["href"] ?? "", item.base)
  );
}

function linkOf(element: XmlElement, rel: string): string | null {
  const links = linksOf(element).filter((link) => link.rel === rel);
  return (links.find((link) => link.type === "" || link.type.includes("html")) ?? links[0])?.href ?? null;
}

/** RSS writes a link as its text, Atom as an attribute; feeds mix them. */
function linksOf(element: XmlElement): { rel: string; type: string; href: string }[] {
  return childrenOf(element, "link", "xhtml:link").flatMap((link) => {
    const written = link.attributes["href"] ?? textOf(link);
    const href = absoluteUrl(written, link.base);
    const rel = (link.attributes["rel"] ?? "alternate").trim().toLowerCase().replace(/^.*\//, "") || "alternate";
    return href === null ? [] : [{ rel, type: link.attributes["type"] ?? "", href }];
  });
}

/** Names, without the mail addresses that feeds put before or behind them unless there is nothing else. */
function authorOf(element: XmlElement): string {
  const named = ["author", "dc:creator", "dc:author", "itunes:author", "creator", "media:credit"];
  for (const name of named) {
    const people = childrenOf(element, name)
      .map((author) => personOf(author))
      .filter((person) => person !== "");
    if (people.length > 0) return [...new Set(people)].join(", ").slice(0, 300);
  }
  return "";
}

function personOf(author: XmlElement): string {
  const written =
    line(author, "name") || (childOf(author, "email") === null ? plainLine(asHtml(author)) : text(author, "email"));
  const rss =
    /^\s*(?:mailto:)?\S+@\S+\s*\((.+)\)\s*$/.exec(written) ?? /^(.+?)\s*[<(](?:mailto:)?\S+@\S+[>)]\s*$/.exec(written);
  return (rss?.[1] ?? written).trim();
}

const dateNames = ["pubdate", "published", "issued", "dcterms:issued", "dc:date", "dcterms:created", "created", "date"];
const changeNames = ["updated", "modified", "dcterms:modified", "lastmod", "lastbuilddate"];

function dateOf(item: XmlElement, zone: string): Date | null {
  for (const name of [...dateNames, ...changeNames]) {
    for (const found of childrenOf(item, name)) {
      const date = parseDate(textOf(found), zone);
      if (date !== null) return date;
    }
  }
  return parseDate(item.attributes["lastmod"] ?? "", zone);
}

function sectionsOf(item: XmlElement): string[] {
  const named = childrenOf(item, "category", "dc:subject", "media:category").map((category) =>
    plainLine(category.attributes["label"] || asHtml(category) || category.attributes["term"] || ""),
  );
  return [...new Set(named.filter((name) => name !== "" && name.length <= 100))].slice(0, sectionsMax);
}

function imageOf(item: XmlElement): string | null {
  const group = childOf(item, "media:group") ?? item;
  const media = [...childrenOf(item, "media:content"), ...childrenOf(group, "media:content")];
  const picture = [...media, ...childrenOf(item, "enclosure")].find((one) =>
    /^image/.test(one.attributes["medium"] ?? one.attributes["type"] ?? ""),
  );
  const thumbnail = childOf(item, "media:thumbnail") ?? childOf(group, "media:thumbnail");
  const nested = childOf(item, "image");
  const written = [
    picture?.attributes["url"] ?? thumbnail?.attributes["url"] ?? childOf(item, "itunes:image")?.attributes["href"],
    nested === null ? "" : text(nested, "url") || textOf(nested),
  ].find((one) => one !== undefined && one.trim() !== "");
  return written === undefined ? null : absoluteUrl(written, item.base);
}

function ttlOf(channel: XmlElement): number | null {
  const ttl = Number(text(channel, "ttl"));
  if (ttl > 0 && ttl < 100_000) return ttl;
  const period = { hourly: 60, daily: 1_440, weekly: 10_080, monthly: 43_200, yearly: 525_600 }[
    text(channel, "sy:updateperiod")
  ];
  if (period === undefined) return null;
  const times = Number(text(channel, "sy:updatefrequency")) || 1;
  return Math.max(1, Math.round(period / times));
}

/** The first of these that is there and says something. */
function html(element: XmlElement, ...names: string[]): string {
  for (const name of names) {
    for (const child of childrenOf(element, name)) {
      const source = asHtml(child);
      if (source.trim() !== "") return source;
    }
  }
  return "";
}

function line(element: XmlElement, ...names: string[]): string {
  return plainLine(html(element, ...names));
}

function text(element: XmlElement, ...names: string[]): string {
  for (const name of names) {
    const found = childOf(element, name);
    const value = found === null ? "" : textOf(found).trim();
    if (value !== "") return value;
  }
  return "";
}

function childElements(element: XmlElement): XmlElement[] {
  return element.children.filter((child): child is XmlElement => typeof child !== "string");
}
