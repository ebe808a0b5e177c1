import { z } from "zod";
import type { Dial } from "./fetch.ts";
import { type AllowedHosts, BlockedAddress, hostOf, isAddress, isPublicAddress } from "./guard.ts";

/** DNS over HTTPS (RFC 8484's JSON form); a Worker has no resolver of its own to ask. */
const resolverUrl = "https://cloudflare-dns.com/dns-query";
const resolveMs = 5_000;
/** Bytes of an answer that are read. */
const answerCharsMax = 64 * 1024;
/** Names that one invocation remembers. */
const namesMax = 2_000;
const recordTypes = { A: 1, AAAA: 28 } as const;

export type WorkerDialOptions = {
  allowed: AllowedHosts;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Who is asked for a name's addresses. */
  resolver?: string;
};

const answerShape = z.object({
  Status: z.int(),
  Answer: z.array(z.object({ type: z.int(), data: z.string() })).default([]),
});

/**
 * Dials on Workers. There is no socket to ask whom it reached, so every name is looked up before it is asked, for each
 * request and each redirect, and one that has any address inside a network is refused. Between this look and fetch's
 * own, a name may change its answer; what it then reaches is the public internet, since Workers run outside of the
 * operator's networks and Cloudflare does not route them to private addresses.
 */
export function createWorkerDial({ allowed, fetch, resolver = resolverUrl }: WorkerDialOptions): Dial {
  const known = new Map<string, Promise<string[]>>();

  function addressesOf(host: string): Promise<string[]> {
    let found = known.get(host);
    if (found === undefined) {
      found = resolve(host, { fetch, resolver });
      if (known.size >= namesMax) known.clear();
      known.set(host, found);
      // A resolver that is away now may be there for the next.
      found.catch(() => known.delete(host));
    }
    return found;
  }

  return async (url, { headers, signal, method, body }) => {
    const target = new URL(url);
    const host = hostOf(target.hostname);
    if (!allowed.has(host) && !allowed.has(`${host}:${target.port}`)) {
      const addresses = isAddress(host) ? [host] : await addressesOf(host);
      if (addresses.length === 0) throw Object.assign(new Error(`${host} has no address`), { code: "ENOTFOUND" });
      if (!addresses.every(isPublicAddress)) throw new BlockedAddress(`${host} is inside a network`);
    }
    return fetch(url, {
      ...{ headers, signal, method: method ?? "GET", redirect: "manual" },
      ...(body === undefined ? {} : { body }),
    });
  };
}

/** All addresses of a name, of both kinds; none when it does not exist. */
async function resolve(
  host: string,
  { fetch, resolver }: Pick<WorkerDialOptions, "fetch"> & { resolver: string },
): Promise<string[]> {
  const asked = Object.entries(recordTypes).map(async ([name, type]) => {
    const response = await fetch(`${resolver}?name=${encodeURIComponent(host)}&type=${name}`, {
      headers: { accept: "application/dns-json" },
      signal: AbortSignal.timeout(resolveMs),
    });
    const text = await response.text();
    if (!response.ok || text.length > answerCharsMax) {
      throw Object.assign(new Error(`${host} cannot be looked up`), { code: "EAI_AGAIN" });
    }
    const { Answer: answers } = answerShape.parse(JSON.parse(text));
    return answers.filter((each) => each.type === type).map((each) => each.data);
  });
  return (await Promise.all(asked)).flat();
}
