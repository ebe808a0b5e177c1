import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { Api } from "grammy";
import type { Config } from "../config.ts";
import { describeError, UserError } from "../errors.ts";
import { createClient } from "../node/client.ts";
import { readFact } from "../store/facts.ts";
import { glance } from "../store/glance.ts";
import { openSqlite } from "../store/sqlite.ts";
import type { Shell } from "./shell.ts";

/** How far this machine's clock may be from Telegram's. */
const clockOffMaxMs = 30_000;
const freeBytesMin = 500 * 2 ** 20;
const askMs = 15_000;
/** Updates that wait at Telegram beyond this are a sign that nobody fetches them. */
const waitingMax = 100;

type Finding = { check: string; ok: boolean; found: string; fix: string | null };

/** doctor: looks at everything that a running bot needs, and says how to mend what is wrong. */
export function addDoctorCommand(program: Command, shell: () => Shell): void {
  program
    .command("doctor")
    .option("--json", "JSON on standard output")
    .description("check token, webhook, clock, disk, database and proxy, and say how to mend what is wrong")
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine(shell());
      if (json) shell().print(JSON.stringify(findings));
      else for (const each of findings) shell().print(line(each));
      const wrong = findings.filter((each) => !each.ok).length;
      if (wrong > 0) throw new UserError(`${wrong} of ${findings.length} checks failed.`);
    });
}

async function examine({ config, file, now }: Shell): Promise<Finding[]> {
  const database = await examineDatabase(file, { config, now: now() });
  const disk = examineDisk(file);
  // The playground is a Telegram of its own: no token, no webhook, nothing far away.
  if (file !== config.DATABASE_PATH) return [disk, database];
  if (config.BOT_TOKEN === undefined) {
    const fix = "Set BOT_TOKEN in .env, as @BotFather gives it; without it npm start runs the playground.";
    return [finding("token", false, { found: "no BOT_TOKEN", fix }), disk, database];
  }
  const client = createClient(config, config.TELEGRAM_API_ROOT);
  const api = new Api(config.BOT_TOKEN, { ...client, timeoutSeconds: askMs / 1000 });
  const token = await examineToken(config, api);
  const rest = token.ok ? [await examineWebhook(config, api), await examineClock(config)] : [];
  return [token, ...rest, disk, database];
}

async function examineToken(config: Config, api: Api): Promise<Finding> {
  const way = config.HTTPS_PROXY === undefined ? "" : ` through ${new URL(config.HTTPS_PROXY).host}`;
  try {
    const me = await api.getMe();
    return finding("token", true, { found: `@${me.username}, reached${way}`, fix: null });
  } catch (error) {
    const found = describeError(error);
    const known = /\b(401|404)\b|Unauthorized|Not Found/.test(found);
    const fix = known
      ? "Telegram does not know this token: copy it again from @BotFather (/mybots, API Token)."
      : `Telegram was not reached${way}: check the network, TELEGRAM_API_ROOT, HTTPS_PROXY and NO_PROXY.`;
    return finding("token", false, { found, fix });
  }
}

async function examineWebhook(config: Config, api: Api): Promise<Finding> {
  const info = await api.getWebhookInfo();
  const url = info.url ?? "";
  const wanted = config.PUBLIC_URL === undefined ? "" : `${config.PUBLIC_URL}/telegram`;
  const found = `${url === "" ? "none (long polling)" : new URL(url).host}, ${info.pending_update_count} waiting`;
  if (url !== wanted) {
    const fix =
      wanted === ""
        ? "Another server is served by webhook: npm run -s tidings -- webhook delete, or set PUBLIC_URL."
        : "npm start sets the webhook; it has not done so yet, or another server took it.";
    return finding("webhook", url === "" && wanted !== "", { found, fix });
  }
  if (info.last_error_message !== undefined && info.pending_update_count > 0) {
    const fix = "Telegram cannot deliver: check that PUBLIC_URL answers from outside, and its certificate.";
    return finding("webhook", false, { found: `${found}, last error: ${info.last_error_message}`, fix });
  }
  const stuck = info.pending_update_count > waitingMax;
  return finding("webhook", !stuck, { found, fix: stuck ? "Nobody fetches the updates: is npm start running?" : null });
}

/** Telegram's own answer says what time it is there. */
async function examineClock(config: Config): Promise<Finding> {
  const before = Date.now();
  const { fetch: ownFetch } = createClient(config, config.TELEGRAM_API_ROOT);
  const ask = (ownFetch ?? fetch) as typeof fetch;
  const answer = await ask(config.TELEGRAM_API_ROOT, { redirect: "manual" }).catch(() => undefined);
  const date = Date.parse(answer?.headers.get("date") ?? "");
  if (Number.isNaN(date)) return finding("clock", true, { found: "not compared: no time in the answer", fix: null });
  const offMs = Math.abs(date - (before + Date.now()) / 2);
  const fix = offMs > clockOffMaxMs ? "Set this machine's clock (NTP): digests go out by it." : null;
  return finding("clock", fix === null, { found: `${Math.round(offMs / 1000)} s off`, fix });
}

function examineDisk(file: string): Finding {
  let folder = resolve(dirname(file));
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const fix =
    free < freeBytesMin ? "Make room, or set DATABASE_PATH to another disk; RETENTION_DAYS keeps it small." : null;
  return finding("disk", fix === null, { found: `${Math.round(free / 2 ** 20)} MB free at ${folder}`, fix });
}

async function examineDatabase(file: string, { config, now }: { config: Config; now: Date }): Promise<Finding> {
  if (!existsSync(file))
    return finding("database", true, { found: `${file} is made by the first npm start`, fix: null });
  try {
    const store = openSqlite(file);
    try {
      const [check] = store.client.pragma("quick_check(1)") as { quick_check: string }[];
      if (check?.quick_check !== "ok") throw new UserError(`${check?.quick_check}`);
      const owner = await readFact(store.db, "bot_id");
      const other = config.BOT_TOKEN !== undefined && owner !== undefined && owner !== config.BOT_TOKEN.split(":")[0];
      const { newestArticleAt, sources } = await glance(store.db, now);
      const found = `${file}, ${Math.round(statSync(file).size / 2 ** 20)} MB, ${sources} sources, newest ${newestArticleAt ?? "none"}`;
      const fix = other
        ? `It belongs to bot ${owner}: set DATABASE_PATH to another file, or use that bot's token.`
        : null;
      return finding("database", !other, { found, fix });
    } finally {
      store.close();
    }
  } catch (error) {
    return finding("database", false, {
      found: describeError(error),
      fix: "Restore a backup, or set DATABASE_PATH to another file.",
    });
  }
}

function finding(check: string, ok: boolean, { found, fix }: Pick<Finding, "found" | "fix">): Finding {
  return { check, ok, found, fix: ok ? null : fix };
}

function line({ check, ok, found, fix }: Finding): string {
  return `${ok ? "ok  " : "BAD "} ${check.padEnd(9)} ${found}${fix === null ? "" : `\n     ${"".padEnd(9)} ${fix}`}`;
}
