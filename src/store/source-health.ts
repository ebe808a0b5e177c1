import { and, asc, count, eq, gt, gte, inArray, type SQL, sql } from "drizzle-orm";
import { breathe } from "../breathe.ts";
import { idsPerSecond } from "./article-ids.ts";
import type { Db } from "./db.ts";
import { articles, pushes, readings, sources } from "./schema.ts";

/** Sources that one statement lists with what they brought. */
const sliceMax = 200;
const weekSeconds = 7 * 86_400;

/** A source with how it is read (files are not), what its hub does for it, and what it brought in a week. */
export type SourceHealth = {
  source: typeof sources.$inferSelect;
  reading: typeof readings.$inferSelect | null;
  push: typeof pushes.$inferSelect | null;
  articlesInWeek: number;
};

/** One page of all sources; `page` is the last there is when a later one was asked for. */
export type SourcesPage = { list: SourceHealth[]; all: number; failing: number; page: number; pages: number };

/** All sources by name; in slices, between which others get their turn. */
export async function listSources(db: Db, now: Date): Promise<SourceHealth[]> {
  const found: SourceHealth[] = [];
  for (let after = ""; ; ) {
    const slice = await healthWhere(db, gt(sources.name, after), { now, limit: sliceMax });
    found.push(...slice);
    if (slice.length < sliceMax) return found;
    after = slice.at(-1)!.source.name;
    await breathe();
  }
}

/** Those in trouble first, then by name. What they brought is counted for this page's alone. */
export async function sourcesPage(
  db: Db,
  { now, page, perPage }: { now: Date; page: number; perPage: number },
): Promise<SourcesPage> {
  const [sums] = await db
    .select({ all: count(), failing: count(readings.failingSince) })
    .from(sources)
    .leftJoin(readings, eq(readings.sourceId, sources.id));
  const { all = 0, failing = 0 } = sums ?? {};
  const pages = Math.max(1, Math.ceil(all / perPage));
  const at = Math.min(Math.max(1, page), pages);
  const ids = db
    .select({ id: sources.id })
    .from(sources)
    .leftJoin(readings, eq(readings.sourceId, sources.id))
    .orderBy(troubleFirst, asc(sources.name))
    .limit(perPage)
    .offset((at - 1) * perPage);
  const list = await healthWhere(db, inArray(sources.id, ids), { now, limit: perPage, order: [troubleFirst] });
  return { list, all, failing, page: at, pages };
}

/** The source that a person means: by its name, its id, or the address where it is read. */
export async function sourceNamed(db: Db, given: string, now: Date): Promise<SourceHealth | undefined> {
  const ways = [
    eq(sources.name, given),
    ...(/^\d{1,15}$/.test(given) ? [eq(sources.id, Number(given))] : []),
    eq(readings.url, given),
  ];
  for (const way of ways) {
    const [found] = await healthWhere(db, way, { now, limit: 1 });
    if (found !== undefined) return found;
  }
  return undefined;
}

export async function sourceById(db: Db, id: number, now: Date): Promise<SourceHealth | undefined> {
  return (await healthWhere(db, eq(sources.id, id), { now, limit: 1 }))[0];
}

const troubleFirst = sql`${readings.failingSince} is null`;

type Wanted = { now: Date; limit: number; order?: SQL[] };

async function healthWhere(db: Db, where: SQL, { now, limit, order = [] }: Wanted): Promise<SourceHealth[]> {
  const weekAgo = Math.floor(now.getTime() / 1000 - weekSeconds) * idsPerSecond;
  const inWeek = db
    .select({ n: count() })
    .from(articles)
    .where(and(eq(articles.sourceId, sources.id), gte(articles.id, weekAgo)));
  return db
    .select({ source: sources, reading: readings, push: pushes, articlesInWeek: sql<number>`(${inWeek})` })
    .from(sources)
    .leftJoin(readings, eq(readings.sourceId, sources.id))
    .leftJoin(pushes, and(eq(pushes.sourceId, sources.id), eq(pushes.ending, false)))
    .where(where)
    .orderBy(...order, asc(sources.name))
    .limit(limit);
}
