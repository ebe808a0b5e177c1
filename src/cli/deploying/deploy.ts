import { existsSync } from "node:fs";
import type { UserFromGetMe } from "grammy/types";
import { readConfig } from "../../config.ts";
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
import { type DeployConfig, type Environment, readDeployConfig, refuseMissing, variablesOf } from "./config.ts";
import { askLogin, ensureDatabase, ensureQueues, uploadWorker } from "./steps.ts";
import { askWhoItIs, openTelegram, reachWorker, setWebhook, webhookSecretOf, webhookTrouble } from "./telegram.ts";
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
};

/**
 * Puts the bot on Cloudflare, or brings it up to date: each step looks at what is there and does only what is missing,
 * so a step that failed is mended and the whole run again. Gives the worker's address.
 */
export async function deploy(parts: DeployParts, options: DeployOptions): Promise<string> {
  const { wrangler, say, now } = parts;
  const { environment, dryRun } = options;
  refuseMissing(parts.root);
  if (options.store !== undefined && !existsSync(options.store))
    throw new UserError(`There is no file ${options.store}.`);
  const config = readDeployConfig(parts.root, parts.folder, environment);
  const accountId = await login(parts, config);
  const token = parts.env.BOT_TOKEN?.trim() || (await parts.questions?.token());
  if (token === undefined || token === "")
    throw new UserError(`Set BOT_TOKEN (environment or ${envFile(environment)}).`);
  const settings = readConfig({ ...parts.env, BOT_TOKEN: token });
  const telegram = openTelegram(settings, token);
  const me = await askWhoItIs(telegram);
  say(`✓ Telegram knows the bot: @${me.username}`);

  const database = await ensureDatabase(wrangler, config.database, options.location);
  say(`✓ D1 database ${config.database}${database.made ? ": made" : ""}`);
  const made = await ensureQueues(wrangler, config.queues);
  say(`✓ queues ${config.queues.join(", ")}${made.length > 0 ? `: made ${made.length}` : ""}`);
  const secret = settings.WEBHOOK_SECRET ?? webhookSecretOf(token, config.name);
  const address = options.url ?? config.vars.PUBLIC_URL;
  const vars = { ...variablesOf(parts.env), BOT_INFO: JSON.stringify(me) };
  const save = (url: string | undefined) =>
    dryRun ||
    config.save({
      databaseId: database.id!,
      accountId,
      vars: { ...vars, ...(url === undefined ? {} : { PUBLIC_URL: url }) },
    });
  save(address);
  say(`✓ ${config.path}`);

  const chosen = ["--config", config.path, "--env", environment === "production" ? "" : environment];
  await wrangler.change("d1", "migrations", "apply", "DB", "--remote", ...chosen);
  say("✓ tables are up to date");
  if (dryRun) return promise(parts, { options, chosen, address });
  const ownerLink = await withStore(parts, environment, (db) =>
    prepareStore(parts, db, { options, me, admins: settings.ADMIN_IDS }),
  );

  const secrets = { BOT_TOKEN: token, WEBHOOK_SECRET: secret };
  const workers = await uploadWorker(wrangler, chosen, secrets);
  const url = options.url ?? workers;
  // The worker's address is known once it is there; what it tells others needs it.
  if (url !== address) {
    save(url);
    await uploadWorker(wrangler, chosen, secrets);
  }
  say(`✓ the worker runs at ${url}`);
  const trouble = await reachWorker(url, parts.sleep);
  if (trouble !== null)
    throw new UserError(`${url}/health: ${trouble}. npx wrangler tail shows why; then run this again.`);
  const since = now();
  await setWebhook(telegram, url, secret);
  const refused = await webhookTrouble(telegram, url, since);
  if (refused !== null) throw new UserError(refused);
  say("✓ Telegram sends to it");
  if (ownerLink !== null) say(`\nYou run this bot once you open (within 15 minutes): ${ownerLink}`);
  return url;
}

/** Somebody is logged in, and it is clear for which account; gives its id. */
async function login(
  { wrangler, questions, env, say }: DeployParts,
  config: DeployConfig,
): Promise<string | undefined> {
  let told = await askLogin(wrangler);
  if (told === null && questions !== null && (await questions.confirm("Log in to Cloudflare (opens your browser)?"))) {
    await wrangler.interact("login");
    told = await askLogin(wrangler);
  }
  if (told === null) {
    throw new UserError("Nobody is logged in at Cloudflare: run npx wrangler login, or set CLOUDFLARE_API_TOKEN.");
  }
  const { accounts } = told;
  const wanted = env.CLOUDFLARE_ACCOUNT_ID ?? config.accountId ?? (accounts.length === 1 ? accounts[0]!.id : undefined);
  const account = wanted ?? (await questions?.choose("Which account?", accounts));
  if (account === undefined) {
    throw new UserError(
      `Set CLOUDFLARE_ACCOUNT_ID to one of: ${accounts.map(({ id, name }) => `${id} (${name})`).join(", ")}.`,
    );
  }
  env.CLOUDFLARE_ACCOUNT_ID = account;
  say(`✓ logged in at Cloudflare${told.email === null ? "" : ` as ${told.email}`}`);
  return account;
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
    const restored = await restoreToD1(file, db, { now: now() });
    const all = Object.values(restored.rows).reduce((sum, rows) => sum + rows, 0);
    say(`✓ ${all} rows from ${file}${restored.resumed ? ", from where it was cut off" : ""}`);
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

type Promised = { options: DeployOptions; chosen: readonly string[]; address: string | undefined };

/** A dry run's last words: what the steps would do that need a database. */
async function promise({ wrangler, say }: DeployParts, { options, chosen, address }: Promised): Promise<string> {
  if (options.store !== undefined) say(`  would fill the database with ${options.store}, if it is empty`);
  await wrangler.deploy("deploy", ...chosen, "--secrets-file", "(BOT_TOKEN, WEBHOOK_SECRET)");
  say(
    `  would set the webhook to ${address ?? "the worker's address"}/telegram and ask Telegram whether it reaches it`,
  );
  return address ?? "";
}

export function envFile(environment: Environment): string {
  return environment === "production" ? ".env" : `.env.${environment}`;
}
