import { fork } from "node:child_process";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { Pool } from "undici";
import { createPlayground } from "../../src/playground/playground.ts";
import type { ServerReport, ServerSettings } from "./webhook-server.ts";

const token = "1000000009:a-token-for-benches-only-000000";
const secret = "secret-of-a-bench";
const updates = Number(process.env["UPDATES"] ?? 10_000);
const warmUp = 1_000;
const readers = { from: 500_000, count: warmUp + updates };
const atOnce = 100;
const rounds = Number(process.env["ROUNDS"] ?? 3);

/**
 * `npm run bench -- webhook`: `/top` from as many people, 100 at once, by webhook; an update counts when its answer is in
 * the chat. tidings (the whole program, each update kept durably before it is acknowledged, and handled once) and a bare
 * Hono and grammY echo take turns in a process of their own; this one is Telegram: it posts the updates and takes the
 * answers, which both send by a call of `sendMessage`.
 */
export async function run(): Promise<void> {
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const bare = await measure("bare");
    const ours = await measure("tidings");
    ratios.push(ours.perSecond / bare.perSecond);
    tell("/top", ours);
    tell("  bare echo", bare);
  }
  print(`median ratio of ${rounds}: ${ratios.sort((a, b) => a - b)[Math.floor(rounds / 2)]!.toFixed(2)}`);
}

type Measured = Awaited<ReturnType<typeof measure>>;

function tell(what: string, { perSecond, busy, cpuMicros, answered, kept, rssMb }: Measured): void {
  print(`${what}: ${perSecond.toFixed(0)}/s, answered p50 ${answered.p50} p99 ${answered.p99} ms, acknowledged`);
  print(
    `    p50 ${kept.p50} p99 ${kept.p99} ms; the server ${cpuMicros.toFixed(0)} µs each and ${busy} busy, ${rssMb} MB`,
  );
}

async function measure(kind: ServerSettings["kind"]) {
  const telegram = await openTelegram();
  const server = await openServer({ kind, apiRoot: telegram.root, token, secret, readers });
  const pool = new Pool(`http://127.0.0.1:${server.port}`, { connections: atOnce });
  const waits: number[] = [];
  const acks: number[] = [];
  const post = async (n: number) => {
    const id = readers.from + n;
    const answer = telegram.answerTo(id);
    const start = performance.now();
    const headers = { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret };
    const body = JSON.stringify(updateOf(n, id));
    const response = await pool.request({ path: "/telegram", method: "POST", headers, body });
    await response.body.dump();
    if (response.statusCode !== 200) throw new Error(`the webhook answered ${response.statusCode}`);
    acks.push(performance.now() - start);
    await answer;
    waits.push(performance.now() - start);
  };
  const postAll = async (from: number, to: number) => {
    let next = from;
    const worker = async () => {
      while (next < to) await post(next++);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  await postAll(0, warmUp);
  waits.length = 0;
  acks.length = 0;
  const before = await server.report();
  const start = performance.now();
  await postAll(warmUp, warmUp + updates);
  const seconds = (performance.now() - start) / 1000;
  const { cpuMicros, rssMb } = await server.report();
  await pool.close();
  await server.close();
  await telegram.close();
  const spent = cpuMicros - before.cpuMicros;
  return {
    perSecond: updates / seconds,
    cpuMicros: spent / updates,
    busy: `${Math.round(spent / seconds / 10_000)} %`,
    rssMb: rssMb.toFixed(0),
    answered: percentiles(waits),
    kept: percentiles(acks),
  };
}

/** The Bot API, and a way to wait for a chat's answer. */
async function openTelegram() {
  const playground = createPlayground({ now: () => new Date(), token, flood: null });
  const server = serve({ fetch: playground.app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as { port: number };
  const awaited = new Map<number, () => void>();
  playground.listen((event) => {
    if (event.type === "message") awaited.get(event.chatId)?.();
  });
  return {
    root: `http://127.0.0.1:${port}`,
    answerTo: (id: number) => {
      playground.addPerson({ id, firstName: "P", started: true, language: "en" });
      return new Promise<void>((resolve) => awaited.set(id, resolve));
    },
    close: async () => {
      playground.close();
      (server as { closeAllConnections?: () => void }).closeAllConnections?.();
      await new Promise((done) => server.close(done));
    },
  };
}

async function openServer(settings: ServerSettings) {
  const child = fork(join(import.meta.dirname, "webhook-server.ts"), [JSON.stringify(settings)]);
  const next = <T>() => new Promise<T>((resolve) => child.once("message", (message) => resolve(message as T)));
  const { port } = await next<{ port: number }>();
  return {
    port,
    report: () => {
      const report = next<ServerReport>();
      child.send("report");
      return report;
    },
    close: async () => {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.disconnect();
      await exited;
    },
  };
}

function updateOf(n: number, id: number) {
  const from = { id, is_bot: false, first_name: "P", language_code: "en" };
  const entities = [{ type: "bot_command", offset: 0, length: 4 }];
  const chat = { id, type: "private", first_name: "P" };
  return {
    update_id: 900_000 + n,
    message: { message_id: 1, date: 1_763_800_000, from, chat, text: "/top", entities },
  };
}

function percentiles(list: number[]) {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]!.toFixed(0);
  return { p50: at(0.5), p99: at(0.99) };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
