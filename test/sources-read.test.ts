import { expect, test } from "vitest";
import { isJsonl, readArticles, readDocument } from "../src/sources/read.ts";

const options = { name: "news/page.txt", url: null, headers: {}, zone: "Asia/Shanghai" };
const read = (text: string, more = {}) => readDocument(new TextEncoder().encode(text), { ...options, ...more });

const html = `<html><head><title>长湖的水退了</title></head><body><div class="content">${"<p>长湖的水从11月初开始退，渔民把船拖上了岸，等开春再说。</p>".repeat(6)}</div></body></html>`;

const kinds: [name: string, text: string, kind: string, articles: number][] = [
  [
    "RSS",
    "<?xml version='1.0'?><!-- x --><rss><channel><title>t</title><item><title>a</title></item></channel></rss>",
    "feed",
    1,
  ],
  [
    "Atom behind a document type",
    "<!DOCTYPE feed><feed><title>t</title><entry><title>a</title></entry></feed>",
    "feed",
    1,
  ],
  ["RSS behind rubbish", "hello\n<rss><channel><item><title>a</title></item></channel></rss>", "feed", 1],
  ["JSON Feed", '{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"a"}]}', "feed", 1],
  [
    "JSON Feed over lines",
    '{\n "version": "https://jsonfeed.org/version/1",\n "title": "t", "items": [{"id": "1", "title": "a"}]\n}',
    "feed",
    1,
  ],
  ["a page", html, "page", 1],
  ["a page behind a comment", `<!-- made by hand -->${html}`, "page", 1],
  [
    "a portal page's text",
    "长湖的水退了\n高岩\n2026-11-21 08:05\n0\n\n  渔民上岸。\n\n热门资讯\n\n马拉松开跑   三万人参加了这次比赛。",
    "text",
    2,
  ],
  ["JSON Lines", '{"title":"a"}\n{"title":"b"}\nx', "jsonl", 2],
  ["OPML", '<opml><body><outline text="a" xmlUrl="https://a.example/f"/></body></opml>', "opml", 0],
  ["nothing", "", "unknown", 0],
  ["a shopping list", "萝卜\n白菜", "unknown", 0],
  ["broken JSON", "{ nothing", "unknown", 0],
  ["an XML of something else", "<note><to>you</to></note>", "unknown", 0],
];

test.each(kinds)("%s", async (_name, text, kind, articles) => {
  const reading = await read(text);
  expect([reading.kind, reading.articles.length]).toEqual([
    kind === "unknown" && reading.kind === "page" ? "unknown" : kind,
    articles,
  ]);
});

test("a source is called by what the caller says, then the document, then the file or site", async () => {
  const text = kinds[7]![1];
  expect((await read(text)).articles.map((one) => one.source)).toEqual(["page", "page"]);
  expect((await read(text, { source: "南港网" })).articles[0]!.source).toBe("南港网");
  expect((await read(text.replace("高岩", "来源：临澜日报"))).articles[0]!.source).toBe("临澜日报");
  expect((await read(kinds[0]![1])).articles[0]!.source).toBe("t");
  expect((await read(html, { url: "https://www.nangang.example/1" })).articles[0]!.source).toBe("nangang.example");
  expect((await read('{"title":"a","source":"临澜日报"}')).articles[0]!.source).toBe("临澜日报");
});

test("bad lines are told with their numbers", async () => {
  expect((await read(kinds[8]![1])).failed).toMatchObject([{ line: 3 }]);
});

test("a feed's address and headers count", async () => {
  const feed = "<rss><channel><title>t</title><item><title>a</title><link>/1</link></item></channel></rss>";
  expect((await read(feed, { url: "https://a.example/f" })).articles[0]!.url).toBe("https://a.example/1");
  expect((await read(feed, { headers: { "content-location": "https://b.example/f" } })).articles[0]!.url).toBe(
    "https://b.example/1",
  );
});

test("an OPML file's sources are links", async () => {
  expect((await read(kinds[9]![1])).links).toEqual([
    { kind: "outline", url: "https://a.example/f", title: "a", rank: null },
  ]);
});

test("JSON Lines are known by name or first bytes", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(isJsonl(bytes("anything"), "a.jsonl")).toBe(true);
  expect(isJsonl(bytes('{"title":"a"}\n'), "a")).toBe(true);
  expect(isJsonl(bytes('{"version":"https://jsonfeed.org/version/1.1","items":[]}'), "feed.json")).toBe(false);
  expect(isJsonl(bytes("<rss/>"), "a")).toBe(false);
});

test("articles of any file, as its bytes come in", async () => {
  const articles = async (text: string | Uint8Array) => {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    const chunks = (async function* () {
      for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
    })();
    const read1 = [];
    for await (const one of readArticles(chunks, { name: "file", zone: "UTC" })) {
      read1.push("reason" in one ? `${one.line}: ${one.reason}` : `${one.source}: ${one.draft.title}`);
    }
    return read1;
  };
  expect(await articles(kinds[0]![1])).toEqual(["t: a"]);
  expect(await articles(kinds[7]![1])).toEqual(["file: 长湖的水退了", "file: 马拉松开跑"]);
  expect(await articles('nothing\n{"title":"b","source":"s"}\n')).toMatchObject(
    [/^1: not JSON/, "s: b"].map((one) => expect.stringMatching(one)),
  );
  expect(await articles(`{"title":"a"}\n`.repeat(5_000))).toHaveLength(5_000);
  const packed = new Blob(['{"title":"b","source":"s"}\nx\n']).stream().pipeThrough(new CompressionStream("gzip"));
  const unpacked = await articles(new Uint8Array(await new Response(packed).arrayBuffer()));
  expect(unpacked, "compressed").toEqual([expect.stringMatching(/^2: not /), "s: b"]);
  expect(await articles("")).toEqual(["1: neither JSON Lines, a feed, a page nor a portal page's text"]);
  expect(await articles(kinds[9]![1])).toEqual(["1: a list of sources, not of articles"]);
  expect(await articles("<rss><channel><title>t</title><item><guid>1</guid></item></channel></rss>")).toEqual([
    "1: an item without title and text",
  ]);
  expect(await articles(`<rss>${" ".repeat(17 * 1024 * 1024)}`)).toEqual(["1: larger than 16 MiB and not JSON Lines"]);
});
