import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exportClosed, exportStore } from "../src/cli/moving/export.ts";
import { openStoreFile } from "../src/cli/moving/file.ts";
import { fillStore, slice } from "../src/cli/moving/fill.ts";
import { bodyCharsMax, restoreToD1, restoreToSqlite } from "../src/cli/moving/restore.ts";
import { tablesOf } from "../src/cli/moving/tables.ts";
import { createIngest, incomingMax } from "../src/jobs/ingest.ts";
import { joinLoose } from "../src/jobs/join-stories.ts";
import { planDigests } from "../src/jobs/plan-digests.ts";
import { tick } from "../src/jobs/tick.ts";
import { silentLog } from "../src/log.ts";
import { sampleNews } from "../src/playground/news.ts";
import { articleById } from "../src/store/articles.ts";
import type { Db } from "../src/store/db.ts";
import { claimDeliveries, enqueueDeliveries, listDeliveries, urgentPriority } from "../src/store/deliveries.ts";
import { settleRestored } from "../src/store/restore.ts";
import { facts, subscribers } from "../src/store/schema.ts";
import { searchArticles } from "../src/store/search.ts";
import { countIndexed } from "../src/store/search-segments.ts";
import { knownMigrations, openSqlite, type SqliteStore } from "../src/store/sqlite.ts";
import { refuseStandstill, standStill, standstillOf } from "../src/store/standstill.ts";
import { storeUpdates } from "../src/store/updates.ts";
import { countRows, type Row, readSequences, readTable, storeLevel } from "../src/store/whole.ts";
import { openLocalD1, quietWrangler } from "./support/local-d1.ts";
import { addReader } from "./support/readers.ts";

const root = join(import.meta.dirname, "..");
const now = new Date("2026-11-22T08:00:00Z");
const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const once = { now: () => now, move: false, sleep: async () => {} };
/** A local D1 is another process. */
const slowMs = 60_000;
const tables = () => tablesOf(knownMigrations());
const plan = (db: Db, at: Date) => planDigests({ db, log: silentLog, now: () => at, enqueue: () => {} });

/** All that a store holds, table by table. */
async function contents(db: Db): Promise<Record<string, Row[]>> {
  const all: Record<string, Row[]> = {};
  for (const table of tables()) {
    all[table.name] = [];
    for await (const rows of readTable(db, table)) all[table.name]!.push(...rows);
  }
  return all;
}

/** News in both languages, readers, a ledger in every state that can be waiting. */
async function fill(store: SqliteStore): Promise<void> {
  const { db } = store;
  const ingest = createIngest(db, () => now);
  const incoming = sampleNews(now).map(({ draft, source }) => ({
    draft,
    source: { name: source.name, kind: "file" as const },
  }));
  for (let i = 0; i < incoming.length; i += incomingMax) await ingest(incoming.slice(i, i + incomingMax));
  for (let chatId = 1; chatId <= 40; chatId += 1) await addReader(db, { chatId, now, slot: later(chatId % 2) });
  const rows = [1, 2, 3, 4].map((id) => ({
    ...{ kind: "digest", ref: id, slot: 1_000 + id, subscriberId: id, priority: 3 },
    dueAt: now,
  })) as Parameters<typeof enqueueDeliveries>[1];
  await enqueueDeliveries(db, rows, now);
  store.client.exec("UPDATE deliveries SET state = 'sending', lease_token = 'a', due_at = 1 WHERE id = 1");
  store.client.exec("UPDATE deliveries SET state = 'claimed', lease_token = 'a', due_at = 1 WHERE id = 2");
  await db.insert(facts).values({ name: "odd", value: "a\u0000b 乾隆 🦊 \ud800 'quoted' \\ \n" });
  store.client.exec("INSERT INTO facts VALUES ('runner', '{}'), ('bot_id', '7')");
  store.client.exec("INSERT INTO tallies VALUES ('digest', 0, 1, 'sent', 3)");
  // The highest id is not given again, although its row is gone.
  await addReader(db, { chatId: 99, now });
  await db.delete(subscribers).where(eq(subscribers.chatId, 99));
}

describe("moving a store", { timeout: slowMs }, () => {
  let folder: string;
  let store: SqliteStore;
  let file: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "tidings-"));
    store = openSqlite(join(folder, "live.db"), { durability: "normal" });
    await fill(store);
    file = join(folder, "store.tidings.gz");
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("goes to D1 and back with all it holds, and is searched on both sides", async () => {
    const before = await contents(store.db);
    expect(before.articles!.length).toBeGreaterThan(50);
    expect(before.story_background).toHaveLength(1);
    const exported = await exportStore(store.db, file, once);
    expect(exported.rows).toMatchObject({ subscribers: 40, deliveries: 4, articles: before.articles!.length });
    const d1 = await openLocalD1();
    try {
      const there = await restoreToD1(file, d1.db, { now: later(0) });
      expect(there).toMatchObject({ rows: exported.rows, unknown: 4, resumed: false, moved: false });
      const held = await contents(d1.db);
      const { deliveries: _d, subscriptions: _s, tallies: _t, ...untouched } = before;
      expect(held).toMatchObject(untouched);
      expect(await readSequences(d1.db)).toMatchObject({ subscribers: 41 });
      const back = join(folder, "back.tidings.gz");
      await exportClosed(d1.db, back, once);
      expect(await standstillOf(d1.db)).toBeNull();
      const home = join(folder, "home.db");
      expect(await restoreToSqlite(back, home, { now })).toMatchObject({ unknown: 0, kept: null });
      const again = openSqlite(home);
      expect(await contents(again.db)).toEqual(held);
      for (const query of ["隧道", "bridge", "的"]) {
        const [here, abroad, home] = await Promise.all(
          [store.db, d1.db, again.db].map((db) => searchArticles(db, query, { limit: 10, now })),
        );
        expect(here!.hits.length).toBeGreaterThan(0);
        expect(abroad).toEqual(here);
        expect(home).toEqual(here);
      }
      again.close();
    } finally {
      await d1.close();
    }
  });

  it("has the same tables, indexes and history whether wrangler or Node applied the migrations", async () => {
    const made = sql`select type, name, sql from sqlite_master
      where name not like 'sqlite_%' and name not like '_cf_%' and name <> 'd1_migrations' order by type, name`;
    const d1 = await openLocalD1();
    try {
      const here = await store.db.all(made);
      expect(here.length).toBeGreaterThan(60);
      expect(await d1.db.all(made)).toEqual(here);
      expect(await storeLevel(d1.db)).toEqual(await storeLevel(store.db));
    } finally {
      await d1.close();
    }
  });

  it("sends nothing twice: a copy forgets what waited, a move takes it along", async () => {
    await exportStore(store.db, file, once);
    const copied = join(folder, "copied.db");
    expect(await restoreToSqlite(file, copied, { now })).toMatchObject({ unknown: 4, passed: 20 });
    const copy = openSqlite(copied);
    expect(await plan(copy.db, now)).toBe(0);
    expect(await urgentPriority(copy.db, now)).toBeNull();
    copy.close();

    await exportClosed(store.db, file, { ...once, move: true });
    expect(await standstillOf(store.db)).toMatchObject({ why: "moved" });
    const moved = join(folder, "moved.db");
    expect(await restoreToSqlite(file, moved, { now })).toMatchObject({ unknown: 1, passed: 0, moved: true });
    const goneOn = openSqlite(moved);
    expect(await standstillOf(goneOn.db)).toBeNull();
    expect((await listDeliveries(goneOn.db)).map(({ state }) => state)).toEqual([
      ...["unknown", "claimed", "queued", "queued"],
    ]);
    const claim = { priority: 3, limit: 10, now, leaseMs: 1_000, token: "b" };
    expect(await claimDeliveries(goneOn.db, claim)).toHaveLength(3);
    expect(await plan(goneOn.db, now)).toBe(20);
    goneOn.close();
  });

  it("a store that stands still takes nothing in and sends nothing", async () => {
    const claim = { priority: 3, limit: 10, now, leaseMs: 1_000, token: "b" };
    await standStill(store.db, { why: "moved", at: 0 });
    expect(await urgentPriority(store.db, now)).toBeNull();
    expect(await claimDeliveries(store.db, claim)).toEqual([]);
    await expect(storeUpdates(store.db, [{ id: 5, body: "{}" }], now)).rejects.toThrow("stands still");
    const jobs: string[] = [];
    await tick({ db: store.db, now: () => now, enqueue: (job) => void jobs.push(job.kind) });
    expect(jobs).toEqual([]);
    await expect(refuseStandstill(store.db, "live.db")).rejects.toThrow("live.db stands still. It was moved");
    store.client.exec("DELETE FROM facts WHERE name = 'standstill'");
    expect(await claimDeliveries(store.db, claim)).toHaveLength(3);
    expect(await storeUpdates(store.db, [{ id: 5, body: "{}" }], now)).toEqual([5]);
  });

  it("goes on where a restore into D1 was cut off, and never mixes two stores", async () => {
    await exportStore(store.db, file, once);
    const d1 = await openLocalD1();
    try {
      let seen = 0;
      const onRows = (rows: number) => {
        seen += rows;
        if (seen > 150) throw new Error("the line broke");
      };
      await expect(restoreToD1(file, d1.db, { now, onRows })).rejects.toThrow("the line broke");
      expect(await standstillOf(d1.db)).toMatchObject({ why: "restoring" });
      await expect(storeUpdates(d1.db, [{ id: 5, body: "{}" }], now)).rejects.toThrow("stands still");
      const other = join(folder, "other.tidings.gz");
      await exportStore(store.db, other, once);
      await expect(restoreToD1(other, d1.db, { now })).rejects.toThrow("Another file is being restored");
      await expect(exportClosed(d1.db, other, once)).rejects.toThrow("not whole");
      const restored = await restoreToD1(file, d1.db, { now });
      expect(restored).toMatchObject({ resumed: true, unknown: 4 });
      expect(await countIndexed(d1.db)).toBe(await countRows(store.db, "articles"));
      await expect(restoreToD1(file, d1.db, { now })).rejects.toThrow("The store is not empty");
    } finally {
      await d1.close();
    }
  });

  it("goes on where it was cut off while it was made fit to run, whatever that had changed by then", async () => {
    await exportStore(store.db, file, once);
    const to = openSqlite(join(folder, "to.db"));
    const { head, parts } = await openStoreFile(file, slice);
    await fillStore(to.db, { head, parts }, { now });
    await settleRestored(to.db, now);
    expect(await countRows(to.db, "tallies")).toBeGreaterThan(await countRows(store.db, "tallies"));
    expect(await standstillOf(to.db)).toMatchObject({ why: "restoring", whole: true });
    expect(await restoreToD1(file, to.db, { now })).toMatchObject({ resumed: true, unknown: 0 });
    expect(await standstillOf(to.db)).toBeNull();
    to.close();
  });

  it("writes nothing into D1 from a file that is damaged anywhere", async () => {
    await exportStore(store.db, file, once);
    const text = gunzipSync(readFileSync(file)).toString();
    const lines = text.split("\n");
    const at = lines.findIndex((line) => line.startsWith('{"table":"subscribers"')) + 3;
    const bytes = readFileSync(file);
    bytes.writeUInt32LE((bytes.readUInt32LE(bytes.length - 8) ^ 1) >>> 0, bytes.length - 8);
    const to = openSqlite(join(folder, "to.db"));
    const tries: [RegExp, string | Buffer][] = [
      [/ends too early/, gzipSync(lines.slice(0, -2).join("\n"))],
      [/damaged: subscribers has 39 of 40 rows\. Export it again/, gzipSync(lines.toSpliced(at, 1).join("\n"))],
      [/a row is not what its table has/, gzipSync(lines.with(at, "[1]").join("\n"))],
      [/goes on after its end/, gzipSync(`${text}[1]\n`)],
      [/cannot be read: .*incorrect data check/, bytes],
    ];
    for (const [reason, content] of tries) {
      writeFileSync(file, content);
      await expect(restoreToD1(file, to.db, { now }), String(reason)).rejects.toThrow(reason);
    }
    expect(await standstillOf(to.db)).toBeNull();
    expect(await countRows(to.db, "subscribers")).toBe(0);
    to.close();
  });

  it("reads long rows a few at a time; what D1 would not take is cut there, and said", async () => {
    const ids = (await store.db.all<{ id: number }>(sql`select id from articles order by id desc limit 30`)).map(
      (row) => row.id,
    );
    const lengthen = store.client.prepare("UPDATE articles SET body = ? WHERE id = ?");
    for (const id of ids) lengthen.run("水位又涨了。".repeat(15_000), id);
    lengthen.run(`长湖的水。${"字".repeat(3_000_000)}`, ids[0]);
    const slices: number[] = [];
    const articles = tables().find(({ name }) => name === "articles")!;
    for await (const rows of readTable(store.db, articles)) slices.push(JSON.stringify(rows).length);
    expect(slices.reduce((sum, chars) => sum + chars, 0)).toBeGreaterThan(5_500_000);
    expect(slices.filter((chars) => chars > 1_200_000)).toHaveLength(1);
    await exportStore(store.db, file, once);
    const d1 = await openLocalD1();
    try {
      expect(await restoreToD1(file, d1.db, { now })).toMatchObject({ shortened: 1 });
      const longest = sql`select max(length(body)) as n from articles`;
      expect(await d1.db.all(longest)).toEqual([{ n: bodyCharsMax }]);
      expect((await searchArticles(d1.db, "长湖的水", { limit: 10, now })).hits.map((hit) => hit.id)).toContain(ids[0]);
    } finally {
      await d1.close();
    }
    const home = join(folder, "home.db");
    await restoreToSqlite(file, home, { now });
    const whole = openSqlite(home);
    expect(await whole.db.all(sql`select max(length(body)) as n from articles`)).toEqual([{ n: 3_000_005 }]);
    whole.close();
  });

  it("opens a store again whose export was stopped, and leaves no file", async () => {
    const onRows = () => {
      throw new Error("stopped");
    };
    for (const move of [false, true]) {
      await expect(exportClosed(store.db, file, { ...once, move, onRows })).rejects.toThrow("stopped");
      expect(await standstillOf(store.db)).toBeNull();
    }
    expect(readdirSync(folder).filter((name) => name.startsWith("store.tidings"))).toEqual([]);
  });

  it("is done from the command line, where every command works on D1 as well", async () => {
    const d1 = await openLocalD1();
    await d1.release();
    const cli = async (...args: string[]) => {
      const env = { ...process.env, ...quietWrangler, DATABASE_PATH: join(folder, "live.db"), BOT_TOKEN: "" };
      const { stdout } = await promisify(execFile)(process.execPath, [join(root, "src/cli.ts"), ...args], {
        ...{ cwd: d1.folder, env },
      });
      return stdout;
    };
    try {
      await expect(cli("export", join(folder, "live.db"), "--force")).rejects.toThrow("is the database itself");
      writeFileSync(file, "somebody's");
      await expect(cli("export", file)).rejects.toThrow("is there already: choose another name");
      expect(await cli("export", "--move", "--force", file)).toContain("This store is closed");
      expect(await cli("--cloudflare-local", "restore", file)).toMatch(/^D1 \(local\): \d+ rows restored/);
      const [here, there] = [await cli("search", "隧道"), await cli("--cloudflare-local", "search", "隧道")];
      expect(there).toBe(here);
      expect(await cli("reopen")).toContain("open again");
      await expect(cli("--cloudflare", "top")).rejects.toThrow("run npm run deploy first");
    } finally {
      await d1.close();
    }
  });

  it("brings what an older version exported up to date on the way", async () => {
    const level = knownMigrations().slice(0, -3);
    const old = openSqlite(join(folder, "old.db"), { level });
    old.client.exec(`INSERT INTO sources (id, name, kind, family, created_at) VALUES (1, 'Harbour Post', 'file', 'h', 1);
      INSERT INTO articles (id, source_id, received_at, language, title, title_cut, author, dateline, reporter,
        photo_credit, sections, lead, body, credits) VALUES
        (1, 1, 1, 'zh', '云溪隧道', 0, '', '', '', '', '[]', '明日贯通。', '明日贯通。全长十里。', ''),
        (2, 1, 1, 'en', 'Harbour', 0, '', '', '', '', '[]', 'A tunnel.', '', '')`);
    await exportStore(old.db, file, once);
    old.close();
    const to = join(folder, "new.db");
    await restoreToSqlite(file, to, { now });
    const fresh = openSqlite(to);
    expect(await countRows(fresh.db, "sources")).toBe(1);
    // Its index is made by and by, in the minutes after.
    expect((await searchArticles(fresh.db, "隧道", { now, limit: 5 })).total).toBe(0);
    await joinLoose({ db: fresh.db, now: () => now });
    expect((await searchArticles(fresh.db, "隧道", { now, limit: 5 })).total).toBe(1);
    expect((await searchArticles(fresh.db, "tunnel", { now, limit: 5 })).total).toBe(1);
    expect((await articleById(fresh.db, 1))?.lead).toBe("明日贯通。");
    fresh.close();
    const d1 = await openLocalD1();
    try {
      await restoreToD1(file, d1.db, { now });
      expect(await countRows(d1.db, "sources")).toBe(1);
      expect((await searchArticles(d1.db, "隧道", { now, limit: 5 })).total).toBe(1);
    } finally {
      await d1.close();
    }
  });

  it("refuses what is damaged, cut off, newer or nothing of ours, and leaves the old store in place", async () => {
    await exportStore(store.db, file, once);
    const lines = gunzipSync(readFileSync(file)).toString().split("\n");
    const to = join(folder, "to.db");
    const tries: [string, string | Buffer][] = [
      ["ends too early", gzipSync(lines.slice(0, -2).join("\n"))],
      ["cannot be read", readFileSync(file).subarray(0, -200)],
      ["newer tidings", gzipSync(lines.join("\n").replace('"level":[', '"level":["9999_later.sql",'))],
      ["newer tidings", gzipSync(lines.join("\n").replace('"format":1', '"format":2'))],
      ["not an exported store", gzipSync('{"title":"news"}\n')],
      ["tallies has 0 rows, and the file 1", gzipSync(without(lines, '{"table":"tallies"', 1).join("\n"))],
    ];
    for (const [reason, bytes] of tries) {
      const bad = join(folder, "bad.tidings.gz");
      writeFileSync(bad, bytes);
      await expect(restoreToSqlite(bad, to, { now }), reason).rejects.toThrow(reason);
    }
    expect(readdirSync(folder).filter((name) => name.startsWith("to.db"))).toEqual([]);
  });
});

/** The lines without the one that stands so far after the first that begins so. */
function without(lines: string[], beginning: string, after: number): string[] {
  const at = lines.findIndex((line) => line.startsWith(beginning)) + after;
  return lines.filter((_, n) => n !== at);
}
