import { type Api, GrammyError } from "grammy";
import type { Update } from "grammy/types";
import { describeError, UserError } from "../errors.ts";
import { isWrongToken, sleep } from "./connect.ts";

/** Telegram holds the question open for so long when there is nothing to tell. */
const pollSeconds = 25;
const updatesPerPoll = 100;
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

/** What this program acts on; Telegram keeps the rest to itself. */
export const allowedUpdates = [
  "message",
  "edited_message",
  "channel_post",
  "callback_query",
  "my_chat_member",
] as const satisfies readonly (keyof Update)[];

export type PollOptions = {
  receive: (update: Update) => Promise<void>;
  signal: AbortSignal;
  onTrouble: (problem: string | null) => void;
};

/**
 * Long polling: an update is confirmed to Telegram only after it was kept. Trouble on the way is waited out; ends when
 * the signal is given, or with a UserError when this bot is served elsewhere.
 */
export async function pollUpdates(api: Api, options: PollOptions): Promise<void> {
  let offset = 0;
  let waitMs = firstWaitMs;
  while (!options.signal.aborted) {
    try {
      const updates = await api.getUpdates(
        { offset, limit: updatesPerPoll, timeout: pollSeconds, allowed_updates: allowedUpdates },
        options.signal as never,
      );
      await Promise.all(updates.map(options.receive));
      offset = (updates.at(-1)?.update_id ?? offset - 1) + 1;
      waitMs = firstWaitMs;
      options.onTrouble(null);
    } catch (error) {
      if (options.signal.aborted) return;
      if (isWrongToken(error))
        throw new UserError("Telegram no longer accepts this BOT_TOKEN: it was revoked. Set the new one.");
      const pause = error instanceof GrammyError ? (error.parameters.retry_after ?? 0) * 1_000 : 0;
      options.onTrouble(describeError(error));
      await sleep(Math.max(waitMs, pause), options.signal).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    }
  }
}

/** Polling would take the updates away from whoever serves this bot by webhook: that is refused, not done. */
export async function refuseOverWebhook(api: Api): Promise<void> {
  const { url } = await api.getWebhookInfo();
  if (url === undefined || url === "") return;
  throw new UserError(
    `This bot is served by a webhook at ${new URL(url).host}. To serve it here, set PUBLIC_URL, or first run: npm run -s tidings -- webhook delete`,
  );
}
