import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api } from "grammy";
import { readConfig } from "../../src/config.ts";
import { runBroadcasts } from "../../src/jobs/broadcast.ts";
import { runRounds } from "../../src/jobs/broadcast-round.ts";
import { createComposer } from "../../src/jobs/compose-delivery.ts";
import { deliver } from "../../src/jobs/deliver.ts";
import type { Composer } from "../../src/jobs/deliver-prepare.ts";
import { createRunner } from "../../src/jobs/run.ts";
import { silentLog } from "../../src/log.ts";
import { roundCounts, roundIfChanged, runningRounds } from "../../src/store/broadcast-rounds.ts";
import { createBroadcast, findBroadcast, ledgerCounts, moveBroadcast } from "../../src/store/broadcasts.ts";
import { priorityOf } from "../../src/store/deliveries.ts";
import type { RoundKind } from "../../src/store/schema.ts";
import { openSqlite, type SqliteStore } from "../../src/store/sqlite.ts";
import { createGate } from "../../src/telegram/gate.ts";
import { noonZone } from "../support/broadcasting.ts";
import type { ApiSettings } from "./api-server.ts";
import { openApi } from "./open-api.ts";

const token = "1000000008:a-token-for-benches-only-000000";
const actor = { userId: 1, name: "Ed" };
const latencyMs = 40;

/** `npm run bench -- breaking [overtake] [edits]`: both when none is named. COPIES=50000 sets how many are edited. */
export async function run(args: string[]): Promise<void> {
  const benches = { overtake, edits };
  for (const [name, bench] of Object.entries(benches)) if (args.length === 0 || args.includes(name)) await bench();
}

/** The first copy's way while 100,000 digests wait and are being sent at 30 a second. */
async function overtake(): Promise<void> {
  const digests = 100_000;
  const readers = 200;
  const bench = await open({ rate: 30, limits: "telegram", readers });
  try {
    queueDigests(bench.store, digests);
    bench.runner.enqueue({ kind: "deliver" });
    await after(3_000);
    const before = (await bench.api.order({ kind: "report" })).sent;
    const start = Date.now();
    await bench.begin("overtake");
    const first = await bench.until(async () => {
      const [row] = bench.store.client
        .prepare("SELECT count(*) AS n FROM deliveries WHERE kind = 'broadcast' AND state = 'sent'")
        .all() as { n: number }[];
      return row!.n > 0;
    });
    const firstMs = Date.now() - start;
    await bench.until(async () => (await findBroadcast(bench.store.db, 1))?.state === "done");
    const allMs = Date.now() - start;
    const report = await bench.api.order({ kind: "report" });
    const twice = report.twice;
    print(
      `${digests} digests queued and being sent at 30/s (${before} sent so far): first breaking copy delivered and`,
    );
    print(
      `  written down after ${firstMs} ms${first ? "" : " (never)"}; ${readers} copies in ${(allMs / 1000).toFixed(1)} s`,
    );
    print(`  429s ${report.refused}, chats with two messages ${twice} (those who also had their digest)`);
  } finally {
    await bench.close();
  }
}

/** All copies of a broadcast corrected, then recalled; and how long it takes beyond the ideal. */
async function edits(): Promise<void> {
  const copies = Number(process.env["COPIES"] ?? 50_000);
  const rate = Number(process.env["RATE"] ?? 1_000);
  const bench = await open({ rate, limits: null, readers: copies });
  try {
    await bench.begin("edits");
    let start = performance.now();
    await bench.until(async () => (await findBroadcast(bench.store.db, 1))?.state === "done");
    line("sent", copies, rate, start);
    for (const kind of ["correct", "note"] as const) {
      start = performance.now();
      await bench.reword(kind);
      await bench.until(async () => (await runningRounds(bench.store.db)).length === 0);
      line(kind === "correct" ? "corrected" : "recalled (replaced by a note)", copies, rate, start);
      const ends = await roundCounts(bench.store.db, kind === "correct" ? 1 : 2);
      print(`  each copy's end: ${JSON.stringify(ends)}`);
    }
    print(`  ledger: ${JSON.stringify(await ledgerCounts(bench.store.db, 1))}`);
  } finally {
    await bench.close();
  }
}

function line(what: string, copies: number, rate: number, start: number): void {
  const seconds = (performance.now() - start) / 1000;
  const share = (100 * (copies / rate)) / seconds;
  print(`${copies} copies ${what} at ${rate}/s in ${seconds.toFixed(1)} s: ${share.toFixed(1)} % of the ideal time`);
}

async function open({ rate, limits, readers }: { rate: number; limits: ApiSettings["limits"]; readers: number }) {
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  const store = openSqlite(join(folder, "bench.db"));
  const api = await openApi({ token, latencyMs, limits });
  fillReaders(store, readers);
  await api.order({ kind: "people", from: 1, count: 102_000 });
  const now = () => new Date();
  const gate = createGate({ rate, now });
  const agent = new Agent({ keepAlive: true });
  const client = new Api(token, { apiRoot: api.root, timeoutSeconds: 30, baseFetchConfig: { agent } });
  const app = {
    ...{ db: store.db, config: readConfig({}), log: silentLog, api: client, gate, now, random: Math.random },
    me: { id: 1, username: "tidings_bot", first_name: "tidings" },
    enqueue: (job: { kind: string }) => runner.enqueue(job as never),
  };
  const ending = new AbortController();
  const broadcasts = createComposer(app);
  const compose: Composer = async (due, cache) =>
    due.kind === "broadcast" ? broadcasts(due, cache) : [{ html: digest, buttons: [], preview: null, articleIds: [] }];
  const runner = createRunner(
    async (job) => {
      if (job.kind === "broadcast") await runBroadcasts(app, ending.signal);
      else if (job.kind === "broadcast-round") await runRounds(app, ending.signal);
      else if (job.kind === "deliver") await deliver(app, { compose, signal: ending.signal });
    },
    (job, error) => print(`${job.kind}: ${error instanceof Error ? error.stack : error}`),
  );
  return {
    store,
    api,
    runner,
    begin: async (origin: string) => {
      const texts = { zh: { headline: "海堤出现管涌", body: "抢险队已围井反压。", by: "", at: null } };
      const fresh = {
        origin,
        userId: 1,
        userName: "Ed",
        chatId: 1,
        storyId: null,
        articleIds: [],
        url: null,
        photo: null,
      };
      const { id } = await createBroadcast(store.db, { ...fresh, texts }, now());
      const change = { state: "countdown" as const, dueAt: now() };
      await moveBroadcast(store.db, id, { from: ["draft"], change, now: now(), actor, act: { act: "confirmed" } });
      runner.enqueue({ kind: "broadcast" });
    },
    reword: async (kind: RoundKind) => {
      const { id, revision, state } = (await findBroadcast(store.db, 1))!;
      const at = now();
      const round = { origin: `${revision}`, broadcastId: id, kind, revision: revision + 1, note: {}, notice: false };
      const texts = { zh: { headline: `海堤出现管涌 ${revision}`, body: "", by: "", at: null } };
      const change = kind === "correct" ? { texts, correctedAt: at } : { state: "stopped" as const, recalledAt: at };
      await moveBroadcast(store.db, id, {
        from: [state],
        change: { ...change, revision: revision + 1 },
        now: at,
        actor,
        act: { act: kind },
        also: roundIfChanged(store.db, { ...round, userName: "Ed", at }),
      });
      runner.enqueue({ kind: "broadcast-round" });
    },
    until: async (condition: () => Promise<boolean>) => {
      for (;;) {
        if (await condition()) return true;
        await after(20);
      }
    },
    close: async () => {
      ending.abort();
      await runner.stop();
      await api.close();
      agent.destroy();
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const digest = Array.from({ length: 8 }, (_, n) => `<b>${n + 1}</b> a headline of the usual length`).join("\n");

function fillReaders({ client }: SqliteStore, count: number): void {
  const at = Math.floor(Date.now() / 1000);
  const ids = `WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${count})`;
  client.exec(`${ids} INSERT INTO subscribers (id, chat_id, kind, language, news_languages, timezone, state_at, created_at)
    SELECT id, id, 'private', 'zh', 'both', '${noonZone()}', ${at}, ${at} FROM n`);
}

/** Digests of other readers, who are paused for breaking items so that the two can be told apart. */
function queueDigests({ client }: SqliteStore, count: number): void {
  const at = Math.floor(Date.now() / 1000);
  const from = 1_000;
  const last = from + count - 1;
  const ids = `WITH RECURSIVE n (id) AS (SELECT ${from} UNION ALL SELECT id + 1 FROM n WHERE id < ${last})`;
  client.exec(`${ids} INSERT INTO subscribers (id, chat_id, kind, language, news_languages, timezone, state_at, created_at)
    SELECT id, id, 'private', 'zh', 'both', 'UTC', ${at}, ${at} FROM n`);
  client.exec(`${ids} INSERT INTO breaking_choices (subscriber_id, level, silent, night, at)
    SELECT id, 'none', 0, 'wait', ${at} FROM n`);
  client.exec(`${ids} INSERT INTO subscriptions (id, subscriber_id, kind, minute, rule, count, since_at, due_at, slot_at, origin, created_at)
    SELECT id, id, 'digest', 480, 'daily', 8, ${at}, ${at} + 86400, ${at} + 86400, 'bench ' || id, ${at} FROM n`);
  client.exec(`${ids} INSERT INTO deliveries (kind, ref, slot, subscriber_id, state, priority, due_at, at)
    SELECT 'digest', id, ${at}, id, 'queued', ${priorityOf.digest}, ${at}, ${at} FROM n`);
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
