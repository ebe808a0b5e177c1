import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { ApiClientOptions } from "grammy";
import { EnvHttpProxyAgent, fetch as undiciFetch } from "undici";
import type { Config } from "../config.ts";

/** grammY would wait 500 s; Telegram answers in well under this, long polls aside. */
const timeoutSeconds = 60;
/**
 * A connection that nobody used for so long is closed by us, before Telegram does: a message that is written while it
 * closes is in doubt. Node heeds a server's own, shorter time (`Keep-Alive: timeout=5`) only where one is set.
 */
const idleMs = 20_000;

/** How calls reach the Bot API from Node: through the operator's proxy when there is one, which grammY itself ignores. */
export function createClient(config: Pick<Config, "HTTPS_PROXY" | "NO_PROXY">, apiRoot: string): ApiClientOptions {
  if (config.HTTPS_PROXY === undefined || !apiRoot.startsWith("https:")) {
    const Agent = apiRoot.startsWith("https:") ? HttpsAgent : HttpAgent;
    return { apiRoot, timeoutSeconds, baseFetchConfig: { agent: new Agent({ keepAlive: true, timeout: idleMs }) } };
  }
  // "" keeps the agent from looking into the environment by itself.
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: "",
    httpsProxy: config.HTTPS_PROXY,
    noProxy: config.NO_PROXY ?? "",
  });
  const fetch = (url: string, init: { signal?: AbortSignal; agent?: unknown }) => {
    const { signal, agent: _agent, ...rest } = init;
    return undiciFetch(url, { ...rest, dispatcher, duplex: "half", signal: ownSignal(signal) });
  };
  return { apiRoot, timeoutSeconds, fetch: fetch as unknown as NonNullable<ApiClientOptions["fetch"]> };
}

/** grammY's own kind of signal is not one that this fetch knows. */
function ownSignal(signal: AbortSignal | undefined): AbortSignal | null {
  if (signal === undefined) return null;
  const controller = new AbortController();
  if (signal.aborted) controller.abort();
  signal.addEventListener("abort", () => controller.abort(), { once: true });
  return controller.signal;
}
