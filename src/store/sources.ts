import { eq, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { type SourceKind, sources } from "./schema.ts";

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

export async function countSources(db: Db): Promise<number> {
  const [row] = await db.select({ n: sql<number>`count(*)` }).from(sources);
  return row?.n ?? 0;
}

/** All sources by name, to choose from. */
export async function listSourceNames(db: Db): Promise<{ id: number; name: string }[]> {
  return db.select({ id: sources.id, name: sources.name }).from(sources).orderBy(sources.name).limit(namesMax);
}
