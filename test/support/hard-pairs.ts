import { openStore, readFixture } from "#runtime";
import { emptyDraft } from "../../src/news/article.ts";
import { detectLanguage } from "../../src/news/language.ts";
import { articlesPerBatch, saveArticles } from "../../src/store/articles.ts";
import { articles } from "../../src/store/schema.ts";
import { ensureSource } from "../../src/store/sources.ts";
import { joinStories } from "../../src/store/stories.ts";

export type HardPair = { a: string; b: string; joined: boolean };

const now = new Date("2026-11-22T12:00:00Z");
const dayMs = 86_400_000;

/**
 * Imports every article of a file of pairs into one fresh store, the way an import does, and says which pairs ended in
 * one story. The two of a pair come from two sources, two hours apart but for what the file says.
 */
export async function joinHardPairs(file: string): Promise<HardPair[]> {
  const pairs = pairsOf(await readFixture(file));
  const store = await openStore();
  try {
    const sources: number[] = [];
    for (const name of ["Morning Sample", "Evening Sample"]) {
      sources.push((await ensureSource(store.db, name, { kind: "file", language: "zh", now })).id);
    }
    const drafts = pairs.flatMap((pair, n) =>
      pair.map((each, side) => {
        const at = new Date(now.getTime() - each.daysBefore * dayMs - (side === 0 ? 0 : 7_200_000) - n * 60_000);
        const language = detectLanguage(`${each.title} ${each.lead}`);
        const draft = {
          ...emptyDraft(each.title),
          lead: each.lead,
          externalId: `${n}-${side}`,
          publishedAt: at,
          language,
        };
        return { sourceId: sources[side]!, draft };
      }),
    );
    for (let i = 0; i < drafts.length; i += articlesPerBatch) {
      const saved = await saveArticles(store.db, drafts.slice(i, i + articlesPerBatch), { now });
      await joinStories(
        store.db,
        saved.map((each) => each.id),
        { now },
      );
    }
    const rows = await store.db.select({ key: articles.externalId, story: articles.storyId }).from(articles);
    const storyOf = new Map(rows.map((row) => [row.key, row.story]));
    return pairs.map(([a, b], n) => ({
      a: a.title,
      b: b.title,
      joined: storyOf.get(`${n}-0`) === storyOf.get(`${n}-1`),
    }));
  } finally {
    await store.close();
  }
}

export type Side = { title: string; lead: string; daysBefore: number };

/** What a file of pairs says: title, lead and days before, of both. */
export function pairsOf(text: string): [Side, Side][] {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const sides = lines.map((line) => {
    const [title = "", lead = "", days = "0"] = line.split(" | ");
    return { title, lead, daysBefore: Number(days) };
  });
  return Array.from({ length: sides.length / 2 }, (_, n) => [sides[2 * n]!, sides[2 * n + 1]!]);
}
