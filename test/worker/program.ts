import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { createTestHarness } from "wrangler";
import { openD1 } from "../../src/store/d1.ts";
import { editor, programBot, programToken, type Running } from "../cases/program.ts";
import type { Telegram } from "../support/host.ts";

const root = join(import.meta.dirname, "../..");
const secret = "a-secret-of-32-characters-or-so-";

/** By day for everybody, whenever this runs; and sites are on this machine. */
const always = { NIGHT_HOURS: "00:00-00:00", SOURCE_HOSTS: "127.0.0.1", LOG_LEVEL: "warn" };

process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false";
process.env["WRANGLER_SEND_METRICS"] = "false";
process.env["WRANGLER_WRITE_LOGS"] = "false";

/** The worker as it is deployed, by its own wrangler.toml: workerd, D1, the queue, the gate's object. */
export async function openWorker(telegram: Telegram, settings: Record<string, string> = {}): Promise<Running> {
  const harness = createTestHarness({
    root,
    workers: [
      {
        configPath: "wrangler.toml",
        vars: { TELEGRAM_API_ROOT: telegram.url, ADMIN_IDS: String(editor), ...always, ...settings },
        secrets: { BOT_TOKEN: programToken, WEBHOOK_SECRET: secret, BOT_INFO: JSON.stringify(programBot) },
      },
    ],
  });
  const { url } = await harness.listen();
  const worker = harness.getWorker();
  await worker.applyD1Migrations("DB");
  const openDb = async () => openD1(((await worker.getEnv()) as { DB: D1Database }).DB);
  let db = await openDb();
  const address = url.origin.replace("localhost", "127.0.0.1");
  const hook = new URLSearchParams({ url: `${address}/telegram`, secret_token: secret });
  await fetch(`${telegram.url}/bot${programToken}/setWebhook?${hook}`);
  return {
    ...{ url: address, secret, playground: telegram.playground },
    get db() {
      return db;
    },
    tick: async () => {
      await worker.scheduled({ cron: "* * * * *", scheduledTime: new Date() });
    },
    // workerd gets a SIGKILL: what waited in the queue and in the gate's object is lost, and D1 is what is on the disk.
    kill: async () => {
      await harness.update((same) => same);
      telegram.playground.latencyMs = 0;
      db = await openDb();
    },
    close: async () => {
      await harness.close();
      await telegram.close();
    },
  };
}
