import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCloudflare } from "../src/cli/cloudflare.ts";
import { webhookSecretOf } from "../src/cli/deploying/telegram.ts";
import { exportClosed } from "../src/cli/moving/export.ts";
import { subscribers } from "../src/store/schema.ts";
import { openSqlite } from "../src/store/sqlite.ts";
import { type Deploying, now, openDeploying, root } from "./support/deploying.ts";
import { token } from "./support/host.ts";
import { addReader } from "./support/readers.ts";

/** The real wrangler applies the migrations, and a local D1 is another process. */
const slowMs = 90_000;

describe("npm run deploy", { timeout: slowMs }, () => {
  let world: Deploying;
  beforeEach(async () => {
    world = await openDeploying();
  });
  afterEach(() => world.close());

  const two = [
    { id: "a1", name: "Harbour Post" },
    { id: "b2", name: "Lake Radio" },
  ];
  /** What was said, without paths. */
  const steps = () => world.said.map((line) => line.replaceAll(`${world.home.path}/`, ""));
  /** What a first deployment has to do. */
  const toDo = [
    "  would run: wrangler d1 create tidings",
    "  would run: wrangler queues create tidings-jobs",
    "  would run: wrangler queues create tidings-dead",
    "  would write wrangler.deploy.json: the database's id, the account, settings as variables",
    '  would run: wrangler d1 migrations apply DB --remote --config wrangler.deploy.json --env ""',
    '  would run: wrangler deploy --config wrangler.deploy.json --env "" --secrets-file (BOT_TOKEN, WEBHOOK_SECRET)',
    "  would wait until the worker's address/health answers",
    "  would set the webhook to the worker's address/telegram and ask Telegram whether it reaches it",
    "  would print the link that makes you the owner, unless somebody is (or ADMIN_IDS is set)",
  ];

  it("makes what is missing, deploys, sets the webhook, tells the owner's link; again it is an update", async () => {
    const url = await world.run();
    const made = world.words();
    expect(made).toEqual([
      "whoami --json",
      ...["d1 list --json", "d1 create tidings", "d1 list --json"],
      ...["queues info tidings-jobs", "queues create tidings-jobs"],
      ...["queues info tidings-dead", "queues create tidings-dead"],
      "d1 migrations apply DB --remote --config --env",
      ...["deploy --config --env --secrets-file", "deploy --config --env --secrets-file"],
    ]);
    expect(world.asked().at(-1)!.secrets).toEqual({
      BOT_TOKEN: token,
      WEBHOOK_SECRET: webhookSecretOf(token, "tidings"),
    });
    expect(existsSync(world.asked().at(-1)!.args.at(-1)!)).toBe(false);
    const { vars, d1_databases, account_id, main, env: environments } = world.config();
    expect(d1_databases[0].database_id).toBe("11111111-0000-0000-0000-000000000000");
    expect(account_id).toBe("a1");
    expect(join(world.home.path, main)).toBe(join(root, "src/worker.ts"));
    expect(vars).toMatchObject({ DEFAULT_LANGUAGE: "en", TELEGRAM_API_ROOT: world.telegram.url, PUBLIC_URL: url });
    expect(JSON.parse(vars.BOT_INFO)).toMatchObject({ id: 77, is_bot: true });
    expect(Object.keys(vars)).not.toContain("DATABASE_PATH");
    expect(JSON.stringify(world.config())).not.toContain(token);
    expect(environments.staging.d1_databases[0].database_id).toMatch(/^[0-]+$/);
    expect((await world.webhook()).url).toBe(`${url}/telegram`);
    expect(world.said.at(-1)).toMatch(/https:\/\/t\.me\/\w+\?start=own_[\w-]{20,}$/);

    delete world.env.DEFAULT_LANGUAGE;
    world.said.length = 0;
    await world.run();
    expect(world.words().slice(made.length)).toEqual([
      ...["whoami --json", "d1 list --json", "queues info tidings-jobs", "queues info tidings-dead"],
      "d1 migrations apply DB --remote --config --env",
      "deploy --config --env --secrets-file",
    ]);
    expect(world.config().vars.DEFAULT_LANGUAGE).toBeUndefined();
    expect(world.asked().at(-1)!.secrets).toEqual(world.asked().at(made.length - 1)!.secrets);
  });

  it("brings a store along, keeps staging beside it, and gives nobody's store to another bot", async () => {
    const store = openSqlite(join(world.home.path, "live.db"));
    await addReader(store.db, { chatId: 5, now });
    const file = join(world.home.path, "store.tidings.gz");
    await exportClosed(store.db, file, { now: () => now, move: true, sleep: async () => {} });
    store.close();
    world.env.ADMIN_IDS = "501";
    await world.run({ store: file });
    expect(world.said.some((line) => /rows from .*store\.tidings\.gz$/.test(line))).toBe(true);
    expect(world.said.join("\n")).not.toContain("t.me");
    const there = await openCloudflare("production", world.home.path, { remote: false });
    expect((await there.db.select().from(subscribers)).map(({ chatId }) => chatId)).toEqual([5]);
    await there.close();
    await world.run({ store: file });
    expect(world.said.join("\n")).toContain("holds a store already");

    world.said.length = 0;
    await world.run({ environment: "staging", dryRun: true });
    expect(world.said).toContain("  would run: wrangler d1 create tidings-staging");
    expect(world.said.some((line) => /would run: wrangler deploy --config .* --env staging/.test(line))).toBe(true);
    await world.run({ environment: "staging" });
    expect(world.config().d1_databases[0].database_id).not.toBe(world.config().env.staging.d1_databases[0].database_id);
    expect(world.config().vars.BOT_INFO).toBeDefined();
    const staging = await openCloudflare("staging", world.home.path, { remote: false });
    expect(await staging.db.select().from(subscribers)).toEqual([]);
    await staging.close();
  });

  it("changes nothing in a dry run", async () => {
    await world.run({ dryRun: true, store: undefined });
    const changes = /create|apply|deploy|secret/;
    expect(world.words().filter((command) => changes.test(command))).toEqual([]);
    expect(existsSync(join(world.home.path, "wrangler.deploy.json"))).toBe(false);
    expect((await world.webhook()).url).toBe("");
    expect(steps()).toEqual([
      "✓ logged in at Cloudflare as ed@example.org",
      "✓ Telegram knows the bot: @tidings_bot",
      ...toDo,
    ]);
  });

  it("tells in a dry run what it would do, also where nobody is logged in and no token is set", async () => {
    world.cloudflare({ loggedOut: true });
    world.env.BOT_TOKEN = "";
    await world.run({ dryRun: true });
    expect(steps()).toEqual([
      "  would log in at Cloudflare; nobody is now, so this is told as if nothing were there yet",
      "  would ask for BOT_TOKEN (or take it from the environment or .env), and Telegram who the bot is",
      ...toDo,
    ]);
    world.said.length = 0;
    world.cloudflare({ loggedOut: false, accounts: two, queues: ["tidings-jobs"] });
    await world.run({ dryRun: true });
    expect(steps().slice(0, 1)).toEqual(["  would ask which account: a1 (Harbour Post), b2 (Lake Radio)"]);
    world.said.length = 0;
    world.env.CLOUDFLARE_ACCOUNT_ID = "b2";
    await world.run({ dryRun: true });
    expect(steps()).not.toContain("  would run: wrangler queues create tidings-jobs");
    expect(steps()).toContain("  would run: wrangler queues create tidings-dead");
    expect(existsSync(join(world.home.path, "wrangler.deploy.json"))).toBe(false);
  });

  it("takes no account for another", async () => {
    world.cloudflare({ accounts: two });
    await expect(world.run()).rejects.toThrow(/^Set CLOUDFLARE_ACCOUNT_ID to one of: a1 \(Harbour Post\), b2/);
    world.env.CLOUDFLARE_ACCOUNT_ID = "Harbour Post";
    await expect(world.run()).rejects.toThrow(
      /^The account Harbour Post, which CLOUDFLARE_ACCOUNT_ID names, is none of this login's: a1 \(Harbour Post\)/,
    );
    expect(world.words().filter((command) => command !== "whoami --json")).toEqual([]);
  });

  it("says what is wrong and how to mend it, and goes on from there", async () => {
    world.cloudflare({ loggedOut: true });
    await expect(world.run()).rejects.toThrow("npx wrangler login");
    world.cloudflare({ loggedOut: false });
    await expect(world.run({ store: "none.gz" })).rejects.toThrow("There is no file none.gz");
    world.env.BOT_TOKEN = "";
    await expect(world.run()).rejects.toThrow("Set BOT_TOKEN (environment or .env)");
    world.env.BOT_TOKEN = "78:NOT-THE-TOKEN-OF-ANYBODY";
    await expect(world.run()).rejects.toThrow("Telegram does not know this BOT_TOKEN");
    world.env.BOT_TOKEN = token;
    world.cloudflare({ failing: "queues create tidings-dead" });
    await expect(world.run()).rejects.toThrow(
      /wrangler queues create tidings-dead failed:\n.*Cloudflare API failed\n.*again/,
    );
    world.cloudflare({ failing: undefined });
    Object.assign(world.health, { status: "degraded", problems: ["telegram: cannot be reached"] });
    await expect(world.run()).rejects.toThrow("/health: telegram: cannot be reached. npx wrangler tail");
    Object.assign(world.health, { status: "ok", problems: [] });
    await world.run();
    expect(world.words().filter((command) => command.startsWith("queues create"))).toEqual([
      ...["queues create tidings-jobs", "queues create tidings-dead", "queues create tidings-dead"],
    ]);
    world.env.PATH = world.home.path;
    await expect(world.run()).rejects.toThrow("wrangler is not on the path");
  });

  it("is a command that asks nothing where nobody can answer", async () => {
    const deploy = (...args: string[]) => {
      const told = [join(root, "src/cli.ts"), "deploy", "--env", "staging", ...args];
      const env = { ...world.env } as NodeJS.ProcessEnv;
      return promisify(execFile)(process.execPath, told, { cwd: world.home.path, env });
    };
    // The first bot's token is not this one's.
    const refused = (await deploy().catch((error) => error)) as { code: number; stderr: string };
    expect(refused).toMatchObject({ code: 1, stderr: "Set BOT_TOKEN (environment or .env.staging).\n" });
    writeFileSync(join(world.home.path, ".env.staging"), `BOT_TOKEN=${token}\n`);
    const again = await deploy("--dry-run");
    expect(again.stdout).toContain("would run: wrangler d1 create tidings-staging");
  });
});
