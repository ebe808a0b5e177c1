import type { Config } from "../config.ts";
import type { WebTools } from "../jobs/complete-articles.ts";
import { userAgent } from "../sources/agent.ts";
import { createNodeDial } from "../sources/dial-node.ts";
import { createRobots } from "../sources/robots.ts";
import { readApart } from "./read-apart.ts";

/** The web as this process reaches it: guarded, under the operator's name, through the proxy when there is one. */
export function openWeb(config: Config, now: () => Date): WebTools & { close(): Promise<void> } {
  const allowed = new Set(config.SOURCE_HOSTS);
  const agent = userAgent(config.PUBLIC_URL);
  const { dial, close: hangUp } = createNodeDial({ allowed, proxy: config.HTTPS_PROXY, noProxy: config.NO_PROXY });
  const robots = createRobots(dial, { userAgent: agent, allowed });
  const reader = readApart();
  return {
    ...{ dial, robots, read: reader.read, userAgent: agent, allowed, zone: config.DEFAULT_TIMEZONE, now },
    close: async () => {
      await Promise.all([hangUp(), reader.close()]);
    },
  };
}
