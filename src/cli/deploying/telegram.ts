import { createHmac } from "node:crypto";
import { Api } from "grammy";
import { publishProfile } from "../../bot/profile.ts";
import type { Config } from "../../config.ts";
import { describeError, UserError } from "../../errors.ts";
import { createClient } from "../../node/client.ts";
import { isWrongToken } from "../../node/connect.ts";
import { allowedUpdates } from "../../node/poll.ts";

/** A new address may take a while until all of Cloudflare knows it. */
const reachTries = 10;
const reachEveryMs = 3_000;
const reachMs = 10_000;

export type Telegram = { api: Api; token: string; config: Config };

/** A token that looks like one, and that Telegram does not know. */
export class WrongToken extends UserError {}

export function openTelegram(config: Config, token: string): Telegram {
  return { api: new Api(token, createClient(config, config.TELEGRAM_API_ROOT)), token, config };
}

/** Who the bot is: the worker is told once, so that none of its requests asks. */
export async function askWhoItIs({ api }: Telegram) {
  try {
    return await api.getMe();
  } catch (error) {
    if (isWrongToken(error)) {
      throw new WrongToken(
        "Telegram does not know this BOT_TOKEN. Copy it again from @BotFather (/mybots, API Token).",
      );
    }
    throw new UserError(`Telegram cannot be asked who the bot is: ${describeError(error)}. Run this again.`);
  }
}

/**
 * The secret that Telegram sends along with each update. Made from the token and the worker's name, which nobody else
 * has: it is the same each time, and is kept nowhere but at Cloudflare and at Telegram.
 */
export function webhookSecretOf(token: string, worker: string): string {
  return createHmac("sha256", token).update(`tidings webhook ${worker}`).digest("base64url");
}

/** Waits until the worker answers at its address; gives what is wrong with it, or null. */
export async function reachWorker(url: string, sleep: (ms: number) => Promise<void>): Promise<string | null> {
  let problem = "";
  for (let tries = 1; tries <= reachTries; tries += 1) {
    try {
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(reachMs) });
      const health = (await response.json()) as { status?: string; problems?: string[] };
      if (health.status === "ok") return null;
      problem = health.problems?.join("; ") || `/health answers ${response.status}`;
    } catch (error) {
      problem = describeError(error);
    }
    if (tries < reachTries) await sleep(reachEveryMs);
  }
  return problem;
}

/** Sends updates to the worker from now on; what waits with Telegram is not dropped. */
export async function setWebhook(telegram: Telegram, url: string, secret: string): Promise<void> {
  const webhook = { secret_token: secret, allowed_updates: allowedUpdates };
  try {
    await telegram.api.setWebhook(`${url}/telegram`, webhook);
    await publishProfile(telegram.api, { admins: telegram.config.ADMIN_IDS });
  } catch (error) {
    throw new UserError(`Telegram refused the webhook: ${describeError(error)}. Run this again.`);
  }
}

/** What Telegram says of the webhook: an error since it was set, or null. */
export async function webhookTrouble({ api }: Telegram, url: string, since: Date): Promise<string | null> {
  const info = await api.getWebhookInfo();
  if (info.url !== `${url}/telegram`) return `Telegram sends to ${info.url || "nobody"}: another server took the bot.`;
  const failedAt = (info.last_error_date ?? 0) * 1000;
  if (failedAt < since.getTime()) return null;
  return `Telegram could not deliver: ${info.last_error_message}. npx wrangler tail shows what the worker says.`;
}
