import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { D1Database, D1Meta } from "@cloudflare/workers-types";
import type { Job } from "../../../src/app.ts";
import { openCloudflare } from "../../../src/cli/cloudflare.ts";
import { createIngest, incomingMax } from "../../../src/jobs/ingest.ts";
import { sampleNews } from "../../../src/playground/news.ts";
import { openD1 } from "../../../src/store/d1.ts";
import type { Db } from "../../../src/store/db.ts";
import { createGate } from "../../../src/telegram/gate.ts";
import { createHandlers } from "../../../src/worker/handlers.ts";
import { createLanes } from "../../../src/worker/lanes.ts";
import { migrateLocally } from "../../support/local-d1.ts";
import { addReader } from "../../support/readers.ts";
import { answerWeb, counted, measureAlert, measureRead } from "./events.ts";
import type { Unit, Units } from "./units.ts";

/** Readers whose digests are counted at the usual rate, and at the paid one. */
const slowReaders = 120;
const fastReaders = 400;
const slowRate = 30;
const fastRate = 1_000;
const updatesCounted = 30;
/** Queue messages that one measurement works off at most: the graph must come to an end. */
const messagesMax = 1_000;
const secret = "a-secret-of-the-bench-only";

/**
 * Runs the worker's own handlers (tick, queue, webhook) against a real local D1 and counts what each kind of event
 * takes: D1 tells rows itself, the queue, the gate's object and the calls to Telegram are counted where they come in.
 */
export async function measureUnits(): Promise<Units> {
  const slow = await measureAt(slowRate, slowReaders);
  const fast = await measureAt(fastRate, fastReaders);
  // Pages are counted, so the bytes of many readers are the better ones.
  return { ...slow, fast: fast.slow, bytes: fast.bytes, measuredAt: new Date().toISOString().slice(0, 10) };
}

async function measureAt(rate: number, readers: number): Promise<Units> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-cost-"));
  migrateLocally(folder);
  const { database, close } = await openCloudflare("local", folder);
  const bench = createBench(database, rate);
  try {
    const news = sampleNews(bench.clock.now()).map(({ draft, source }) => ({
      draft,
      source: { name: source.name, kind: "file" as const },
    }));
    const ingest = createIngest(bench.db, bench.clock.now);
    const empty = bench.meter.bytes;
    const article = await bench.unit(news.length, async () => {
      for (let i = 0; i < news.length; i += incomingMax) await ingest(news.slice(i, i + incomingMax));
    });
    const withNews = bench.meter.bytes;
    await bench.minute();
    const minute = await bench.unit(1, bench.minute);
    const update = await bench.unit(updatesCounted, () => bench.say(updatesCounted));
    const read = perEach(await measureRead(bench), minute, counted.read);
    const told = bench.meter.sent;
    const alert = perEach(await measureAlert(bench), minute, counted.alert);
    if (bench.meter.sent - told !== counted.alert) throw new Error(`${bench.meter.sent - told} alerts were sent`);
    const beforeReaders = bench.meter.bytes;
    const slot = new Date(Math.ceil(bench.clock.now().getTime() / 60_000) * 60_000);
    for (let chatId = 1; chatId <= readers; chatId += 1) {
      await addReader(bench.db, { chatId: 1_000 + chatId, now: bench.clock.now(), slot });
    }
    const beforeDigests = bench.meter.bytes;
    bench.clock.to(slot);
    const before = bench.meter.sent;
    const whole = await bench.unit(1, bench.minute);
    const sent = bench.meter.sent - before;
    if (sent !== readers) throw new Error(`${sent} of ${readers} digests were sent`);
    return {
      minute,
      article,
      update,
      read,
      alert,
      slow: { ...perEach(whole, minute, readers), perSecond: rate },
      fast: { ...perEach(whole, minute, readers), perSecond: rate },
      bytes: {
        article: Math.round((withNews - empty) / news.length),
        subscriber: Math.round((beforeDigests - beforeReaders) / readers),
        delivery: Math.round((bench.meter.bytes - beforeDigests) / readers),
      },
      measuredAt: "",
    };
  } finally {
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the minute took beyond one in which nothing is due. */
function perEach(whole: Unit, idle: Unit, times: number): Unit {
  const names = Object.keys(whole) as (keyof Unit)[];
  return Object.fromEntries(names.map((name) => [name, Math.max(whole[name] - idle[name], 0) / times])) as Unit;
}

/** The worker in this process, with all that goes in and out counted. */
function createBench(database: D1Database, rate: number) {
  const meter = { ...zero(), bytes: 0, sent: 0 };
  const queued: Job[] = [];
  let ahead = 0;
  const clock = {
    now: () => new Date(Date.now() + ahead),
    to: (at: Date) => {
      ahead = Math.max(at.getTime() - Date.now(), ahead);
    },
  };
  const fetch = async (input: string) => {
    meter.subrequests += 1;
    const page = answerWeb(input);
    if (page !== null) return page;
    const method = input.split("/").at(-1) ?? "";
    if (method === "sendMessage") meter.sent += 1;
    const result = { message_id: meter.subrequests, date: 0, chat: { id: 1, type: "private" }, text: "" };
    return Response.json({ ok: true, result });
  };
  const handlers = createHandlers({ now: clock.now, random: Math.random, fetch });
  const env = envOf(metered(database, meter), { meter, queued, rate });
  const pending: Promise<unknown>[] = [];
  const ctx = { waitUntil: (promise: Promise<unknown>) => void pending.push(promise) } as never;
  let updateId = 1;

  async function drain(): Promise<void> {
    await Promise.all(pending.splice(0));
    for (let n = 0; queued.length > 0; n += 1) {
      if (n >= messagesMax) throw new Error(`the queue does not empty: ${JSON.stringify(queued.slice(0, 3))}`);
      const body = queued.shift()!;
      meter.invocations += 1;
      await handlers.queue({ queue: "tidings-jobs", messages: [{ body }] } as never, env as never, ctx);
      await Promise.all(pending.splice(0));
    }
  }

  return {
    db: openD1(metered(database, meter)) as Db,
    meter,
    clock,
    /** One cron event, and all that follows from it. */
    async minute() {
      meter.invocations += 1;
      await handlers.scheduled({} as never, env as never, ctx);
      await drain();
    },
    /** So many people ask what matters, one after the other. */
    async say(times: number) {
      for (let n = 0; n < times; n += 1, updateId += 1) {
        meter.invocations += 1;
        const update = updateOf(updateId, clock.now());
        const headers = { "x-telegram-bot-api-secret-token": secret, "content-type": "application/json" };
        const request = new Request("http://bench/telegram", { method: "POST", headers, body: JSON.stringify(update) });
        const response = await handlers.fetch(request as never, env as never, ctx);
        if (response.status !== 200) throw new Error(`the webhook answered ${response.status}`);
        await drain();
      }
    },
    /** What the work took, for each of `times`. */
    async unit(times: number, work: () => Promise<void>): Promise<Unit> {
      const before = { ...meter };
      const cpu = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(cpu);
      const names = Object.keys(zero()) as (keyof Unit)[];
      const spent = Object.fromEntries(names.map((name) => [name, (meter[name] - before[name]) / times])) as Unit;
      return { ...spent, cpuMs: (user + system) / 1000 / times };
    },
  };
}

function updateOf(id: number, now: Date) {
  const user = { id: 100_000 + id, is_bot: false, first_name: "Ann", language_code: "en" };
  const message = { message_id: id, date: Math.floor(now.getTime() / 1000), chat: { ...user, type: "private" } };
  const text = id % 3 === 0 ? "bridge" : "/top";
  const entities = text.startsWith("/") ? [{ type: "bot_command", offset: 0, length: text.length }] : [];
  return { update_id: id, message: { ...message, from: user, text, entities } };
}

function zero(): Unit {
  return { invocations: 0, subrequests: 0, rowsRead: 0, rowsWritten: 0, messages: 0, objectRequests: 0, cpuMs: 0 };
}

type Meter = Unit & { bytes: number };

function envOf(database: D1Database, { meter, queued, rate }: { meter: Meter; queued: Job[]; rate: number }) {
  const gate = { ...createGate({ rate, now: () => new Date(), grantMs: 400, keep: async () => {} }), ...lanes() };
  const counted = Object.fromEntries(
    Object.entries(gate).map(([name, ask]) => [
      name,
      async (...asked: never[]) => {
        meter.objectRequests += 1;
        meter.subrequests += 1;
        return (ask as (...asked: never[]) => unknown)(...asked);
      },
    ]),
  );
  const sendBatch = async (messages: { body: Job }[]) => {
    meter.messages += messages.length;
    meter.subrequests += 1;
    queued.push(...messages.map(({ body }) => structuredClone(body)));
  };
  const me = { id: 77, is_bot: true, first_name: "Tidings", username: "tidings_bot" };
  return {
    ...{ DB: database, JOBS: { sendBatch }, GATE: { idFromName: () => "gate", get: () => counted } },
    ...{ BOT_TOKEN: "77:a-token-for-benches-only-000000", WEBHOOK_SECRET: secret, BOT_INFO: JSON.stringify(me) },
    ...{ SEND_RATE: String(rate), PAID_BROADCAST: String(rate > slowRate), LOG_LEVEL: "error" },
  };
}

function lanes() {
  return createLanes(() => new Date());
}

/** The same database; what it says of rows and size is added up. A batch is one call. */
function metered(database: D1Database, meter: Meter): D1Database {
  const add = (meta: (D1Meta & Record<string, unknown>) | undefined) => {
    meter.rowsRead += meta?.rows_read ?? 0;
    meter.rowsWritten += meta?.rows_written ?? 0;
    meter.bytes = Math.max(meter.bytes, meta?.size_after ?? 0);
  };
  type Result = { meta?: D1Meta & Record<string, unknown> };
  const originals = new WeakMap<object, object>();
  const wrap = (statement: object, isRead: boolean): object => {
    const made = new Proxy(statement, {
      get(target, name) {
        const value = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        if (name === "bind") return (...args: unknown[]) => wrap(value.apply(target, args) as object, isRead);
        if (name === "raw") {
          // `raw` says nothing of rows: the same is asked in the other form.
          return async () => {
            meter.subrequests += 1;
            const all = Reflect.get(target, "all") as () => Promise<Result & { results: object[] }>;
            const result = await all.call(target);
            add(result.meta);
            // Two columns of one name are one in that form: a read is asked once more.
            return isRead ? value.call(target) : result.results.map((row) => Object.values(row));
          };
        }
        if (name === "all" || name === "run") {
          return async () => {
            meter.subrequests += 1;
            const result = (await value.call(target)) as Result;
            add(result.meta);
            return result;
          };
        }
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    originals.set(made, statement);
    return made;
  };
  return {
    prepare: (sql: string) => wrap(database.prepare(sql) as object, /^\s*(select|with)/i.test(sql)),
    batch: async (statements: object[]) => {
      meter.subrequests += 1;
      const results = await database.batch(statements.map((each) => originals.get(each) ?? each) as never);
      for (const result of results) add(result.meta as never);
      return results;
    },
  } as unknown as D1Database;
}
