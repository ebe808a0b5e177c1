import { describe, expect, it } from "vitest";
import { createIngest, incomingMax } from "../src/jobs/ingest.ts";
import { sharedName } from "../src/news/related.ts";
import { sampleNews, sampleSources } from "../src/playground/news.ts";
import { articles as stored } from "../src/store/schema.ts";
import { openStore, withStore } from "./support/store.ts";

const start = new Date("2026-11-22T06:00:00Z");
const later = new Date(start.getTime() + 3 * 86_400_000);
const lengthOf = (draft: { lead: string; body: string }) => draft.lead.length + draft.body.length;

describe("the sample news", () => {
  const articles = sampleNews(start);

  it("is enough of it, of several outlets in both languages, dated before now", () => {
    expect(articles.length).toBeGreaterThanOrEqual(60);
    const count = (language: string) => articles.filter((one) => one.draft.language === language).length;
    expect(Math.min(count("zh"), count("en"))).toBeGreaterThanOrEqual(25);
    expect(new Set(articles.map((one) => one.source.name)).size).toBe(sampleSources().size);
    for (const { draft } of articles) expect(draft.publishedAt!.getTime()).toBeLessThan(start.getTime());
    const old = articles.filter(({ draft }) => start.getTime() - draft.publishedAt!.getTime() > 14 * 86_400_000);
    expect(old.length).toBeGreaterThanOrEqual(4);
  });

  it("is of real length, complete and at invented addresses", () => {
    for (const { draft } of sampleNews(start, later)) {
      expect(lengthOf(draft), draft.title).toBeGreaterThanOrEqual(draft.language === "zh" ? 110 : 150);
      expect(draft.url).toMatch(/^https:\/\/[a-z]+\.example\.org\/\S+$/);
      expect(`${draft.title}${draft.lead}${draft.body}`).not.toMatch(/[{}<>]|undefined/);
    }
    const addresses = sampleNews(start, later).map((one) => one.draft.url);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it("stories grow while the clock is moved, and what was there stays as it was", () => {
    const grown = sampleNews(start, later);
    expect(grown.length).toBeGreaterThan(articles.length + 10);
    expect(grown.slice(-articles.length)).toEqual(articles);
    const recall = grown.filter((one) => one.draft.title.includes("星川")).map((one) => one.draft.title);
    expect(recall.some((title) => title.includes("9.6万"))).toBe(true);
    expect(recall.some((title) => title.includes("32万"))).toBe(true);
  });

  it("tells some twenty stories, the large ones by several outlets in both languages", () => {
    const byStory = Map.groupBy(articles, (one) => one.story);
    expect(byStory.size).toBeGreaterThanOrEqual(15);
    for (const story of ["typhoon", "recall", "tunnel", "rocket"]) {
      const told = byStory.get(story) ?? [];
      expect(new Set(told.map((one) => one.source.family)).size, story).toBeGreaterThanOrEqual(4);
      expect(new Set(told.map((one) => one.draft.language)), story).toEqual(new Set(["zh", "en"]));
    }
  });

  it("names with hyphens and other signs are compared like any other", () => {
    const drafts = sampleNews(start, later).map((one) => one.draft);
    for (const a of drafts) for (const b of drafts) expect(() => sharedName(a, b, () => 1)).not.toThrow();
  });

  it("has wire copies and outlets of one family, which are not independent", () => {
    const bodies = articles.map((one) => one.draft.body);
    expect(bodies.length - new Set(bodies).size).toBeGreaterThanOrEqual(3);
    const families = [...sampleSources().values()].map((one) => one.family);
    expect(new Set(families).size).toBeLessThan(families.length);
  });

  it("is joined into stories none of which tells two events, in one language or across both", () =>
    withStore(openStore, async (db) => {
      const news = sampleNews(start, later).toReversed();
      const ingest = createIngest(db, () => later);
      const incoming = news.map(({ source, draft }) => ({ source: { ...source, kind: "feed" as const }, draft }));
      for (let n = 0; n < incoming.length; n += incomingMax) await ingest(incoming.slice(n, n + incomingMax));
      const tells = new Map(news.map(({ draft, story }) => [draft.externalId, story]));
      const rows = await db.select().from(stored);
      const byStory = [...Map.groupBy(rows, (row) => row.storyId).values()];
      for (const told of byStory) {
        const events = new Set(told.map((row) => tells.get(row.externalId!)));
        expect([...events], told.map((row) => row.title).join("; ")).toHaveLength(1);
      }
      const inBoth = byStory.filter((told) => new Set(told.map((row) => row.language)).size === 2);
      expect(inBoth.length).toBeGreaterThanOrEqual(2);
    }));
});
