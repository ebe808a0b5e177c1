import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { Api } from "grammy";
import { openCloudflare } from "../../src/cli/cloudflare.ts";
import { type DeployOptions, type DeployParts, deploy } from "../../src/cli/deploying/deploy.ts";
import { createWrangler } from "../../src/cli/deploying/wrangler.ts";
import { openTelegram, tempFolder, token } from "./host.ts";
import { quietWrangler } from "./local-d1.ts";

export const root = join(import.meta.dirname, "../..");
export const now = new Date("2026-11-22T08:00:00Z");

type Asked = { args: string[]; secrets?: Record<string, string> };
export type Deploying = Awaited<ReturnType<typeof openDeploying>>;

/** A folder to deploy from, a wrangler on the path that stands for the real one, a Telegram, and a worker that answers. */
export async function openDeploying() {
  const home = tempFolder();
  const telegram = await openTelegram();
  const said: string[] = [];
  const health = { status: "ok", problems: [] as string[] };
  const worker = createServer((_, response) => response.end(JSON.stringify(health))).listen(0, "127.0.0.1");
  await new Promise((resolve) => worker.once("listening", resolve));
  const bin = join(home.path, "bin");
  mkdirSync(bin);
  const script = `#!/bin/sh\nexec "${process.execPath}" "${join(root, "test/support/fake-wrangler.ts")}" "$@"\n`;
  writeFileSync(join(bin, "wrangler"), script);
  chmodSync(join(bin, "wrangler"), 0o755);
  const env: Record<string, string | undefined> = {
    ...{ PATH: `${bin}${delimiter}${process.env["PATH"]}`, HOME: home.path, ...quietWrangler },
    ...{ BOT_TOKEN: token, TELEGRAM_API_ROOT: telegram.url, DEFAULT_LANGUAGE: "en", DATABASE_PATH: "x.db" },
    ...{ FAKE_FOLDER: home.path, FAKE_URL: `http://127.0.0.1:${(worker.address() as AddressInfo).port}` },
  };
  const stateFile = join(home.path, "state.json");
  const state = () =>
    existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, "utf8")) as object) : { databases: [], queues: [] };

  function asked(): Asked[] {
    const file = join(home.path, "asked.ndjson");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as Asked);
  }

  return {
    ...{ home, telegram, said, health, env, asked },
    /** What wrangler was asked, without paths. */
    words: () => asked().map(({ args }) => args.filter((arg) => !arg.startsWith("/") && arg !== "").join(" ")),
    /** Cloudflare is as these say from now on. */
    cloudflare: (change: object) => writeFileSync(stateFile, JSON.stringify({ ...state(), ...change })),
    config: () => JSON.parse(readFileSync(join(home.path, "wrangler.deploy.json"), "utf8")),
    webhook: () => new Api(token, { apiRoot: telegram.url }).getWebhookInfo(),
    run(options: Partial<DeployOptions> = {}, questions: DeployParts["questions"] = null): Promise<string> {
      const say = (line: string) => void said.push(line);
      const dryRun = options.dryRun ?? false;
      const wrangler = createWrangler({ folder: home.path, env, dryRun, say });
      const openStore = (place: "production" | "staging") => openCloudflare(place, home.path, { remote: false });
      const parts = { root, folder: home.path, env, wrangler, openStore, questions, say };
      return deploy(
        { ...parts, now: () => now, sleep: async () => {} },
        { environment: "production", ...options, dryRun },
      );
    },
    async close() {
      await telegram.close();
      await new Promise((resolve) => worker.close(resolve));
      home.remove();
    },
  };
}
