import { parseDate } from "../news/date.ts";
import { absoluteUrl } from "../news/url.ts";
import { type AllowedHosts, BlockedAddress, blockedReason } from "./guard.ts";

/** What one read of a source may cost. */
export const fetchLimits = { bytesMax: 10 * 1024 * 1024, totalMs: 30_000, redirectsMax: 5 };
const retryAfterSecondsMax = 7 * 86_400;
const maxAgeSecondsMax = 86_400;

/** One HTTP request without redirects: fetch with a guard, as the runtime has it. */
export type Dial = (
  url: string,
  request: { headers: Record<string, string>; signal: AbortSignal; method?: string; body?: string },
) => Promise<Response>;

export type FetchOptions = {
  userAgent: string;
  allowed: AllowedHosts;
  now: Date;
  /** What the last answer said, for a conditional request. */
  etag?: string | null;
  lastModified?: string | null;
  accept?: string;
  limits?: Partial<typeof fetchLimits> | undefined;
};

/** Ways in which a source is not read. Of a name: there is none, it has no address, nobody can tell just now. */
export const failureCodes = [
  ...(["status", "blocked", "timeout", "too-large", "redirects", "tls", "connection", "broken"] as const),
  ...(["dns", "no-address", "dns-later"] as const),
] as const;

/** Why a source was not read; `code` is for programs, `reason` for the operator. */
export type FetchFailure = {
  outcome: "failed";
  code: (typeof failureCodes)[number];
  reason: string;
  status: number | null;
  /** Seconds that the server asks to wait; null when it does not. */
  retryAfterSeconds: number | null;
};

export type Fetched =
  | {
      outcome: "read" | "unchanged";
      status: number;
      /** Where it was read in the end. */
      url: string;
      /** The address to use from now on: moved only as far as every redirect on the way was permanent. */
      lastingUrl: string;
      headers: Record<string, string>;
      /** Empty when unchanged. */
      bytes: Uint8Array;
      etag: string | null;
      lastModified: string | null;
      /** Seconds that the server says the answer stays fresh; null when it does not say. */
      maxAgeSeconds: number | null;
    }
  | FetchFailure;

/**
 * Reads one address: conditional, within limits on bytes (after decompression), time and redirects, each hop checked by
 * the guard. It never throws: every way to fail comes back with its reason in words.
 */
export async function fetchDocument(dial: Dial, url: string, options: FetchOptions): Promise<Fetched> {
  const limits = { ...fetchLimits, ...options.limits };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error("too slow")), limits.totalMs);
  try {
    return await follow(dial, url, { ...options, limits, signal: controller.signal });
  } catch (error) {
    if (controller.signal.aborted) return failed("timeout", `did not answer in full within ${limits.totalMs / 1000} s`);
    return networkFailure(error);
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

type Following = Omit<FetchOptions, "limits"> & { limits: typeof fetchLimits; signal: AbortSignal };

async function follow(dial: Dial, start: string, options: Following): Promise<Fetched> {
  let url = start;
  let lastingUrl = start;
  let lasting = true;
  for (let hop = 0; hop <= options.limits.redirectsMax; hop++) {
    const blocked = blockedReason(url, options.allowed);
    if (blocked !== null) return failed("blocked", `${hostIn(url)} ${blocked}`);
    const response = await dial(url, { headers: requestHeaders(options, url === start), signal: options.signal });
    const target = [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get("location") : null;
    if (target === null) return await answer(response, { url, lastingUrl: lasting ? url : lastingUrl, options });
    await response.body?.cancel();
    const next = absoluteUrl(target, url);
    if (next === null) return failed("redirects", "redirects to what is no web address", response.status);
    lasting &&= response.status === 301 || response.status === 308;
    if (lasting) lastingUrl = next;
    url = next;
  }
  return failed("redirects", `redirects more than ${options.limits.redirectsMax} times`);
}

function requestHeaders(options: Following, first: boolean): Record<string, string> {
  return {
    "user-agent": options.userAgent,
    accept:
      options.accept ?? "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.5",
    "accept-encoding": "gzip, deflate, br",
    ...(first && options.etag ? { "if-none-match": options.etag } : {}),
    ...(first && options.lastModified ? { "if-modified-since": options.lastModified } : {}),
  };
}

type Place = { url: string; lastingUrl: string; options: Following };

async function answer(response: Response, { url, lastingUrl, options }: Place): Promise<Fetched> {
  const headers = Object.fromEntries(response.headers);
  const about = {
    ...{ status: response.status, url, lastingUrl, headers, maxAgeSeconds: freshness(headers, options.now) },
    etag: headers["etag"] ?? options.etag ?? null,
    lastModified: headers["last-modified"] ?? options.lastModified ?? null,
  };
  if (response.status === 304) {
    await response.body?.cancel();
    return { outcome: "unchanged", bytes: new Uint8Array(), ...about };
  }
  if (response.status !== 200 && response.status !== 203 && response.status !== 226) {
    await response.body?.cancel();
    const wait = retryAfter(headers["retry-after"], options.now);
    return { ...failed("status", `answered ${response.status}`, response.status), retryAfterSeconds: wait };
  }
  const bytes = await bodyWithin(response, options.limits.bytesMax);
  if (bytes === null)
    return failed("too-large", `is larger than ${Math.round(options.limits.bytesMax / 1024)} KiB`, response.status);
  return {
    outcome: "read",
    bytes,
    ...about,
    etag: headers["etag"] ?? null,
    lastModified: headers["last-modified"] ?? null,
  };
}

/** The body as far as the limit; null when it is longer. Compressed bodies are counted as they unfold. */
export async function bodyWithin(response: Response, bytesMax: number): Promise<Uint8Array | null> {
  if (response.body === null) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel();
      return null;
    }
    pieces.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Cache-Control's max-age less the answer's age, else Expires; never more than a day. */
function freshness(headers: Record<string, string>, now: Date): number | null {
  const control = headers["cache-control"] ?? "";
  if (/no-(?:cache|store)/i.test(control)) return 0;
  const age = /(?:s-maxage|max-age)\s*=\s*"?(\d{1,10})/i.exec(control)?.[1];
  const expires = age === undefined && headers["expires"] ? parseDate(headers["expires"]) : null;
  if (age === undefined && expires === null) return null;
  const seconds =
    age === undefined ? (expires!.getTime() - now.getTime()) / 1000 : Number(age) - Number(headers["age"] ?? 0);
  return Math.min(maxAgeSecondsMax, Math.max(0, Math.round(seconds) || 0));
}

export function retryAfter(value: string | undefined, now: Date): number | null {
  if (value === undefined) return null;
  const seconds = /^\d{1,9}$/.test(value.trim())
    ? Number(value)
    : ((parseDate(value)?.getTime() ?? Number.NaN) - now.getTime()) / 1000;
  return Number.isNaN(seconds) ? null : Math.min(retryAfterSecondsMax, Math.max(0, Math.round(seconds)));
}

export function failed(code: FetchFailure["code"], reason: string, status: number | null = null): FetchFailure {
  return { outcome: "failed", code, reason, status, retryAfterSeconds: null };
}

/** The network's errors wrap each other; the innermost one that is known gives the reason. */
export function networkFailure(error: unknown): FetchFailure {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    if (at instanceof BlockedAddress || at.name === "BlockedAddress") return failed("blocked", at.message);
    const code = String((at as { code?: unknown }).code ?? "");
    const known = networkErrors.find(([pattern]) => pattern.test(code) || (code === "" && pattern.test(at.message)));
    if (known !== undefined) return failed(known[1], known[2]);
  }
  return failed("connection", "broke the connection");
}

const networkErrors: [pattern: RegExp, code: FetchFailure["code"], reason: string][] = [
  [/EAI_AGAIN/, "dns-later", "cannot be looked up just now"],
  [/ENODATA/, "no-address", "has no address"],
  [/ENOTFOUND|EAI_/, "dns", "has no such name"],
  [/ECONNREFUSED/, "connection", "refused the connection"],
  [/UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT/, "timeout", "did not answer in time"],
  [/CERT_HAS_EXPIRED/, "tls", "has a certificate that is past its time"],
  [/ERR_TLS_CERT_ALTNAME|HOSTNAME_MISMATCH/, "tls", "has another name's certificate"],
  [/SELF_SIGNED|UNABLE_TO_|CERT_|DEPTH_ZERO/, "tls", "has a certificate that nobody vouches for"],
  [/ERR_SSL|EPROTO|ERR_TLS/, "tls", "breaks off the encryption"],
  [/UND_ERR_HEADERS_OVERFLOW|HPE_HEADER_OVERFLOW/, "broken", "sends headers without end"],
  [
    /^HPE_|UND_ERR_(?:RES|INVALID)|Z_DATA_ERROR|Z_BUF_ERROR|ERR__ERROR_FORMAT|ERR_INVALID/,
    "broken",
    "sends what is not HTTP",
  ],
  [/ECONNRESET|EPIPE|UND_ERR_SOCKET|ERR_STREAM_PREMATURE_CLOSE/, "connection", "broke the connection"],
  [/EHOSTUNREACH|ENETUNREACH/, "connection", "cannot be reached"],
];

export function hostIn(url: string): string {
  return URL.parse(url)?.host || url.slice(0, 80);
}
