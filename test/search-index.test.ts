import { describe, expect, it } from "vitest";
import { joinLoose } from "../src/jobs/join-stories.ts";
import { batchAll, type Db } from "../src/store/db.ts";
import { newestIds } from "../src/store/search-find.ts";
import { indexWaiting, unindexStatements } from "../src/store/search-index.ts";
import { mergeAll, mergeIndex } from "../src/store/search-merge.ts";
import { everything, expectAll, indexCounts, now, range, type Texts, writeArticles } from "./support/indexed.ts";
import { randomFrom } from "./support/made-text.ts";
import { openStore, withStore } from "./support/store.ts";

/** A store, and what is in it. */
const withTexts = (test: (db: Db, texts: Texts) => Promise<void>) => withStore(openStore, (db) => test(db, new Map()));

async function remove(db: Db, texts: Texts, ids: readonly number[]): Promise<void> {
  await batchAll(db, unindexStatements(db, ids));
  for (const id of ids) texts.delete(id);
}

describe("the search index", () => {
  it("says what is stored while articles come, change and go, and segments are merged", () =>
    withTexts(async (db, texts) => {
      const random = randomFrom(4);
      for (let round = 0; round < 36; round += 1) {
        const fresh = range(round * 8, round * 8 + 8);
        const again = range(0, 4).map(() => Math.floor(random() * (round * 8 + 1)));
        await writeArticles(db, texts, [...fresh, ...new Set(again)], {
          seed: round,
          rebuilt: round % 2 === 0 ? 60 : 0,
        });
        const gone = [...texts.keys()].filter(() => random() < 0.01);
        await remove(db, texts, gone);
        if (round % 6 === 5) await expectAll(db, texts, { pieces: 12 });
      }
      await mergeAll(db, async () => undefined);
      await expectAll(db, texts, { pieces: 40 });
      const { segments, live } = await indexCounts(db);
      expect(live).toBe(segments);
    }));

  it("forgets changes that concern no segment, and writes one anew that is mostly gone", () =>
    withTexts(async (db, texts) => {
      await writeArticles(db, texts, range(0, 200), { seed: 1, indexed: "later" });
      while ((await indexWaiting(db, 20)) > 0);
      const oldest = [...texts.keys()].sort((a, b) => a - b).slice(0, 130);
      await remove(db, texts, oldest);
      expect((await indexCounts(db)).changed).toBe(130);
      while (await mergeIndex(db, 1));
      await expectAll(db, texts, { pieces: 30 });
      const { changed, docs } = await indexCounts(db);
      expect(changed).toBeLessThan(60);
      expect(docs - changed).toBe(70);
    }));

  it("has nothing left of an archive that was removed wholly", () =>
    withTexts(async (db, texts) => {
      await writeArticles(db, texts, range(0, 60), { seed: 1 });
      await remove(db, texts, [...texts.keys()]);
      while (await mergeIndex(db, 1));
      expect(await indexCounts(db)).toEqual({ segments: 0, live: 0, docs: null, changed: 0 });
      await writeArticles(db, texts, range(100, 120), { seed: 1 });
      await expectAll(db, texts, { pieces: 20 });
    }));

  it.each([
    ["begins", 1, 0],
    ["begins, by making it anew", 1, 1_000],
    ["of texts is written", 2, 1_000],
    ["of texts ends", 3, 1_000],
  ])("brings nothing back that is removed while a merge %s", (_, at, rebuilt) =>
    withTexts(async (db, texts) => {
      await writeArticles(db, texts, range(0, 160), { seed: 3, indexed: "later" });
      while ((await indexWaiting(db, 5)) > 0);
      const [gone] = texts.keys();
      let writes = 0;
      const batch: Db["batch"] = async (...given) => {
        writes += 1;
        if (writes === at) await remove(db, texts, [gone!]);
        return db.batch(...given);
      };
      const late = Object.assign(Object.create(db) as Db, { batch });
      await mergeIndex(late, 1, { rebuilt });
      expect(writes).toBeGreaterThanOrEqual(at);
      while (await mergeIndex(db, 1));
      expect((await newestIds(db, { kind: "every" }, everything)).ids).not.toContain(gone);
      await expectAll(db, texts, { pieces: 30 });
    }),
  );

  it("loses nothing when a read fails in the midst of a merge", () =>
    withTexts(async (db, texts) => {
      await writeArticles(db, texts, range(0, 400), { seed: 3, indexed: "later" });
      while ((await indexWaiting(db, 10)) > 0);
      let reads = 0;
      const all = (async (...asked: Parameters<Db["all"]>) => {
        reads += 1;
        if (reads % 7 === 0 && reads < 60) throw new Error("connection lost");
        return db.all(...asked);
      }) as Db["all"];
      const flaky = Object.assign(Object.create(db) as Db, { all });
      let failed = 0;
      for (let more = true; more; ) {
        more = await mergeIndex(flaky, 1).catch(() => {
          failed += 1;
          return true;
        });
      }
      expect(failed).toBeGreaterThan(2);
      await expectAll(db, texts, { pieces: 60 });
    }));

  it.each([1, 2, 3])("loses nothing when write %i of making a segment anew is the last one", (at) =>
    withTexts(async (db, texts) => {
      await writeArticles(db, texts, range(0, 160), { seed: 3, indexed: "later" });
      while ((await indexWaiting(db, 5)) > 0);
      let writes = 0;
      const batch: Db["batch"] = async (...given) => {
        writes += 1;
        if (writes === at) throw new Error("connection lost");
        return db.batch(...given);
      };
      const flaky = Object.assign(Object.create(db) as Db, { batch });
      await expect(mergeIndex(flaky, 1, { rebuilt: 1_000 })).rejects.toThrow("connection lost");
      await expectAll(db, texts, { pieces: 30 });
      while (await mergeIndex(db, 1, { rebuilt: 1_000 }));
      await expectAll(db, texts, { pieces: 30 });
    }),
  );

  it("has few segments when it is merged as far as ever", () =>
    withTexts(async (db, texts) => {
      await writeArticles(db, texts, range(0, 960), { seed: 3, indexed: "later" });
      while ((await indexWaiting(db, 12)) > 0);
      expect((await indexCounts(db)).segments).toBe(80);
      await mergeAll(db, async () => undefined);
      expect((await indexCounts(db)).segments).toBeLessThanOrEqual(8);
      await expectAll(db, texts, { pieces: 30 });
    }));
});

describe("articles that wait for the index", () => {
  const countFound = async (db: Db) => (await newestIds(db, { kind: "every" }, everything)).ids.length;

  it("are found once it has them, the latest first", () =>
    withTexts(async (db, texts) => {
      await writeArticles(db, texts, range(0, 30), { seed: 1, indexed: "later" });
      expect(await countFound(db)).toBe(0);
      expect(await indexWaiting(db, 20)).toBe(20);
      expect(await countFound(db)).toBe(20);
      expect(await indexWaiting(db, 20)).toBe(10);
      expect(await indexWaiting(db, 20)).toBe(0);
      await expectAll(db, texts, { pieces: 30 });
    }));

  it("are left to who brings them in, unless that was long ago", () =>
    withTexts(async (db, texts) => {
      await writeArticles(db, texts, range(0, 30), { seed: 1, indexed: "later" });
      const tick = (seconds: number) => joinLoose({ db, now: () => new Date(now.getTime() + seconds * 1_000) });
      await tick(100);
      expect(await countFound(db)).toBe(0);
      await tick(200);
      expect(await countFound(db)).toBe(30);
    }));

  it("wait on when one of them changes while they are read", () =>
    withTexts(async (db, texts) => {
      await writeArticles(db, texts, range(0, 10), { seed: 1, indexed: "later" });
      const batch: Db["batch"] = async (...given) => {
        await writeArticles(db, texts, [3], { seed: 2, indexed: "later" });
        return db.batch(...given);
      };
      await indexWaiting(Object.assign(Object.create(db) as Db, { batch }), 20);
      expect(await countFound(db)).toBe(0);
      while ((await indexWaiting(db, 20)) > 0);
      await expectAll(db, texts, { pieces: 30 });
    }));

  it("are forgotten when they are removed", () =>
    withTexts(async (db, texts) => {
      await writeArticles(db, texts, range(0, 3), { seed: 1, indexed: "later" });
      await remove(db, texts, [...texts.keys()].slice(0, 1));
      await indexWaiting(db, 20);
      expect(await countFound(db)).toBe(2);
    }));
});
