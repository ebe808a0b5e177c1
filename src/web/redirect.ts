import { Hono } from "hono";
import { createShortLinks, type ShortLinks } from "../news/short-link.ts";
import { urlOfArticle } from "../store/clicks.ts";
import type { Db } from "../store/db.ts";
import { linkKey } from "../store/facts.ts";

export type RedirectParts = {
  db: () => Db | undefined;
  /** Somebody followed a link to this article. It is called on the way and must not make anybody wait. */
  clicked?: (articleId: number) => void;
};

/** What fetches an address for a preview or to look for harm, and no person. */
const machine = /bot\b|crawler|spider|preview|facebookexternalhit|curl|wget|python|headless/i;

/**
 * `/r/<code>`: on to the article, wherever it was published. Only codes that we made lead anywhere, and only to the
 * address that the article itself has, so nobody can borrow this host to send people elsewhere.
 */
export function createRedirects(parts: RedirectParts): Hono {
  const routes = new Hono();
  let links: Promise<ShortLinks> | undefined;

  routes.get("/:code", async (c) => {
    const db = parts.db();
    if (db === undefined) throw new Error("not ready yet");
    links ??= linkKey(db).then((key) => createShortLinks(key, ""));
    links.catch(() => {
      links = undefined;
    });
    const id = await (await links).read(c.req.param("code"));
    const url = id === null ? null : await urlOfArticle(db, id);
    c.header("X-Robots-Tag", "noindex");
    if (id === null || url === null) return c.notFound();
    const isPerson = c.req.method === "GET" && !machine.test(c.req.header("User-Agent") ?? "");
    if (isPerson) parts.clicked?.(id);
    // Kept by nobody: a second click counts, too.
    c.header("Cache-Control", "no-store");
    c.header("Referrer-Policy", "no-referrer");
    return c.redirect(url, 302);
  });
  return routes;
}
