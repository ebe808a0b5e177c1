import { siteOf } from "../news/url.ts";
import { usualFeeds } from "./discover.ts";
import { type Dial, type FetchFailure, type FetchOptions, fetchDocument } from "./fetch.ts";
import { type DocumentReader, type Reading, readDocument } from "./read.ts";

/** Feeds of one site that are tried before it is read as a page. */
const feedsTriedMax = 4;

/** A source as it would be added: where it is read, what it is, what it has now. */
export type FoundSource = {
  url: string;
  kind: "feed" | "page";
  /** What to call it: the feed's or the site's own name. */
  name: string;
  reading: Reading;
  /** Other feeds of the same site. */
  others: { url: string; title: string }[];
};

/** `read` is how the runtime takes documents apart; without one it is done here. */
export type FindOptions = FetchOptions & { zone: string; read?: DocumentReader };

/**
 * Finds out what can be read at an address: a feed, the feeds of a site (declared, linked, or where they commonly are),
 * or a page with lists of links. Says why not, when there is nothing.
 */
export async function findSource(
  dial: Dial,
  url: string,
  options: FindOptions & { asPage?: boolean },
): Promise<FoundSource | FetchFailure> {
  const first = await readAt(dial, url, options);
  if (!("reading" in first)) return first;
  if (first.reading.kind === "feed") return found(first, "feed", []);
  const feeds = first.reading.links.filter((link) => link.kind === "feed");
  const page = first.reading.kind === "page" ? first : null;
  const lists = first.reading.links.some((link) => link.kind === "hot" || link.kind === "related");
  // A page whose lists lead on was meant itself; a front page is read by its feed.
  if (page !== null && (options.asPage || (lists && page.reading.articles.length > 0 && feeds.length === 0)))
    return found(page, "page", feeds);
  const declared = feeds.map((feed) => feed.url).slice(0, feedsTriedMax);
  const tried = declared.length > 0 ? declared : usualFeeds(first.url).slice(0, feedsTriedMax);
  for (const address of tried) {
    const feed = await readAt(dial, address, options);
    if ("reading" in feed && feed.reading.kind === "feed" && feed.reading.articles.length > 0) {
      return found(
        feed,
        "feed",
        feeds.filter((other) => other.url !== address),
      );
    }
  }
  if (page !== null && (lists || page.reading.articles.length > 0)) return found(page, "page", feeds);
  return {
    outcome: "failed",
    code: "broken",
    reason: "has neither a feed nor articles",
    status: null,
    retryAfterSeconds: null,
  };
}

type At = { url: string; reading: Reading };

async function readAt(dial: Dial, url: string, options: FindOptions): Promise<At | FetchFailure> {
  const got = await fetchDocument(dial, url, options);
  if (got.outcome === "failed") return got;
  const { bytes, headers, lastingUrl } = got;
  return {
    url: lastingUrl,
    reading: await (options.read ?? readDocument)(bytes, { name: url, url: got.url, headers, zone: options.zone }),
  };
}

function found({ url, reading }: At, kind: "feed" | "page", feeds: { url: string; title: string }[]): FoundSource {
  const own = kind === "feed" ? reading.title : (reading.articles[0]?.source ?? reading.title);
  const others = feeds.map((feed) => ({ url: feed.url, title: feed.title }));
  return { url, kind, name: own || siteOf(url) || url, reading, others };
}
