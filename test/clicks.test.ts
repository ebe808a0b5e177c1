import { afterEach, describe, expect, it } from "vitest";
import { createClickCounter } from "../src/jobs/count-clicks.ts";
import { silentLog } from "../src/log.ts";
import { emptyDraft } from "../src/news/article.ts";
import { createShortLinks } from "../src/news/short-link.ts";
import { READER_ID, seedPeople } from "../src/playground/people.ts";
import { saveArticles } from "../src/store/articles.ts";
import { countClicks } from "../src/store/clicks.ts";
import type { Db } from "../src/store/db.ts";
import { linkKey } from "../src/store/facts.ts";
import { articles, clicks } from "../src/store/schema.ts";
import { ensureSource } from "../src/store/sources.ts";
import { createSite } from "../src/web/site.ts";
import { openBotWorld } from "./support/bot-world.ts";
import { openStore, withStore } from "./support/store.ts";

const now = new Date("2026-11-22T08:00:00Z");
const base = "https://news.example.org";

async function article(db: Db, url: string | null): Promise<number> {
  const source = await ensureSource(db, "Harbour Post", { kind: "file", language: "en", now });
  const draft = { ...emptyDraft(`Ferry ${url}`), url, publishedAt: now, language: "en" };
  return (await saveArticles(db, [{ sourceId: source.id, draft }], { now }))[0]!.id;
}

const siteOf = (db: Db, clicked?: (id: number) => void) =>
  createSite({ db: () => db, now: () => now, language: "en", timezone: "UTC", ...(clicked && { clicked }) });

describe("a short link", () => {
  it("is an article's id with a signature, and reads back", async () => {
    const links = createShortLinks("a secret", base);
    const id = 1_877_018_148_939_563;
    const url = await links.of(id);
    expect(url).toMatch(/^https:\/\/news\.example\.org\/r\/[0-9a-z]{10}[\w-]{8}$/);
    expect(await links.read(url.split("/r/")[1]!)).toBe(id);
    expect(await createShortLinks("another", base).read(url.split("/r/")[1]!)).toBeNull();
  });

  it("leads nowhere when somebody made it up", async () => {
    const links = createShortLinks("a secret", base);
    const code = (await links.of(12_345)).split("/r/")[1]!;
    const flipped = `${code.slice(0, -1)}${code.endsWith("A") ? "B" : "A"}`;
    for (const made of [
      "",
      "x",
      flipped,
      `1${code}`,
      `${code}x`,
      "https://evil.example",
      `../${code}`,
      "0".repeat(200),
    ]) {
      expect(await links.read(made), made).toBeNull();
    }
  });
});

describe("/r/<code>", () => {
  it("goes on to the article's own address and is counted, for people alone", () =>
    withStore(openStore, async (db) => {
      const id = await article(db, "https://harbour.example.org/ferry?a=1&b=2");
      const counted: number[] = [];
      const site = siteOf(db, (each) => counted.push(each));
      const path = await createShortLinks(await linkKey(db), "").of(id);
      const answer = await site.request(path, { headers: { "User-Agent": "Mozilla/5.0 (iPhone)" } });
      expect(answer.status).toBe(302);
      expect(answer.headers.get("Location")).toBe("https://harbour.example.org/ferry?a=1&b=2");
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
      expect(answer.headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(counted).toEqual([id]);
      for (const agent of ["TelegramBot (like TwitterBot)", "Googlebot/2.1", "curl/8.5.0"]) {
        expect((await site.request(path, { headers: { "User-Agent": agent } })).status).toBe(302);
      }
      expect((await site.request(path, { method: "HEAD" })).status).toBe(302);
      expect(counted).toEqual([id]);
    }));

  it("is no open redirect: made-up codes, other addresses and what is gone lead nowhere", () =>
    withStore(openStore, async (db) => {
      const site = siteOf(db);
      const links = createShortLinks(await linkKey(db), "");
      const script = await article(db, null);
      await db.update(articles).set({ url: "javascript:alert(1)" });
      const paths = [await links.of(script), await links.of(99), "/r/abc", "/r/https:%2F%2Fevil.example", "/r/%00"];
      for (const path of paths) {
        const answer = await site.request(path);
        expect(answer.status, path).toBe(404);
        expect(answer.headers.get("Location")).toBeNull();
      }
    }));
});

describe("counting", () => {
  it("is written together, added up by day, and not lost when the database is busy for a moment", () =>
    withStore(openStore, async (db) => {
      let at = now;
      let broken = false;
      const busy = new Proxy(db, {
        get: (target, name) =>
          name === "batch" && broken ? () => Promise.reject(new Error("busy")) : Reflect.get(target, name),
      });
      const counter = createClickCounter({ db: busy, log: silentLog, now: () => at });
      for (const id of [7, 7, 8]) counter.add(id);
      expect(await db.select().from(clicks)).toEqual([]);
      broken = true;
      await counter.flush();
      broken = false;
      counter.add(7);
      await counter.flush();
      await counter.flush();
      at = new Date(now.getTime() + 86_400_000);
      counter.add(7);
      await counter.flush();
      const rows = (await db.select().from(clicks)).map(({ articleId, n }) => [articleId, n]);
      expect(rows).toEqual([
        [7, 3],
        [8, 1],
        [7, 1],
      ]);
      expect(await countClicks(db, now)).toBe(5);
      expect(await countClicks(db, at)).toBe(1);
    }));
});

describe("a digest's links", () => {
  let world: Awaited<ReturnType<typeof openBotWorld>>;
  afterEach(() => world.close());

  async function linksOf(env: Record<string, string>): Promise<string[]> {
    world = await openBotWorld({ env });
    seedPeople(world.playground);
    await world.say(READER_ID, "/subscribe 08:00");
    await world.say(READER_ID, "/digest");
    await world.work();
    return (world.last(READER_ID).entities ?? []).flatMap((each) => (each.type === "text_link" ? [each.url!] : []));
  }

  it("go through our own address where there is one, each to the article that it names", async () => {
    const links = await linksOf({ PUBLIC_URL: base });
    expect(links.length).toBeGreaterThan(7);
    expect(links.every((url) => /^https:\/\/news\.example\.org\/r\/[\w-]{18,19}$/.test(url))).toBe(true);
    const site = siteOf(world.app.db);
    for (const url of links) {
      const answer = await site.request(new URL(url).pathname);
      const to = answer.headers.get("Location");
      const titles = await world.app.db.select({ title: articles.title, url: articles.url }).from(articles);
      const { text = "", entities = [] } = world.last(READER_ID);
      const linked = entities.find((each) => each.type === "text_link" && each.url === url)!;
      const shown = text.slice(linked.offset, linked.offset + linked.length).replace(/…$/, "");
      expect(titles.find((each) => each.url === to)!.title.startsWith(shown)).toBe(true);
    }
  });

  it.each([{}, { PUBLIC_URL: base, COUNT_CLICKS: "false" }])("lead straight to the articles with %o", async (env) => {
    const links = await linksOf(env as Record<string, string>);
    expect(links.length).toBeGreaterThan(7);
    expect(links.some((url) => url.includes("/r/"))).toBe(false);
  });
});
