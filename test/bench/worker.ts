import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { newsUpTo } from "#runtime";
import { createIngest, incomingMax } from "../../src/jobs/ingest.ts";
import { programToken } from "../cases/program.ts";
import { openTelegram } from "../support/host.ts";
import { addReader } from "../support/readers.ts";
import { openWorker } from "../worker/program.ts";

/** CPU ticks of Linux in a second. */
const ticksPerSecond = 100;
/** What would be told twice has come by then. */
const settleMs = 2_000;

/**
 * The worker as wrangler.toml deploys it, in workerd, with so many digests due in one minute at so many a second: how fast
 * they went, what Telegram refused, and the CPU of workerd (D1 included) for one.
 */
export async function run(args: string[]): Promise<void> {
  const options = { due: "300", updates: "100", rate: "1000", latency: "50" };
  const known = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, { type: "string" as const, default: value }]),
  );
  const { values } = parseArgs({ options: known, args });
  const [due, updates] = [Number(values["due"]), Number(values["updates"])];
  const telegram = await openTelegram({ token: programToken, flood: null, latencyMs: Number(values["latency"]) });
  const started = performance.now();
  const running = await openWorker(telegram, { SEND_RATE: String(values["rate"]) });
  say(`started in ${Math.round(performance.now() - started)} ms (bundling and migrations included)`);
  const pid = Number(execFileSync("pgrep", ["-n", "-P", String(process.pid), "workerd"]).toString());
  const { playground, db } = running;
  const ingest = createIngest(db, () => new Date());
  const news = await newsUpTo(new Date());
  for (let n = 0; n < news.length; n += incomingMax) await ingest(news.slice(n, n + incomingMax));
  for (let chatId = 1_000; chatId < 1_000 + due; chatId += 1) {
    playground.addPerson({ id: chatId, firstName: `P${chatId}`, started: true });
  }

  await measure({ pid, what: "updates by webhook", count: updates }, async () => {
    for (let n = 0; n < updates; n += 1) playground.acts.say(1_000 + n, 1_000 + n, "/id");
    await until(() => playground.counters.sent >= updates);
  });
  const now = new Date();
  const slot = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
  const minute = slot.getUTCHours() * 60 + slot.getUTCMinutes();
  for (let chatId = 1_000; chatId < 1_000 + due; chatId += 1) {
    await addReader(db, { chatId, now, slot, minute, timezone: "UTC" });
  }
  await measure({ pid, what: "digests due in one minute", count: due }, async () => {
    await running.tick();
    await until(() => playground.counters.sent >= updates + due);
  });
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const twice = playground.counters.sent - updates - due;
  const answers = [...playground.counters.answers].map(([code, count]) => `${code}: ${count}`).join(", ");
  say(`Telegram's answers: ${answers}; told twice: ${twice}; calls at once: ${playground.counters.inFlightPeak}`);
  await running.close();
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

type Measured = { pid: number; what: string; count: number };

async function measure({ pid, what, count }: Measured, run: () => Promise<void>): Promise<void> {
  const [cpu, at] = [cpuSeconds(pid), performance.now()];
  await run();
  const seconds = (performance.now() - at) / 1000;
  const ms = ((cpuSeconds(pid) - cpu) * 1000) / count;
  const rate = (count / seconds).toFixed(0);
  say(`${what}: ${count} in ${seconds.toFixed(1)} s, ${rate} a second, ${ms.toFixed(1)} ms of workerd's CPU each`);
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}
