import type { App } from "../app.ts";
import { askHub } from "../sources/websub.ts";
import { claimPushes, deletePush, failPush, type Push, planPushes } from "../store/pushes.ts";
import type { WebTools } from "./complete-articles.ts";

/** Hubs asked in one run, and side by side. */
const askedMax = 60;
const lanesMax = 4;
/** 128 bits each: nobody guesses a callback, nobody signs in a hub's place. */
const keyBytes = 16;

type Parts = Pick<App, "db" | "now" | "config" | "log">;

/**
 * Asks hubs to tell of the sources that name one (W3C WebSub), again before their promise ends, and to stop when a source
 * is read no more. Without a PUBLIC_URL no hub reaches us, and sources are only read.
 */
export async function followHubs(
  app: Parts,
  web: Pick<WebTools, "dial" | "userAgent" | "allowed">,
  signal?: AbortSignal,
): Promise<void> {
  const base = app.config.PUBLIC_URL;
  if (base === undefined) return;
  await planPushes(app.db, { base, fresh: () => ({ token: randomKey(), secret: randomKey() }), now: app.now() });
  const waiting = await claimPushes(app.db, { now: app.now(), limit: askedMax });
  const lane = async (): Promise<void> => {
    for (let push = waiting.shift(); push !== undefined && signal?.aborted !== true; push = waiting.shift()) {
      const mode = push.ending ? ("unsubscribe" as const) : ("subscribe" as const);
      const { hub, topic, secret } = push;
      const failure = await askHub(web.dial, { mode, hub, topic, secret, callback: callbackOf(push) }, web);
      if (failure === null) continue;
      app.log.info({ hub, topic, mode }, `a hub ${failure.reason}`);
      // A hub that does not know the promise (any more) has nothing to end.
      const unknown = failure.status !== null && failure.status >= 400 && failure.status < 500;
      if (push.ending && unknown) await deletePush(app.db, push.token);
      else await failPush(app.db, push, failure);
    }
  };
  await Promise.all(Array.from({ length: lanesMax }, lane));
}

/** Where the hub tells us: whoever knows this address may only say what the secret signs. */
function callbackOf({ base, token }: Push): string {
  return `${base}/hub/${token}`;
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(keyBytes));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
