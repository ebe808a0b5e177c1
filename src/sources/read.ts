import type { ArticleDraft } from "../news/article.ts";
import { detectLanguage } from "../news/language.ts";
import { absoluteUrl, siteOf } from "../news/url.ts";
import { decodeBytes } from "./encoding.ts";
import { type Feed, readFeed } from "./feed.ts";
import { readJsonFeed } from "./json-feed.ts";
import { type JsonlLine, readJsonl } from "./jsonl.ts";
import { type Outline, readOpml } from "./opml.ts";
import { readPage } from "./page.ts";
import type { ListItem } from "./page-lists.ts";
import { looksLikePortalText, readPortalText } from "./portal-text.ts";

/** Bytes by which a kind is told. */
const headCharsMax = 4_096;
/** A document that must be read whole is no larger. */
export const documentBytesMax = 16 * 1024 * 1024;

/** What a document turned out to be; "unknown" holds no news. */
export type Kind = "feed" | "page" | "text" | "jsonl" | "opml" | "unknown";

/** An article as it would be stored, under the name of the source that has it. */
export type ReadArticle = ArticleDraft & { source: string };

/**
 * Where a document leads: feeds of a site, lists of a page (whose order is the rank), subscriptions of an OPML file.
 */
export type ReadLink = {
  kind: "feed" | "related" | "hot" | "outline";
  url: string;
  title: string;
  rank: number | null;
};

export type Reading = {
  kind: Kind;
  title: string;
  language: string;
  articles: ReadArticle[];
  links: ReadLink[];
  failed: { line: number; reason: string }[];
  /** What a feed says of itself and its rhythm; null for everything else. */
  feed: Pick<Feed, "link" | "self" | "hubs" | "ttlMinutes"> | null;
  outlines: Outline[];
};

export type ReadOptions = {
  /** The file's name, or the address: sources without a name of their own are called after it. */
  name: string;
  /** Where the document is from: what is relative is read against it. */
  url: string | null;
  /** HTTP headers by their names in lower case. */
  headers: Record<string, string>;
  /** Where clocks stand that name no zone (IANA). */
  zone: string;
  /** What the source is called, whatever the document says. */
  source?: string;
};

/** How a runtime reads documents: here and now, or in a thread of their own. */
export type DocumentReader = (bytes: Uint8Array, options: ReadOptions) => Promise<Reading>;

/**
 * Reads any document that may hold news: a feed, a web page, the text of a portal page, JSON Lines, OPML. Encodings,
 * kinds and mistakes are dealt with; it never throws. JSON Lines too large for memory are read by `readJsonl`.
 */
export async function readDocument(bytes: Uint8Array, options: ReadOptions): Promise<Reading> {
  const plain = await unzipped(bytes);
  if (isJsonl(plain, options.name)) return await jsonlReading(plain, options);
  const { text } = decodeBytes(plain, { contentType: options.headers["content-type"] ?? null });
  const url = absoluteUrl(options.headers["content-location"] ?? "", options.url) ?? options.url;
  const given = { ...options, url };
  for (const read of readersFor(text)) {
    const reading = read(text, given);
    if (reading !== null) return reading;
  }
  return { ...nothing, language: detectLanguage(text) };
}

/** Whether a file is JSON Lines by its name or its first bytes: such files are streamed, whatever their size. */
export function isJsonl(head: Uint8Array, name: string): boolean {
  if (/\.(?:jsonl|ndjson)$/i.test(name)) return true;
  const text = new TextDecoder().decode(head.subarray(0, headCharsMax)).trimStart();
  // One object a line, though the first lines may be bad; a JSON Feed names its version or breaks its lines.
  if (text.startsWith("<") || /^\{\s*\n/.test(text)) return false;
  return /^\{\s*"/m.test(text) && !/^[^\n]{0,2000}(?:jsonfeed\.org|"items"\s*:)/.test(text);
}

/**
 * The articles of a file of any kind as its bytes come in: JSON Lines are streamed, other kinds are read whole within a
 * limit. What cannot be read is told with its line, or with its place where there are no lines.
 */
export async function* readArticles(
  chunks: AsyncIterable<Uint8Array>,
  options: { name: string; zone: string },
): AsyncGenerator<JsonlLine> {
  const given = { ...options, url: null, headers: {} };
  const source = chunks[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let length = 0;
  let done = false;
  const more = async (bytesMax: number): Promise<void> => {
    while (!done && length < bytesMax) {
      const next = await source.next();
      if (next.done) done = true;
      else {
        head.push(next.value);
        length += next.value.length;
      }
    }
  };
  await more(headCharsMax);
  if (isJsonl(whole(head, length), options.name)) {
    yield* readJsonl(chain(head, source), options);
    return;
  }
  await more(documentBytesMax + 1);
  await source.return?.();
  if (length > documentBytesMax) {
    yield { line: 1, reason: `larger than ${documentBytesMax / 1024 / 1024} MiB and not JSON Lines` };
    return;
  }
  const reading = await readDocument(whole(head, length), given);
  const wrong = {
    opml: "a list of sources, not of articles",
    unknown: "neither JSON Lines, a feed, a page nor a portal page's text",
  };
  if (reading.kind === "opml" || reading.kind === "unknown") yield { line: 1, reason: wrong[reading.kind] };
  yield* reading.failed;
  for (const [at, { source: name, ...draft }] of reading.articles.entries()) {
    if (draft.title === "") yield { line: at + 1, reason: "an item without title and text" };
    else yield { line: at + 1, draft, source: name };
  }
}

const nothing: Reading = {
  ...{ kind: "unknown", title: "", language: "und", articles: [], links: [], failed: [], feed: null, outlines: [] },
};

/** A file that was compressed on its way, as far as the limit. */
async function unzipped(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream("gzip"));
    for await (const piece of stream) {
      pieces.push(piece);
      length += piece.length;
      if (length > documentBytesMax) break;
    }
  } catch {
    // What came out before it broke is read.
  }
  return whole(pieces, length).subarray(0, documentBytesMax);
}

type Reader = (text: string, options: ReadOptions) => Reading | null;

/** The readers to ask, by what the document begins with. */
function readersFor(text: string): Reader[] {
  const head = text
    .slice(0, headCharsMax * 4)
    .replace(/^\ufeff/, "")
    .replace(/<!--.*?(?:-->|$)|<\?.*?(?:\?>|$)|<!doctype[^>[]*(?:\[.*?\]\s*)?>/gis, "")
    .trimStart();
  if (head.startsWith("{")) return [jsonReading];
  const first = /^<([a-z][\w:.-]*)/i.exec(head)?.[1]?.toLowerCase() ?? "";
  if (first === "html" || first === "head" || first === "body") return [pageReading];
  if (first === "opml") return [opmlReading];
  if (first !== "") return [feedReading, opmlReading, pageReading];
  return /<(?:rss|feed|rdf:rdf|channel)[\s>]/i.test(head) ? [feedReading, textReading] : [textReading, pageReading];
}

function feedReading(text: string, options: ReadOptions): Reading | null {
  return ofFeed(readFeed(text, { base: options.url, zone: options.zone }), options);
}

function jsonReading(text: string, options: ReadOptions): Reading | null {
  return ofFeed(readJsonFeed(text, { base: options.url, zone: options.zone }), options);
}

function ofFeed(feed: Feed | null, options: ReadOptions): Reading | null {
  if (feed === null) return null;
  const source = options.source || feed.title || nameOf(options);
  const { title, language, items, link, self, hubs, ttlMinutes } = feed;
  const articles = items.map((item) => ({ ...item, source }));
  return { ...nothing, kind: "feed", title, language, articles, feed: { link, self, hubs, ttlMinutes } };
}

function pageReading(text: string, options: ReadOptions): Reading | null {
  const page = readPage(text, options);
  if (page === null) return null;
  const says = page.article !== null || page.feeds.length + page.lists.related.length + page.lists.hot.length > 0;
  if (!says && !/<(?:html|head|body|a|p|div)[\s>]/i.test(text)) return null;
  const source = options.source || page.site || nameOf(options);
  const articles = [...(page.article === null ? [] : [page.article]), ...page.related, ...page.hot];
  const lists = (kind: "related" | "hot", items: ListItem[]): ReadLink[] =>
    items.map(({ url, title }, at) => ({ kind, url, title, rank: kind === "hot" ? at + 1 : null }));
  return {
    ...nothing,
    kind: "page",
    title: page.article?.title || page.title,
    language: page.language,
    articles: articles.map((article) => ({ ...article, source })),
    links: [
      ...page.feeds.map(({ url, title }): ReadLink => ({ kind: "feed", url, title, rank: null })),
      ...lists("related", page.lists.related),
      ...lists("hot", page.lists.hot),
    ],
  };
}

function textReading(text: string, options: ReadOptions): Reading | null {
  if (!looksLikePortalText(text)) return null;
  const page = readPortalText(text, options);
  const source = options.source || page.source || nameOf(options);
  const articles = [...(page.article === null ? [] : [page.article]), ...page.related, ...page.hot];
  return {
    ...nothing,
    kind: "text",
    title: page.article?.title ?? source,
    language: articles[0]?.language ?? "und",
    articles: articles.map((article) => ({ ...article, source })),
  };
}

function opmlReading(text: string): Reading | null {
  const opml = readOpml(text);
  if (opml === null) return null;
  const links = opml.outlines.map(({ url, title }): ReadLink => ({ kind: "outline", url, title, rank: null }));
  return { ...nothing, kind: "opml", title: opml.title, links, outlines: opml.outlines };
}

async function jsonlReading(bytes: Uint8Array, options: ReadOptions): Promise<Reading> {
  const articles: ReadArticle[] = [];
  const failed: Reading["failed"] = [];
  for await (const line of readJsonl([bytes], options)) {
    if ("reason" in line) failed.push(line);
    else articles.push({ ...line.draft, source: options.source || line.source || nameOf(options) });
  }
  return {
    ...nothing,
    kind: "jsonl",
    title: nameOf(options),
    language: articles[0]?.language ?? "und",
    articles,
    failed,
  };
}

/** "data/portal-page.txt" → "portal-page"; an address → its site. */
function nameOf({ name, url }: ReadOptions): string {
  const site = siteOf(url ?? "") || siteOf(name);
  return site || (name.split(/[\\/]/).at(-1) ?? "").replace(/\.[a-z0-9]{1,5}$/i, "") || "imported";
}

function whole(pieces: Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

async function* chain(head: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
