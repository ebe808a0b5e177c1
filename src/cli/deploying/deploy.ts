import { existsSync } from "node:fs";
import { join } from "node:path";
import type { UserFromGetMe } from "grammy/types";
import { type Config, readConfig } from "../../config.ts";
import { UserError } from "../../errors.ts";
import { makeOwnerLink } from "../../node/owner-link.ts";
import type { Db } from "../../store/db.ts";
import { claimForBot } from "../../store/facts.ts";
import { ownersOf } from "../../store/owners.ts";
import { standstillOf } from "../../store/standstill.ts";
import { hasRows } from "../../store/whole.ts";
import type { CloudflareStore } from "../cloudflare.ts";
import { restoreToD1 } from "../moving/restore.ts";
import type { Questions } from "./ask.ts";
import {
  type DeployConfig,
  type Environment,
  keepToken,
  readDeployConfig,
  refuseMissing,
  variablesOf,
} from "./config.ts";
import { logIn } from "./login.ts";
import { ensureDatabase, ensureQueues, uploadWorker } from "./steps.ts";
import {
  askWhoItIs,
  openTelegram,
  reachWorker,
  setWebhook,
  type Telegram,
  WrongToken,
  webhookSecretOf,
  webhookTrouble,
} from "./telegram.ts";
import type { Wrangler } from "./wrangler.ts";

export type DeployOptions = {
  environment: Environment;
  dryRun: boolean;
  /** An exported store to bring along. */
  store?: string | undefined;
  /** The worker's own domain, instead of workers.dev. */
  url?: string | undefined;
  /** Where the database is made. */
  location?: string | undefined;
};

export type DeployParts = {
  /** The program's folder, and the one whose .env and wrangler.deploy.json hold. */
  root: string;
  folder: string;
  env: Record<string, string | undefined>;
  wrangler: Wrangler;
  openStore(environment: Environment): Promise<CloudflareStore>;
  /** Null where nobody can be asked. */
  questions: Questions | null;
  say(line: string): void;
  now(): Date;
  sleep(ms: number): Promise<void>;
  /** Given when a person stops it. */
  signal?: AbortSignal;
};

/** Tokens that Telegram does not know, until it is a mistake of another kind. */
const tokensMax = 5;

/**
 * Puts the bot on Cloudflare, or brings it up to date: each step looks at what is there and does only what is missing,
 * so a step that failed is mended and the whole run again. Gives the worker's address; a dry run only says what it
 * would do, step by step, also where nobody is logged in.
 */
export async function deploy(parts: DeployParts, options: DeployOptions): Promise<string> {
  const { environment, dryRun } = options;
  refuseMissing(parts.root);
  if (options.store !== undefined && !existsSync(options.store))
    throw new UserError(`There is no file ${options.store}.`);
  const config = readDeployConfig(parts.root, parts.folder, environment);
  const { accountId, wrangler } = await logIn(parts, { dryRun, earlier: config.accountId });
  const bot = await identify(parts, options);
  return provide({ ...parts, wrangler }, { options, config, accountId, bot });
}

type Bot = { token: string; settings: Config; telegram: Telegram; me: UserFromGetMe };

/** Whose token it is, asked for until Telegram knows it; only then may it be kept. Null in a dry run without one. */
async function identify(
  { env, folder, questions, say }: DeployParts,
  { environment, dryRun }: DeployOptions,
): Promise<Bot | null> {
  const given = env.BOT_TOKEN?.trim();
  const file = envFile(environment);
  if (!given && dryRun) {
    say(`  would ask for BOT_TOKEN (or take it from the environment or ${file}), and Telegram who the bot is`);
    return null;
  }
  for (let tries = 1; ; tries += 1) {
    const token = given || (await questions?.token());
    if (!token) throw new UserError(`Set BOT_TOKEN (environment or ${file}).`);
    const settings = readConfig({ ...env, BOT_TOKEN: token });
    const telegram = openTelegram(settings, token);
    const me = await askWhoItIs(telegram).catch((error) => {
      if (given || !(error instanceof WrongToken) || tries === tokensMax) throw error;
      say(error.message);
    });
    if (me === undefined) continue;
    say(`✓ Telegram knows the bot: @${me.username}`);
    if (!given && (await questions?.confirm(`Keep the token in ${file} for the next time?`))) {
      keepToken(join(folder, file), token);
    }
    return { token, settings, telegram, me };
  }
}

type Providing = {
  options: DeployOptions;
  config: DeployConfig;
  accountId: string | undefined;
  bot: Bot | null;
};

/** Database, queues, tables, worker, webhook. */
async function provide(parts: DeployParts, { options, config, accountId, bot }: Providing): Promise<string> {
  const { wrangler, say } = parts;
  const { environment, dryRun } = options;
  const done = (line: string) => dryRun || say(line);
  const database = await ensureDatabase(wrangler, config.database, options.location);
  if (database.made) done(`✓ D1 database ${config.database}: made`);
  else say(`✓ D1 database ${config.database}`);
  const made = await ensureQueues(wrangler, config.queues);
  if (made.length > 0) done(`✓ queues ${config.queues.join(", ")}: made ${made.length}`);
  else say(`✓ queues ${config.queues.join(", ")}`);
  const address = options.url ?? config.vars.PUBLIC_URL;
  const chosen = ["--config", config.path, "--env", environment === "production" ? "" : environment];
  if (dryRun || bot === null) return promise(parts, { options, config, chosen, address });
  const vars = { ...variablesOf(parts.env), BOT_INFO: JSON.stringify(bot.me) };
  const save = (url: string | undefined) =>
    config.save({
      databaseId: database.id as string,
      accountId,
      vars: { ...vars, ...(url === undefined ? {} : { PUBLIC_URL: url }) },
    });
  if (database.id === undefined)
    throw new UserError(`${config.database} was made, but is not listed yet: run this again.`);
  save(address);
  say(`✓ ${config.path}`);
  await wrangler.change("d1", "migrations", "apply", "DB", "--remote", ...chosen);
  say("✓ tables are up to date");
  const ownerLink = await withStore(parts, environment, (db) =>
    prepareStore(parts, db, { options, me: bot.me, admins: bot.settings.ADMIN_IDS }),
  );
  const secret = bot.settings.WEBHOOK_SECRET ?? webhookSecretOf(bot.token, config.name);
  const secrets = { BOT_TOKEN: bot.token, WEBHOOK_SECRET: secret };
  const workers = await uploadWorker(wrangler, chosen, secrets);
  const url = options.url ?? workers;
  // The worker's address is known once it is there; what it tells others needs it.
  if (url !== address) {
    save(url);
    await uploadWorker(wrangler, chosen, secrets);
  }
  say(`✓ the worker runs at ${url}`);
  await connect(parts, { telegram: bot.telegram, url, secret });
  if (ownerLink !== null) say(`\nYou run this bot once you open (within 15 minutes): ${ownerLink}`);
  return url;
}

type Connecting = { telegram: Telegram; url: string; secret: string };

/** Sends Telegram to the worker, once that answers, and asks Telegram whether it reaches it. */
async function connect({ sleep, now, say }: DeployParts, { telegram, url, secret }: Connecting): Promise<void> {
  const trouble = await reachWorker(url, sleep);
  if (trouble !== null)
    throw new UserError(`${url}/health: ${trouble}. npx wrangler tail shows why; then run this again.`);
  const since = now();
  await setWebhook(telegram, url, secret);
  const refused = await webhookTrouble(telegram, url, since);
  if (refused !== null) throw new UserError(refused);
  say("✓ Telegram sends to it");
}

type Preparing = { options: DeployOptions; me: UserFromGetMe; admins: readonly number[] };

/** Brings a store along where one is given, and sees that it is this bot's; gives the owner's link when nobody owns it. */
async function prepareStore(parts: DeployParts, db: Db, { options, me, admins }: Preparing): Promise<string | null> {
  const { say, now, questions } = parts;
  const standstill = await standstillOf(db);
  const isEmpty = !(await hasRows(db, "subscribers")) && !(await hasRows(db, "articles"));
  const unfinished = standstill?.why === "restoring";
  const file = options.store ?? (isEmpty || unfinished ? await questions?.store() : undefined);
  if (file !== undefined && (isEmpty || unfinished)) {
    const restored = await restoreToD1(file, db, { now: now(), onRows: () => parts.signal?.throwIfAborted() });
    const all = Object.values(restored.rows).reduce((sum, rows) => sum + rows, 0);
    say(`✓ ${all} rows from ${file}${restored.resumed ? ", from where it was cut off" : ""}`);
    if (restored.shortened > 0) say(`  ${restored.shortened} articles are longer than D1 takes, and were cut there`);
    if (!restored.moved) say("  The store that it came from was not closed (export --move): do not run both.");
  } else if (file !== undefined) {
    say(`✓ the database holds a store already: ${file} is left alone`);
  } else if (standstill !== null) {
    throw new UserError(
      unfinished
        ? "A restore into this database did not end: run this again with --store and the same file."
        : "This store was closed (export --move). If it was restored nowhere: npm run -s tidings -- --cloudflare reopen",
    );
  }
  await claimForBot(db, me.id);
  const owned = admins.length > 0 || (await ownersOf(db)).length > 0;
  return owned ? null : makeOwnerLink(db, me.username, now());
}

async function withStore<T>(parts: DeployParts, environment: Environment, work: (db: Db) => Promise<T>): Promise<T> {
  const store = await parts.openStore(environment);
  return work(store.db).finally(store.close);
}

type Promised = {
  options: DeployOptions;
  config: DeployConfig;
  chosen: readonly string[];
  address: string | undefined;
};

/** A dry run's last words: what the steps would do after what could be looked up. */
async function promise({ wrangler, say }: DeployParts, { options, config, chosen, address }: Promised) {
  say(`  would write ${config.path}: the database's id, the account, settings as variables`);
  await wrangler.change("d1", "migrations", "apply", "DB", "--remote", ...chosen);
  if (options.store !== undefined) say(`  would fill the database with ${options.store}, if it is empty`);
  await wrangler.deploy("deploy", ...chosen, "--secrets-file", "(BOT_TOKEN, WEBHOOK_SECRET)");
  const url = address ?? "the worker's address";
  say(`  would wait until ${url}/health answers`);
  say(`  would set the webhook to ${url}/telegram and ask Telegram whether it reaches it`);
  say("  would print the link that makes you the owner, unless somebody is (or ADMIN_IDS is set)");
  return address ?? "";
}

export function envFile(environment: Environment): string {
  return environment === "production" ? ".env" : `.env.${environment}`;
}
