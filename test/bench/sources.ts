import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIngest } from "../../src/jobs/ingest.ts";
import { refreshSources } from "../../src/jobs/refresh-sources.ts";
import { createLog } from "../../src/log.ts";
import { readApart } from "../../src/node/read-apart.ts";
import { createNodeDial } from "../../src/sources/dial-node.ts";
import type { Dial } from "../../src/sources/fetch.ts";
import { createRobots } from "../../src/sources/robots.ts";
import { openSqlite, type SqliteStore } from "../../src/store/sqlite.ts";

const itemsEach = 5;
/** One feed in so many has something new in the hour. */
const newEvery = 8;
/** So many are read for the first time; the others are as if they had been, with nothing stored of them yet. */
const firstReads = 1_000;
const hourMs = 3_600_000;
const tickMs = 60_000;
/** Minutes that an hour with 10,000 feeds is run in, unless told. */
const minutesUsual = 4;

/**
 * `npm run bench -- sources [feeds] [minutes]`: so many feeds, each of a host of its own (127.x.y.z, served by another
 * process), of which the first thousand are read for the first time as fast as it goes; then all come due within one hour,
 * one in eight with a new article, the others unchanged (304). The hour is run in `minutes`: the program's clock goes that much faster, and
 * whatever takes a second of this machine takes that much longer by it, lag included. CPU is this process's, its reader
 * thread included.
 */
export async function run(args: string[]): Promise<void> {
  const feeds = Number(args[0] ?? 1_000);
  const minutes = Number(args[1] ?? Math.max(0.5, (feeds / 10_000) * minutesUsual));
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  const server = spawn(process.execPath, ["--input-type=module", "-e", serverCode], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [port] = (await once(server.stdout, "data")) as [Buffer];
  const store = openSqlite(join(folder, "bench.db"));
  try {
    await measure(store, { root: (n) => `http://${hostOf(n)}:${Number(port)}/${n}`, feeds, minutes, server });
  } finally {
    store.close();
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Plan = { root(n: number): string; feeds: number; minutes: number; server: ReturnType<typeof spawn> };

async function measure({ db, client }: SqliteStore, { root, feeds, minutes, server }: Plan): Promise<void> {
  const clock = movingClock();
  const due = new Map<string, number>();
  const lags: number[] = [];
  let parsed = 0;
  const { tools, app, close } = partsFor(feeds, clock.now, {
    onAnswer: (url) => lags.push(clock.now().getTime() - due.get(url)!),
    onParse: () => parsed++,
  });
  const work = { ...app, db };
  const ingest = createIngest(db, clock.now);
  const add = client.prepare(
    "insert into sources (id, name, kind, url, family, created_at) values (?, ?, 'feed', ?, ?, 0)",
  );
  const known = client.prepare(
    "insert into readings (source_id, url, interval_minutes, due_at, etag, last_read_at) values (?, ?, 120, 0, ?, ?)",
  );
  const setDue = client.prepare("update readings set due_at = ? where source_id = ?");
  const comeDue = (count: number, at: (n: number) => number) =>
    client.transaction(() => {
      for (let n = 0; n < count; n++) {
        due.set(root(n), at(n));
        setDue.run(Math.floor(at(n) / 1000), n + 1);
      }
    })();
  const begun = clock.now().getTime();
  client.transaction(() => {
    for (let n = 0; n < feeds; n++) {
      const isFirst = n < firstReads;
      add.run(n + 1, `feed ${n}`, root(n), `feed ${n}`);
      known.run(n + 1, root(n), isFirst ? null : `"${n}.0"`, isFirst ? null : Math.floor(begun / 1000));
    }
    client.prepare("update readings set due_at = ?").run(Math.floor(begun / 1000) + 86_400);
  })();
  comeDue(Math.min(feeds, firstReads), () => begun);

  print(`${feeds} feeds, ${itemsEach} items each`);
  print(`                     reads  a second  CPU ms a read  parsed   new  resident MB`);
  const stored = () => (client.prepare("select count(*) as n from articles").get() as { n: number }).n;
  const phase = async (name: string, doing: () => Promise<void>): Promise<void> => {
    [parsed, lags.length] = [0, 0];
    const [cpu, started, before] = [process.cpuUsage(), performance.now(), stored()];
    await doing();
    const seconds = (performance.now() - started) / 1000;
    const used = process.cpuUsage(cpu);
    const each = (used.user + used.system) / 1000 / lags.length;
    const cells = [
      lags.length,
      (lags.length / seconds).toFixed(0),
      each.toFixed(2),
      parsed,
      stored() - before,
      megabytes(),
    ];
    print(name.padEnd(16) + cells.map((cell, n) => String(cell).padStart([10, 10, 15, 8, 6, 13][n]!)).join(""));
  };
  await phase("first read", () => refreshSources(work, { ...tools, ingest }));

  server.stdin!.write("more\n");
  const faster = 60 / minutes;
  clock.goes(faster);
  const from = clock.now().getTime();
  comeDue(feeds, (n) => from + (n / feeds) * hourMs);
  const memory: number[] = [];
  await phase("an hour", async () => {
    let running: Promise<void> | undefined;
    for (let tick = 0; tick <= hourMs / tickMs; tick++) {
      memory.push(megabytes());
      // As the runner has it: one at a time.
      running ??= refreshSources(work, { ...tools, ingest }).then(() => {
        running = undefined;
      });
      await clock.sleepUntil(from + (tick + 1) * tickMs);
    }
    await running;
    await refreshSources(work, { ...tools, ingest });
  });
  lags.sort((a, b) => a - b);
  const at = (share: number) => ((lags[Math.floor((lags.length - 1) * share)] ?? 0) / 1000).toFixed(0);
  print(`the hour was run in ${minutes} minutes, ${faster.toFixed(0)} times as fast as this machine's clock`);
  print(
    `from due to answered, by the fast clock: p50 ${at(0.5)} s, p99 ${at(0.99)} s, most ${at(1)} s (a tick is 60 s)`,
  );
  print(`resident MB at each tenth of the hour: ${memory.filter((_, n) => n % 6 === 0).join(", ")}`);
  await close();
}

type Watching = { onAnswer(url: string): void; onParse(): void };

/** The program's own parts, with somebody who looks on. */
function partsFor(feeds: number, now: () => Date, { onAnswer, onParse }: Watching) {
  const allowed = new Set(Array.from({ length: feeds }, (_, n) => hostOf(n)));
  const node = createNodeDial({ allowed });
  const reader = readApart();
  const dial: Dial = async (url, request) => {
    const response = await node.dial(url, request);
    onAnswer(url);
    return response;
  };
  const read: typeof reader.read = (bytes, options) => {
    onParse();
    return reader.read(bytes, options);
  };
  const robots = createRobots(node.dial, { userAgent: "tidings-bench", allowed });
  return {
    tools: { dial, read, robots, allowed, userAgent: "tidings-bench", zone: "UTC", now },
    app: { now, random: Math.random, log: createLog("error", (text) => process.stderr.write(text)) },
    close: async () => {
      await node.close();
      await reader.close();
    },
  };
}

/** A clock that can be made to go faster than the machine's. */
function movingClock() {
  let [base, since, speed] = [Date.now(), performance.now(), 1];
  const now = () => new Date(base + (performance.now() - since) * speed);
  return {
    now,
    goes(faster: number): void {
      [base, since, speed] = [now().getTime(), performance.now(), faster];
    },
    sleepUntil: (at: number) =>
      new Promise<void>((done) => setTimeout(done, Math.max(0, (at - now().getTime()) / speed))),
  };
}

/** Each feed stands on a host of its own, as most do. */
function hostOf(n: number): string {
  return `127.${1 + (n >> 14)}.${(n >> 7) & 127}.${1 + (n & 127)}`;
}

function megabytes(): number {
  return Math.round(process.memoryUsage().rss / 1024 / 1024);
}

/** Feeds with their own items; who has them is answered 304, until "more" comes: then one feed in eight has a new one. */
const serverCode = `
import { createServer } from "node:http";
const syllables = "ka lo mi ren tu sha vel dor pin gra fos bel nim tar que lis hom wex jun cal".split(" ");
// Words of its own for each article: news of ten thousand sites is not one story.
const words = (seed, count) => Array.from({ length: count }, () => {
  let word = "";
  for (let k = 0; k < 3; k++) { seed = (seed * 1103515245 + 12345) & 0x7fffffff; word += syllables[(seed >> 8) % syllables.length]; }
  return word;
}).join(" ");
const began = Date.now();
let more = 0;
process.stdin.on("data", () => { more = 1; });
const server = createServer((request, response) => {
  const n = Number(request.url.slice(1));
  const extra = more && n % ${newEvery} === 0 ? 1 : 0;
  const etag = '"' + n + "." + extra + '"';
  if (request.headers["if-none-match"] === etag) return response.writeHead(304).end();
  const items = Array.from({ length: ${itemsEach} + extra }, (_, i) => "<item><title>" + words(n * 7 + i, 8) + "</title><link>https://a.example/" + n + "/" + i +
    "</link><guid>" + n + "-" + i + "</guid><pubDate>" + new Date(began - (${itemsEach} - i) * 3600000).toUTCString() + "</pubDate><description>" + words(n * 7 + i, 90) + "</description></item>");
  response.writeHead(200, { etag }).end('<rss version="2.0"><channel><title>' + n + "</title>" + items.join("") + "</channel></rss>");
});
// All of 127.0.0.0/8, and nobody else.
server.on("connection", (socket) => socket.remoteAddress.startsWith("127.") || socket.destroy());
server.listen(0, "0.0.0.0", () => console.log(server.address().port));
`;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
