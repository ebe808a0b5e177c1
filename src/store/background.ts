import { type Background, backgroundSize, emptyBackground } from "../news/background.ts";
import type { Db, Statement } from "./db.ts";
import { storyBackground } from "./schema.ts";
import type { StoryMemory } from "./sketches.ts";

/** How common each term is in this archive, read once for a run. */
export async function backgroundOf(db: Db, memory: StoryMemory): Promise<Background> {
  if (memory.background !== null) return memory.background;
  const [row] = await db.select().from(storyBackground);
  const background = emptyBackground();
  if (row !== undefined && row.counts.byteLength === backgroundSize * 2) {
    background.articles = row.articles;
    new Uint8Array(background.counts.buffer).set(row.counts);
  }
  memory.background = background;
  return background;
}

export function saveBackground(db: Db, { articles, counts }: Background): Statement {
  const value = { articles, counts: new Uint8Array(counts.buffer) };
  return db
    .insert(storyBackground)
    .values({ id: 1, ...value })
    .onConflictDoUpdate({ target: storyBackground.id, set: value });
}
