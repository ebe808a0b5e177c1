import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { programBot, programToken } from "../../cases/program.ts";
import { quietWrangler } from "../../support/local-d1.ts";
import { say, secret } from "./open.ts";

const root = join(import.meta.dirname, "../../..");
const rounds = 15;
const nothing = `export default { fetch: () => new Response("", { status: 401 }) };
export { GateObject }; import { DurableObject } from "cloudflare:workers"; class GateObject extends DurableObject {}`;

/**
 * From a fresh workerd to its first answer (the program is built, and refuses who does not know the secret), with the
 * deployed bundle and with a worker of one line: the difference is what an isolate takes to start. They take turns.
 */
export async function measureStartup(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-start-"));
  try {
    const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
    const asked = [wrangler, "deploy", "--dry-run", "--env", "", "--outdir", folder];
    await promisify(execFile)(process.execPath, asked, { cwd: root, env: { ...process.env, ...quietWrangler } });
    const code = readFileSync(join(folder, "worker.js"));
    writeFileSync(join(folder, "nothing.js"), nothing);
    for (const name of ["worker", "nothing"]) writeFileSync(join(folder, `${name}.capnp`), configOf(name));
    const taken = { worker: [] as number[], nothing: [] as number[] };
    for (let n = 0; n < rounds; n += 1) {
      for (const name of ["worker", "nothing"] as const)
        taken[name].push(await firstAnswer(join(folder, `${name}.capnp`)));
    }
    const [ours, none] = [median(taken.worker), median(taken.nothing)];
    const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
    say(`the bundle: ${mib(code.length)}, compressed ${mib(gzipSync(code).length)}`);
    say(
      `a fresh workerd's first answer: ${ours.toFixed(0)} ms, with a worker of one line ${none.toFixed(0)} ms (medians of ${rounds})`,
    );
    say(`the bundle's start, its first answer included: ${(ours - none).toFixed(0)} ms; Cloudflare allows 1,000`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** workerd's own configuration: nothing that the first answer needs is missing, nothing else is there. */
function configOf(name: string): string {
  const settings = { BOT_TOKEN: programToken, WEBHOOK_SECRET: secret, BOT_INFO: JSON.stringify(programBot) };
  const texts = Object.entries(settings).map(([key, text]) => `(name = "${key}", text = ${JSON.stringify(text)})`);
  const bindings = [...texts, `(name = "DB", json = "{}")`, `(name = "JOBS", json = "{}")`];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "main.js", esModule = embed "${name}.js")],
  compatibilityDate = "2026-10-20",
  bindings = [${bindings.join(", ")}, (name = "GATE", durableObjectNamespace = "GateObject")],
  durableObjectNamespaces = [(className = "GateObject", uniqueKey = "gate")],
  durableObjectStorage = (inMemory = void),
);
`;
}

/** Milliseconds from the process's start to its first answer. */
async function firstAnswer(config: string): Promise<number> {
  // The path of workerd's binary, as its package tells it to wrangler.
  const { default: workerd } = createRequire(join(root, "node_modules/wrangler/package.json"))("workerd") as {
    default: string;
  };
  const begun = performance.now();
  const child = spawn(workerd, ["serve", "--control-fd=3", config], { stdio: ["ignore", "ignore", "inherit", "pipe"] });
  try {
    const lines = createInterface({ input: child.stdio[3] as Readable });
    const [told] = await new Promise<[string]>((resolve, reject) => {
      lines.once("line", (line) => resolve([line]));
      child.once("exit", (status) => reject(new Error(`workerd ended with ${status}`)));
    });
    const { port } = JSON.parse(told) as { port: number };
    const { status } = await fetch(`http://127.0.0.1:${port}/telegram`, { method: "POST", body: "{}" });
    if (status !== 401) throw new Error(`the first answer was ${status}`);
    return performance.now() - begun;
  } finally {
    child.kill();
  }
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!;
}
