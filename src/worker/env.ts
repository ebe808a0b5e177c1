import type { D1Database, DurableObjectNamespace, Queue } from "@cloudflare/workers-types";
import type { UserFromGetMe } from "grammy/types";
import { z } from "zod";
import type { Job } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import { UserError } from "../errors.ts";

/** What wrangler.toml binds; the settings of the README stand beside it as secrets. */
export type Env = {
  DB: D1Database;
  JOBS: Queue<Job>;
  GATE: DurableObjectNamespace;
  [setting: string]: unknown;
};

export type Settings = {
  config: Config;
  token: string;
  webhookSecret: string;
  /** As getMe told when it was deployed, so that no request asks again. */
  me: UserFromGetMe;
};

const botInfo = z.looseObject({ id: z.int(), is_bot: z.literal(true), first_name: z.string(), username: z.string() });

/** All settings, or one error that names what `npm run deploy` has not set. */
export function readSettings(env: Env): Settings {
  const config = readConfig(env as Record<string, string | undefined>);
  const { BOT_TOKEN: token, WEBHOOK_SECRET: webhookSecret } = config;
  const me = botInfo.safeParse(parsed(config.BOT_INFO ?? ""));
  const missing = [
    ...(token === undefined ? ["BOT_TOKEN"] : []),
    ...(webhookSecret === undefined ? ["WEBHOOK_SECRET"] : []),
    ...(me.success ? [] : ["BOT_INFO"]),
  ];
  if (token === undefined || webhookSecret === undefined || !me.success) {
    throw new UserError(`Not set: ${missing.join(", ")}. Run npm run deploy.`);
  }
  return { config, token, webhookSecret, me: me.data as unknown as UserFromGetMe };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
