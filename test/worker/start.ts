import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createTestHarness } from "wrangler";
import { newsUpTo, readFixture } from "../support/runtime.ts";
import { testFiles } from "./files.ts";
import { databases } from "./runtime.ts";

/** What belongs to one connection and not to what is said over it. */
const hopHeaders = ["host", "connection", "content-length", "transfer-encoding", "accept-encoding", "content-encoding"];

const root = join(import.meta.dirname, "../..");

// Nothing of this asks the network.
process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false";
process.env["WRANGLER_SEND_METRICS"] = "false";
process.env["WRANGLER_WRITE_LOGS"] = "false";

export type Inside = {
  cases: { file: string; name: string }[];
  /** Runs one case; throws what it threw. */
  run(n: number): Promise<void>;
  close(): Promise<void>;
};

/** An import for each file of cases, where the bundler finds it as `#files`. */
function writeFilesList(): string {
  const folder = join(root, ".wrangler");
  const list = join(folder, "case-files.ts");
  const lines = [
    ...testFiles(join(root, "test")).both.map((name) => `"${name}": () => import("../test/${name}"),`),
    '"worker/store.ts": () => import("../test/worker/store.ts"),',
  ];
  mkdirSync(folder, { recursive: true });
  writeFileSync(list, `export const files = {\n${lines.join("\n")}\n};\n`);
  return "./.wrangler/case-files.ts";
}

/** Starts workerd with the cases in it, and the servers on loopback that they open. */
export async function startInside(): Promise<Inside> {
  const gateway = await openGateway();
  const names = Array.from({ length: databases }, (_, n) => `DB${n}`);
  const harness = createTestHarness({
    root,
    workers: [
      {
        config: {
          name: "inside",
          main: "test/worker/inside.ts",
          compatibility_date: "2026-10-20",
          alias: {
            vitest: "./test/worker/vitest.ts",
            "case-files": writeFilesList(),
            "node:fs": "./test/worker/none.ts",
          },
          vars: { GATEWAY: gateway.url },
          d1_databases: [...names, "NEWS"].map((binding) => ({
            binding,
            ...{ database_name: binding, database_id: binding, migrations_dir: "migrations" },
          })),
        },
      },
    ],
  });
  const { url } = await harness.listen();
  gateway.use(url);
  const worker = harness.getWorker();
  for (const name of [...names, "NEWS"]) await worker.applyD1Migrations(name);
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
      await harness.close();
      await gateway.close();
    },
  };
}

/** Opens servers on loopback for the cases, and hands what comes to them to workerd. */
async function openGateway() {
  const servers = new Map<string, Server>();
  let inside: URL;
  const listen = async (answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>) => {
    const server = createServer((request, response) => {
      answer(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  };
  const end = async (server: Server) => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };

  async function hand(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers: Record<string, unknown> = {
      ...request.headers,
      "x-server": id,
      "x-asked": `http://${request.headers.host}${request.url}`,
    };
    for (const name of hopHeaders) delete headers[name];
    const hasBody = request.method !== "GET" && request.method !== "HEAD";
    const answered = await fetch(inside, {
      ...{ method: request.method!, headers: headers as never, redirect: "manual" },
      ...(hasBody ? { body: Readable.toWeb(request) as never, duplex: "half" } : {}),
    } as RequestInit);
    if (answered.headers.has("x-broken")) return void response.destroy();
    const body = Buffer.from(await answered.arrayBuffer());
    const kept = [...answered.headers].filter(([name]) => !hopHeaders.includes(name));
    response.writeHead(answered.status, Object.fromEntries(kept)).end(body);
  }

  const control = await listen(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://gateway");
    let answer: unknown = {};
    if (pathname === "/news") answer = await newsUpTo(new Date(Number(searchParams.get("at"))));
    if (pathname === "/fixture") return void response.end(await readFixture(searchParams.get("name")!));
    if (pathname === "/open") {
      const id = crypto.randomUUID();
      const { server, url } = await listen((asked, answered) => hand(id, asked, answered));
      servers.set(id, server);
      answer = { id, url };
    }
    if (pathname === "/close") {
      const id = searchParams.get("id")!;
      await end(servers.get(id)!);
      servers.delete(id);
    }
    response.end(JSON.stringify(answer));
  });
  return {
    url: control.url,
    use: (url: URL) => {
      inside = url;
    },
    close: async () => {
      for (const server of [...servers.values(), control.server]) await end(server);
    },
  };
}
