import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { parse } from "smol-toml";
import { unstable_splitSqlQuery as splitSql, unstable_startWorker as startWorker } from "wrangler";
import { knownMigrations, migrationsFolder } from "../../src/store/sqlite.ts";
import type { HostileName } from "../cases/reading.ts";
import { newsUpTo, readFixture, startHostile } from "../support/runtime.ts";
import { testFilesOfBoth } from "./files.ts";
import { databaseNames } from "./runtime.ts";

/** What belongs to one connection and not to what is said over it. */
const hopHeaders = ["host", "connection", "content-length", "transfer-encoding", "accept-encoding", "content-encoding"];

const root = join(import.meta.dirname, "../..");

// Nothing of this asks the network.
process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false";
process.env["WRANGLER_SEND_METRICS"] = "false";
process.env["WRANGLER_WRITE_LOGS"] = "false";

export type Inside = {
  cases: { file: string; name: string; concurrent: boolean }[];
  /** Runs one case; throws what it threw. */
  run(n: number): Promise<void>;
  close(): Promise<void>;
};

/** An import for each file of cases, where the bundler finds it as `#files`. */
function writeFilesList(): string {
  const folder = join(root, ".wrangler");
  const list = join(folder, "case-files.ts");
  const lines = [
    ...testFilesOfBoth(join(root, "test")).map((name) => `"${name}": () => import("../test/${name}"),`),
    '"worker/store.ts": () => import("../test/worker/store.ts"),',
  ];
  mkdirSync(folder, { recursive: true });
  writeFileSync(list, `export const files = {\n${lines.join("\n")}\n};\n`);
  return "./.wrangler/case-files.ts";
}

/**
 * Starts workerd with the cases in it, and the servers on loopback that they open. Its `fetch` is workerd's own: wrangler's
 * test harness would hand each request to Node's, and what a hostile site does would be met by Node.
 */
export async function startInside(): Promise<Inside> {
  const gateway = await openGateway();
  const worker = await startWorker({
    config: writeConfig({ GATEWAY: gateway.url }),
    dev: {
      ...{ server: { hostname: "127.0.0.1", port: 0 }, logLevel: "none" },
      ...{ watch: false, persist: false, inspector: false },
    },
  });
  await built(worker);
  const url = await worker.url;
  gateway.use(url);
  const migrated = await fetch(new URL("/migrate", url), { method: "POST", body: JSON.stringify(allMigrations()) });
  if (!migrated.ok) throw new Error(await migrated.text());
  const told = await fetch(new URL("/cases", url));
  if (told.headers.get("content-type") !== "application/json") throw new Error(await told.text());
  const cases = (await told.json()) as Inside["cases"];
  return {
    cases,
    run: async (n) => {
      const { error, stack } = (await (await fetch(new URL(`/run?n=${n}`, url))).json()) as Record<string, string>;
      if (error !== undefined) throw Object.assign(new Error(error), { stack });
    },
    close: async () => {
      await worker.dispose();
      await gateway.close();
    },
  };
}

/** Resolves when the worker runs; throws what keeps it from being built. */
async function built({ raw }: Awaited<ReturnType<typeof startWorker>>): Promise<void> {
  await new Promise((resolve, reject) => {
    const fail = ({ cause, reason }: { cause?: unknown; reason?: string }) => reject(cause ?? new Error(reason));
    raw.once("reloadComplete", resolve).once("buildFailed", fail).once("error", fail);
  });
}

/** The worker of the cases, as wrangler reads it: the same runtime as that of wrangler.toml. */
function writeConfig(vars: Record<string, string>): string {
  const file = join(root, ".wrangler/cases.json");
  const { compatibility_date, compatibility_flags } = parse(readFileSync(join(root, "wrangler.toml"), "utf8"));
  const config = {
    ...{ name: "inside", main: join(root, "test/worker/inside.ts"), vars, compatibility_date, compatibility_flags },
    alias: {
      vitest: join(root, "test/worker/vitest.ts"),
      "case-files": join(root, writeFilesList()),
      "node:fs": join(root, "test/worker/none.ts"),
    },
    d1_databases: databaseNames.map((binding) => ({ binding, database_name: binding, database_id: binding })),
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** Every statement of the migrations, taken apart as wrangler does it. */
function allMigrations(): string[] {
  return knownMigrations().flatMap((name) => splitSql(readFileSync(join(migrationsFolder, name), "utf8")));
}

/** Opens servers on loopback for the cases, and hands what comes to them to workerd. */
async function openGateway() {
  const closers = new Map<string, () => Promise<void>>();
  let inside: URL;

  const control = await listen(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://gateway");
    const name = searchParams.get("name") ?? "";
    const id = searchParams.get("id") ?? crypto.randomUUID();
    let answer: unknown = {};
    if (pathname === "/news") answer = await newsUpTo(new Date(Number(searchParams.get("at"))));
    if (pathname === "/fixture") return void response.end(await readFixture(name));
    if (pathname === "/dns-query") answer = resolved(name, searchParams.get("type") ?? "");
    if (pathname === "/open") {
      const { close, url } = await listen((asked, answered) => hand(inside, { id, asked, answered }));
      closers.set(id, close);
      answer = { id, url };
    }
    if (pathname === "/hostile") {
      const { close, port } = await startHostile(name as HostileName);
      closers.set(id, close);
      answer = { id, port };
    }
    if (pathname === "/close") {
      await closers.get(id)!();
      closers.delete(id);
    }
    response.end(JSON.stringify(answer));
  });
  return {
    url: control.url,
    use: (url: URL) => {
      inside = url;
    },
    close: async () => {
      for (const close of [...closers.values(), control.close]) await close();
    },
  };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function listen(answer: Listener): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

type Handed = { id: string; asked: IncomingMessage; answered: ServerResponse };

/** Has workerd answer what was asked of one of its servers. */
async function hand(inside: URL, { id, asked, answered }: Handed): Promise<void> {
  const headers: Record<string, unknown> = {
    ...asked.headers,
    "x-server": id,
    "x-asked": `http://${asked.headers.host}${asked.url}`,
  };
  for (const name of hopHeaders) delete headers[name];
  const hasBody = asked.method !== "GET" && asked.method !== "HEAD";
  const answer = await fetch(inside, {
    ...{ method: asked.method!, headers: headers as never, redirect: "manual" },
    ...(hasBody ? { body: Readable.toWeb(asked) as never, duplex: "half" } : {}),
  } as RequestInit);
  if (answer.headers.has("x-broken")) return void answered.destroy();
  const body = Buffer.from(await answer.arrayBuffer());
  const kept = [...answer.headers].filter(([name]) => !hopHeaders.includes(name));
  answered.writeHead(answer.status, Object.fromEntries(kept)).end(body);
}

/** DNS over HTTPS (RFC 8484's JSON form), of a world that has nothing but this machine. */
function resolved(name: string, type: string): unknown {
  if (name !== "localhost") return { Status: 3 };
  return { Status: 0, Answer: type === "A" ? [{ name, type: 1, TTL: 60, data: "127.0.0.1" }] : [] };
}
