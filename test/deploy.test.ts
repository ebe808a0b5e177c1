import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { Api } from "grammy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCloudflare } from "../src/cli/cloudflare.ts";
import { type DeployOptions, deploy } from "../src/cli/deploying/deploy.ts";
import { webhookSecretOf } from "../src/cli/deploying/telegram.ts";
import { createWrangler } from "../src/cli/deploying/wrangler.ts";
import { exportClosed } from "../src/cli/moving/export.ts";
import { subscribers } from "../src/store/schema.ts";
import { openSqlite } from "../src/store/sqlite.ts";
import { openTelegram, type Telegram, tempFolder, token } from "./support/host.ts";
import { quietWrangler } from "./support/local-d1.ts";
import { addReader } from "./support/readers.ts";

const root = join(import.meta.dirname, "..");
const now = new Date("2026-11-22T08:00:00Z");
/** The real wrangler applies the migrations, and a local D1 is another process. */
const slowMs = 90_000;

describe("npm run deploy", { timeout: slowMs }, () => {
  let home: ReturnType<typeof tempFolder>;
  let telegram: Telegram;
  let worker: Server;
  let said: string[];
  let env: Record<string, string | undefined>;
  let health: { status: string; problems: string[] };
  beforeEach(async () => {
    home = tempFolder();
    said = [];
    health = { status: "ok", problems: [] };
    telegram = await openTelegram();
    worker = createServer((_, response) => response.end(JSON.stringify(health))).listen(0, "127.0.0.1");
    await new Promise((resolve) => worker.once("listening", resolve));
    const bin = join(home.path, "bin");
    mkdirSync(bin);
    const script = `#!/bin/sh\nexec "${process.execPath}" "${join(root, "test/support/fake-wrangler.ts")}" "$@"\n`;
    writeFileSync(join(bin, "wrangler"), script);
    chmodSync(join(bin, "wrangler"), 0o755);
    env = {
      ...{ PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: home.path, ...quietWrangler },
      ...{ BOT_TOKEN: token, TELEGRAM_API_ROOT: telegram.url, DEFAULT_LANGUAGE: "en", DATABASE_PATH: "x.db" },
      ...{ FAKE_FOLDER: home.path, FAKE_URL: `http://127.0.0.1:${(worker.address() as AddressInfo).port}` },
    };
  });
  afterEach(async () => {
    await telegram.close();
    await new Promise((resolve) => worker.close(resolve));
    home.remove();
  });

  function run(options: Partial<DeployOptions> = {}): Promise<string> {
    const say = (line: string) => void said.push(line);
    const dryRun = options.dryRun ?? false;
    const wrangler = createWrangler({ folder: home.path, env, dryRun, say });
    const openStore = (place: "production" | "staging") => openCloudflare(place, home.path, { remote: false });
    const parts = { root, folder: home.path, env, wrangler, openStore, questions: null, say };
    return deploy(
      { ...parts, now: () => now, sleep: async () => {} },
      { environment: "production", ...options, dryRun },
    );
  }

  const webhook = () => new Api(token, { apiRoot: telegram.url }).getWebhookInfo();
  type Asked = { args: string[]; secrets?: Record<string, string> };
  function asked(): Asked[] {
    const file = join(home.path, "asked.ndjson");
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Asked);
  }
  const words = () => asked().map(({ args }) => args.filter((arg) => !arg.startsWith("/") && arg !== "").join(" "));
  const fail = (failing: object) =>
    writeFileSync(join(home.path, "state.json"), JSON.stringify({ ...states(), ...failing }));
  const states = () =>
    existsSync(join(home.path, "state.json"))
      ? (JSON.parse(readFileSync(join(home.path, "state.json"), "utf8")) as object)
      : { databases: [], queues: [] };
  const config = () => JSON.parse(readFileSync(join(home.path, "wrangler.deploy.json"), "utf8"));

  it("makes what is missing, deploys, sets the webhook, tells the owner's link; again it is an update", async () => {
    const url = await run();
    const made = words();
    expect(made).toEqual([
      "whoami --json",
      ...["d1 list --json", "d1 create tidings", "d1 list --json"],
      ...["queues info tidings-jobs", "queues create tidings-jobs"],
      ...["queues info tidings-dead", "queues create tidings-dead"],
      "d1 migrations apply DB --remote --config --env",
      ...["deploy --config --env --secrets-file", "deploy --config --env --secrets-file"],
    ]);
    expect(asked().at(-1)!.secrets).toEqual({ BOT_TOKEN: token, WEBHOOK_SECRET: webhookSecretOf(token, "tidings") });
    expect(existsSync(asked().at(-1)!.args.at(-1)!)).toBe(false);
    const { vars, d1_databases, account_id, main, env: environments } = config();
    expect(d1_databases[0].database_id).toBe("11111111-0000-0000-0000-000000000000");
    expect(account_id).toBe("a1");
    expect(join(home.path, main)).toBe(join(root, "src/worker.ts"));
    expect(vars).toMatchObject({ DEFAULT_LANGUAGE: "en", TELEGRAM_API_ROOT: telegram.url, PUBLIC_URL: url });
    expect(JSON.parse(vars.BOT_INFO)).toMatchObject({ id: 77, is_bot: true });
    expect(Object.keys(vars)).not.toContain("DATABASE_PATH");
    expect(JSON.stringify(config())).not.toContain(token);
    expect(environments.staging.d1_databases[0].database_id).toMatch(/^[0-]+$/);
    expect((await webhook()).url).toBe(`${url}/telegram`);
    expect(said.at(-1)).toMatch(/https:\/\/t\.me\/\w+\?start=own_[\w-]{20,}$/);

    delete env.DEFAULT_LANGUAGE;
    said = [];
    await run();
    expect(words().slice(made.length)).toEqual([
      ...["whoami --json", "d1 list --json", "queues info tidings-jobs", "queues info tidings-dead"],
      "d1 migrations apply DB --remote --config --env",
      "deploy --config --env --secrets-file",
    ]);
    expect(config().vars.DEFAULT_LANGUAGE).toBeUndefined();
    expect(asked().at(-1)!.secrets).toEqual(asked().at(made.length - 1)!.secrets);
  });

  it("brings a store along, keeps staging beside it, and gives nobody's store to another bot", async () => {
    const store = openSqlite(join(home.path, "live.db"));
    await addReader(store.db, { chatId: 5, now });
    const file = join(home.path, "store.tidings.gz");
    await exportClosed(store.db, file, { now: () => now, move: true, sleep: async () => {} });
    store.close();
    env.ADMIN_IDS = "501";
    await run({ store: file });
    expect(said.some((line) => /rows from .*store\.tidings\.gz$/.test(line))).toBe(true);
    expect(said.join("\n")).not.toContain("t.me");
    const there = await openCloudflare("production", home.path, { remote: false });
    expect((await there.db.select().from(subscribers)).map(({ chatId }) => chatId)).toEqual([5]);
    await there.close();
    await run({ store: file });
    expect(said.join("\n")).toContain("holds a store already");

    said = [];
    await run({ environment: "staging", dryRun: true });
    expect(said).toContain("  would run: wrangler d1 create tidings-staging");
    expect(said.some((line) => /would run: wrangler deploy --config .* --env staging/.test(line))).toBe(true);
    await run({ environment: "staging" });
    expect(config().d1_databases[0].database_id).not.toBe(config().env.staging.d1_databases[0].database_id);
    expect(config().vars.BOT_INFO).toBeDefined();
    const staging = await openCloudflare("staging", home.path, { remote: false });
    expect(await staging.db.select().from(subscribers)).toEqual([]);
    await staging.close();
  });

  it("changes nothing in a dry run", async () => {
    await run({ dryRun: true, store: undefined });
    const changes = /create|apply|deploy|secret/;
    expect(words().filter((command) => changes.test(command))).toEqual([]);
    expect(existsSync(join(home.path, "wrangler.deploy.json"))).toBe(false);
    expect((await webhook()).url).toBe("");
    expect(
      said.filter((line) => line.startsWith("  would")).map((line) => line.split(" ").slice(4, 7).join(" ")),
    ).toEqual([
      ...["wrangler d1 create", "wrangler queues create", "wrangler queues create", "wrangler d1 migrations"],
      ...["wrangler deploy --config", "the webhook to"],
    ]);
  });

  it("says what is wrong and how to mend it, and goes on from there", async () => {
    fail({ loggedOut: true });
    await expect(run()).rejects.toThrow("npx wrangler login");
    fail({ loggedOut: false });
    await expect(run({ store: "none.gz" })).rejects.toThrow("There is no file none.gz");
    env.BOT_TOKEN = "";
    await expect(run()).rejects.toThrow("Set BOT_TOKEN (environment or .env)");
    env.BOT_TOKEN = "78:NOT-THE-TOKEN-OF-ANYBODY";
    await expect(run()).rejects.toThrow("Telegram does not know this BOT_TOKEN");
    env.BOT_TOKEN = token;
    fail({ failing: "queues create tidings-dead" });
    await expect(run()).rejects.toThrow(
      /wrangler queues create tidings-dead failed:\n.*Cloudflare API failed\n.*again/,
    );
    fail({ failing: undefined });
    health = { status: "degraded", problems: ["telegram: cannot be reached"] };
    await expect(run()).rejects.toThrow("/health: telegram: cannot be reached. npx wrangler tail");
    health = { status: "ok", problems: [] };
    await run();
    expect(words().filter((command) => command.startsWith("queues create"))).toEqual([
      ...["queues create tidings-jobs", "queues create tidings-dead", "queues create tidings-dead"],
    ]);
    env.PATH = home.path;
    await expect(run()).rejects.toThrow("wrangler is not on the path");
  });

  it("is a command that asks nothing where nobody can answer", async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(root, "src/cli.ts"), "deploy", "--dry-run", "--env", "staging"],
      { cwd: home.path, env: { ...env } as NodeJS.ProcessEnv },
    ).catch((error) => error as { stdout: string; stderr: string; code: number });
    expect(stdout).not.toContain("would run");
    writeFileSync(join(home.path, ".env.staging"), `BOT_TOKEN=${token}\n`);
    const again = await promisify(execFile)(
      process.execPath,
      [join(root, "src/cli.ts"), "deploy", "--dry-run", "--env", "staging"],
      { cwd: home.path, env: { ...env } as NodeJS.ProcessEnv },
    );
    expect(again.stdout).toContain("would run: wrangler d1 create tidings-staging");
  });
});
