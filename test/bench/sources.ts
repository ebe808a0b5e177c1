import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIngest } from "../../src/jobs/ingest.ts";
import { refreshSources } from "../../src/jobs/refresh-sources.ts";
import { createLog } from "../../src/log.ts";
import { createNodeDial } from "../../src/sources/dial-node.ts";
import { readDocument } from "../../src/sources/read.ts";
import { createRobots } from "../../src/sources/robots.ts";
import { addReading } from "../../src/store/readings.ts";
import { readings } from "../../src/store/schema.ts";
import { ensureSource } from "../../src/store/sources.ts";
import { openSqlite, type SqliteStore } from "../../src/store/sqlite.ts";

const itemsEach = 5;
const dueInAnHour = 10_000;
const hourMs = 3_600_000;

/**
 * `npm run bench -- sources [feeds]`: so many feeds of a server in a process of its own are read for the first time, then again
 * with nothing new (304), then those that come due in one minute of an hour with 10,000; CPU is this process's alone.
 */
export async function run(args: string[]): Promise<void> {
  const feeds = Number(args[0] ?? 1_000);
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-"));
  const server = spawn(process.execPath, ["--input-type=module", "-e", serverCode], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  const root = `http://127.0.0.1:${line.toString().trim()}`;
  const store = openSqlite(join(folder, "bench.db"), { durability: "normal" });
  try {
    await measure(store, root, feeds);
  } finally {
    store.close();
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure({ db }: Pick<SqliteStore, "db">, root: string, feeds: number): Promise<void> {
  let skippedMs = 0;
  const now = () => new Date(Date.now() + skippedMs);
  const allowed = new Set(["127.0.0.1"]);
  const { dial, close } = createNodeDial({ allowed });
  const robots = createRobots(dial, { userAgent: "tidings-bench", allowed });
  const tools = {
    dial,
    robots,
    read: readDocument,
    allowed,
    userAgent: "tidings-bench",
    zone: "UTC",
    now,
    ingest: createIngest(db, now),
  };
  const app = { db, now, random: Math.random, log: createLog("error", (text) => process.stderr.write(text)) };
  for (let at = 0; at < feeds; at++) {
    const url = `${root}/${at}`;
    const source = await ensureSource(db, `feed ${at}`, { kind: "feed", language: "en", url, now: now() });
    await addReading(db, { sourceId: source.id, url, intervalMinutes: null }, now());
  }
  print(`${feeds} feeds, ${itemsEach} items each                 feeds/s   CPU ms/feed   resident MB`);
  const phase = async (name: string, count: number): Promise<void> => {
    const cpu = process.cpuUsage();
    const started = performance.now();
    await refreshSources(app, tools);
    const seconds = (performance.now() - started) / 1000;
    const used = process.cpuUsage(cpu);
    const each = (used.user + used.system) / 1000 / count;
    const memory = process.memoryUsage().rss / 1024 / 1024;
    print(
      `${name.padEnd(38)} ${(count / seconds).toFixed(0).padStart(8)} ${each.toFixed(2).padStart(13)} ${memory.toFixed(0).padStart(13)}`,
    );
  };
  await phase("first read: parsed, stored, joined", feeds);
  for (let turn = 1; turn <= 3; turn++) {
    skippedMs += 24 * hourMs;
    await phase(`nothing new (304), turn ${turn}`, feeds);
  }
  const inMinute = Math.min(feeds, Math.ceil(dueInAnHour / 60));
  skippedMs += 24 * hourMs;
  const later = new Date(now().getTime() + 48 * hourMs);
  await db.update(readings).set({ dueAt: later });
  for (const row of await db.select({ id: readings.sourceId }).from(readings).limit(inMinute)) {
    await addReading(db, { sourceId: row.id, url: `${root}/${row.id}`, intervalMinutes: null }, now());
  }
  await phase(`one minute of ${dueInAnHour} an hour (${inMinute})`, inMinute);
  await close();
}

/** A server of many feeds: each has its own items, and answers 304 to whoever has them. */
const serverCode = `
import { createServer } from "node:http";
const text = "The water of the lake has been falling since the first days of the month, and the boats are ashore. ".repeat(6);
const server = createServer((request, response) => {
  const n = request.url.slice(1);
  const etag = '"' + n + '"';
  if (request.headers["if-none-match"] === etag) return response.writeHead(304).end();
  const items = Array.from({ length: ${itemsEach} }, (_, i) => "<item><title>Lake " + n + " day " + i + " boats ashore</title><link>https://a.example/" + n + "/" + i +
    "</link><guid>" + n + "-" + i + "</guid><pubDate>" + new Date(Date.now() - i * 3600000).toUTCString() + "</pubDate><description>" + text + "</description></item>");
  response.writeHead(200, { etag }).end('<rss version="2.0"><channel><title>' + n + "</title>" + items.join("") + "</channel></rss>");
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
