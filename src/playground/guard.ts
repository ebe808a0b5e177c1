import type { Context, Next } from "hono";

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * Keeps other websites out: only names of this machine are served (against DNS rebinding; the port is free, so a tunnel
 * may use another), and a browser's request must come from the page itself. A request without a browser's headers, such
 * as the bot's own, passes.
 */
export async function ownPagesOnly(c: Context, next: Next): Promise<Response | undefined> {
  const host = c.req.header("host");
  if (host !== undefined && !loopback.test(host)) return c.text("The playground answers on 127.0.0.1 only.", 421);
  const site = c.req.header("sec-fetch-site");
  const isNavigation = c.req.method === "GET" && c.req.header("sec-fetch-mode") === "navigate";
  if (site !== undefined && site !== "same-origin" && site !== "none" && !isNavigation) return foreign(c);
  const origin = c.req.header("origin");
  if (origin !== undefined && origin !== `http://${host}`) return foreign(c);
  await next();
  return undefined;
}

/** A form of another site cannot set this header; so whatever changes something asks for it. */
export async function fromScriptOnly(c: Context, next: Next): Promise<Response | undefined> {
  if (c.req.method === "POST" && c.req.header("x-playground") !== "1") return foreign(c);
  await next();
  return undefined;
}

function foreign(c: Context): Response {
  return c.text("This request comes from another website.", 403);
}
