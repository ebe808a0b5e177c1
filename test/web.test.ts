import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newsUpTo } from "#runtime";
import { createIngest, incomingMax } from "../src/jobs/ingest.ts";
import { emptyDraft } from "../src/news/article.ts";
import type { Db } from "../src/store/db.ts";
import { topStories } from "../src/store/top.ts";
import { createSite } from "../src/web/site.ts";
import { openStore } from "./support/store.ts";

const now = new Date("2026-11-22T08:00:00Z");
let db: Db;
let close: () => Promise<void>;

beforeAll(async () => {
  const store = await openStore();
  db = store.db;
  close = store.close;
  const ingest = createIngest(db, () => now);
  const hostile = {
    ...emptyDraft('<script>alert(1)</script> & "海堤"'),
    url: "javascript:alert(1)",
    lead: "海堤 <img src=x onerror=alert(2)>",
    publishedAt: now,
    externalId: "hostile",
  };
  const incoming = [
    ...(await newsUpTo(now)),
    { draft: hostile, source: { name: "<b>outlet</b>", kind: "file" as const } },
  ];
  for (let at = 0; at < incoming.length; at += incomingMax) await ingest(incoming.slice(at, at + incomingMax));
});
afterAll(() => close());

const site = () => createSite({ db: () => db, now: () => now, language: "zh", timezone: "Asia/Shanghai" });

async function page(path: string, headers: Record<string, string> = {}) {
  const response = await site().request(path, { headers });
  return { response, body: await response.text() };
}

describe("the readers' pages", () => {
  it("begin with what is hot, in the reader's language", async () => {
    const zh = await page("/");
    expect(zh.response.status).toBe(200);
    expect(zh.body).toContain("热门资讯");
    expect(zh.body.match(/href="\/story\//g)?.length).toBeGreaterThanOrEqual(5);
    const en = await page("/", { "accept-language": "en-GB,en;q=0.9" });
    expect(en.body).toContain('<html lang="en">');
    expect(en.body).toContain("Top now");
  });

  it("tell what matters of a subject and of a source, and what mattered on a day", async () => {
    const titles = (body: string) =>
      [...body.matchAll(/<li><a href="\/story\/[^>]*>(.*?)<\/a>/g)].map(([, title]) => title);
    const all = await page("/");
    expect(all.body).toContain('<a href="/?lang=zh&amp;of=tech">科技</a>');
    const tech = await page("/?lang=zh&of=tech");
    expect(tech.body).toContain("<h1>科技：现在最要紧的</h1>");
    expect(titles(tech.body).length).toBeGreaterThan(0);
    expect(titles(tech.body)).not.toEqual(titles(all.body));
    const post = await page(`/?lang=zh&of=${encodeURIComponent("harbour post")}`);
    expect(post.body).toContain("<h1>Harbour Post：现在最要紧的</h1>");
    expect(titles(post.body).length).toBeGreaterThan(0);
    const then = await page("/?lang=en&day=2026-11-21");
    expect(then.body).toContain("<h1>What mattered</h1>");
    expect(titles(then.body).length).toBeGreaterThan(0);
    const both = await page("/?lang=zh&of=tech&day=2026-11-21");
    // A choice keeps the other one, and so does the other language.
    expect(both.body).toContain('<a href="/?lang=zh&amp;of=tech&amp;day=yesterday">昨天</a>');
    expect(both.body).toContain('<a href="/?lang=zh&amp;of=sport&amp;day=2026-11-21">体育</a>');
    expect(both.body).toContain('<a href="/?lang=zh">热门资讯</a>');
    expect(both.body).toContain('<a href="?lang=en&amp;of=tech&amp;day=2026-11-21" lang="en">English</a>');
    expect((await page("/?lang=zh&of=tech&day=2020-01-01")).body).toContain("这里没有新闻。");
    for (const path of ["/?of=nobody", "/?day=someday", "/?of=%3Cscript%3E", "/story/abc", "/story/"]) {
      expect((await page(path)).response.status).toBe(404);
    }
  });

  it("say why a story is on top, and why another stands beside it", async () => {
    expect((await page("/")).body).toMatch(/\d家媒体，(其中\d家在)?\d小时内 · /);
    expect((await page("/?lang=en")).body).toMatch(/\d outlets(, \d)? within \d hours? · /);
    const stories = (await topStories(db, { now, limit: 8, language: "zh" })).stories;
    const pages = await Promise.all(stories.map(({ id }) => page(`/story/${id}`)));
    const beside = pages.flatMap(
      ({ body }) => /<h2>相关内容<\/h2>(.*?)<h2>/s.exec(body)?.[1]?.match(/<li>.*?<\/li>/gs) ?? [],
    );
    expect(beside.length).toBeGreaterThan(8);
    for (const line of beside) expect(line).toMatch(/<span class="why">（(背景|后续|也说.+|同一件事)）<\/span><\/li>$/);
  });

  it("tell a story in the order of a portal's page", async () => {
    const [first] = (await topStories(db, { now, limit: 1, language: "zh" })).stories;
    const { response, body } = await page(`/story/${first!.id}`);
    expect(response.status).toBe(200);
    const places = [first!.title, "谁在报道", "相关内容", "热门资讯"].map((text) => body.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("search, mark the words and turn pages", async () => {
    const { body } = await page("/search?q=海堤");
    expect(body).toContain("<mark>海堤</mark>");
    const next = /href="(\/search\?[^"]*page=2)"/.exec(body)?.[1]?.replaceAll("&amp;", "&");
    expect(next).toBeDefined();
    expect((await page(next!)).body).not.toBe(body);
    expect((await page("/search?q=")).response.status).toBe(302);
    expect((await page("/search?q=qqzzxx")).body).toContain("没有找到 qqzzxx");
    expect(body).toMatch(/<i class="why">\d+家 · /);
  });

  it("lead to the spelling that was meant, and say that results only come near", async () => {
    const { body } = await page("/search?q=台风青足登陆临澜");
    expect(body).toContain('<p class="why">没有一篇全都有，这些最接近</p>');
    const none = await page("/search?q=typhon&lang=en");
    expect(none.body).toMatch(/Nothing found for typhon.*Did you mean typhoon \(\d+ articles\)\?/);
    const meant = /href="(\/search\?[^"]*)">Did you mean/.exec(none.body)![1]!.replaceAll("&amp;", "&");
    expect((await page(meant)).body).toContain("<h1>typhoon</h1>");
  });

  it("never run what a source or a visitor wrote", async () => {
    for (const path of [
      "/",
      "/search?q=海堤",
      "/search?q=%3Cscript%3Ealert(3)%3C/script%3E",
      "/search?q=%22%20onfocus=alert(4)%20x=%22",
    ]) {
      const { response, body } = await page(path);
      expect(body).not.toMatch(/<script|<img|javascript:|" onfocus/i);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    }
  });

  it("say kindly that there is no such page, and take any number for a page", async () => {
    const { response, body } = await page("/story/999");
    expect(response.status).toBe(404);
    expect(body).toContain("没有这一页");
    for (const n of ["0", "-1", "1e9", "x"]) expect((await page(`/search?q=台风&page=${n}`)).response.status).toBe(200);
    expect((await page("/story/abc")).response.status).toBe(404);
  });
});
