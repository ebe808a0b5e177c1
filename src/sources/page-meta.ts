import { parseDate } from "../news/date.ts";
import { absoluteUrl } from "../news/url.ts";
import { type PageDocument, textIn } from "./page-dom.ts";
import { plainLine } from "./plain.ts";

/** Data in a page's scripts beyond this is not read. */
const jsonCharsMax = 1_000_000;
const jsonNodesMax = 2_000;

/** What a page says of its article outside the text. */
export type PageMeta = {
  title: string;
  site: string;
  author: string;
  publishedAt: Date | null;
  description: string;
  url: string | null;
  image: string | null;
  language: string;
  sections: string[];
  /** Whether the page calls itself an article. */
  isArticle: boolean;
};

/**
 * Reads a page's JSON-LD, Open Graph, Dublin Core and other meta elements, microdata and, last, the lines around the
 * headline. `zone` holds for times that name none.
 */
export function pageMeta(document: PageDocument, options: { url: string | null; zone: string }): PageMeta {
  const base =
    absoluteUrl(document.querySelector("base[href]")?.getAttribute("href") ?? "", options.url) ?? options.url;
  const data = jsonLd(document);
  const meta = metaReader(document);
  const site = meta("og:site_name") || nameOf(data["publisher"]) || meta("application-name");
  const headline = headlineOf(
    document,
    [stringOf(data["headline"]), meta("og:title", "twitter:title"), meta("title", "dc.title")],
    site,
  );
  const around = linesAround(document);
  const when = [
    stringOf(data["datePublished"]),
    meta(...publishedNames),
    timeElement(document),
    around,
    stringOf(data["dateModified"]),
  ];
  return {
    title: headline,
    site,
    author: authorOf(document, data, meta, around),
    publishedAt: firstDate(when, options.zone),
    description:
      plainLine(meta("og:description", "description", "twitter:description")) ||
      plainLine(stringOf(data["description"])),
    url: canonicalOf(document, meta("og:url"), base),
    image: absoluteUrl(
      meta("og:image", "og:image:url", "twitter:image", "twitter:image:src") || imageOf(data["image"]),
      base,
    ),
    language: document.documentElement.getAttribute("lang") || meta("og:locale", "language", "content-language"),
    sections: [meta("article:section"), stringOf(data["articleSection"])]
      .filter((name) => name !== "" && name.length < 60)
      .slice(0, 1),
    isArticle: data["@type"] !== undefined || meta("og:type") === "article",
  };
}

const publishedNames = [
  ...[
    "article:published_time",
    "og:published_time",
    "datepublished",
    "publishdate",
    "pubdate",
    "publish-date",
    "publish_time",
  ],
  ...[
    "apub:time",
    "weibo: article:create_at",
    "bytedance:published_time",
    "og:release_date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
  ],
  ...[
    "parsely-pub-date",
    "sailthru.date",
    "date",
    "og:time",
    "mediaid:pubdate",
    "firstpublishedtime",
    "og:article:published_time",
  ],
];

type Meta = (...names: string[]) => string;

function metaReader(document: PageDocument): Meta {
  const values = new Map<string, string>();
  for (const element of document.querySelectorAll("meta")) {
    const name =
      element.getAttribute("property") ??
      element.getAttribute("name") ??
      element.getAttribute("itemprop") ??
      element.getAttribute("http-equiv");
    const content = element.getAttribute("content")?.trim() ?? "";
    if (name !== null && content !== "" && !values.has(name.toLowerCase().trim()))
      values.set(name.toLowerCase().trim(), content);
  }
  return (...names) => names.map((name) => values.get(name) ?? "").find((value) => value !== "") ?? "";
}

/**
 * The page's headline: what it declares, as its h1 writes it; the title of the window without the site's name behind
 * it.
 */
function headlineOf(document: PageDocument, declared: string[], site: string): string {
  const window = textIn(document.querySelector("title"));
  const known = declared.map((title) => withoutSite(plainLine(title), site)).find((title) => title !== "") ?? "";
  const headings = [...document.querySelectorAll("h1")]
    .map((element) => textIn(element))
    .filter((text) => text.length >= 4 && text.length <= 200);
  // An h1 may be the site's logo: it is the headline when the window's title or the declared one says it too.
  const ofWindow = withoutSite(window, site);
  const h1 = headings.find((text) => {
    const begins = fold(text).slice(0, 8);
    return (known !== "" && fold(known).startsWith(begins)) || fold(window).startsWith(begins);
  });
  // A button inside the h1 is no part of the headline.
  const button =
    h1 !== undefined && ofWindow.length >= 6 && h1.startsWith(ofWindow) && h1.length - ofWindow.length <= 6;
  if (h1 !== undefined && !button && (known === "" || h1.length >= known.length - 2)) return h1;
  if (known !== "") return known;
  return ofWindow || headings[0] || textIn(document.querySelector("#activity-name,.title,h2"));
}

/** «长湖的水退了_南港网» → «长湖的水退了»: parts at the end, unless what is left would be a scrap. */
function withoutSite(title: string, site: string): string {
  let rest = title;
  if (site !== "" && rest.endsWith(site)) rest = rest.slice(0, -site.length).replace(/[\s\-_|–—·丨]+$/, "") || title;
  for (let turn = 0; turn < 4; turn++) {
    const cut = rest
      .replace(/(?:\s+[-–—|·]\s+|[_|丨]|-(?=\p{Script=Han}{2,8}$))([^_|丨]{1,24})$/u, (whole, tail: string) =>
        // "… - and will stay so" goes on, "… - Linlan Post" is a name.
        /^[a-z]/.test(tail.trim()) && !/[|_丨]/.test(whole) ? whole : "",
      )
      .trim();
    const isSite = /(?:网|报|新闻|频道|客户端|日报|晚报|在线)$/.test(rest) && cut.length >= 2;
    if (cut === rest || ((cut.length < 6 || cut.length < rest.length / 3) && !isSite)) break;
    rest = cut;
  }
  return rest;
}

function fold(text: string): string {
  return text.replace(/[\s\p{P}\p{S}]+/gu, "").toLowerCase();
}

function authorOf(document: PageDocument, data: Record<string, unknown>, meta: Meta, around: string): string {
  const written = [
    nameOf(data["author"]),
    meta("author", "article:author", "og:article:author", "dc.creator", "parsely-author", "mediaid:author"),
    textIn(document.querySelector("[itemprop=author] [itemprop=name],[itemprop=author],[rel=author],#js_author_name")),
    /(?:作者|记者|文)\s?[:：/]\s?([^\s|丨:：]{2,20})/.exec(around)?.[1] ?? "",
    textIn(document.querySelector("#js_name,.author-name,.author_name,.byline,.author")),
  ].map((name) => plainLine(name).replace(/^(?:作者|记者|by|文)\s?[:：/\s]\s*/i, ""));
  return written.find((name) => name !== "" && name.length <= 60 && !/^https?:|[。！？]/.test(name)) ?? "";
}

function timeElement(document: PageDocument): string {
  const element = document.querySelector(
    "time[datetime][pubdate],[itemprop=datePublished],article time[datetime],time[datetime]",
  );
  return element?.getAttribute("datetime") ?? element?.getAttribute("content") ?? textIn(element);
}

/** The lines right below and above the headline, where time, author and source stand. */
function linesAround(document: PageDocument): string {
  const named = document.querySelector(
    "#pubtime_baidu,#publish_time,.pubtime,.publish-time,.post_time,.article-time,.date-source,.info,.article-info,.source-time,.time,.date,[class*=pubTime],[class*=publish]",
  );
  const heading = document.querySelector("h1");
  const near = heading?.parentElement;
  const text = [
    textIn(named),
    near ? textIn(near).slice(0, 400) : "",
    near?.nextElementSibling ? textIn(near.nextElementSibling).slice(0, 300) : "",
  ];
  return text.join(" ");
}

const dayInText = new RegExp(
  "\\d{4}\\s?[-/.年]\\s?\\d{1,2}\\s?[-/.月]\\s?\\d{1,2}日?(?:T|\\s*(?:星期.|周.)?\\s*)" +
    "(?:\\d{1,2}[:：时]\\d{2}(?:[:：分]\\d{2})?(?:\\.\\d+)?(?:Z|\\s?[+-]\\d{2}:?\\d{2})?)?",
);

function firstDate(texts: string[], zone: string): Date | null {
  for (const text of texts) {
    const date =
      parseDate(text, zone) ??
      parseDate((dayInText.exec(text)?.[0] ?? "").replace(/星期.|周./, " ").replaceAll("：", ":"), zone);
    if (date !== null) return date;
  }
  return null;
}

function canonicalOf(document: PageDocument, declared: string, base: string | null): string | null {
  const canonical = absoluteUrl(document.querySelector("link[rel=canonical]")?.getAttribute("href") ?? "", base);
  const given = canonical ?? absoluteUrl(declared, base);
  // Templates declare the site's front page for every article: such a declaration says nothing.
  if (given !== null && base !== null && new URL(given).pathname === "/" && new URL(base).pathname !== "/") return base;
  return given ?? base;
}

/** The first article among the page's JSON-LD objects, graphs and lists looked through. */
function jsonLd(document: PageDocument): Record<string, unknown> {
  for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
    const source = (script.textContent ?? "").slice(0, jsonCharsMax);
    let queue: unknown[];
    try {
      queue = [JSON.parse(source.replace(/[\n\r\t]+/g, " "))];
    } catch {
      continue;
    }
    for (let at = 0; at < Math.min(queue.length, jsonNodesMax); at++) {
      const value = queue[at];
      if (Array.isArray(value)) queue = queue.concat(value);
      else if (typeof value === "object" && value !== null) {
        const node = value as Record<string, unknown>;
        if (/Article|BlogPosting|Report/.test(String(node["@type"]))) return node;
        queue.push(node["@graph"], node["mainEntity"]);
      }
    }
  }
  return {};
}

function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function nameOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value))
    return value
      .map(nameOf)
      .filter((name) => name !== "")
      .slice(0, 8)
      .join(", ");
  return typeof value === "object" && value !== null ? stringOf((value as Record<string, unknown>)["name"]) : "";
}

function imageOf(value: unknown): string {
  if (Array.isArray(value)) return imageOf(value[0]);
  if (typeof value === "object" && value !== null) return stringOf((value as Record<string, unknown>)["url"]);
  return stringOf(value);
}
