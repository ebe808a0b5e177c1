import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { emptyDraft } from "../src/news/article.ts";
import { shortTerm } from "../src/news/background.ts";
import type { Sketch } from "../src/news/sketch.ts";
import { batchAll, type Db } from "../src/store/db.ts";
import { insertRows } from "../src/store/insert-rows.ts";
import { articles, storyKeys, storyKeysWaiting } from "../src/store/schema.ts";
import { ensureSource } from "../src/store/sources.ts";
import { knownMigrations, openSqlite } from "../src/store/sqlite.ts";
import { addKeys, articlesByKeys, type Reading, writeKeys } from "../src/store/story-keys.ts";
import { randomFrom } from "./bench/search/corpus.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const day = 86_400 * 2 ** 20;
const latest = Math.floor(Date.parse("2026-11-22T08:00:00Z") / 1000) * 2 ** 20;
/** Terms whose lists are asked. */
const terms = [1, 2, 3, 4, 5, 6, 7, 8];

/** Articles, one every so many days until now, and some without a date; each with some of the terms. */
function madeSketches(seed: number, days = 1): Sketch[] {
  const random = randomFrom(seed);
  const ids = Array.from({ length: 400 }, (_, n) => (n < 15 ? 100 + n : latest - (400 - n) * days * day));
  return ids.map((id) => {
    const keys = terms.filter((term) => random() < 1 / term).map((term) => ({ term, weight: 1 }));
    return { id, keys } as Sketch;
  });
}

function naive(sketches: readonly Sketch[], { from, to }: { from: number; to: number }, reading: Reading): number[][] {
  return terms.map((term) => {
    const ids = sketches.filter(({ id, keys }) => id >= from && id <= to && keys.some((key) => key.term === term));
    const sorted = ids.map(({ id }) => id).sort((a, b) => (reading.from === "newest" ? b - a : a - b));
    return sorted.slice(0, reading.limit);
  });
}

/** Windows of days, of months, of all of the archive, of what has no date: each is answered as by looking through all. */
async function expectLists(db: Db, sketches: readonly Sketch[]): Promise<void> {
  const middle = latest - 150 * day;
  const windows = [
    { from: middle - 7 * day, to: middle + 7 * day },
    { from: middle - 120 * day, to: middle - 1 },
    { from: 0, to: middle },
    { from: middle, to: Number.MAX_SAFE_INTEGER },
    { from: 0, to: 107 },
    { from: latest + day, to: latest + 2 * day },
  ];
  for (const from of ["newest", "oldest"] as const) {
    for (const limit of [3, 40, 1_000]) {
      const asked = windows.map((window) => ({ ...window, terms: terms.map(shortTerm) }));
      const found = await articlesByKeys(db, asked, { limit, from });
      expect(found).toEqual(windows.map((window) => naive(sketches, window, { limit, from })));
    }
  }
}

/** The quarters of an archive are those of its articles. */
async function keepArticles(file: string, sketches: readonly Sketch[]): Promise<void> {
  const { db, close } = openSqlite(file);
  const { id: sourceId } = await ensureSource(db, "环线日报", { kind: "file", language: "zh", now: new Date(0) });
  const rest = { sourceId, leadChars: 0, ownLead: "", receivedAt: new Date(0) };
  await batchAll(
    db,
    insertRows(
      db,
      articles,
      sketches.map(({ id }) => ({ ...emptyDraft("题"), ...rest, id })),
    ),
  );
  close();
}

describe("the terms by which articles are found", () => {
  it.each([1, 20])("are found while they wait, in the tree, and in between; one every %i days", async (days) => {
    const file = join(folder, `waiting-${days}.db`);
    const sketches = madeSketches(1, days);
    await keepArticles(file, sketches);
    const { db, close } = openSqlite(file);
    // Some are there twice.
    await db.batch([addKeys(db, sketches.slice(0, 180))]);
    await db.batch([addKeys(db, sketches.slice(60, 80))]);
    await db.batch([addKeys(db, sketches.slice(180, 200))]);
    await expectLists(db, sketches.slice(0, 200));
    await writeKeys(db, 221);
    expect(await db.select().from(storyKeys)).toEqual([]);
    await writeKeys(db, 220);
    expect(await db.select().from(storyKeysWaiting)).toEqual([]);
    await expectLists(db, sketches.slice(0, 200));
    // Later ones, not in the order of time.
    await db.batch([addKeys(db, sketches.slice(300))]);
    await db.batch([addKeys(db, sketches.slice(200, 300))]);
    await expectLists(db, sketches);
    await writeKeys(db, 1);
    await expectLists(db, sketches);
    close();
  });

  it("are the same for others who ask, and after a crash while they are written", async () => {
    const file = join(folder, "crash.db");
    // Twice: as many as several writes take.
    const sketches = [...madeSketches(2), ...madeSketches(3).map((each) => ({ ...each, id: each.id + 1_000 }))];
    const many = sketches.map((sketch) => ({
      ...sketch,
      keys: [...sketch.keys, ...[...Array(9).keys()].map((n) => ({ term: 100 + n, weight: 1 }))],
    }));
    await keepArticles(file, many);
    const [one, other] = [openSqlite(file), openSqlite(file)];
    await one.db.batch([addKeys(one.db, many)]);
    await expectLists(other.db, many);
    let writes = 0;
    const batch: Db["batch"] = (statements, options) => {
      if (writes++ === 1) throw new Error("the power is cut");
      return one.db.batch(statements, options);
    };
    await expect(writeKeys(Object.assign(Object.create(one.db) as Db, { batch }), 1)).rejects.toThrow("the power");
    expect((await one.db.select().from(storyKeys)).length).toBeGreaterThan(1_000);
    await expectLists(one.db, many);
    await expectLists(other.db, many);
    await writeKeys(other.db, 1);
    expect(await one.db.select().from(storyKeysWaiting)).toEqual([]);
    await expectLists(one.db, many);
    await expectLists(other.db, many);
    one.close();
    other.close();
  });

  it("come along from a store of an older version", async () => {
    const file = join(folder, "older.db");
    const sketches = madeSketches(4);
    const level = knownMigrations().filter((name) => name < "0020");
    const { client, close } = openSqlite(file, { level });
    const add = client.prepare("INSERT INTO story_terms (term, article_id) VALUES (?, ?)");
    for (const { id, keys } of sketches) for (const { term } of keys) add.run(shortTerm(term), id);
    close();
    await keepArticles(file, sketches);
    const store = openSqlite(file);
    await expectLists(store.db, sketches);
    store.close();
  });
});
