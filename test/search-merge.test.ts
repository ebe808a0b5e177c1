import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Db } from "../src/store/db.ts";
import { indexWaiting } from "../src/store/search-index.ts";
import { mergeIndex } from "../src/store/search-merge.ts";
import { openSqlite, type SqliteStore } from "../src/store/sqlite.ts";
import { expectAll, indexCounts, range, type Texts, writeArticles } from "./support/indexed.ts";

let folder: string;
let file: string;
let store: SqliteStore;
let texts: Texts;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidings-index-"));
  file = join(folder, "store.db");
  store = openSqlite(file, { durability: "normal" });
  texts = new Map();
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Many small segments. */
async function fill(articles: number, perSegment: number): Promise<void> {
  await writeArticles(store.db, texts, range(0, articles), { seed: 1, indexed: "later" });
  while ((await indexWaiting(store.db, perSegment)) > 0);
}

describe("merging the search index", () => {
  it.each([0, 300])("goes on in another process, wherever it was cut off (%i made anew)", async (rebuilt) => {
    await fill(700, 20);
    for (let cut = 0; cut < 60 && (await mergeIndex(store.db, 1, { rebuilt })); cut += 1) {
      // What was kept in memory is lost.
      store.close();
      store = openSqlite(file, { durability: "normal" });
      await expectAll(store.db, texts, { pieces: 4, seed: cut });
      if (cut % 5 === 4) await writeArticles(store.db, texts, [cut * 3], { seed: cut });
    }
    expect((await indexCounts(store.db)).segments).toBeLessThan(28);
    await expectAll(store.db, texts, { pieces: 40 });
  });

  it.each([0, 1_000])("by two at once comes to the same (%i made anew)", async (rebuilt) => {
    const other = openSqlite(file, { durability: "normal" });
    await fill(640, 10);
    const work = async ({ db }: SqliteStore) => {
      while (await mergeIndex(db, 1, { rebuilt })) await new Promise((resolve) => setImmediate(resolve));
    };
    await Promise.all([work(store), work(other)]);
    await expectAll(store.db, texts, { pieces: 30 });
    await expectAll(other.db, texts, { pieces: 30 });
    const { segments, live } = await indexCounts(store.db);
    expect(live).toBe(segments);
    other.close();
  });

  it("never shows: who asks while segments are merged away gets the whole answer", async () => {
    await fill(300, 4);
    const other = openSqlite(file, { durability: "normal" });
    let merges = 0;
    const busy: Db = Object.assign(Object.create(store.db) as Db, {
      all: async (...asked: Parameters<Db["all"]>) => {
        // Just after it was seen which segments there are.
        if (merges < 3) {
          merges += 1;
          for (let step = 0; step < 8; step += 1) await mergeIndex(other.db, 1);
        }
        return store.db.all(...asked);
      },
    });
    await expectAll(busy, texts, { pieces: 20 });
    expect(merges).toBe(3);
    other.close();
  });
});
