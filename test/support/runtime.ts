import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { createIngest, type Incoming, incomingMax } from "../../src/jobs/ingest.ts";
import { openWeb as openNodeWeb } from "../../src/node/web.ts";
import { sampleNews } from "../../src/playground/news.ts";
import { createNodeDial } from "../../src/sources/dial-node.ts";
import type { AllowedHosts } from "../../src/sources/guard.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import type { HostileName } from "../cases/reading.ts";
import type { OpenStore } from "./store.ts";

/** What the cases stand on, in Node; `#runtime` is this, and test/worker/runtime.ts where the cases run in workerd. */
export const runtime: "Node" | "workerd" = "Node";

/** How long a test waits for something that happens elsewhere. */
export const patienceMs = 8_000;

/** How a test server answers: as fetch does, with what its runtime hands along. */
export type Answer = (request: Request, env?: object) => Response | Promise<Response>;

/** A real SQLite file in a folder of its own. */
export const openStore: OpenStore = () => openCopy(null);

/** A store with the playground's sample news up to this moment; read once, and copied for each test. */
export async function openNewsStore(at: Date): ReturnType<OpenStore> {
  return openCopy(await newsFile(at));
}

/** The playground's sample news up to this moment, as it comes in. */
export async function newsUpTo(at: Date): Promise<Incoming[]> {
  return sampleNews(at).map(({ source, draft }) => ({ source: { ...source, kind: "feed" as const }, draft }));
}

/** The text of a file of test/fixtures. */
export async function readFixture(name: string): Promise<string> {
  return readFileSync(join(import.meta.dirname, "../fixtures", name), "utf8");
}

/** Real HTTP on loopback. */
export async function serveHttp(answer: Answer): Promise<{ url: string; close(): Promise<void> }> {
  const server = serve({ fetch: answer, port: 0, hostname: "127.0.0.1" });
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = new Promise((done) => server.close(done));
      (server as { closeAllConnections?: () => void }).closeAllConnections?.();
      await closed;
    },
  };
}

/** The web as the program reaches it here. */
export const openWeb = openNodeWeb;

/** The dialler with which the program reaches the web here. */
export function openDial(allowed: AllowedHosts): ReturnType<typeof createNodeDial> {
  return createNodeDial({ allowed });
}

/** A site that means no good, on sockets of this machine. */
export async function startHostile(name: HostileName): Promise<{ port: number; close(): Promise<void> }> {
  // What it takes to be hostile is built only where somebody visits.
  const { startHostile: start } = await import("../hostile-servers.ts");
  return start(name);
}

/** Bytes that are held in buffers. */
export function bytesHeld(): number | null {
  return process.memoryUsage().arrayBuffers;
}

async function openCopy(file: string | null): ReturnType<OpenStore> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-"));
  const own = join(folder, "test.db");
  if (file !== null) copyFileSync(file, own);
  const store = openSqlite(own, file === null ? {} : { durability: "normal" });
  return {
    db: store.db,
    close: async () => {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const newsFiles = new Map<number, Promise<string>>();

function newsFile(at: Date): Promise<string> {
  const known = newsFiles.get(at.getTime());
  if (known !== undefined) return known;
  const made = readNews(at);
  newsFiles.set(at.getTime(), made);
  return made;
}

/** The sample news up to this moment, by the one way in. */
async function readNews(at: Date): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-"));
  const file = join(folder, "news.db");
  const store = openSqlite(file, { durability: "normal" });
  const ingest = createIngest(store.db, () => at);
  const all = await newsUpTo(at);
  for (let n = 0; n < all.length; n += incomingMax) await ingest(all.slice(n, n + incomingMax));
  // Closing moves everything from the log into the one file.
  store.close();
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return file;
}
