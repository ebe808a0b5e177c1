import { describe, expect, it } from "vitest";
import { joinLoose } from "../src/jobs/join-stories.ts";
import { prune } from "../src/jobs/prune.ts";
import { emptyDraft } from "../src/news/article.ts";
import { saveArticles } from "../src/store/articles.ts";
import type { Db } from "../src/store/db.ts";
import { pruneArticles, pruneKeys, pruneShown } from "../src/store/retention.ts";
import {
  articles,
  clicks,
  deliveries,
  shown,
  stories,
  storyDays,
  storyKeys,
  storyKeysWaiting,
} from "../src/store/schema.ts";
import { searchArticles } from "../src/store/search.ts";
import { ensureSource } from "../src/store/sources.ts";
import { mergeStories } from "../src/store/story-edit.ts";
import { articleOfKey, writeKeys } from "../src/store/story-keys.ts";
import { currentStory } from "../src/store/story-view.ts";
import { addReader } from "./support/readers.ts";
import { openStore, withStore } from "./support/store.ts";

const now = new Date("2026-11-22T08:00:00Z");
const daysAgo = (n: number) => new Date(now.getTime() - n * 86_400_000);
const config = (days: number) => ({ RETENTION_DAYS: days }) as Parameters<typeof prune>[0]["config"];

/** An article with a text of its own, known since then and dated so, or not at all. */
async function article(db: Db, title: string, { at, received = at ?? now }: { at: Date | null; received?: Date }) {
  const source = await ensureSource(db, "Harbour Post", { kind: "file", language: "en", now: received });
  const body = `${title}. The harbour council of Qingyu met on the pier and spoke of ${title} for an hour.`;
  const draft = { ...emptyDraft(title), publishedAt: at, language: "en", body };
  const [saved] = await saveArticles(db, [{ sourceId: source.id, draft }], { now: received });
  await joinLoose({ db, now: () => new Date(received.getTime() + 2 * 60_000) });
  return saved!.id;
}

async function idsOfKeys(db: Db): Promise<Set<number>> {
  return new Set((await db.select({ id: articleOfKey.mapWith(Number) }).from(storyKeys)).map(({ id }) => id));
}

describe("RETENTION_DAYS", () => {
  it("counts for articles without a date from when they came in", () =>
    withStore(openStore, async (db) => {
      await article(db, "Crane sold", { at: null, received: daysAgo(40) });
      await article(db, "Ferry painted", { at: null, received: daysAgo(2) });
      expect(await pruneArticles(db, daysAgo(30))).toBe(1);
      expect(await pruneArticles(db, daysAgo(30))).toBe(0);
      expect((await db.select().from(articles)).map(({ title }) => title)).toEqual(["Ferry painted"]);
      expect((await searchArticles(db, "crane", { limit: 5, now })).hits).toEqual([]);
    }));

  it("leaves nothing of an article that is gone: no story, no redirect to it, no day, no term", () =>
    withStore(openStore, async (db) => {
      const old = await article(db, "Lighthouse lamp replaced", { at: daysAgo(90) });
      const kept = await article(db, "Market hall reopens", { at: daysAgo(1) });
      // A story that was merged into the old one long ago.
      const [story] = await db.select().from(stories).limit(1);
      await db.insert(stories).values({ ...story!, id: 7, mergedInto: old });
      while ((await pruneArticles(db, daysAgo(30))) > 0);
      await writeKeys(db, 1);
      expect(await idsOfKeys(db)).toEqual(new Set([old, kept]));
      expect(await pruneKeys(db)).toBe(false);
      expect(await idsOfKeys(db)).toEqual(new Set([kept]));
      expect((await db.select().from(stories)).map(({ id }) => id)).toEqual([kept]);
      expect(new Set((await db.select().from(storyDays)).map(({ storyId }) => storyId))).toEqual(new Set([kept]));
    }));

  it("counts a story's articles anew when the oldest are gone, and takes it off the days that they were of", () =>
    withStore(openStore, async (db) => {
      const old = await article(db, "Lighthouse lamp replaced", { at: daysAgo(32) });
      const kept = await article(db, "Lighthouse lamp lit again", { at: daysAgo(29) });
      const last = await article(db, "Lighthouse lamp admired", { at: daysAgo(28) });
      const other = await article(db, "Market hall reopens", { at: daysAgo(1) });
      await mergeStories(db, [old, kept, last], { now });
      const counts = async () => (await db.select().from(stories)).map((row) => [row.id, row.mergedInto, row.articles]);
      const days = async () => (await db.select().from(storyDays)).filter(({ storyId }) => storyId === old).length;
      expect([(await counts()).find(([id]) => id === old), await days()]).toEqual([[old, null, 3], 3]);
      expect(await pruneArticles(db, daysAgo(30))).toBe(1);
      expect((await counts()).filter(([, into]) => into === null)).toEqual([
        [old, null, 2],
        [other, null, 1],
      ]);
      expect(await days()).toBe(2);
      expect(await currentStory(db, last)).toBe(old);
    }));

  it("goes through the terms in slices, and begins anew after the last one", () =>
    withStore(openStore, async (db) => {
      const kept = await article(db, "Market hall reopens", { at: daysAgo(1) });
      const rows = Array.from({ length: 4_500 }, (_, n) => ({ slot: 10_000_000 + n, article: 9 }));
      for (let n = 0; n < rows.length; n += 50) await db.insert(storyKeys).values(rows.slice(n, n + 50));
      const slices = [await pruneKeys(db), await pruneKeys(db), await pruneKeys(db)];
      expect(slices).toEqual([true, true, false]);
      expect(await idsOfKeys(db)).toEqual(new Set([kept]));
      await db.insert(storyKeys).values({ slot: 1, article: 9 });
      expect(await pruneKeys(db)).toBe(false);
      expect(await db.select().from(storyKeys)).not.toContainEqual({ slot: 1, article: 9 });
    }));

  it("keeps what a chat had, dated or not, until long after it was pushed", () =>
    withStore(openStore, async (db) => {
      const { subscriberId } = await addReader(db, { chatId: 1, now });
      const idOf = (at: Date) => Math.floor(at.getTime() / 1000) * 2 ** 20;
      const undated = 77;
      const rows = [
        // An old article that was pushed yesterday, to one who had just come.
        { articleId: idOf(daysAgo(200)), at: daysAgo(1) },
        { articleId: idOf(daysAgo(201)), at: daysAgo(200) },
        { articleId: undated, at: daysAgo(3) },
        { articleId: undated + 1, at: daysAgo(80) },
      ];
      for (const row of rows) await db.insert(shown).values({ ...row, subscriberId, deliveryId: 1 });
      expect(await pruneShown(db, { now, retentionDays: 7 })).toBe(false);
      const left = (await db.select().from(shown)).map(({ articleId }) => articleId);
      expect(new Set(left)).toEqual(new Set([undated, idOf(daysAgo(200))]));
    }));

  it("is kept by the job in slices; 0 keeps everything for ever", () =>
    withStore(openStore, async (db) => {
      for (let n = 0; n < 24; n += 1) await article(db, `Notice ${n} of the port`, { at: daysAgo(60 + n) });
      await db.insert(deliveries).values({
        ...{ kind: "digest", ref: 1, slot: 1, subscriberId: 1, priority: 3 },
        ...{ state: "sent", at: daysAgo(60) },
      });
      await db.insert(clicks).values({ day: Math.floor(daysAgo(60).getTime() / 86_400_000), articleId: 1, n: 4 });
      await prune({ db, now: () => now, config: config(0) });
      expect(await db.select().from(articles)).toHaveLength(24);
      expect(await db.select().from(deliveries)).toHaveLength(1);
      // Asked to stop, it leaves the rest to the next run.
      await prune({ db, now: () => now, config: config(30) }, AbortSignal.abort());
      expect(await db.select().from(articles)).toHaveLength(24);
      await prune({ db, now: () => now, config: config(30) });
      for (const table of [articles, deliveries, stories, storyDays, storyKeys, storyKeysWaiting, clicks]) {
        expect(await db.select().from(table)).toEqual([]);
      }
    }));
});
