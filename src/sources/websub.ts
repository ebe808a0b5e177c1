import { absoluteUrl } from "../news/url.ts";
import { type Dial, type FetchFailure, failed, hostIn, networkFailure } from "./fetch.ts";
import { type AllowedHosts, blockedReason } from "./guard.ts";

/** What one request to a hub may cost. */
const totalMs = 15_000;
const redirectsMax = 3;
/** Link headers of one answer, and links in them, that are looked at. */
const headerCharsMax = 8_192;
const linksMax = 20;

/** How long we ask hubs to tell us, and what we hold them to, whatever they promise. */
const leaseAskedSeconds = 10 * 86_400;
const leaseMinSeconds = 60;
const leaseMaxSeconds = 30 * 86_400;
/** A hub is asked again when so much of its promise is over, so that it can fail for a while without a gap. */
const renewShare = 0.75;

/** The methods of W3C WebSub, as the web's own cryptography calls them. */
const methods = new Map([
  ["sha1", "SHA-1"],
  ["sha256", "SHA-256"],
  ["sha384", "SHA-384"],
  ["sha512", "SHA-512"],
]);

export type HubRequest = {
  mode: "subscribe" | "unsubscribe";
  hub: string;
  topic: string;
  callback: string;
  secret: string;
};
export type HubOptions = { userAgent: string; allowed: AllowedHosts };

/**
 * Asks a hub to tell us of a topic, or to stop. Each hop is held against the guard. Null when the hub took the request: it
 * confirms by itself, at the callback.
 */
export async function askHub(dial: Dial, request: HubRequest, options: HubOptions): Promise<FetchFailure | null> {
  const form = new URLSearchParams({
    "hub.mode": request.mode,
    "hub.topic": request.topic,
    "hub.callback": request.callback,
    ...(request.mode === "subscribe"
      ? { "hub.secret": request.secret, "hub.lease_seconds": String(leaseAskedSeconds) }
      : {}),
  });
  const headers = { "user-agent": options.userAgent, "content-type": "application/x-www-form-urlencoded" };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error("too slow")), totalMs);
  try {
    let url = request.hub;
    for (let hop = 0; hop <= redirectsMax; hop++) {
      const blocked = blockedReason(url, options.allowed);
      if (blocked !== null) return failed("blocked", `${hostIn(url)} ${blocked}`);
      const sent = { headers, method: "POST", body: form.toString(), signal: controller.signal };
      const response = await dial(url, sent);
      await response.body?.cancel();
      const moved = response.status === 307 || response.status === 308;
      const next = moved ? absoluteUrl(response.headers.get("location") ?? "", url) : null;
      if (next === null) return response.ok ? null : failed("status", `answered ${response.status}`, response.status);
      url = next;
    }
    return failed("redirects", `redirects more than ${redirectsMax} times`);
  } catch (error) {
    return controller.signal.aborted
      ? failed("timeout", `did not answer within ${totalMs / 1000} s`)
      : networkFailure(error);
  } finally {
    clearTimeout(timer);
  }
}

/** What a hub promised, in bounds: until when it tells, and when it is to be asked again. */
export function leaseOf(seconds: string | null, now: Date): { leaseUntil: Date; dueAt: Date } {
  const said = /^\d{1,12}$/.test(seconds ?? "") ? Number(seconds) : leaseAskedSeconds;
  const held = Math.min(leaseMaxSeconds, Math.max(leaseMinSeconds, said)) * 1000;
  return { leaseUntil: new Date(now.getTime() + held), dueAt: new Date(now.getTime() + held * renewShare) };
}

/** Whether a body was signed with our secret: «sha256=…» in hexadecimal; compared in constant time. */
export async function isSigned(body: Uint8Array, header: string, secret: string): Promise<boolean> {
  const [, name = "", hex = ""] = /^\s*(sha\d{1,3})=([0-9a-f]{40,128})\s*$/i.exec(header) ?? [];
  const hash = methods.get(name.toLowerCase());
  if (hash === undefined) return false;
  const signature = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const algorithm = { name: "HMAC", hash };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, signature, new Uint8Array(body));
}

/** Links of a Link header (RFC 8288) by what they are: the first address of each relation. */
export function linksInHeader(header: string, base: string): Map<string, string> {
  const links = new Map<string, string>();
  const found = header
    .slice(0, headerCharsMax)
    .matchAll(/<([^<>]*)>((?:\s*;\s*[\w*!-]+\s*=\s*(?:"[^"]*"|[^",;\s]*))*)/g);
  for (const [, href, parameters] of [...found].slice(0, linksMax)) {
    const url = absoluteUrl(href!, base);
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]*))/i.exec(parameters!);
    if (url === null || relations === null) continue;
    for (const relation of (relations[1] ?? relations[2]!).toLowerCase().split(/\s+/)) {
      if (!links.has(relation)) links.set(relation, url);
    }
  }
  return links;
}

/** The hub that a document names, by its headers or in itself, and the address under which the hub knows it. */
export function hubOf(
  feed: { hubs: readonly string[]; self: string | null } | null,
  { link, url }: { link: string; url: string },
): { hub: string; topic: string } | null {
  const links = linksInHeader(link, url);
  const hub = links.get("hub") ?? feed?.hubs[0];
  return hub === undefined ? null : { hub, topic: links.get("self") ?? feed?.self ?? url };
}
