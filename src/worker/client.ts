import type { Fetch } from "./budget.ts";

/** Cloudflare answers in the place of a server that it could not reach: nothing was written to it then. */
const neverReached: ReadonlySet<number> = new Set([521, 523, 525, 526, 530]);

/**
 * How calls reach the Bot API from Workers. A refused connection is an answer here (52x), which must not be taken for a
 * gateway's page: that one may have let the message through, this one cannot.
 */
export function telegramFetch(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!neverReached.has(response.status)) return response;
    await response.body?.cancel();
    throw Object.assign(new Error(`Telegram cannot be reached (${response.status})`), { code: "ECONNREFUSED" });
  };
}
