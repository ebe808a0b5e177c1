import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { readConfig } from "../../src/config.ts";
import { createHttp } from "../../src/http.ts";
import { createComposer } from "../../src/jobs/compose-delivery.ts";
import { type Deliverable, prepare } from "../../src/jobs/deliver-prepare.ts";
import { createIngest, incomingMax } from "../../src/jobs/ingest.ts";
import { planDigests } from "../../src/jobs/plan-digests.ts";
import { asUpdate, createReceiver } from "../../src/jobs/receive.ts";
import { silentLog } from "../../src/log.ts";
import { createSlotCache } from "../../src/news/schedule.ts";
import { sampleNews } from "../../src/playground/news.ts";
import { claimDeliveries, priorityOf, withReaders } from "../../src/store/deliveries.ts";
import { openSqlite, type SqliteStore } from "../../src/store/sqlite.ts";
import { planSliceMax } from "../../src/store/subscriptions-due.ts";
import { createGate } from "../../src/telegram/gate.ts";

const zones = ["Asia/Shanghai", "Asia/Singapore", "Australia/Perth", "Asia/Taipei", "Asia/Manila"];
const chatsComposed = 10_000;
/** Articles that each reader has had. */
const hadEach = 16;
const pollEveryMs = 10;

/**
 * `npm run bench -- plan [subscribers]`: all of them (1,000,000 when nothing is said) are due in one minute; they are
 * planned while a webhook is called, then digests are composed with what each chat had subtracted.
 */
export async function run(args: string[]): Promise<void> {
  if (args[0] === "fill") return fill(args[1]!, Number(args[2]), new Date("2026-11-22T00:00:00Z"));
  const count = Number(args[0] ?? 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  try {
    const file = join(folder, "plan.db");
    // In a process of its own: what filling leaves in memory is not the planner's.
    execFileSync(process.execPath, [join(import.meta.dirname, "run.ts"), "plan", "fill", file, String(count)]);
    const store = openSqlite(file);
    const now = new Date("2026-11-22T00:00:20Z");
    await plan(store, count, now);
    await compose(store, now);
    reference(store, count);
    store.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function plan(store: SqliteStore, count: number, now: Date): Promise<void> {
  const app = { db: store.db, log: silentLog, now: () => now, enqueue: () => {} };
  const http = createHttp({
    webhookSecret: () => "secret-of-a-bench",
    asUpdate,
    receive: createReceiver(app),
    health: async () => ({ status: "ok", problems: [] }),
    site: { db: () => undefined, now: () => new Date(), language: "en", timezone: "UTC" },
    onError: (error) => print(String(error)),
  });
  const server = serve({ fetch: http.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as { port: number };
  const caller = fork(join(import.meta.dirname, "webhook-caller.ts"), [String(port), String(pollEveryMs)]);
  await next(caller);
  const cpu = process.cpuUsage();
  const rssBefore = process.memoryUsage.rss();
  let rssPeak = rssBefore;
  const watch = setInterval(() => {
    rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
  }, 50);
  const start = performance.now();
  const planned = await planDigests(app);
  const seconds = (performance.now() - start) / 1000;
  clearInterval(watch);
  caller.send("stop");
  const { waits } = (await next(caller)) as { waits: number[] };
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1);
  const { user, system } = process.cpuUsage(cpu);
  print(`planned: ${planned.toLocaleString("en")} digests of one minute in ${seconds.toFixed(1)} s`);
  print(
    `  (${((user + system) / 1e6).toFixed(1)} s of processor time with the webhook's), RSS ${mb(rssPeak)} MB at most, ${mb(rssBefore)} MB before`,
  );
  print(`  webhook meanwhile: ${sorted.length} updates kept, p50 ${at(0.5)}, p99 ${at(0.99)}, worst ${at(1)} ms`);
  if (planned !== count) throw new Error(`${planned} of ${count} were planned`);
  await new Promise((done) => server.close(done));
  caller.disconnect();
}

/** The real composer over the playground's news; every reader had sixteen articles before. */
async function compose(store: SqliteStore, now: Date): Promise<void> {
  const { db, client } = store;
  const config = readConfig({});
  const app = { config, db, log: silentLog, now: () => now, me: { id: 1, username: "bench_bot", first_name: "bench" } };
  const ingest = createIngest(db, app.now);
  const news = sampleNews(now).map(({ source, draft }) => ({ source: { ...source, kind: "feed" as const }, draft }));
  for (let n = 0; n < news.length; n += incomingMax) await ingest(news.slice(n, n + incomingMax));
  const articles = client.prepare("SELECT id FROM articles ORDER BY id DESC").all() as { id: number }[];
  const had = client.prepare(
    "INSERT OR IGNORE INTO shown (subscriber_id, article_id, at, delivery_id) VALUES (?, ?, ?, 0)",
  );
  client.transaction(() => {
    for (let id = 1; id <= chatsComposed; id += 1) {
      for (let n = 0; n < hadEach; n += 1)
        had.run(id, articles[(id + n * 3) % articles.length]!.id, now.getTime() / 1000 - 86_400);
    }
  })();
  const composer = createComposer(app as never);
  const gate = createGate({ rate: 1_000_000, now: () => now });
  const shared = { compose: composer, cache: new Map<string, Promise<unknown>>(), slots: createSlotCache() };
  const cpu = process.cpuUsage();
  const start = performance.now();
  let composed = 0;
  let messages = 0;
  while (composed < chatsComposed) {
    const claim = { priority: priorityOf.digest, limit: 500, now, leaseMs: 60_000, token: "bench" };
    const due = await withReaders(db, await claimDeliveries(db, claim));
    const { ready } = await prepare({ ...app, gate }, due as Deliverable[], shared);
    composed += due.length;
    messages += ready.length;
  }
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  print(
    `composed: ${composed.toLocaleString("en")} digests with what each chat had subtracted in ${seconds.toFixed(1)} s:`,
  );
  print(
    `  ${Math.round(composed / seconds).toLocaleString("en")}/s, ${Math.round((user + system) / composed)} µs of processor time each; ${messages.toLocaleString("en")} of them had something new`,
  );
}

/** The row work alone, with nothing decided: one insert and one update a row, in slices of the same size. */
function reference({ client }: SqliteStore, count: number): void {
  client.exec("DELETE FROM deliveries");
  client.pragma("wal_checkpoint(TRUNCATE)");
  client.pragma("synchronous = normal");
  const insert = client.prepare(`INSERT INTO deliveries (kind, ref, slot, subscriber_id, state, priority, due_at, at)
    SELECT 'digest', id, slot_at, subscriber_id, 'queued', 3, slot_at, slot_at FROM subscriptions WHERE id > ? AND id <= ?`);
  const update = client.prepare(
    "UPDATE subscriptions SET due_at = due_at + 86400, slot_at = slot_at + 86400 WHERE id > ? AND id <= ?",
  );
  const slice = client.transaction((from: number) => {
    insert.run(from, from + planSliceMax);
    update.run(from, from + planSliceMax);
  });
  const start = performance.now();
  for (let from = 0; from < count; from += planSliceMax) slice(from);
  print(`reference, the row work alone: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function fill(file: string, count: number, slot: Date): void {
  const { client } = openSqlite(file);
  const at = slot.getTime() / 1000;
  const ids = `WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${count})`;
  const zone = `CASE id % ${zones.length} ${zones.map((name, n) => `WHEN ${n} THEN '${name}'`).join(" ")} END`;
  client.pragma("synchronous = off");
  client.exec(`${ids} INSERT INTO subscribers (id, chat_id, kind, language, news_languages, timezone, state_at, created_at)
    SELECT id, id, 'private', CASE id % 3 WHEN 0 THEN 'en' ELSE 'zh' END, CASE id % 4 WHEN 0 THEN 'both' ELSE 'zh' END, ${zone}, ${at}, ${at} FROM n`);
  client.exec(`${ids} INSERT INTO subscriptions (id, subscriber_id, kind, minute, rule, count, since_at, due_at, slot_at, origin, created_at)
    SELECT id, id, 'digest', 480, CASE id % 5 WHEN 0 THEN 'weekly:7' ELSE 'daily' END, CASE id % 7 WHEN 0 THEN 5 ELSE 8 END, ${at}, ${at}, ${at}, 'bench ' || id, ${at} FROM n`);
  client.close();
  // A store that has been there for a while is on the disk: its first checkpoint need not bring it there.
  const descriptor = openSync(file, "r+");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function next(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once("message", resolve));
}

function mb(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
