import { GrammyError } from "grammy";
import { describeError, UserError } from "../errors.ts";

/** Waits between two tries to reach Telegram at start. */
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

export type ConnectOptions = {
  signal: AbortSignal;
  /** Called for each failed try with what went wrong and when the next one comes. */
  onTrouble: (problem: string, againInMs: number) => void;
};

/**
 * Asks Telegram and waits for the answer as long as it takes: Telegram that is down, slow or out of reach is asked again.
 * A token that it does not know, or a call that it will never accept, is an error for the operator.
 */
export async function askTelegram<T>(call: () => Promise<T>, options: ConnectOptions): Promise<T> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      return await call();
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof UserError) throw error;
      if (isWrongToken(error)) {
        throw new UserError(
          "Telegram does not know this BOT_TOKEN. Copy it again from @BotFather (/mybots, API Token).",
        );
      }
      if (error instanceof GrammyError && error.error_code < 429) {
        throw new UserError(`Telegram refused ${error.method}: ${error.description}`);
      }
      const pause = error instanceof GrammyError ? (error.parameters.retry_after ?? 0) * 1_000 : 0;
      const againInMs = Math.max(waitMs, pause);
      options.onTrouble(describeError(error), againInMs);
      await sleep(againInMs, options.signal);
    }
  }
}

/** 401 for a token that was revoked, 404 for one that never had its form. */
export function isWrongToken(error: unknown): boolean {
  return error instanceof GrammyError && (error.error_code === 401 || error.error_code === 404);
}

/** Resolves after the time, or throws at once when the signal is given. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}
