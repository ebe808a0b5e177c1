import type { App } from "../app.ts";
import type { Edition } from "../news/edition.ts";
import { createShortLinks, type ShortLinks } from "../news/short-link.ts";
import { articleAt } from "../store/clicks.ts";
import type { Db } from "../store/db.ts";
import { linkKey } from "../store/facts.ts";

export type LinkApp = Pick<App, "db"> & { config: Pick<App["config"], "PUBLIC_URL" | "COUNT_CLICKS"> };

/** Ways to articles through our own address, where there is one and clicks are to be counted; null otherwise. */
export function linksOf({ config, db }: LinkApp): () => Promise<ShortLinks | null> {
  const { PUBLIC_URL: base, COUNT_CLICKS: counts } = config;
  let made: Promise<ShortLinks> | undefined;
  return async () => {
    if (base === undefined || !counts) return null;
    made ??= linkKey(db).then((key) => createShortLinks(key, base));
    // A database that was locked for a moment is asked again.
    made.catch(() => {
      made = undefined;
    });
    return made;
  };
}

/** A breaking item with the way to its article through our own address; a link that is no article's is left as it is. */
export async function throughUs<T extends { url: string | null; articleIds: number[] }>(
  db: Db,
  item: T,
  links: ShortLinks | null,
): Promise<T & { read: string | null }> {
  const { url, articleIds } = item;
  const id = links === null || url === null ? null : await articleAt(db, url, articleIds);
  return { ...item, read: links === null || id === null ? url : await links.of(id) };
}

/** The same edition with its links through our own address; what has no link has none. */
export async function shortened(edition: Edition, links: ShortLinks | null): Promise<Edition> {
  if (links === null) return edition;
  const short = async (url: string | null, articleId: number | undefined) =>
    url === null || articleId === undefined ? url : links.of(articleId);
  const stories = edition.stories.map(async (story) => ({
    ...story,
    url: await short(story.url, story.articleIds[0]),
    related: await Promise.all(
      story.related.map(async (line) => ({ ...line, url: await short(line.url, line.articleId) })),
    ),
  }));
  return { ...edition, stories: await Promise.all(stories) };
}
