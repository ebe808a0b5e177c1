import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planDigests } from "../src/jobs/plan-digests.ts";
import { silentLog } from "../src/log.ts";
import { emptyDraft } from "../src/news/article.ts";
import { articlesByIds, saveArticles } from "../src/store/articles.ts";
import { backupSqlite, restoreSqlite } from "../src/store/backup.ts";
import type { Db } from "../src/store/db.ts";
import { enqueueDeliveries, listDeliveries } from "../src/store/deliveries.ts";
import { holdLease } from "../src/store/lease.ts";
import { pruneArticles, pruneDeliveries, pruneShown } from "../src/store/retention.ts";
import { articleKeys, deliveries, shown, subscriptions } from "../src/store/schema.ts";
import { searchArticles } from "../src/store/search.ts";
import { ensureSource } from "../src/store/sources.ts";
import { openSqlite, type SqliteStore } from "../src/store/sqlite.ts";
import { addReader } from "./support/readers.ts";
import { openStore, withStore } from "./support/store.ts";

const slot = new Date("2026-11-22T08:00:00Z");
const hours = (n: number) => new Date(slot.getTime() + n * 3_600_000);
const plan = (db: Db, now: Date) => planDigests({ db, log: silentLog, now: () => now, enqueue: () => {} });

describe("backup and restore", () => {
  let folder: string;
  let store: SqliteStore;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tidings-"));
    file = join(folder, "live.db");
    store = openSqlite(file);
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("copies a database that is written to meanwhile, and opens the copy to verify it", async () => {
    for (let chatId = 1; chatId <= 300; chatId += 1) await addReader(store.db, { chatId, now: slot, slot });
    const to = join(folder, "deep", "backup.db");
    const steps: number[] = [];
    let writes = 0;
    const writer = setInterval(() => {
      writes += 1;
      store.client.prepare("INSERT INTO facts (name, value) VALUES (?, ?)").run(`w${writes}`, "x".repeat(20_000));
    }, 1);
    for (let n = 0; n < 400; n += 1) {
      store.client.prepare("INSERT INTO facts (name, value) VALUES (?, ?)").run(`f${n}`, "x".repeat(10_000));
    }
    const report = await backupSqlite(file, to, { onProgress: (copied) => steps.push(copied) });
    clearInterval(writer);
    expect(report).toMatchObject({ file: to, subscribers: 300, articles: 0, deliveries: 0 });
    expect(steps.length).toBeGreaterThan(1);
    expect(readdirSync(join(folder, "deep"))).toEqual(["backup.db"]);
    const copy = openSqlite(to);
    expect(copy.client.prepare("SELECT count(*) AS n FROM subscriptions").get()).toEqual({ n: 300 });
    copy.close();
  });

  it("after a restore nobody gets a digest twice, and the next ones come", async () => {
    await addReader(store.db, { chatId: 1, now: slot, slot });
    const { subscriptionId: ref, subscriberId } = await addReader(store.db, { chatId: 2, now: slot, slot: hours(24) });
    const waiting = {
      kind: "digest",
      ref,
      slot: slot.getTime() / 1000,
      subscriberId,
      priority: 3,
      dueAt: slot,
    } as const;
    await enqueueDeliveries(store.db, [waiting], slot);
    const to = join(folder, "backup.db");
    await backupSqlite(file, to);
    // After the backup the digest of 08:00 is sent, then the file is lost.
    await plan(store.db, hours(0));
    store.close();
    const restored = await restoreSqlite(to, file, hours(1));
    expect(restored).toMatchObject({ unknown: 1, passed: 1, updates: 0 });
    expect(existsSync(restored.kept!)).toBe(true);
    store = openSqlite(file);
    expect(await plan(store.db, hours(1))).toBe(0);
    expect((await listDeliveries(store.db)).map((row) => [row.subscriberId, row.state])).toEqual([
      [subscriberId, "unknown"],
    ]);
    expect((await store.db.select().from(subscriptions)).map((row) => row.dueAt)).toEqual([hours(24), hours(24)]);
    expect(await plan(store.db, hours(24))).toBe(2);
  });

  it("refuses what is no backup, and a database that a server runs on", async () => {
    const notes = join(folder, "notes.txt");
    writeFileSync(notes, "not a database, but long enough to be taken for one by a careless reader\n".repeat(50));
    await expect(restoreSqlite(notes, file, slot)).rejects.toThrow("is not a SQLite database");
    await expect(restoreSqlite(join(folder, "none.db"), file, slot)).rejects.toThrow("There is no backup");
    await expect(backupSqlite(join(folder, "none.db"), notes)).rejects.toThrow("There is no database");
    const to = join(folder, "backup.db");
    await backupSqlite(file, to);
    const lease = await holdLease(store.db, { now: () => slot, signal: new AbortController().signal });
    await expect(restoreSqlite(to, file, slot)).rejects.toThrow("Stop it first");
    await lease.release();
    const damaged = readFileSync(to);
    damaged.fill(0xff, 4_096, 12_288);
    writeFileSync(join(folder, "damaged.db"), damaged);
    await expect(restoreSqlite(join(folder, "damaged.db"), file, slot)).rejects.toThrow(
      /damaged|malformed|not a SQLite/,
    );
    expect(existsSync(file)).toBe(true);
  });
});

describe("keeping", () => {
  it("forgets settled ledger rows, never what still waits", () =>
    withStore(openStore, async (db) => {
      for (let n = 1; n <= 5; n += 1) {
        const row = { kind: "digest", ref: n, slot: n, subscriberId: n, priority: 3 } as const;
        await db.insert(deliveries).values({
          ...row,
          state: n === 2 ? "queued" : "sent",
          dueAt: n === 2 ? slot : null,
          at: n === 5 ? hours(0) : hours(-48),
        });
      }
      expect(await pruneDeliveries(db, hours(-24))).toBe(3);
      expect(await pruneDeliveries(db, hours(-24))).toBe(0);
      expect((await listDeliveries(db)).map((row) => row.id)).toEqual([2, 5]);
    }));

  it("forgets old articles with all that leads to them, and nothing else", () =>
    withStore(openStore, async (db) => {
      const source = await ensureSource(db, "Harbour Post", { kind: "file", language: "en", now: slot });
      const drafts = [-400, -30, null].map((days) => ({
        sourceId: source.id,
        draft: {
          ...emptyDraft(`Bridge opens ${days}`),
          publishedAt: days === null ? null : hours(days * 24),
          language: "en",
        },
      }));
      const saved = await saveArticles(db, drafts, { now: slot });
      expect(await pruneArticles(db, hours(-365 * 24))).toBe(1);
      expect(await pruneArticles(db, hours(-365 * 24))).toBe(0);
      expect(
        (
          await articlesByIds(
            db,
            saved.map(({ id }) => id),
          )
        ).map(({ title }) => title),
      ).toEqual(["Bridge opens -30", "Bridge opens null"]);
      expect(await db.select().from(articleKeys)).toHaveLength(2);
      const found = await searchArticles(db, "bridge", { limit: 10, now: slot });
      expect(found.hits).toHaveLength(2);
    }));

  it("remembers what a chat had as long as it can matter", () =>
    withStore(openStore, async (db) => {
      const articleOf = (days: number) => Math.floor((slot.getTime() - days * 86_400_000) / 1000) * 2 ** 20;
      for (let chatId = 1; chatId <= 150; chatId += 1) {
        const { subscriberId } = await addReader(db, { chatId, now: slot });
        for (const days of [1, 61, 70]) {
          await db
            .insert(shown)
            .values({ subscriberId, articleId: articleOf(days), at: hours(-days * 24), deliveryId: 1 });
        }
      }
      expect(await pruneShown(db, { now: slot, retentionDays: 7 })).toBe(true);
      expect(await pruneShown(db, { now: slot, retentionDays: 7 })).toBe(false);
      expect(await db.select().from(shown)).toHaveLength(300);
      while (await pruneShown(db, { now: slot, retentionDays: 90 }));
      expect(await db.select().from(shown)).toHaveLength(300);
    }));
});
