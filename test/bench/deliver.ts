import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api } from "grammy";
import { deliver, inFlightMax } from "../../src/jobs/deliver.ts";
import type { Composer } from "../../src/jobs/deliver-prepare.ts";
import { silentLog } from "../../src/log.ts";
import { createClient } from "../../src/node/client.ts";
import { priorityOf } from "../../src/store/deliveries.ts";
import { openSqlite, type SqliteStore } from "../../src/store/sqlite.ts";
import { keepStop } from "../../src/store/stops.ts";
import { createGate } from "../../src/telegram/gate.ts";
import type { ApiOrder, ApiReport, ApiSettings } from "./api-server.ts";
import { openApi } from "./open-api.ts";

const token = "1000000004:a-token-for-benches-only-000000";
const latencyMs = 40;
const unlimited = 1_000_000;
const rounds = Number(process.env["ROUNDS"] ?? 3);

/** `npm run bench -- deliver [free] [paid] [fast] [refused] [stop]`: all of them when none is named. */
export async function run(args: string[]): Promise<void> {
  const benches = { fast, refused, stop, paid, free };
  for (const [name, bench] of Object.entries(benches)) if (args.length === 0 || args.includes(name)) await bench();
}

/** 3,000 digests at 30 a second, all of Telegram's limits enforced. */
async function free(): Promise<void> {
  const count = 3_000;
  const { seconds, report } = await measure({ count, rate: 30, limits: "telegram" });
  print(
    `free rate: ${count} digests at 30/s in ${seconds.toFixed(2)} s: ${share(count / 30, seconds)} of the ideal time,`,
  );
  print(`  429s: ${report.refused}, delivered ${report.sent}, twice ${report.twice}`);
}

/** 1,000 a second for 60 s with allow_paid_broadcast, 40 ms away. */
async function paid(): Promise<void> {
  const count = 60_000;
  const limits = { perSecond: 30, paidPerSecond: 1_000, perChatPerSecond: 1, chatBurst: 3, perGroupPerMinute: 20 };
  const { seconds, report } = await measure({ count, rate: 1_000, limits, paid: true });
  print(
    `paid rate: ${count} digests at 1,000/s in ${seconds.toFixed(1)} s: ${Math.round(count / seconds)}/s sustained,`,
  );
  print(`  429s: ${report.refused}, delivered ${report.sent}, twice ${report.twice}, at once ${report.inFlightPeak}`);
}

/** No limit at all, the ledger on, against a bare loop of grammY with as many calls in flight; three rounds in turn. */
async function fast(): Promise<void> {
  const count = 6_000;
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const bare = await bareLoop(count);
    const { seconds, report, cpuMicros } = await measure({ count, rate: unlimited, limits: null });
    const ratio = count / seconds / bare.perSecond;
    ratios.push(ratio);
    print(`no limit, ${latencyMs} ms away, ${inFlightMax} at once: with the ledger ${Math.round(count / seconds)}/s,`);
    print(`  bare grammY ${Math.round(bare.perSecond)}/s, ratio ${ratio.toFixed(2)}; processor time a message`);
    print(
      `  ${cpuMicros.toFixed(0)} and ${bare.cpuMicros.toFixed(0)} µs, ratio ${(bare.cpuMicros / cpuMicros).toFixed(2)}; twice ${report.twice}`,
    );
  }
  print(`  median ratio of ${rounds}: ${ratios.sort((a, b) => a - b)[Math.floor(rounds / 2)]!.toFixed(2)}`);
}

/** Two of a hundred sends are refused for their chat's sake. */
async function refused(): Promise<void> {
  const count = 6_000;
  const rate = 100;
  const chatIds = Array.from({ length: count / 50 }, (_, n) => 1 + n * 50 + ((n * 17) % 50));
  const orders: ApiOrder[] = [{ kind: "refuse-chats", chatIds, retryAfter: 2 }];
  const { seconds, report } = await measure({ count, rate, limits: null, orders });
  print(
    `2 % refused: ${count} digests at ${rate}/s in ${seconds.toFixed(2)} s: ${share(count / rate, seconds)} of N/rate,`,
  );
  print(`  429s: ${report.refused}, delivered ${report.sent}, twice ${report.twice}`);
}

/** One stop of everybody for five seconds, in the midst of a run. */
async function stop(): Promise<void> {
  const count = 1_500;
  const rate = 100;
  const stopMs = 5_000;
  let stoppedAt = 0;
  const { report } = await measure({
    count,
    rate,
    limits: null,
    during: async (order) => {
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      stoppedAt = Date.now();
      await order({ kind: "stop", ms: stopMs });
    },
  });
  const learned = report.refusedAt[0]! + latencyMs;
  const inStop = report.refusedAt.filter((at) => at > learned + 50).length;
  const after = (fromMs: number) =>
    report.takenAt.filter((at) => at >= stoppedAt + stopMs + fromMs && at < stoppedAt + stopMs + fromMs + 1_000).length;
  print(
    `a stop of everybody for ${stopMs / 1000} s at ${rate}/s: refused ${report.refusedAt.length} (sent before the first answer`,
  );
  print(
    `  came back), called after that and before its end ${inStop}; taken in the first second after it ${after(0)}, in the`,
  );
  print(`  second ${after(1_000)}, in the third ${after(2_000)}; delivered ${report.sent}, twice ${report.twice}`);
}

type Measured = {
  count: number;
  rate: number;
  limits: ApiSettings["limits"];
  paid?: boolean;
  orders?: ApiOrder[];
  during?: (order: (order: ApiOrder) => Promise<ApiReport>) => Promise<void>;
};

async function measure({ count, rate, limits, paid = false, orders = [], during }: Measured) {
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  const store = openSqlite(join(folder, "bench.db"));
  const api = await openApi({ token, latencyMs, limits });
  try {
    fill(store, count);
    await api.order({ kind: "people", from: 1, count });
    for (const order of orders) await api.order(order);
    const now = () => new Date();
    const gate = createGate({ rate, now, keep: (stop) => keepStop(store.db, stop) });
    const config = { PAID_BROADCAST: paid };
    const app = { db: store.db, config, log: silentLog, api: client(api.root), gate, now, random: Math.random };
    const cpu = process.cpuUsage();
    const start = performance.now();
    await Promise.all([deliver(app, { compose }), during?.(api.order)]);
    const seconds = (performance.now() - start) / 1000;
    const cpuMicros = cpuSince(cpu) / count;
    const states = store.client.prepare("SELECT state, count(*) AS n FROM deliveries GROUP BY state").all();
    const [{ state, n }] = states as [{ state: string; n: number }];
    if (state !== "sent" || n !== count) throw new Error(`not all were sent: ${JSON.stringify(states)}`);
    return { seconds, cpuMicros, report: await api.order({ kind: "report" }) };
  } finally {
    await api.close();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The reference: the same messages, as many in flight, no ledger and no gate. */
async function bareLoop(count: number) {
  const server = await openApi({ token, latencyMs, limits: null });
  await server.order({ kind: "people", from: 1, count });
  const api = client(server.root);
  const cpu = process.cpuUsage();
  const start = performance.now();
  let next = 1;
  const worker = async () => {
    while (next <= count) {
      const chatId = next;
      next += 1;
      await api.sendMessage(chatId, html, { parse_mode: "HTML", link_preview_options: { is_disabled: true } });
    }
  };
  await Promise.all(Array.from({ length: inFlightMax }, worker));
  const seconds = (performance.now() - start) / 1000;
  const cpuMicros = cpuSince(cpu) / count;
  await server.close();
  return { perSecond: count / seconds, cpuMicros };
}

function client(apiRoot: string): Api {
  return new Api(token, createClient({ HTTPS_PROXY: undefined, NO_PROXY: undefined }, apiRoot));
}

/** A digest of usual size: eight stories with links, about 1,700 bytes. */
const html = Array.from(
  { length: 8 },
  (_, n) =>
    `<b>${n + 1}　<a href="https://outlet${n}.example.org/2026/11/22/story-${n}">海堤上的第${n}件事今天有了新的进展</a></b>\n北岸与南港之间的工程比原计划早五个月。`,
).join("\n\n");
const articleIds = Array.from({ length: 8 }, (_, n) => 1_873_000_000_000_000 + n);

const compose: Composer = async () => [{ html, buttons: [], preview: null, articleIds }];

/** Readers, their digests and a queued ledger row each. */
function fill({ client }: SqliteStore, count: number): void {
  const at = Math.floor(Date.now() / 1000);
  const ids = `WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${count})`;
  client.exec(`${ids} INSERT INTO subscribers (id, chat_id, kind, language, news_languages, timezone, state_at, created_at)
    SELECT id, id, 'private', 'zh', 'both', 'Asia/Shanghai', ${at}, ${at} FROM n`);
  client.exec(`${ids} INSERT INTO subscriptions (id, subscriber_id, kind, minute, rule, count, since_at, due_at, slot_at, origin, created_at)
    SELECT id, id, 'digest', 480, 'daily', 8, ${at}, ${at} + 86400, ${at} + 86400, 'bench ' || id, ${at} FROM n`);
  client.exec(`${ids} INSERT INTO deliveries (kind, ref, slot, subscriber_id, state, priority, due_at, at)
    SELECT 'digest', id, ${at}, id, 'queued', ${priorityOf.digest}, ${at}, ${at} FROM n`);
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function share(ideal: number, seconds: number): string {
  return `${((100 * ideal) / seconds).toFixed(1)} %`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
