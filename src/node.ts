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
  const say = (text: string) => process.stdout.write(`${text}\n`);

  if (config.BOT_TOKEN === undefined) {
    const playground = await startPlayground({ config, log, say });
    return stopOnSignal(playground.stop, playground.failed);
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
  const ended = stopOnSignal(host.stop, host.failed);
  try {
    const { me, db } = await Promise.race([host.ready, host.failed]);
    const owners = [...config.ADMIN_IDS, ...(await ownersOf(db))];
    const ownerLink = owners.length > 0 ? null : await makeOwnerLink(db, me.username, new Date());
    const facts = { username: me.username, url: host.url, databaseIsNew, owners, ownerLink };
    say(liveNotice(config, { ...facts, sources: await countSources(db) }));
  } catch (error) {
    await host.stop();
    throw error;
  }
  return ended;
}

/** Runs until Ctrl-C (or a stop from outside), or until the program cannot go on. */
async function stopOnSignal(stop: () => Promise<void>, failed: Promise<never>): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  try {
    await Promise.race([asked, failed]);
  } finally {
    await stop();
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
