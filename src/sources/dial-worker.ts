import { z } from "zod";
import { bodyWithin, type Dial } from "./fetch.ts";
import { type AllowedHosts, BlockedAddress, hostOf, isAddress, isPublicAddress } from "./guard.ts";

/** DNS over HTTPS (RFC 8484's JSON form); a Worker has no resolver of its own to ask. */
const resolverUrl = "https://cloudflare-dns.com/dns-query";
const resolveMs = 5_000;
/** Of one answer of the resolver no more is read. */
const answerBytesMax = 64 * 1024;
/** Names that one invocation remembers, and how long: what has changed its address meanwhile is seen then. */
const namesMax = 2_000;
const keptMs = 30_000;
/** As Node's dialler has it. */
const headerCharsMax = 32 * 1024;
const recordTypes = { A: 1, AAAA: 28 } as const;
/** Of DNS (RFC 1035, 4.1.1): all is well, and there is no such name. Any other is a resolver's or a zone's trouble. */
const [statusFound, statusNoSuchName] = [0, 3];
/** What fetch here unfolds by itself (gzip and Brotli), and what arrives as it is. */
const unfolded: ReadonlySet<string> = new Set(["", "identity", "gzip", "br"]);
/**
 * Cloudflare answers in the place of a server that it could not reach; these are its answers, as Node's sockets would
 * call them.
 */
const inPlaceOf: Readonly<Record<number, string>> = {
  520: "ECONNRESET",
  521: "ECONNREFUSED",
  522: "ETIMEDOUT",
  523: "EHOSTUNREACH",
  524: "ETIMEDOUT",
  525: "ERR_SSL",
  526: "CERT_UNTRUSTED",
  530: "EHOSTUNREACH",
};

export type WorkerDialOptions = {
  allowed: AllowedHosts;
  fetch(url: string, init: RequestInit): Promise<Response>;
  now(): Date;
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
 * own, a name may change its answer; what it then reaches is the public internet: Workers run outside of the operator's
 * networks, and `global_fetch_strictly_public` (wrangler.toml) sends even a request to the operator's own zone in by
 * the front door.
 */
export function createWorkerDial({ allowed, fetch, now, resolver = resolverUrl }: WorkerDialOptions): Dial {
  const known = new Map<string, { until: number; addresses: Promise<string[]> }>();

  function addressesOf(host: string): Promise<string[]> {
    const at = now().getTime();
    const kept = known.get(host);
    if (kept !== undefined && kept.until > at) return kept.addresses;
    const addresses = resolve(host, { fetch, resolver });
    if (known.size >= namesMax) known.clear();
    known.set(host, { until: at + keptMs, addresses });
    // A resolver that is away now may be there for the next.
    addresses.catch(() => known.delete(host));
    return addresses;
  }

  return async (url, { headers, signal, method, body }) => {
    const target = new URL(url);
    const host = hostOf(target.hostname);
    if (!allowed.has(host) && !allowed.has(`${host}:${target.port}`)) {
      const addresses = isAddress(host) ? [host] : await addressesOf(host);
      if (!addresses.every(isPublicAddress)) throw new BlockedAddress(`${host} is inside a network`);
    }
    const response = await fetch(url, {
      ...{
        headers: { ...headers, "accept-encoding": "gzip, br" },
        signal,
        method: method ?? "GET",
        redirect: "manual",
      },
      ...(body === undefined ? {} : { body }),
    });
    const wrong = whatIsWrong(response);
    if (wrong === null) return response;
    await response.body?.cancel();
    throw failure(`${host} cannot be read (${response.status})`, wrong);
  };
}

/** What Node's client would have refused, by the name that it has there; null when nothing is. */
function whatIsWrong({ status, headers }: Response): string | null {
  const code = inPlaceOf[status];
  if (code !== undefined) return code;
  let chars = 0;
  for (const [name, value] of headers) chars += name.length + value.length;
  if (chars > headerCharsMax) return "UND_ERR_HEADERS_OVERFLOW";
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  return unfolded.has(encoding) ? null : "ERR_INVALID_ENCODING";
}

type Resolver = Pick<WorkerDialOptions, "fetch"> & { resolver: string };

/**
 * All addresses of a name, of both kinds; never none. Throws ENOTFOUND for a name that there is not, ENODATA for one
 * without an address, EAI_AGAIN when nobody can tell just now.
 */
async function resolve(host: string, options: Resolver): Promise<string[]> {
  const types = Object.keys(recordTypes) as (keyof typeof recordTypes)[];
  const answers = await Promise.all(types.map((type) => look(host, { ...options, type })));
  if (answers.some(({ Status: status }) => status === statusNoSuchName))
    throw failure(`${host} is no name`, "ENOTFOUND");
  if (answers.some(({ Status: status }) => status !== statusFound))
    throw failure(`${host} cannot be looked up`, "EAI_AGAIN");
  const addresses = answers.flatMap(({ Answer: records }, at) =>
    records.filter(({ type }) => type === recordTypes[types[at]!]).map(({ data }) => data),
  );
  if (addresses.length === 0) throw failure(`${host} has no address`, "ENODATA");
  return addresses;
}

/** What the resolver says of a name's records of one type. */
async function look(
  host: string,
  { fetch, resolver, type }: Resolver & { type: string },
): Promise<z.infer<typeof answerShape>> {
  try {
    const response = await fetch(`${resolver}?name=${encodeURIComponent(host)}&type=${type}`, {
      headers: { accept: "application/dns-json" },
      signal: AbortSignal.timeout(resolveMs),
    });
    const bytes = response.ok ? await bodyWithin(response, answerBytesMax) : null;
    if (bytes !== null) return answerShape.parse(JSON.parse(new TextDecoder().decode(bytes)));
    await response.body?.cancel();
  } catch (error) {
    throw failure(`${host} cannot be looked up`, "EAI_AGAIN", error);
  }
  throw failure(`${host} cannot be looked up`, "EAI_AGAIN");
}

function failure(message: string, code: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}
