import { existsSync } from "node:fs";
import { readConfig } from "./config.ts";
import { describeError, UserError } from "./errors.ts";
import { startHost } from "./node/host.ts";
import { makeOwnerLink } from "./node/owner-link.ts";
import { startPlayground } from "./node/playground.ts";
import { liveNotice } from "./node/terminal.ts";
import { logTo } from "./node/terminal-log.ts";
import { ownersOf } from "./store/owners.ts";
import { countSources } from "./store/sources.ts";
import { openSqlite } from "./store/sqlite.ts";

/** `npm start`: serves Telegram with a BOT_TOKEN, and the playground without one. */
async function main(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const config = readConfig(process.env);
  const log = await logTo(process.stderr, config.LOG_LEVEL);
  const asked = stopSignal();
  const say = (text: string) => process.stdout.write(`${text}\n`);

  if (config.BOT_TOKEN === undefined) {
    return runUntil(asked, await startPlayground({ config, log, say }));
  }
  const databaseIsNew = !existsSync(config.DATABASE_PATH);
  const host = await startHost({
    config,
    log,
    openStore: () => openSqlite(config.DATABASE_PATH, { checkpoints: "apart" }),
    token: config.BOT_TOKEN,
    apiRoot: () => config.TELEGRAM_API_ROOT,
    now: () => new Date(),
  });
  const ended = runUntil(asked, host);
  try {
    const { me, db } = await Promise.race([host.ready, host.failed]);
    const owners = [...config.ADMIN_IDS, ...(await ownersOf(db))];
    const ownerLink = owners.length > 0 ? null : await makeOwnerLink(db, me.username, new Date());
    const facts = { username: me.username, url: host.url, databaseIsNew, owners, ownerLink };
    say(liveNotice(config, { ...facts, sources: await countSources(db) }));
  } catch (error) {
    // Stopped while it waited for Telegram or for another server: that is no failure.
    if (asked.aborted) return ended;
    await host.stop();
    throw error;
  }
  return ended;
}

/** Ctrl-C, or a stop from outside. */
function stopSignal(): AbortSignal {
  const asked = new AbortController();
  process.once("SIGINT", () => asked.abort());
  process.once("SIGTERM", () => asked.abort());
  return asked.signal;
}

/** Runs until it is asked to stop, or until the program cannot go on. */
async function runUntil(asked: AbortSignal, program: { stop(): Promise<void>; failed: Promise<never> }): Promise<void> {
  const stop = new Promise<void>((resolve) => asked.addEventListener("abort", () => resolve()));
  try {
    if (!asked.aborted) await Promise.race([stop, program.failed]);
  } finally {
    await program.stop();
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    const text = error instanceof UserError ? error.message : `tidings stopped: ${describeError(error)}`;
    process.stderr.write(`${text}\n`);
    process.exit(1);
  },
);
