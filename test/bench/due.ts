import { parseArgs } from "node:util";
import type { D1Database } from "@cloudflare/workers-types";
import { programToken } from "../cases/program.ts";
import { openTelegram } from "../support/host.ts";
import {
  addReaders,
  fillFolder,
  firstChat,
  peakMib,
  removeFolder,
  say,
  startBenchWorker,
  until,
  withStore,
} from "./worker/open.ts";
import { limits, type Seen, subrequestsOf } from "./worker/seen.ts";
import { openWatcher } from "./worker/watcher.ts";

/** Consumers that may be at work at once; Cloudflare calls up to 250. */
const queuesAtOnce = 20;
/** What would be told twice has come by then. */
const settleMs = 3_000;
const tellEveryMs = 10_000;
/** When nothing was sent for so long, nothing more comes. */
const quietMs = 30_000;

/**
 * `npm run bench -- due [--due 5000] [--rate 1000] [--latency 50] [--minutes 10]`: so many readers are due in one minute.
 * The worker of wrangler.toml plans and sends in workerd with a real D1 file, the queue, and the gate's object; what each
 * invocation asks of the platform is counted where it leaves our code, and the worst stands beside Cloudflare's limit.
 */
export async function run(args: string[]): Promise<void> {
  const options = Object.entries({ due: "5000", rate: "1000", latency: "50", minutes: "10" });
  const known = Object.fromEntries(options.map(([name, value]) => [name, { type: "string" as const, default: value }]));
  const { values } = parseArgs({ options: known, args });
  const [due, rate, latencyMs, minutes] = ["due", "rate", "latency", "minutes"].map((name) => Number(values[name]));
  const telegram = await openTelegram({ token: programToken, latencyMs: latencyMs!, stars: 1e9 });
  for (let n = 0; n < due!; n += 1) {
    telegram.playground.addPerson({ id: firstChat + n, firstName: "P", started: true });
  }
  const slot = Math.floor(Date.now() / 60_000) * 60;
  const folder = await fillFolder(async ({ database }) => {
    for (const sql of addReaders(due!, slot)) await database.prepare(sql).run();
  });
  const watcher = await openWatcher();
  const worker = await startBenchWorker(folder, {
    telegram: telegram.url,
    entry: "test/bench/worker/watched.ts",
    queues: queuesAtOnce,
    settings: { SEND_RATE: String(rate), PAID_BROADCAST: "true", WATCHER: watcher.url },
  });
  const { counters } = telegram.playground;
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  const telling = setInterval(
    () => say(`  ${seconds().toFixed(0)} s: ${counters.sent} sent, ${watcher.seen.length} invocations`),
    tellEveryMs,
  );
  await worker.tick();
  let minute = 1;
  let last = { sent: 0, at: performance.now() };
  await until(async () => {
    if (counters.sent > last.sent) last = { sent: counters.sent, at: performance.now() };
    // The clock goes on ticking: what one minute leaves, the next finds.
    if (seconds() > minute * 60) {
      minute += 1;
      await worker.tick();
    }
    // What is in doubt is not sent again: then less than all is the end.
    const isOver = last.sent > 0 && performance.now() - last.at > quietMs;
    return counters.sent >= due! || isOver || seconds() > minutes! * 60;
  });
  const took = (last.at - begun) / 1000;
  const sent = counters.sent;
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  await worker.tick();
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  clearInterval(telling);
  say(`${sent} of ${due} digests of one minute in ${took.toFixed(1)} s, ${(sent / took).toFixed(0)} a second`);
  const answers = [...counters.answers].map(([code, count]) => `${code}: ${count}`).join(", ");
  say(`Telegram's answers: ${answers}; calls at once: ${counters.inFlightPeak}`);
  say(`workerd (the worker, D1, the queue): ${peakMib(worker.pid).toFixed(0)} MiB at most`);
  const perChat = Array.from({ length: due! }, (_, n) => telegram.playground.botMessages(firstChat + n).length);
  await worker.close();
  const states = await withStore(folder, ({ database }) => statesOf(database));
  say(`told twice: ${perChat.filter((n) => n > 1).length}; told nothing: ${perChat.filter((n) => n === 0).length}`);
  say(`the ledger: ${states}`);
  tellWorst(watcher.seen);
  await Promise.all([watcher.close(), telegram.close()]);
  removeFolder(folder);
}

async function statesOf(database: D1Database): Promise<string> {
  const { results } = await database
    .prepare("select state, count(*) as n from deliveries group by state")
    .all<{ state: string; n: number }>();
  return results.map(({ state, n }) => `${n} ${state}`).join(", ");
}

/** For each kind of invocation, the most that one asked for, beside the limit. */
function tellWorst(seen: readonly Seen[]): void {
  const columns: [string, number, (each: Seen) => number][] = [
    ["subrequests", limits.subrequests, subrequestsOf],
    ["D1 queries", limits.queries, (each) => each.queries],
    ["D1 calls", Number.NaN, (each) => each.trips],
    ["open at once", limits.open, (each) => each.openMost],
    ["parameters", limits.parameters, (each) => each.parametersMost],
    ["SQL bytes", limits.sqlBytes, (each) => each.sqlBytesMost],
    ["sendBatch", limits.batch, (each) => each.batchMost],
    ["seconds", limits.seconds, (each) => each.wallMs / 1000],
  ];
  const row = (name: string, cells: string[]) =>
    say(`${name.padEnd(24)}${cells.map((each) => each.padStart(13)).join("")}`);
  say("the worst invocation of each kind:");
  row(
    "",
    columns.map(([name]) => name),
  );
  row(
    "Cloudflare's limit",
    columns.map(([, limit]) => (Number.isNaN(limit) ? "–" : limit.toLocaleString("en"))),
  );
  for (const [what, list] of Object.entries(Object.groupBy(seen, (each) => each.what))) {
    const cells = columns.map(([, , of]) => Math.round(Math.max(...list!.map(of))).toLocaleString("en"));
    row(`${what} × ${list!.length}`, cells);
  }
  const broken = seen.filter((each) => each.error !== "");
  say(`invocations that broke: ${broken.length}${broken.length > 0 ? `, the first by ${broken[0]!.error}` : ""}`);
}
