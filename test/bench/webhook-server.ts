import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { Bot, webhookCallback } from "grammy";
import { Hono } from "hono";
import { createIngest, incomingMax } from "../../src/jobs/ingest.ts";
import type { Host } from "../../src/node/host.ts";
import { sampleNews } from "../../src/playground/news.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import { liveHost } from "../support/host.ts";

/** One of the two that are compared, in a process of its own: the whole program, or a bare Hono and grammY echo. */
export type ServerSettings = {
  kind: "tidings" | "bare";
  apiRoot: string;
  token: string;
  secret: string;
  /** Chats that have a digest, from this id on. */
  readers: { from: number; count: number };
};
export type ServerReport = { cpuMicros: number; rssMb: number };

const { kind, apiRoot, token, secret, readers } = JSON.parse(process.argv[2] ?? "{}") as ServerSettings;
let close: () => Promise<void>;
if (kind === "tidings") close = await startTidings();
else close = await startBare();

/** Each word is answered with what was used so far; the end of the channel is the end of the server. */
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  const report: ServerReport = { cpuMicros: user + system, rssMb: process.memoryUsage.rss() / 2 ** 20 };
  process.send?.(report);
});
process.on("disconnect", () => void close().then(() => process.exit(0)));

async function startTidings(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  const file = join(folder, "bench.db");
  await fill(file);
  const port = await freePort();
  const env = { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, WEBHOOK_SECRET: secret };
  const host: Host = await liveHost(apiRoot, file, { token, env });
  await host.ready;
  await host.idle();
  process.send?.({ port });
  return async () => {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** What grammY's own documents show: the update is answered by a call, then acknowledged. Nothing is kept. */
async function startBare(): Promise<() => Promise<void>> {
  const bot = new Bot(token, { client: { apiRoot } });
  bot.on("message:text", (ctx) => ctx.reply(ctx.msg.text));
  const http = new Hono().post("/telegram", webhookCallback(bot, "hono", { secretToken: secret }));
  const server = serve({ fetch: http.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => process.send?.({ port }));
  return () => new Promise((done) => server.close(() => done()));
}

/** The sample news, as the playground has it, and people who have a digest tomorrow. */
async function fill(file: string): Promise<void> {
  const now = new Date();
  const store = openSqlite(file, { durability: "normal" });
  const ingest = createIngest(store.db, () => now);
  const news = sampleNews(now).map(({ source, draft }) => ({ source: { ...source, kind: "feed" as const }, draft }));
  for (let n = 0; n < news.length; n += incomingMax) await ingest(news.slice(n, n + incomingMax));
  const at = Math.floor(now.getTime() / 1000);
  const ids = `WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${readers.count})`;
  store.client.exec(`${ids} INSERT INTO subscribers (id, chat_id, kind, language, news_languages, timezone, state_at, created_at)
    SELECT id, ${readers.from} - 1 + id, 'private', CASE id % 3 WHEN 0 THEN 'en' ELSE 'zh' END,
      CASE id % 4 WHEN 0 THEN 'both' ELSE 'zh' END, 'Asia/Shanghai', ${at}, ${at} FROM n`);
  store.client.exec(`${ids} INSERT INTO subscriptions (id, subscriber_id, kind, minute, rule, count, since_at, due_at, slot_at, origin, created_at)
    SELECT id, id, 'digest', 480, 'daily', 8, ${at}, ${at} + 86400, ${at} + 86400, 'bench ' || id, ${at} FROM n`);
  store.close();
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = serve({ fetch: () => new Response(), port: 0, hostname: "127.0.0.1" }, ({ port }) =>
      server.close(() => resolve(port)),
    );
  });
}
