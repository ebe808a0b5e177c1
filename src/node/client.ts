import type { ApiClientOptions } from "grammy";
import type { Config } from "../config.ts";

/** grammY would wait 500 s; Telegram answers in well under this, long polls aside. */
const timeoutSeconds = 60;

/** How calls reach the Bot API from Node. */
export function createClient(_config: Config, apiRoot: string): ApiClientOptions {
  return { apiRoot, timeoutSeconds };
}
