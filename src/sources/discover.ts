import { absoluteUrl } from "../news/url.ts";
import { type PageDocument, textIn } from "./page-dom.ts";

const feedsMax = 20;

/** A feed that a page points to. */
export type DiscoveredFeed = { url: string; title: string };

/** The feeds that a page declares, then those that it links to; feeds of comments last. */
export function feedsIn(document: PageDocument, base: string | null): DiscoveredFeed[] {
  const found: DiscoveredFeed[] = [];
  const add = (href: string | null, title: string): void => {
    const url = absoluteUrl(href ?? "", base);
    if (url !== null && !found.some((one) => one.url === url)) found.push({ url, title });
  };
  for (const link of document.querySelectorAll("link[rel~=alternate]")) {
    if (feedType.test(link.getAttribute("type") ?? ""))
      add(link.getAttribute("href"), link.getAttribute("title") ?? "");
  }
  for (const link of document.querySelectorAll("a[href]")) {
    const href = link.getAttribute("href") ?? "";
    if (feedAddress.test(href) || /^(?:rss|atom|json feed|feed|订阅|rss订阅)$/i.test(textIn(link)))
      add(href, textIn(link));
    if (found.length >= feedsMax) break;
  }
  const comments = (feed: DiscoveredFeed): number => Number(/comment|评论/i.test(feed.url + feed.title));
  return found.slice(0, feedsMax).sort((a, b) => comments(a) - comments(b));
}

/** Where feeds commonly are when a site does not say; tried one after the other. */
export function usualFeeds(site: string): string[] {
  const paths = [
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/feeds/posts/default",
  ];
  return paths.flatMap((path) => absoluteUrl(path, site) ?? []);
}

const feedType = /^application\/(?:rss|atom|rdf|feed|x-rss)?\+?(?:xml|json)|^text\/xml|application\/feed\+json/i;
const feedAddress = /(?:\/(?:feed|rss|atom)\/?|\.(?:rss|atom|rdf)|(?:rss|feed|atom|index)\.xml|feed\.json)(?:\?.*)?$/i;
