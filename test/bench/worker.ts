import { fork } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { newsUpTo } from "#runtime";
import { createIngest, incomingMax } from "../../src/jobs/ingest.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import { programToken } from "../cases/program.ts";
import { openTelegram, type Telegram } from "../support/host.ts";
import {
  addReaders,
  cpuSeconds,
  fillFolder,
  firstChat,
  removeFolder,
  say,
  secret,
  startBenchWorker,
  until,
} from "./worker/open.ts";
import { measureStartup } from "./worker/startup.ts";
import { openWatcher } from "./worker/watcher.ts";

/** What people say: a command that reads nothing, the hottest stories, a search. */
const words = ["/id", "/top", "海堤"];
/** Updates of each that are not counted: what is run often is compiled well only then. */
const warmUp = 40;
const emptyTrips = 1_000;

/**
 * `npm run bench -- worker [--due 300] [--updates 100] [--rate 1000]`: the same updates and digests by the server on Node
 * and by the worker of wrangler.toml in workerd, each alone in its process, and the processor time of each side by side;
 * then what each asks of D1. `--startup` measures how the bundle starts.
 */
export async function run(args: string[]): Promise<void> {
  const options = Object.entries({ due: "300", updates: "100", rate: "1000" });
  const known = Object.fromEntries(options.map(([name, value]) => [name, { type: "string" as const, default: value }]));
  if (args.includes("--startup")) return measureStartup();
  const { values } = parseArgs({ options: known, args });
  const work = { due: Number(values["due"]), updates: Number(values["updates"]), rate: String(values["rate"]) };
  const node = await measure(await openNode(work), work);
  const workerd = await measure(await openWorkerd(work), work);
  const asked = await countTrips(work);
  say("processor time of one       on Node  in workerd   ratio   D1: calls, statements   of it, being asked");
  for (const what of [...words, "digest"]) {
    const [here, there] = [node.get(what)!, workerd.get(what)!];
    const { trips, queries } = asked.counts.get(what)!;
    const counts = `${trips.toFixed(1)}, ${queries.toFixed(1)}`;
    say(
      `${what.padEnd(24)}${ms(here)}${ms(there)}${(there / here).toFixed(1).padStart(8)}${counts.padStart(24)}${ms(trips * asked.tripMs)}`,
    );
  }
  say(
    `A call of the local D1 that does nothing takes ${asked.tripMs.toFixed(2)} ms of workerd; SQLite on Node is a function.`,
  );
}

type Work = { due: number; updates: number; rate: string };

/** One of the two, running. */
type Side = {
  name: string;
  telegram: Telegram;
  url: string;
  pid: number;
  /** The digests' time comes. */
  tick(): Promise<void>;
  close(): Promise<void>;
};

function ms(value: number): string {
  return `${value.toFixed(2)} ms`.padStart(12);
}

/** Milliseconds of processor time for one of each. */
async function measure(side: Side, { due, updates }: Work): Promise<Map<string, number>> {
  const { counters } = side.telegram.playground;
  const spent = new Map<string, number>();
  let chat = 1_000;
  const ask = async (text: string, times: number) => {
    for (let n = 0; n < times; n += 1) {
      chat += 1;
      const before = counters.sent;
      await post(side, { chat, text });
      await until(() => counters.sent > before, 1);
    }
  };
  const measured = async (what: string, count: number, run: () => Promise<unknown>) => {
    const before = cpuSeconds(side.pid);
    await run();
    spent.set(what, ((cpuSeconds(side.pid) - before) * 1000) / count);
    say(`  ${side.name}, ${what}: ${count} counted`);
  };
  for (const text of words) await ask(text, warmUp);
  for (const text of words) await measured(text, updates, () => ask(text, updates));
  const before = counters.sent;
  await measured("digest", due, async () => {
    await side.tick();
    await until(() => counters.sent >= before + due);
  });
  await side.close();
  await side.telegram.close();
  return spent;
}

async function post({ url, telegram }: Pick<Side, "url" | "telegram">, { chat, text }: { chat: number; text: string }) {
  telegram.playground.addPerson({ id: chat, firstName: "P", started: true });
  const from = { id: chat, is_bot: false, first_name: "P", language_code: "zh" };
  const entities = text.startsWith("/") ? [{ type: "bot_command", offset: 0, length: text.length }] : [];
  const date = Math.floor(Date.now() / 1000);
  const update = { message_id: 1, date, from, chat: { id: chat, type: "private", first_name: "P" }, text, entities };
  const response = await fetch(`${url}/telegram`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret },
    body: JSON.stringify({ update_id: 10_000 + chat, message: update }),
  });
  if (response.status !== 200) throw new Error(`the webhook answered ${response.status}`);
}

async function openSide(due: number): Promise<Telegram> {
  const telegram = await openTelegram({ token: programToken, flood: null, latencyMs: 0, stars: 1e9 });
  for (let n = 0; n < due; n += 1) {
    telegram.playground.addPerson({ id: firstChat + n, firstName: "P", started: true });
  }
  return telegram;
}

/** This minute, in seconds since 1970. */
function thisMinute(): number {
  return Math.floor(Date.now() / 60_000) * 60;
}

async function openNode({ due, rate }: Work): Promise<Side> {
  const telegram = await openSide(due);
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  const file = join(folder, "bench.db");
  const store = openSqlite(file);
  const ingest = createIngest(store.db, () => new Date());
  const news = await newsUpTo(new Date());
  for (let n = 0; n < news.length; n += incomingMax) await ingest(news.slice(n, n + incomingMax));
  const settings = { apiRoot: telegram.url, file, token: programToken, secret, rate };
  const child = fork(join(import.meta.dirname, "worker/node-server.ts"), [JSON.stringify(settings)]);
  const { port } = await new Promise<{ port: number }>((resolve) =>
    child.once("message", (told) => resolve(told as never)),
  );
  return {
    ...{ name: "Node", telegram, url: `http://127.0.0.1:${port}`, pid: child.pid! },
    tick: async () => {
      for (const sql of addReaders(due, thisMinute())) store.client.exec(sql);
      child.send("tick");
    },
    close: async () => {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.send("stop");
      await exited;
      store.close();
      removeFolder(folder);
    },
  };
}

async function openWorkerd({ due, rate }: Work, more: { entry?: string; watcher?: string } = {}): Promise<Side> {
  const telegram = await openSide(due);
  const folder = await fillFolder(async ({ database }) => {
    for (const sql of addReaders(due, thisMinute())) await database.prepare(sql).run();
  });
  const worker = await startBenchWorker(folder, {
    telegram: telegram.url,
    ...(more.entry === undefined ? {} : { entry: more.entry }),
    settings: { SEND_RATE: rate, PAID_BROADCAST: "true", WATCHER: more.watcher ?? "" },
  });
  const close = async () => {
    await worker.close();
    removeFolder(folder);
  };
  return { name: "workerd", telegram, url: worker.url, pid: worker.pid, tick: worker.tick, close };
}

/** What one of each asks of D1, and what a call of the local D1 costs that does nothing. */
async function countTrips(work: Work) {
  const watcher = await openWatcher();
  const side = await openWorkerd(work, { entry: "test/bench/worker/watched.ts", watcher: watcher.url });
  const { counters } = side.telegram.playground;
  const counts = new Map<string, { trips: number; queries: number }>();
  for (const [n, text] of words.entries()) {
    // The second one: the first of a chat also makes its reader.
    for (let time = 0; time < 2; time += 1) await post(side, { chat: 500_000 + n * 10 + time, text });
    const updates = () => watcher.seen.filter(({ what }) => what === "fetch /telegram");
    await until(() => updates().length === (n + 1) * 2);
    const { trips, queries } = updates().at(-1)!;
    counts.set(text, { trips, queries });
  }
  watcher.seen.length = 0;
  const before = counters.sent;
  await side.tick();
  await until(() => counters.sent >= before + work.due);
  await until(() => watcher.seen.some(({ what, fetches }) => what === "queue deliver" && fetches > 0));
  const sending = watcher.seen.filter(({ what }) => what === "queue deliver" || what === "queue plan-digests");
  const sum = (of: "trips" | "queries") => sending.reduce((total, each) => total + each[of], 0) / work.due;
  counts.set("digest", { trips: sum("trips"), queries: sum("queries") });
  const ask = async (trips: number) => {
    const cpu = cpuSeconds(side.pid);
    await (await fetch(`${side.url}/?trips=${trips}`)).text();
    return cpuSeconds(side.pid) - cpu;
  };
  await ask(emptyTrips);
  const tripMs = ((await ask(emptyTrips)) * 1000) / emptyTrips;
  await side.close();
  await Promise.all([side.telegram.close(), watcher.close()]);
  return { counts, tripMs };
}
