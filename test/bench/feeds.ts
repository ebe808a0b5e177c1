import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFeed } from "feedsmith";
import RssParser from "rss-parser";
import { decodeBytes } from "../../src/sources/encoding.ts";
import { readFeed } from "../../src/sources/feed.ts";

const secondsEach = 1.5;
const itemsEach = 50;

/** `npm run bench -- feeds [folder]`: parse speed beside feedsmith and rss-parser, on the same feeds, in one run. */
export async function run(args: string[]): Promise<void> {
  const feeds = args[0] === undefined ? madeFeeds() : feedsIn(args[0]);
  const kilobytes = feeds.reduce((sum, feed) => sum + feed.length, 0) / 1024;
  print(`${feeds.length} feeds, ${kilobytes.toFixed(0)} KiB of text`);
  print("parser                                   feeds/s    MiB/s  refused");
  const rssParser = new RssParser();
  await measure("tidings (articles: texts, dates, leads)", feeds, (xml) => {
    if (readFeed(xml, { base: "https://feed.example/", zone: "UTC" }) === null) throw new Error("no feed");
  });
  await measure("feedsmith (its tree)", feeds, (xml) => parseFeed(xml));
  await measure("rss-parser (its tree)", feeds, (xml) => rssParser.parseString(xml));
}

async function measure(name: string, feeds: string[], parse: (xml: string) => unknown): Promise<void> {
  let refused = 0;
  const usable: string[] = [];
  for (const feed of feeds) {
    try {
      await parse(feed);
      usable.push(feed);
    } catch {
      refused++;
    }
  }
  const started = performance.now();
  let parsed = 0;
  let chars = 0;
  while (usable.length > 0 && performance.now() - started < secondsEach * 1000) {
    for (const feed of usable) {
      await parse(feed);
      parsed++;
      chars += feed.length;
    }
  }
  const seconds = (performance.now() - started) / 1000;
  const speed = `${(parsed / seconds).toFixed(0).padStart(8)} ${(chars / seconds / 1024 / 1024).toFixed(1).padStart(8)}`;
  print(`${name.padEnd(40)} ${speed} ${String(refused).padStart(8)}`);
}

/** Feeds of our own making: teasers only, full texts in CDATA, Atom with XHTML. */
function madeFeeds(): string[] {
  const paragraph =
    "长湖的水从11月初开始退，渔民把船拖上了岸，等开春再说。The lake is low, and the boats are ashore. ".repeat(3);
  const items = (one: (at: number) => string) => Array.from({ length: itemsEach }, (_, at) => one(at)).join("\n");
  const day = "Sat, 21 Nov 2026 08:05:00 +0800";
  const teasers = items(
    (at) => `<item><title>Lake ${at} &amp; boats</title><link>https://a.example/${at}</link><guid>${at}</guid>
      <pubDate>${day}</pubDate><description>&lt;p&gt;${paragraph}&lt;/p&gt;</description><category>lake</category></item>`,
  );
  const full = items(
    (at) => `<item><title>Lake ${at}</title><link>https://a.example/${at}</link><pubDate>${day}</pubDate>
      <content:encoded><![CDATA[${`<p>${paragraph}</p>`.repeat(8)}]]></content:encoded></item>`,
  );
  const atom = items(
    (
      at,
    ) => `<entry><title>Lake ${at}</title><id>tag:a.example,2026:${at}</id><link href="/${at}"/><updated>2026-11-21T08:05:00Z</updated>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>${paragraph}</p><p>${paragraph}</p></div></content></entry>`,
  );
  return [
    `<rss version="2.0"><channel><title>a</title>${teasers}</channel></rss>`,
    `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>b</title>${full}</channel></rss>`,
    `<feed xmlns="http://www.w3.org/2005/Atom"><title>c</title>${atom}</feed>`,
  ];
}

function feedsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:xml|rss|atom|rdf)$/.test(entry.name))
    .map((entry) => decodeBytes(readFileSync(join(entry.parentPath, entry.name))).text);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
