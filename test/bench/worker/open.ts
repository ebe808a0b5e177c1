import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import { newsUpTo } from "#runtime";
import { type CloudflareStore, openCloudflare } from "../../../src/cli/cloudflare.ts";
import { createIngest, incomingMax } from "../../../src/jobs/ingest.ts";
import { programBot, programToken } from "../../cases/program.ts";
import { migrateLocally, quietWrangler } from "../../support/local-d1.ts";

const root = join(import.meta.dirname, "../../..");
/** CPU ticks of Linux in a second. */
const ticksPerSecond = 100;
/** The readers of `addReaders` have chats from here on. */
export const firstChat = 1_000_000;
export const secret = "a-secret-of-32-characters-or-so-";

export type BenchWorker = {
  url: string;
  /** workerd: the worker, its D1, its queue and the gate's object. */
  pid: number;
  /** The minute's end. */
  tick(): Promise<void>;
  close(): Promise<void>;
};

type BenchOptions = {
  telegram: string;
  entry?: string;
  settings?: Record<string, string>;
  /** Further queues, JOBS1 and so on. A local queue calls its consumer once at a time; Cloudflare's calls many at once. */
  queues?: number;
};

/** A folder with a migrated local D1, the sample news in it, and whatever `fill` adds. */
export async function fillFolder(fill: (store: CloudflareStore) => Promise<void>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  migrateLocally(folder);
  await withStore(folder, async (store) => {
    const ingest = createIngest(store.db, () => new Date());
    const news = await newsUpTo(new Date());
    for (let n = 0; n < news.length; n += incomingMax) await ingest(news.slice(n, n + incomingMax));
    await fill(store);
  });
  return folder;
}

/** The folder's database, while no worker runs on it. */
export async function withStore<T>(folder: string, use: (store: CloudflareStore) => Promise<T>): Promise<T> {
  const store = await openCloudflare("local", folder);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/**
 * The worker as wrangler.toml has it (or with another entry), in workerd on that folder's D1. Unlike the tests' harness it
 * calls Telegram itself, not through this process.
 */
export async function startBenchWorker(
  folder: string,
  { telegram, entry = "src/worker.ts", queues = 0, settings = {} }: BenchOptions,
): Promise<BenchWorker> {
  Object.assign(process.env, quietWrangler, { CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_WRITE_LOGS: "false" });
  const { unstable_startWorker: startWorker } = await import("wrangler");
  const given = {
    ...{ TELEGRAM_API_ROOT: telegram, LOG_LEVEL: "warn", NIGHT_HOURS: "00:00-00:00" },
    ...{ BOT_TOKEN: programToken, WEBHOOK_SECRET: secret, BOT_INFO: JSON.stringify(programBot), ...settings },
  };
  const bindings = Object.entries(given).map(([name, value]) => [name, { type: "plain_text" as const, value }]);
  const worker = await startWorker({
    config: writeConfig(folder, { entry, queues }),
    bindings: Object.fromEntries(bindings),
    dev: {
      ...{ persist: join(folder, ".wrangler/state"), watch: false, logLevel: "error", inspector: false },
      server: { hostname: "127.0.0.1", port: 0 },
    },
  });
  await worker.ready;
  const { port } = await worker.url;
  // Ready is the proxy before it: the worker itself is there when it has answered.
  await (await fetch(`http://127.0.0.1:${port}/health`)).text();
  return {
    url: `http://127.0.0.1:${port}`,
    pid: Number(execFileSync("pgrep", ["-n", "-P", String(process.pid), "workerd"]).toString()),
    tick: async () => {
      const told = await fetch(`http://127.0.0.1:${port}/cdn-cgi/handler/scheduled`);
      if (!told.ok) throw new Error(`the tick was answered ${told.status}: ${await told.text()}`);
    },
    close: () => worker.dispose(),
  };
}

/** Statements that add readers with one digest each at that minute (seconds since 1970, UTC). */
export function addReaders(count: number, slot: number): string[] {
  const ids = `WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${count})`;
  const minute = (slot / 60) % 1_440;
  const at = slot - 86_400;
  const id = `${firstChat} - 1 + id`;
  return [
    `${ids} INSERT INTO subscribers (id, chat_id, kind, language, news_languages, timezone, state_at, created_at)
      SELECT ${id}, ${id}, 'private', CASE id % 3 WHEN 0 THEN 'en' ELSE 'zh' END,
        CASE id % 4 WHEN 0 THEN 'both' ELSE 'zh' END, 'UTC', ${at}, ${at} FROM n`,
    `${ids} INSERT INTO subscriptions (id, subscriber_id, kind, minute, rule, count, since_at, due_at, slot_at, origin, created_at)
      SELECT ${id}, ${id}, 'digest', ${minute}, 'daily', 8, ${at}, ${slot}, ${slot}, 'bench ' || id, ${at} FROM n`,
  ];
}

type Queues = { producers: object[]; consumers: object[] };

/** wrangler.toml with another entry and more queues like its own. */
function writeConfig(folder: string, { entry, queues }: { entry: string; queues: number }): string {
  const config = parse(readFileSync(join(root, "wrangler.toml"), "utf8")) as Record<string, unknown>;
  const { producers, consumers } = config["queues"] as Queues;
  for (let n = 1; n <= queues; n += 1) {
    producers.push({ binding: `JOBS${n}`, queue: `tidings-jobs-${n}` });
    consumers.push({ ...consumers[0], queue: `tidings-jobs-${n}` });
  }
  delete config["env"];
  const path = join(folder, "wrangler.json");
  writeFileSync(path, JSON.stringify({ ...config, main: join(root, entry) }));
  return path;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Seconds of processor time that a process has used. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The most memory that a process had, in MiB. */
export function peakMib(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export async function until(holds: () => boolean | Promise<boolean>, everyMs = 100): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, everyMs));
}
