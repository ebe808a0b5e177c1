import type { Article } from "../news/article.ts";
import { rarity } from "../news/background.ts";
import { isCommon } from "../news/common-words.ts";
import type { Reason } from "../news/edition.ts";
import { likeness, surroundings } from "../news/likeness.ts";
import { reasonFor } from "../news/related.ts";
import { articleById, articlesByIds } from "./articles.ts";
import { backgroundOf } from "./background.ts";
import type { Db } from "./db.ts";
import { findByTerms, sketchesOf, storyMemory } from "./sketches.ts";
import { articleIdsOf } from "./story-view.ts";

/** Articles that share terms and are compared closely. */
const comparedMax = 80;
/** Articles of the same story that are listed. */
const sameStoryMax = 50;

export type Related = {
  storyId: number | null;
  /** Other articles of the story, likest first. */
  sameStory: Article[];
  /** The likest article of each story that belongs with it, best first, and why. */
  related: { article: Article; reason: Reason }[];
};

/**
 * What belongs with an article: first the others of its story, then the stories that share its names and words, at most
 * `limit` altogether. A story is asked for by its id, which is its founding article's.
 */
export async function relatedTo(db: Db, id: number, { limit }: { limit: number }): Promise<Related | undefined> {
  const article = await articleById(db, id);
  if (article === undefined) return undefined;
  const memory = storyMemory();
  const background = await backgroundOf(db, memory);
  const with_ = { memory, background };
  const own = (await sketchesOf(db, [id], with_)).get(id)!;
  const everywhere = { from: 0, to: Number.MAX_SAFE_INTEGER };
  const found = await findByTerms(db, [own], { window: () => everywhere, limit: comparedMax });
  const mates = article.storyId === null ? [] : await articleIdsOf(db, article.storyId, sameStoryMax);
  const ids = [...new Set([...mates, ...found.get(id)!])].filter((other) => other !== id);
  const sketches = [...(await sketchesOf(db, ids, with_)).values()];
  const around = surroundings(own, sketches);
  const ranked = sketches
    .map((sketch) => ({ sketch, score: likeness(around, sketch) }))
    .sort((a, b) => b.score - a.score || b.sketch.id - a.sketch.id);

  const isMate = (storyId: number | null) => storyId !== null && storyId === article.storyId;
  const same = ranked.filter(({ sketch }) => isMate(sketch.storyId)).slice(0, limit);
  const seen = new Set<number>();
  const others = ranked.filter(({ sketch }) => {
    const story = sketch.storyId ?? sketch.id;
    if (isMate(sketch.storyId) || seen.has(story)) return false;
    seen.add(story);
    return true;
  });
  const chosen = others.slice(0, Math.max(0, limit - same.length));
  const articles = new Map(
    (
      await articlesByIds(
        db,
        [...same, ...chosen].map(({ sketch }) => sketch.id),
      )
    ).map((each) => [each.id, each]),
  );
  const rarityOf = (term: number) => rarity(background, term, isCommon(term));
  return {
    storyId: article.storyId,
    sameStory: same.flatMap(({ sketch }) => articles.get(sketch.id) ?? []),
    related: chosen.flatMap(({ sketch }) => {
      const other = articles.get(sketch.id);
      return other === undefined ? [] : [{ article: other, reason: reasonFor(article, other, { rarityOf }) }];
    }),
  };
}
