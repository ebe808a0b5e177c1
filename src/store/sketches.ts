import { eq, inArray, sql } from "drizzle-orm";
import type { Background } from "../news/background.ts";
import { type Sketch, sketchArticle } from "../news/sketch.ts";
import { type CompiledSubject, subjectsOf } from "../news/subjects.ts";
import { textCharsMax } from "../news/terms.ts";
import type { Db } from "./db.ts";
import { articles, sources } from "./schema.ts";

/** Sketches kept between slices of one import; an article's is about 6 KB. */
const sketchesMax = 8_192;
/** Neighbours in time that one term leads to, before and after an article. */
const foundBefore = 24;
const foundAfter = 12;

export type StoredSketch = Sketch & {
  storyId: number | null;
  /** Its subjects; [] for one that had a story when it was read. */
  subjects: number[];
};

/** What one run of joining remembers, so that an import does not read and cut the same articles again. */
export type StoryMemory = {
  sketches: Map<number, StoredSketch>;
  background: Background | null;
  subjects: { asSaved: string; compiled: CompiledSubject[] };
};

export function storyMemory(): StoryMemory {
  return { sketches: new Map(), background: null, subjects: { asSaved: "", compiled: [] } };
}

/** The sketches of these articles; ids that are gone are left out. */
export async function sketchesOf(
  db: Db,
  ids: readonly number[],
  { memory, background }: { memory: StoryMemory; background: Background },
): Promise<Map<number, StoredSketch>> {
  const found = new Map<number, StoredSketch>();
  const missing = ids.filter((id) => {
    const kept = memory.sketches.get(id);
    if (kept !== undefined) found.set(id, kept);
    return kept === undefined;
  });
  if (missing.length === 0) return found;
  const start = (column: typeof articles.lead | typeof articles.body) =>
    sql<string>`substr(${column}, 1, ${sql.raw(String(textCharsMax))})`;
  const rows = await db
    .select({
      id: articles.id,
      storyId: articles.storyId,
      source: sources.name,
      sections: articles.sections,
      publishedAt: articles.publishedAt,
      language: articles.language,
      title: articles.title,
      lead: start(articles.lead),
      body: start(articles.body),
    })
    .from(articles)
    .innerJoin(sources, eq(sources.id, articles.sourceId))
    .where(inArray(articles.id, sql`(select value from json_each(${JSON.stringify(missing)}))`));
  for (const row of rows) {
    const subjects = row.storyId === null ? subjectsOf(row, memory.subjects.compiled) : [];
    const sketch = { ...sketchArticle(row, background), storyId: row.storyId, subjects };
    found.set(row.id, sketch);
    remember(memory, sketch);
  }
  return found;
}

function remember(memory: StoryMemory, sketch: StoredSketch): void {
  memory.sketches.set(sketch.id, sketch);
  if (memory.sketches.size <= sketchesMax) return;
  // A map keeps the order of insertion: the oldest eighth goes.
  let surplus = sketchesMax / 8;
  for (const id of memory.sketches.keys()) {
    if (surplus-- <= 0) break;
    memory.sketches.delete(id);
  }
}

export type Window = { from: number; to: number };

/** The text of an article's terms as the full-text index holds them. */
export function termsText(sketch: Sketch): string {
  return sketch.keys.map(({ term }) => term.toString(36)).join(" ");
}

/**
 * For each article the ids of others that share its terms, most weight of shared terms first. Reads a bounded number
 * of index entries a term, those nearest in time, however many articles there are.
 */
export async function findByTerms(
  db: Db,
  sketches: readonly Sketch[],
  { window, limit }: { window: (sketch: Sketch) => Window; limit: number },
): Promise<Map<number, number[]>> {
  const asked = sketches.flatMap((sketch) => {
    const { from, to } = window(sketch);
    return sketch.keys.map(({ term, weight }) => ({ sketch, weight, row: [term.toString(36), sketch.id, from, to] }));
  });
  const rows = (await db.all(sql`
    select j.key as key,
      (select json_group_array(rowid) from (select rowid from story_terms where story_terms match (j.value ->> 0)
        and rowid < (j.value ->> 1) and rowid >= (j.value ->> 2) order by rowid desc limit ${foundBefore})) as before,
      (select json_group_array(rowid) from (select rowid from story_terms where story_terms match (j.value ->> 0)
        and rowid > (j.value ->> 1) and rowid <= (j.value ->> 3) order by rowid limit ${foundAfter})) as after
    from json_each(${JSON.stringify(asked.map((each) => each.row))}) j`)) as {
    key: number;
    before: string;
    after: string;
  }[];
  const shared = new Map<number, Map<number, number>>(sketches.map((sketch) => [sketch.id, new Map()]));
  for (const row of rows) {
    const { sketch, weight } = asked[row.key]!;
    const weights = shared.get(sketch.id)!;
    for (const id of [...(JSON.parse(row.before) as number[]), ...(JSON.parse(row.after) as number[])]) {
      weights.set(id, (weights.get(id) ?? 0) + weight);
    }
  }
  return new Map(
    [...shared].map(([id, weights]) => [
      id,
      [...weights]
        .sort((a, b) => b[1] - a[1] || b[0] - a[0])
        .slice(0, limit)
        .map(([other]) => other),
    ]),
  );
}
