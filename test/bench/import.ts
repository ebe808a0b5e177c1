import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import { canonicalUrl } from "../../src/news/url.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import type { StoryCard } from "../../src/store/story-view.ts";
import { candidates, topStories } from "../../src/store/top.ts";
import { urlOf, writeNews } from "./import/news.ts";
import { type Probes, startProbes } from "./import/probes.ts";
import { openApi } from "./open-api.ts";
import { corpusNow } from "./search/corpus.ts";

const token = "1000000002:bench-token-that-opens-nothing";
const secret = "secret-of-a-bench";
const people = { from: 700_000, count: 500 };
const root = join(import.meta.dirname, "../..");
const lookMs = 1_000;
/** Stories of a list. */
const listShown = 8;
/** Each list is asked for so often in a row: a machine that others use holds any call for 30 ms now and then. */
const asksOfEach = 3;
/** As `npm start` does. */
const startArguments = ["--max-semi-space-size=8", "--import", "./src/node/quick-start.ts", "src/node.ts"];

/**
 * `npm run bench -- import [articles] [--keep <folder>]`: an archive through the real command, beside a running server
 * that people ask all the time; then the same file again, and lists from what is there.
 */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: { keep: { type: "string" } },
    allowPositionals: true,
  });
  const count = Number(positionals[0] ?? 20_000);
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), "tidings-bench-import-"));
  mkdirSync(folder, { recursive: true });
  const news = join(folder, `news-${count}.jsonl`);
  const file = join(folder, `import-${count}.db`);
  if (!existsSync(news)) writeNews(news, count);
  for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  print(`${count} articles of 600 to 1,000 characters, ${megabytes(statSync(news).size)} MB of JSON Lines`);
  const api = await openApi({ token, latencyMs: 0, limits: null });
  await api.order({ kind: "people", ...people });
  const server = await startServer(file, api.root);
  try {
    report("nobody imports", await probed(server.port, () => new Promise((done) => setTimeout(done, 5_000))));
    const first = await imported({ news, file, count, server });
    print(`first time: ${first.answer}, by tenths of the file ${first.tenths}`);
    report("meanwhile", first.probes);
    const again = await imported({ news, file, count, server });
    print(`the same file again: ${again.answer}`);
    report("meanwhile", again.probes);
    print(`the server held ${peakMegabytes(server.process.pid!)} MB at the most`);
  } finally {
    await ended(server.process, () => server.process.kill("SIGTERM"));
    await api.close();
  }
  await measureStore(file, count);
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

type Server = { process: ChildProcess; port: number };

/** The program as an operator runs it, with a webhook. */
async function startServer(file: string, apiRoot: string): Promise<Server> {
  const port = await freePort();
  const child = spawn(process.execPath, startArguments, {
    cwd: root,
    env: {
      ...process.env,
      BOT_TOKEN: token,
      TELEGRAM_API_ROOT: apiRoot,
      DATABASE_PATH: file,
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      WEBHOOK_SECRET: secret,
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error("the server did not start");
    const health = await fetch(`http://127.0.0.1:${port}/health`).then(
      (r) => r.json(),
      () => null,
    );
    if ((health as { status?: string } | null)?.status === "ok") return { process: child, port };
    await new Promise((done) => setTimeout(done, 200));
  }
}

type Import = { news: string; file: string; count: number; server: Server };

async function imported({
  news,
  file,
  count,
  server,
}: Import): Promise<{ answer: string; tenths: string; probes: Probes }> {
  const from = performance.now();
  const child = spawn("npm", ["run", "-s", "tidings", "--", "import", news, "--json"], {
    cwd: root,
    env: { ...process.env, BOT_TOKEN: token, DATABASE_PATH: file },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout!.on("data", (chunk) => {
    said += chunk;
  });
  let peak = 0;
  const reached: number[] = [];
  const progress = progressOf(file, count);
  const timer = setInterval(() => {
    peak = Math.max(peak, peakMegabytes(child.pid!));
    const done = progress.read();
    while ((reached.length + 1) * (count / 10) <= done) reached.push(performance.now());
  }, lookMs);
  const probes = await probed(server.port, () => ended(child, () => undefined));
  clearInterval(timer);
  progress.close();
  const seconds = (performance.now() - from) / 1000;
  const { failed, ...counts } = JSON.parse(said) as { failed: unknown[] };
  const tenths = [from, ...reached.slice(0, 9), performance.now()]
    .map((at, n, all) => (n === 0 ? null : Math.round(count / 10 / ((at - all[n - 1]!) / 1000))))
    .slice(1);
  const rate = `${seconds.toFixed(0)} s, ${Math.round(count / seconds)}/s`;
  return {
    answer: `${JSON.stringify(counts)} ${failed.length} failed, ${rate}, the command held ${peak} MB at the most`,
    tenths: `${tenths.join(" ")} a second`,
    probes,
  };
}

/** How many articles are in: by looking the file's own up. */
function progressOf(file: string, count: number): { read(): number; close(): void } {
  const db = new Database(file, { readonly: true });
  const find = db.prepare("SELECT 1 FROM article_keys WHERE key = ?");
  const step = Math.max(1, Math.floor(count / 1_000));
  let at = 0;
  return {
    read: () => {
      while (at < count && find.get(`u:${canonicalUrl(urlOf(at))}`) !== undefined) at += step;
      return at;
    },
    close: () => db.close(),
  };
}

async function probed(port: number, work: () => Promise<unknown>): Promise<Probes> {
  const probing = startProbes({ port, secret, people });
  await work();
  return probing.stop();
}

function report(when: string, probes: Probes): void {
  for (const [name, times] of Object.entries(probes)) {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
    print(
      `  ${when}: ${name.padEnd(22)} p50 ${at(0.5).padStart(6)}  p99 ${at(0.99).padStart(6)}  worst ${at(1).padStart(6)} ms  (${times.length})`,
    );
  }
}

/** What the archive takes, whether all of it found its story, and lists from it as they are shown. */
async function measureStore(file: string, count: number): Promise<void> {
  const { db, client, close } = openSqlite(file);
  client.pragma("wal_checkpoint(TRUNCATE)");
  const number = (sql: string) => client.prepare(sql).pluck().get() as number;
  const text = number("SELECT sum(length(CAST(title || lead || body AS BLOB))) FROM articles");
  const index = number("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search%'");
  const free = number("PRAGMA freelist_count") * number("PRAGMA page_size");
  const bytes = statSync(file).size - free;
  const each = (n: number) => Math.round(n / count);
  print(
    `${number("SELECT count(*) FROM articles")} articles in ${number("SELECT count(*) FROM stories WHERE merged_into IS NULL")} stories, ` +
      `${number("SELECT count(*) FROM articles WHERE story_id IS NULL")} in none`,
  );
  print(
    `disk an article: ${each(bytes - text)} bytes beyond its text of ${each(text)} (index ${each(index)}, unused pages ${each(free)})`,
  );
  const span = count * 32_000;
  const at = (n: number) => new Date(corpusNow.getTime() - ((n * 7919) % 1_000) * (span / 1_000));
  const since = (now: Date) => new Date(now.getTime() - 86_400_000);
  const shown = (cards: readonly StoryCard[]) => cards.slice(0, listShown).map((card) => card.summary());
  const lists: [string, (n: number) => unknown][] = [
    ["top, now", async (n) => shown((await topStories(db, { now: at(n), limit: listShown, language: "zh" })).stories)],
    ["top of any language", async (n) => shown((await topStories(db, { now: at(n), limit: listShown })).stories)],
    [
      "top of a source",
      async (n) => shown((await topStories(db, { now: at(n), limit: listShown, source: 1 + (n % 60) })).stories),
    ],
    [
      "a digest's candidates",
      async (n) => shown(await candidates(db, { now: at(n), since: since(at(n)), language: "zh", count: listShown })),
    ],
    [
      "of two subjects",
      async (n) => shown(await candidates(db, { now: at(n), since: since(at(n)), subjects: [1, 2], count: listShown })),
    ],
    ["(the machine itself)", () => arithmetic()],
  ];
  for (const [name, ask] of lists) {
    const times: number[] = [];
    const undisturbed: number[] = [];
    for (let n = 0; n < 300; n += 1) {
      const own: number[] = [];
      for (let k = 0; k < asksOfEach; k += 1) {
        const from = performance.now();
        await ask(n);
        own.push(performance.now() - from);
      }
      times.push(own[0]!);
      undisturbed.push(Math.min(...own));
    }
    report("lists", { [name]: times });
    report(`  the best of ${asksOfEach}`, { [name]: undisturbed });
  }
  close();
}

/** Some ten milliseconds of nothing but arithmetic: what is slow here is slow for the machine's sake. */
function arithmetic(): number {
  let sum = 0;
  for (let i = 0; i < 10_000_000; i += 1) sum = (Math.imul(sum, 31) + i) | 0;
  return sum;
}

/** The most resident memory of a process and of those that it started, from Linux's own books; 0 elsewhere. */
function peakMegabytes(pid: number): number {
  const own = statusOf(pid);
  const children = processes().filter((each) => each.parent === pid);
  return Math.max(own?.peak ?? 0, ...children.map((child) => peakMegabytes(child.pid)));
}

function processes(): { pid: number; parent: number }[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc").flatMap((name) => {
    const status = /^\d+$/.test(name) ? statusOf(Number(name)) : undefined;
    return status === undefined ? [] : [{ pid: Number(name), parent: status.parent }];
  });
}

function statusOf(pid: number): { parent: number; peak: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
    return { parent: field("PPid"), peak: Math.round(field("VmHWM") / 1024) };
  } catch {
    return undefined;
  }
}

async function ended(child: ChildProcess, ask: () => unknown): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((done) => child.once("exit", done));
  ask();
  await end;
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
