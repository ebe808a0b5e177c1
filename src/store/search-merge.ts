import { sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { searchGramsWork, searchSignsWork } from "./schema.ts";

/** Pages of 4 KiB that one write merges at the most, unless one term's list is longer: some 4 ms. */
const pagesMax = { grams: 48, signs: 12 };
/**
 * The same where many segments are merged together: each write begins the next page of every one of them anew, so that
 * small steps would cost three times as much. Some 30 ms.
 */
const widePagesMax = { grams: 256, signs: 64 };
/** Writes after each write of articles: with them merging keeps up, however many articles there are. */
const writesPerCall = 2;

/**
 * `usermerge`: segments of a size that are merged together; few make an index small and fast, many make an import fast.
 * `crisismerge`: so many, which nobody merged, FTS5 merges within the next write, however long that takes.
 */
const mergings = {
  usual: { usermerge: 4, crisismerge: 64 },
  import: { usermerge: 16, crisismerge: 1_000 },
} as const;

/**
 * Merges segments of the index, as far as short writes get; called with every write of articles it keeps up with them.
 * With nothing to merge it costs next to nothing.
 */
export async function mergeIndex(db: Db): Promise<void> {
  for (let n = 0; n < writesPerCall; n += 1) await command(db, "merge", pagesMax);
}

/** One longer write for an index of many segments; says whether there was anything to merge. */
export async function mergeMore(db: Db): Promise<boolean> {
  const changes = async () => (await db.get<{ n: number }>(sql`select total_changes() as n`))?.n ?? 0;
  const before = await changes();
  await command(db, "merge", widePagesMax);
  // SQLite's own word for it: a merge that did something changed more than the two tables' own rows.
  return (await changes()) - before > 2;
}

/** How segments are merged from now on, by whoever merges. */
export async function setMerging(db: Db, kind: keyof typeof mergings): Promise<void> {
  for (const name of ["usermerge", "crisismerge"] as const) {
    const value = mergings[kind][name];
    await command(db, name, { grams: value, signs: value });
  }
}

/** What is there to merge, write by write with `pause` between them; resolves when nothing is left. */
export async function mergeAll(db: Db, pause: () => Promise<unknown>): Promise<void> {
  while (await mergeMore(db)) await pause();
}

type Ranks = { grams: number; signs: number };

async function command(db: Db, name: "merge" | "usermerge" | "crisismerge", { grams, signs }: Ranks): Promise<void> {
  // better-sqlite3 binds every number as a real one, which a setting of FTS5 must not be.
  const whole = (rank: number) => sql`cast(${rank} as integer)`;
  await db.batch(
    [
      db.insert(searchGramsWork).values({ command: name, rank: whole(grams) }),
      db.insert(searchSignsWork).values({ command: name, rank: whole(signs) }),
    ],
    // What is taken back by a power cut is merged again.
    { mayBeLost: true },
  );
}
