import { expect, it } from "vitest";
import { emptyDraft } from "../src/news/article.ts";
import { saveArticles } from "../src/store/articles.ts";
import type { Db } from "../src/store/db.ts";
import { searchArticles } from "../src/store/search.ts";
import { ensureSource } from "../src/store/sources.ts";
import { openStore, withStore } from "./support/store.ts";

const now = new Date("2026-11-22T08:00:00Z");

it("articles that are stored are said to be new, also when their index cannot be merged just then", () =>
  withStore(openStore, async (db) => {
    const { id: sourceId } = await ensureSource(db, "环线日报", { kind: "feed", language: "zh", now });
    const draft = (n: number) => ({
      ...emptyDraft("云溪隧道贯通"),
      url: `https://ring.example/${n}`,
      publishedAt: now,
    });
    // One less than are merged together.
    for (let n = 0; n < 27; n += 1) await saveArticles(db, [{ sourceId, draft: draft(n) }], { now });
    let refused = 0;
    // Merges are the only writes of a save that may be lost.
    const locked: Db = Object.assign(Object.create(db) as Db, {
      batch: async (...[statements, options]: Parameters<Db["batch"]>) => {
        if (options?.mayBeLost !== true) return db.batch(statements);
        refused += 1;
        throw Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
      },
    });
    expect(await saveArticles(locked, [{ sourceId, draft: draft(27) }], { now })).toMatchObject([
      { outcome: "imported" },
    ]);
    expect(refused).toBe(1);
    expect((await searchArticles(db, "隧道", { now, limit: 5 })).total).toBe(28);
  }));
