import type { Update } from "grammy/types";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { HubDoor } from "./app.ts";
import { createSite, type SiteParts } from "./web/site.ts";

/** Telegram's updates are far smaller; whatever is larger is not from Telegram. */
const updateBytesMax = 1024 * 1024;
/** A feed as a hub sends it; of a larger one we hear by reading it. */
const pushBytesMax = 1024 * 1024;
/** Seconds after which Telegram is asked to try again when an update cannot be kept now. */
const retryAfterSeconds = 5;

export type Health = {
  status: "ok" | "starting" | "degraded";
  /** Sentences for the operator: what is wrong, since when. */
  problems: string[];
  [fact: string]: unknown;
};

export type HttpParts = {
  /** What Telegram must send along; null: no webhook here. */
  webhookSecret: () => string | null;
  /** Reads one update out of a body; undefined when it is none. */
  asUpdate: (value: unknown) => Update | undefined;
  /** Keeps the update; resolves when Telegram may forget it. */
  receive: (update: Update) => Promise<void>;
  /** What hubs of sources may do; undefined while nobody is there to do it. */
  hubs?: () => HubDoor | undefined;
  health: () => Promise<Health>;
  /** What the readers' pages need. */
  site: SiteParts;
  onError: (error: unknown) => void;
};

/** The server's own routes: Telegram's webhook, what an operator's monitor asks, the readers' pages. */
export function createHttp(parts: HttpParts): Hono {
  const http = new Hono();

  http.get("/health", async (c) => c.json(await parts.health()));

  http.post(
    "/telegram",
    async (c, next) => {
      const secret = parts.webhookSecret();
      const given = c.req.header("X-Telegram-Bot-Api-Secret-Token") ?? "";
      if (secret === null || !sameText(given, secret)) return c.body(null, 401);
      return next();
    },
    bodyLimit({ maxSize: updateBytesMax, onError: (c) => c.body(null, 413) }),
    async (c) => {
      const update = parts.asUpdate(await c.req.json().catch(() => undefined));
      if (update === undefined) return c.text("This is not a Telegram update.", 400);
      await parts.receive(update);
      return c.body(null, 200);
    },
  );

  http.route("/hub", hubRoutes(parts));
  http.route("/", createSite(parts.site));

  http.onError((error, c) => {
    parts.onError(error);
    return c.body(null, 503, { "Retry-After": String(retryAfterSeconds) });
  });
  return http;
}

/** Callbacks of hubs (W3C WebSub): an address that names nothing is told so before its body is read. */
function hubRoutes({ hubs }: Pick<HttpParts, "hubs">): Hono {
  const routes = new Hono();
  const doorOf = (): HubDoor => {
    const door = hubs?.();
    if (door === undefined) throw new Error("not ready yet");
    return door;
  };
  const token = "/:token{[0-9a-f]{32}}";

  routes.get(token, async (c) => {
    const answer = await doorOf().confirm(c.req.param("token"), new URL(c.req.url).searchParams);
    const headers = { "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store" };
    return answer === null ? c.body(null, 404) : c.text(answer, 200, headers);
  });
  routes.post(
    token,
    async (c, next) => {
      const known = await doorOf().knows(c.req.param("token"));
      return known === "open" ? next() : c.body(null, known === "ending" ? 410 : 404);
    },
    bodyLimit({ maxSize: pushBytesMax, onError: (c) => c.body(null, 413) }),
    async (c) => {
      const header = (name: string) => c.req.header(name) ?? "";
      const body = new Uint8Array(await c.req.arrayBuffer());
      const sent = { body, signature: header("X-Hub-Signature"), type: header("Content-Type"), link: header("Link") };
      await doorOf().take(c.req.param("token"), sent);
      return c.body(null, 202);
    },
  );
  return routes;
}

/** Compares in a time that tells of what was given only how long it is. */
function sameText(given: string, secret: string): boolean {
  let difference = given.length ^ secret.length;
  for (let i = 0; i < given.length; i += 1) difference |= given.charCodeAt(i) ^ secret.charCodeAt(i % secret.length);
  return difference === 0;
}
