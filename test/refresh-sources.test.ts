import { afterEach, beforeEach, expect, test } from "vitest";
import { openDial, openStore, serveHttp } from "#runtime";
import { composeDigest } from "../src/digest/compose.ts";
import { pagesPerReadMax } from "../src/jobs/complete-articles.ts";
import { createIngest } from "../src/jobs/ingest.ts";
import { refreshSources } from "../src/jobs/refresh-sources.ts";
import { silentLog } from "../src/log.ts";
import { type FetchOptions, failureCodes } from "../src/sources/fetch.ts";
import { readDocument } from "../src/sources/read.ts";
import { createRobots } from "../src/sources/robots.ts";
import { earlierTitles } from "../src/store/articles.ts";
import type { Db } from "../src/store/db.ts";
import { addReading, removeReading, setReadingState } from "../src/store/readings.ts";
import { articles, shown } from "../src/store/schema.ts";
import { listSources } from "../src/store/source-health.ts";
import { ensureSource } from "../src/store/sources.ts";
import { ensureSubscriber } from "../src/store/subscribers.ts";
import { failureText, type SourceTrouble, troubleText } from "../src/text/sources.ts";

const minute = 60_000;
const hour = 60 * minute;
const allowed = new Set(["127.0.0.1", "localhost"]);
let now = new Date("2026-11-22T08:00:00Z");
let root = "";
let store: Awaited<ReturnType<typeof openStore>>;
let ends: (() => Promise<void>)[];
let run: (signal?: AbortSignal) => Promise<void>;
let cutOff: () => Promise<void>;
/** What the site has; a function is asked, and breaks the connection when it has no answer. */
let site: Record<string, string | ((request: Request) => Response | null | Promise<Response>)>;
let asked: string[];
let troubles: SourceTrouble[];
let limits: FetchOptions["limits"];

beforeEach(async () => {
  now = new Date("2026-11-22T08:00:00Z");
  site = {};
  asked = [];
  const { url, close } = await serveHttp(async (request, env) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    const page = site[pathname];
    if (typeof page !== "function") return new Response(page ?? "", { status: page === undefined ? 404 : 200 });
    const answer = await page(request);
    if (answer === null) (env as { outgoing: { destroy(): void } }).outgoing.destroy();
    return answer ?? new Response();
  });
  root = url;
  store = await openStore();
  const { dial, close: hangUp } = openDial(allowed);
  ends = [hangUp, close, store.close];
  const clock = () => now;
  const web = {
    dial,
    read: readDocument,
    allowed,
    userAgent: "tidings-test",
    zone: "UTC",
    now: clock,
    robots: createRobots(dial, { userAgent: "tidings-test", allowed }),
  };
  const app = { db: store.db, now: clock, random: () => 0.5, log: silentLog };
  troubles = [];
  const onTrouble = async (trouble: SourceTrouble) => void troubles.push(trouble);
  limits = undefined;
  const ingest = createIngest(store.db, clock);
  run = (signal) => refreshSources(app, { ...web, ...(limits && { limits }), ingest, onTrouble, signal });
  // Stops as soon as something came in.
  cutOff = async () => {
    const ending = new AbortController();
    const ingestOnce: typeof ingest = (incoming) => ingest(incoming).finally(() => ending.abort());
    await refreshSources(app, { ...web, ingest: ingestOnce, onTrouble, signal: ending.signal });
  };
});

afterEach(async () => {
  for (const end of ends) await end();
});

const paragraph =
  "<p>长湖的水从11月初开始退，渔民把船拖上了岸，水务局说今年的降水比往年少三成，上游两座水库又在检修。</p>";
const page = (title: string) =>
  `<html><head><title>${title}</title></head><body><h1>${title}</h1><div class="content">${paragraph.repeat(4)}</div></body></html>`;
const status =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    new Response(null, { status: code, headers });
const item = (n: number, more = "") =>
  `<item><title>长湖第${n}天的水位</title><link>/a/${n}</link><pubDate>Sun, 22 Nov 2026 07:${String(n % 60).padStart(2, "0")}:00 GMT</pubDate>${more}</item>`;
const feed = (...items: string[]) =>
  `<rss version="2.0"><channel><title>南港网</title>${items.join("")}</channel></rss>`;

async function add(path: string, kind: "feed" | "page" = "feed", name = "南港网") {
  const source = await ensureSource(store.db, name, { kind, language: "zh", url: root + path, now });
  await addReading(store.db, { sourceId: source.id, url: root + path, intervalMinutes: null }, now);
  return source;
}
const stored = (db: Db) => db.select().from(articles);
const health = async (name = "南港网") => (await listSources(store.db, now)).find((one) => one.source.name === name)!;
const later = (ms: number) => {
  now = new Date(now.getTime() + ms);
};

test("a feed's teasers are completed from their pages, once", async () => {
  site = {
    "/feed": feed(item(1, "<description>水退了。</description>"), item(2)),
    "/a/1": page("长湖第1天的水位"),
    "/a/2": page("长湖第2天的水位"),
  };
  await add("/feed");
  await run();
  const rows = await stored(store.db);
  expect(rows.map((row) => [row.title, row.body.length > 100, row.publishedAt?.toISOString()])).toEqual([
    ["长湖第1天的水位", true, "2026-11-22T07:01:00.000Z"],
    ["长湖第2天的水位", true, "2026-11-22T07:02:00.000Z"],
  ]);
  expect(rows[0]!.lead).toBe("水退了。");
  expect((await health()).reading).toMatchObject({ failures: 0, lastReadAt: now });
  expect((await health()).articlesInWeek).toBe(2);
  asked = [];
  later(hour);
  await run();
  expect(asked).toEqual(["/feed"]);
  expect(await stored(store.db)).toHaveLength(2);
});

test("asked to stop, a read leaves what it did not store to the next one", async () => {
  const linkless = (n: number) =>
    `<item><title>长湖第${n}天的水位</title><guid isPermaLink="false">w${n}</guid><description>水退了。</description></item>`;
  const items = Array.from({ length: 30 }, (_, n) => linkless(n));
  site = { "/feed": feed(...items) };
  await add("/feed");
  await cutOff();
  expect(await stored(store.db)).toHaveLength(12);
  later(hour);
  await run();
  expect(await stored(store.db)).toHaveLength(30);
});

test("nothing is read before its time, and what is paused not at all", async () => {
  site = { "/feed": feed(item(1)), "/a/1": page("长湖第1天的水位") };
  const { id } = await add("/feed");
  await run();
  asked = [];
  later(minute);
  await run();
  expect(asked).toEqual([]);
  await setReadingState(store.db, id, { state: "paused", now });
  later(24 * hour);
  await run();
  expect(asked).toEqual([]);
  await setReadingState(store.db, id, { state: "active", now });
  await run();
  expect(asked).toEqual(["/feed"]);
});

test("304 costs no parsing; validators are sent", async () => {
  let conditional: string | null = null;
  const long = `<description>${"水退了。".repeat(200)}</description>`;
  site = {
    "/feed": (request) => {
      conditional = request.headers.get("if-none-match");
      if (conditional === '"1"') return new Response(null, { status: 304 });
      return new Response(feed(item(1, long)), { headers: { etag: '"1"' } });
    },
  };
  await add("/feed");
  await run();
  expect(conditional).toBeNull();
  later(hour);
  await run();
  expect(conditional).toBe('"1"');
  expect((await health()).reading).toMatchObject({ etag: '"1"', lastReadAt: now, failures: 0 });
});

test("failures are counted with their reason and tried again later and later; success forgets them", async () => {
  site = { "/feed": status(403) };
  await add("/feed");
  const since = now;
  for (const wait of [8, 15, 30]) {
    await run();
    const { reading } = await health();
    expect(reading).toMatchObject({ failureCode: "status", failure: "answered 403", failingSince: since });
    expect(reading!.dueAt.getTime() - now.getTime()).toBeCloseTo(wait * minute, -5);
    now = reading!.dueAt;
  }
  expect((await health()).reading!.failures).toBe(3);
  site["/feed"] = feed(item(1));
  await run();
  expect((await health()).reading).toMatchObject({ failures: 0, failure: "", failingSince: null });
});

test("a document beyond this runtime's limit is no fault of the program: the source is too large", async () => {
  site = { "/feed": feed(item(1, `<description>${"水退了。".repeat(2_000)}</description>`)) };
  await add("/feed");
  limits = { bytesMax: 4_096 };
  await run();
  expect((await health()).reading).toMatchObject({ failureCode: "too-large", failure: "is larger than 4 KiB" });
  limits = undefined;
  later(hour);
  await run();
  expect((await health()).reading).toMatchObject({ failures: 0 });
});

test("a server's wish to be left alone is kept", async () => {
  site = { "/feed": status(429, { "retry-after": "7200" }) };
  await add("/feed");
  await run();
  expect((await health()).reading!.dueAt.getTime() - now.getTime()).toBeGreaterThanOrEqual(2 * hour);
});

test("a permanent redirect is remembered", async () => {
  site = {
    "/old": status(301, { location: "/feed" }),
    "/feed": feed(item(1)),
  };
  await add("/old");
  await run();
  expect((await health()).reading!.url).toBe(`${root}/feed`);
});

test("what says no time: of any age on the first read, of now later on", async () => {
  const undated = (n: number) => `<item><title>没有日期的第${n}条新闻</title><guid>${n}</guid></item>`;
  site = { "/feed": feed(undated(1)) };
  await add("/feed");
  await run();
  later(hour);
  site["/feed"] = feed(undated(1), undated(2));
  await run();
  const dates = new Map((await stored(store.db)).map((row) => [row.title, row.publishedAt?.getTime() ?? null]));
  expect(dates).toEqual(
    new Map([
      ["没有日期的第1条新闻", null],
      ["没有日期的第2条新闻", now.getTime()],
    ]),
  );
});

test("a date in the future is now", async () => {
  site = {
    "/feed": feed(
      "<item><title>明年的新闻</title><guid>1</guid><pubDate>Sun, 22 Nov 2027 08:00:00 GMT</pubDate></item>",
    ),
  };
  await add("/feed");
  await run();
  expect((await stored(store.db))[0]!.publishedAt).toEqual(now);
});

test("an edited headline is the same article; what it was before is kept", async () => {
  site = { "/feed": feed("<item><title>长湖水退了</title><guid>g1</guid><link>/a/1</link></item>") };
  await add("/feed");
  await run();
  later(hour);
  site["/feed"] = feed("<item><title>长湖水退了两米</title><guid>g2</guid><link>/a/1?utm_source=rss</link></item>");
  await run();
  const [row, ...others] = await stored(store.db);
  expect([row!.title, others]).toEqual(["长湖水退了两米", []]);
  expect(await earlierTitles(store.db, row!.id)).toEqual([{ title: "长湖水退了", until: now }]);
  // Back and forth: each is kept once.
  for (const title of ["长湖水退了", "长湖水退了两米", "长湖水退了"]) {
    later(hour);
    site["/feed"] = feed(`<item><title>${title}</title><guid>g2</guid></item>`);
    await run();
  }
  expect((await earlierTitles(store.db, row!.id)).map((each) => each.title)).toEqual(["长湖水退了", "长湖水退了两米"]);
});

test("the same article at its mobile, AMP and tracked addresses, by http and https, is one", async () => {
  const at = (url: string, guid: string) =>
    `<item><title>长湖水退了</title><guid isPermaLink="false">${guid}</guid><link>${url}</link></item>`;
  site = { "/feed": feed(at("https://www.nangang.example/a/1.html", "1")) };
  await add("/feed");
  await run();
  for (const [n, url] of [
    "http://m.nangang.example/a/1.html?utm_source=weixin#top",
    "https://www.nangang.example/a/1.amp.html",
    "https://www-nangang-example.cdn.ampproject.org/c/s/www.nangang.example/a/1.html",
  ].entries()) {
    later(hour);
    site["/feed"] = feed(at(url, `new ${n}`));
    await run();
  }
  expect(await stored(store.db)).toHaveLength(1);
  // And of another source with the same address.
  site["/other"] = feed(at("https://nangang.example/a/1.html?from=timeline", "x"));
  await add("/other", "feed", "转载网");
  await run();
  expect(await stored(store.db)).toHaveLength(1);
});

test("a digest that told an article does not tell it again under its new headline; a backlog is no news", async () => {
  const day = 24 * hour;
  const old = (n: number) =>
    `<item><title>旧闻第${n}号：船厂下水第${n}艘货轮</title><guid>o${n}</guid><pubDate>${new Date(now.getTime() - (n + 5) * day).toUTCString()}</pubDate><description>${"货轮下水，船厂说订单排到了后年。".repeat(30)}</description></item>`;
  const lake = (title: string) =>
    `<item><title>${title}</title><guid>g1</guid><pubDate>${new Date(Date.parse("2026-11-22T07:00:00Z")).toUTCString()}</pubDate><description>${"长湖的水从11月初开始退，渔民把船拖上了岸。".repeat(30)}</description></item>`;
  site = { "/feed": feed(lake("长湖水退了，渔民把船拖上岸"), ...Array.from({ length: 60 }, (_, n) => old(n))) };
  await add("/feed");
  await run();
  expect(await stored(store.db)).toHaveLength(61);
  const reader = await ensureSubscriber(
    store.db,
    { chatId: 5, threadId: 0, kind: "private", title: "", language: "zh", newsLanguages: "zh", timezone: "UTC" },
    now,
  );
  const subscription = { rule: "daily", minute: 480, count: 8, query: "", summaries: true };
  const compose = async () =>
    (await composeDigest(store.db, { subscriber: reader, subscription, slot: now, now })).stories.map(
      (each) => each.title,
    );
  expect(await compose()).toEqual(["长湖水退了，渔民把船拖上岸"]);
  const [told] = (await stored(store.db)).filter((row) => row.externalId === "g1");
  await store.db.insert(shown).values({ subscriberId: reader.id, articleId: told!.id, at: now, deliveryId: 1 });
  later(13 * hour);
  site["/feed"] = feed(lake("突发：长湖水位三十年最低，渔民弃船上岸"));
  await run();
  expect((await stored(store.db)).find((row) => row.id === told!.id)!.title).toContain("突发");
  expect(await compose()).toEqual([]);
});

test("more pages than one read may visit are visited by the next", async () => {
  const many = Array.from({ length: pagesPerReadMax + 3 }, (_, n) => n);
  site = {
    "/feed": feed(...many.map((n) => item(n))),
    ...Object.fromEntries(many.map((n) => [`/a/${n}`, page(`长湖第${n}天的水位`)])),
  };
  await add("/feed");
  await run();
  expect(await stored(store.db)).toHaveLength(pagesPerReadMax);
  later(6 * minute);
  await run();
  const rows = await stored(store.db);
  expect(rows).toHaveLength(many.length);
  expect(rows.every((row) => row.body !== "")).toBe(true);
});

test("robots.txt forbids pages, not the feed", async () => {
  site = {
    "/robots.txt": "User-agent: *\nDisallow: /",
    "/feed": feed(item(1, "<description>水退了。</description>")),
    "/a/1": page("长湖第1天的水位"),
  };
  await add("/feed");
  await run();
  expect(asked).not.toContain("/a/1");
  expect(await stored(store.db)).toMatchObject([{ lead: "水退了。", body: "" }]);
});

test("a page that tells of something else completes nothing", async () => {
  site = { "/feed": feed(item(1, "<description>水退了。</description>")), "/a/1": page("请先登录再阅读全文内容") };
  await add("/feed");
  await run();
  expect(await stored(store.db)).toMatchObject([{ body: "" }]);
});

test("a page with lists: its links are followed, their order is the rank", async () => {
  const line = (n: number) => `<li><a href="/a/${n}">长湖第${n}天的水位</a></li>`;
  site = {
    "/": `<html><head><title>长湖的水退了</title></head><body><div class="content">${paragraph.repeat(4)}</div><div><h3>热门资讯</h3><ul>${line(3)}${line(1)}${line(2)}</ul></div></body></html>`,
    ...Object.fromEntries([1, 2, 3].map((n) => [`/a/${n}`, page(`长湖第${n}天的水位`)])),
  };
  await add("/", "page");
  await run();
  const rows = await stored(store.db);
  expect(rows.map((row) => [row.title, row.rank]).sort()).toEqual([
    ["长湖的水退了", null],
    ["长湖第1天的水位", 2],
    ["长湖第2天的水位", 3],
    ["长湖第3天的水位", 1],
  ]);
  expect(rows.every((row) => row.body.length > 100)).toBe(true);
});

test("one source that breaks costs the others nothing", async () => {
  site = { "/feed": feed(item(1)), "/bad": "<rss", "/gone": () => null };
  await add("/bad", "feed", "甲");
  await add("/gone", "feed", "乙");
  await add("/feed", "feed", "丙");
  await run();
  expect((await health("甲")).reading).toMatchObject({
    failures: 1,
    failure: "has neither a feed nor articles any more",
  });
  expect((await health("乙")).reading).toMatchObject({ failures: 1, failureCode: "connection" });
  expect((await health("丙")).reading).toMatchObject({ failures: 0 });
});

test("a host with many slow feeds is asked two at a time, and keeps nobody else waiting", async () => {
  let [going, most] = [0, 0];
  const slow = (n: number) => async () => {
    most = Math.max(most, ++going);
    await new Promise((done) => setTimeout(done, 15));
    going--;
    return new Response(feed(`<item><title>慢的第${n}条</title><guid>${n}</guid></item>`));
  };
  for (let n = 0; n < 40; n++) {
    site[`/slow/${n}`] = slow(n);
    await add(`/slow/${n}`, "feed", `慢${n}`);
  }
  site["/feed"] = feed(item(1, "<description>水退了。</description>"));
  later(1_000);
  const source = await ensureSource(store.db, "快", { kind: "feed", language: "zh", now });
  const url = `${root.replace("127.0.0.1", "localhost")}/feed`;
  await addReading(store.db, { sourceId: source.id, url, intervalMinutes: null }, now);
  await run();
  expect(most).toBe(2);
  expect(asked.indexOf("/feed")).toBeLessThan(20);
  expect(asked.filter((path) => path.startsWith("/slow/"))).toHaveLength(40);
});

test("a removed source is read no more; its articles stay", async () => {
  site = { "/feed": feed(item(1)) };
  const { id } = await add("/feed");
  await run();
  expect(await removeReading(store.db, id)).toBe(true);
  later(24 * hour);
  asked = [];
  await run();
  expect(asked).toEqual([]);
  expect(await stored(store.db)).toHaveLength(1);
  expect((await health()).reading).toBeNull();
});

test("a source that stays away is told of once, and once more when it falls again", async () => {
  site = { "/feed": status(403) };
  await add("/feed");
  const fail = async (ms: number) => {
    for (const end = now.getTime() + ms; now.getTime() < end; now = (await health()).reading!.dueAt) await run();
  };
  await fail(47 * hour);
  expect(troubles).toEqual([]);
  await fail(72 * hour);
  expect(troubles).toEqual([
    { name: "南港网", kind: "failing", days: 2, failure: { code: "status", detail: "answered 403" } },
  ]);
  expect(troubleText("zh", troubles[0]!)).toBe("来源“南港网”已经 2 天读不到了：回了 403。还会接着试，越试越少。");
  expect(troubleText("en", troubles[0]!)).toContain("could not be read for 2 days: it answered 403.");
  site["/feed"] = feed(item(1));
  await run();
  site["/feed"] = status(500);
  later(24 * hour);
  await fail(72 * hour);
  expect(troubles).toHaveLength(2);
});

test("a source that falls silent against its own rhythm is told of once", async () => {
  const hours = Array.from({ length: 10 }, (_, n) => n);
  const at = (n: number) => new Date(Date.parse("2026-11-22T07:00:00Z") - n * hour).toUTCString();
  site = {
    "/feed": feed(
      ...hours.map((n) => `<item><title>第${n}条</title><guid>${n}</guid><pubDate>${at(n)}</pubDate></item>`),
    ),
  };
  await add("/feed");
  for (let n = 0; n < 12; n++) {
    await run();
    later(8 * hour);
  }
  expect(troubles).toMatchObject([{ name: "南港网", kind: "silent", days: 2 }]);
  expect(troubleText("zh", troubles[0]!)).toBe("来源“南港网”已经 2 天没有新文章了，平时不是这样。");
});

test("every failure has words in both languages", () => {
  for (const code of failureCodes.filter((each) => each !== "status")) {
    expect(failureText("zh", { code, detail: "x" })).toMatch(/\p{Script=Han}/u);
    expect(failureText("en", { code, detail: "x" })).toBe("x");
  }
});
