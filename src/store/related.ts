import type { Article } from "../news/article.ts";
import { type Background, rarity } from "../news/background.ts";
import { isCommon } from "../news/common-words.ts";
import type { Reason, RelatedLine } from "../news/edition.ts";
import { likeness, surroundings } from "../news/likeness.ts";
import { nearestFirst } from "../news/nearest.ts";
import { isFollowed, isSeenRelated, reasonFor } from "../news/related.ts";
import { articleById, articlesByIds } from "./articles.ts";
import { backgroundOf } from "./background.ts";
import type { Db } from "./db.ts";
import { findEverywhere, type StoredSketch, type StoryMemory, sketchesOf, storyMemory } from "./sketches.ts";
import { articleIdsOf } from "./story-view.ts";

/** Articles that share terms and are compared closely. */
const comparedMax = 150;
/** Index entries read for each term, before the article and after it. */
const perTermMax = 60;
/** Articles of the same story that are listed. */
const sameStoryMax = 50;
/** Stories that are looked through for what a person sees to belong there. */
const lookedThrough = 40;

export type Related = {
  storyId: number | null;
  /** The one that was asked about. */
  article: Article;
  /** Other articles of the story, likest first. */
  sameStory: Article[];
  /** The likest article of each story that belongs with it, best first, and why. */
  related: { article: Article; reason: Reason }[];
};

export type RelatedOptions = {
  /** Articles altogether. */
  limit: number;
  /** Of them, so many of its own story. */
  mates?: number;
  /** And so many of each other one. */
  perStory?: number;
  memory?: StoryMemory;
};

/**
 * What belongs with an article: first the others of its story, then the stories that share its names and words. A story
 * is asked for by its id, which is its founding article's.
 */
export async function relatedTo(
  db: Db,
  id: number,
  { limit, mates = limit, perStory = 1, memory = storyMemory() }: RelatedOptions,
): Promise<Related | undefined> {
  const article = await articleById(db, id);
  if (article === undefined) return undefined;
  const background = await backgroundOf(db, memory);
  const ranked = await rankedNear(db, article, { memory, background });

  const isMate = (storyId: number | null) => storyId !== null && storyId === article.storyId;
  const same = ranked.filter((sketch) => isMate(sketch.storyId)).slice(0, Math.min(mates, limit));
  const listed = new Map<number, number>();
  const others = ranked.filter((sketch) => {
    const story = sketch.storyId ?? sketch.id;
    const before = listed.get(story) ?? 0;
    if (isMate(sketch.storyId) || before >= perStory) return false;
    listed.set(story, before + 1);
    return true;
  });
  const chosen = others.slice(0, Math.max(0, limit - same.length));
  const ids = [...same, ...chosen].map((sketch) => sketch.id);
  const articles = new Map((await articlesByIds(db, ids)).map((each) => [each.id, each]));
  const rarityOf = rarityIn(background);
  return {
    storyId: article.storyId,
    article,
    sameStory: same.flatMap((sketch) => articles.get(sketch.id) ?? []),
    related: chosen.flatMap((sketch) => {
      const other = articles.get(sketch.id);
      return other === undefined ? [] : [{ article: other, reason: reasonFor(article, other, { rarityOf }) }];
    }),
  };
}

/** A line under a story, with the article that it shows. */
export type Around = RelatedLine & { articleId: number };

type Read = { articleId: number; language: string; lastAt: Date | null };

/** Other stories that a person sees to belong with one, in its language, best first; each shares a name with it. */
export async function storiesAround(db: Db, read: Read, limit: number): Promise<Around[]> {
  const memory = storyMemory();
  const rarityOf = rarityIn(await backgroundOf(db, memory));
  const around = await relatedTo(db, read.articleId, { limit: lookedThrough, mates: 0, memory });
  if (around === undefined) return [];
  const { article, related } = around;
  const lines: Around[] = [];
  for (const { article: other, reason } of related) {
    if (lines.length >= limit) break;
    const isReadable = other.language === read.language && !other.titleCut;
    if (!isReadable || !isFollowed(reason, read.lastAt) || !isSeenRelated(article, other, rarityOf)) continue;
    const { id: articleId, title, url } = other;
    lines.push({ articleId, storyId: other.storyId ?? articleId, title, url, reason });
  }
  return lines;
}

function rarityIn(background: Background): (term: number) => number {
  return (term) => rarity(background, term, isCommon(term));
}

type With = { memory: StoryMemory; background: Background };

/** The articles of its story and those that share its terms, likest first. */
async function rankedNear(db: Db, article: Article, each: With): Promise<StoredSketch[]> {
  const own = (await sketchesOf(db, [article.id], each)).get(article.id)!;
  const found = await findEverywhere(db, own, { limit: comparedMax, perTerm: perTermMax });
  const mates = article.storyId === null ? [] : await articleIdsOf(db, article.storyId, sameStoryMax);
  const ids = [...new Set([...mates, ...found])].filter((other) => other !== article.id);
  return nearestFirst(own, [...(await sketchesOf(db, ids, each)).values()]);
}

/**
 * How sure it is, as log-odds, that two articles tell one event: each is compared with the other among its own
 * surroundings.
 */
export async function pairScore(
  db: Db,
  [a, b]: readonly [number, number],
  { memory = storyMemory() }: { memory?: StoryMemory } = {},
): Promise<number> {
  const background = await backgroundOf(db, memory);
  const each = { memory, background };
  let sum = 0;
  for (const [one, two] of [
    [a, b],
    [b, a],
  ] as const) {
    const own = (await sketchesOf(db, [one], each)).get(one);
    const other = (await sketchesOf(db, [two], each)).get(two);
    if (own === undefined || other === undefined) return Number.NEGATIVE_INFINITY;
    const found = await findEverywhere(db, own, { limit: comparedMax, perTerm: perTermMax });
    const sketches = [...(await sketchesOf(db, found, each)).values()];
    sum += likeness(surroundings(own, sketches), other);
  }
  return sum / 2;
}
