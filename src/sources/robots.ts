import robotsParser from "robots-parser";
import { decodeBytes } from "./encoding.ts";
import { type Dial, type FetchOptions, fetchDocument } from "./fetch.ts";

/** What a site asks of robots is asked again after so long, and sooner when it could not be read. */
const keptMs = 24 * 3_600_000;
const keptFailedMs = 15 * 60_000;
const sitesMax = 2_000;
const bytesMax = 512 * 1024;
const crawlDelaySecondsMax = 60;

export type Robots = {
  /** Whether this page may be read, and the seconds that its site asks to wait between two pages. */
  ask(url: string, now: Date): Promise<{ allowed: boolean; delaySeconds: number }>;
};

/**
 * Asks robots.txt (RFC 9309) before a page is read, and remembers the answer for a day. A site without one allows all;
 * one that answers with an error of its own or not at all is left alone for a while.
 */
export function createRobots(dial: Dial, options: Omit<FetchOptions, "now">): Robots {
  const sites = new Map<string, { until: number; text: string | null }>();
  return {
    async ask(url, now) {
      const at = URL.parse("/robots.txt", url);
      if (at === null) return { allowed: false, delaySeconds: 0 };
      let known = sites.get(at.href);
      if (known === undefined || known.until <= now.getTime()) {
        known = await readRobots(dial, at.href, { ...options, now });
        sites.delete(at.href);
        if (sites.size >= sitesMax) sites.delete(sites.keys().next().value!);
        sites.set(at.href, known);
      }
      if (known.text === null) return { allowed: false, delaySeconds: 0 };
      const rules = parseRobots(at.href, known.text);
      const delaySeconds = Math.min(crawlDelaySecondsMax, rules.getCrawlDelay(options.userAgent) ?? 0);
      return { allowed: rules.isAllowed(url, options.userAgent) !== false, delaySeconds };
    },
  };
}

type Rules = {
  isAllowed(url: string, agent: string): boolean | undefined;
  getCrawlDelay(agent: string): number | undefined;
};

/** The package is CommonJS and its types are not: its export is the function itself. */
const parseRobots = robotsParser as unknown as (url: string, text: string) => Rules;

async function readRobots(
  dial: Dial,
  url: string,
  options: FetchOptions,
): Promise<{ until: number; text: string | null }> {
  const read = await fetchDocument(dial, url, {
    ...options,
    accept: "text/plain, */*;q=0.1",
    limits: { bytesMax, totalMs: 15_000 },
  });
  if (read.outcome === "read") return { until: options.now.getTime() + keptMs, text: decodeBytes(read.bytes).text };
  const missing =
    read.outcome === "failed" &&
    read.code === "status" &&
    read.status! >= 400 &&
    read.status! < 500 &&
    read.status !== 429;
  // Longer than anybody's rules, it is none: RFC 9309 lets a reader stop at 500 KiB.
  const endless = read.outcome === "failed" && (read.code === "too-large" || read.code === "redirects");
  return { until: options.now.getTime() + (missing ? keptMs : keptFailedMs), text: missing || endless ? "" : null };
}
