import type { Config } from "../config.ts";
import type { WebTools } from "../jobs/complete-articles.ts";
import { userAgent } from "../sources/agent.ts";
import { createWorkerDial } from "../sources/dial-worker.ts";
import { readDocument } from "../sources/read.ts";
import { createRobots } from "../sources/robots.ts";
import type { Fetch } from "./budget.ts";

/** A larger document might take more than the 128 MB that an isolate has: there is no thread that may break instead. */
const documentBytesMax = 4 * 1024 * 1024;

/** The web as an invocation reaches it: guarded, under the operator's name. */
export function openWeb(config: Config, { now, fetch }: { now(): Date; fetch: Fetch }): WebTools {
  const allowed = new Set(config.SOURCE_HOSTS);
  const agent = userAgent(config.PUBLIC_URL);
  const dial = createWorkerDial({ allowed, fetch, now });
  return {
    ...{ dial, allowed, now, userAgent: agent, zone: config.DEFAULT_TIMEZONE },
    robots: createRobots(dial, { userAgent: agent, allowed }),
    ...{ read: readDocument, limits: { bytesMax: documentBytesMax } },
  };
}
