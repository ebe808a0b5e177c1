import { and, desc, eq, exists, gte, sql } from "drizzle-orm";
import { idsPerSecond } from "./article-ids.ts";
import type { Db } from "./db.ts";
import { articles, type SourceKind, sources } from "./schema.ts";

/** Names of one listing. */
const namesMax = 5_000;

export type Source = typeof sources.$inferSelect;

/** What names a source that is met for the first time. */
export type NewSource = {
  kind: SourceKind;
  language: string;
  family?: string;
  url?: string | null;
  sections?: readonly string[];
};

/** The source of this name; made when there is none yet. */
export async function ensureSource(db: Db, name: string, fresh: NewSource & { now: Date }): Promise<Source> {
  const known = await findSource(db, name);
  if (known !== undefined) return known;
  await db
    .insert(sources)
    .values({
      name,
      kind: fresh.kind,
      url: fresh.url ?? null,
      language: fresh.language,
      family: fresh.family ?? name,
      sections: [...(fresh.sections ?? [])],
      createdAt: fresh.now,
    })
    .onConflictDoNothing();
  const made = await findSource(db, name);
  if (made === undefined) throw new Error(`source ${name} was not stored`);
  return made;
}

export async function findSource(db: Db, name: string): Promise<Source | undefined> {
  const [row] = await db.select().from(sources).where(eq(sources.name, name)).limit(1);
  return row;
}

/** The source that a reader means: of this id, or called so, in whatever case of Latin letters. */
export async function sourceMeant(db: Db, of: number | string): Promise<Source | undefined> {
  const one = typeof of === "number" ? eq(sources.id, of) : sql`lower(${sources.name}) = lower(${of})`;
  const exactFirst = [desc(sql`${sources.name} = ${of}`), sources.id];
  const [row] = await db
    .select()
    .from(sources)
    .where(one)
    .orderBy(...exactFirst)
    .limit(1);
  return row;
}

export async function countSources(db: Db): Promise<number> {
  const [row] = await db.select({ n: sql<number>`count(*)` }).from(sources);
  return row?.n ?? 0;
}

/** How many sources of a language (null is any) brought something since then, counted up to `most`. */
export async function countSourcesIn(
  db: Db,
  language: string | null,
  { since, most }: { since: Date; most: number },
): Promise<number> {
  // A source's own language, not its articles': those of all others would have to be read to find none.
  const firstId = Math.floor(since.getTime() / 1000) * idsPerSecond;
  const one = db
    .select({ id: articles.id })
    .from(articles)
    .where(and(eq(articles.sourceId, sources.id), gte(articles.id, firstId)))
    .limit(1);
  const spoken = language === null ? undefined : eq(sources.language, language);
  const some = db
    .select({ id: sources.id })
    .from(sources)
    .where(and(spoken, exists(one)))
    .limit(most)
    .as("some");
  const [row] = await db.select({ n: sql<number>`count(*)` }).from(some);
  return row?.n ?? 0;
}

/** All sources by name, to choose from. */
export async function listSourceNames(db: Db): Promise<{ id: number; name: string }[]> {
  return db.select({ id: sources.id, name: sources.name }).from(sources).orderBy(sources.name).limit(namesMax);
}
