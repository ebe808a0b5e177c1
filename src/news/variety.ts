import { tellApart } from "./apart.ts";
import { follows, mayFollow } from "./follow.ts";
import { isBeside } from "./headline.ts";
import { featuresOf, joinScoreOf, type Surroundings, surroundingsAmong } from "./likeness.ts";
import type { Sketch } from "./sketch.ts";

/**
 * Log-odds, among the stories of one list, from which two tell of one matter though they did not become one story; more
 * is asked where each says what the other does not, and then only of a piece that stands beside the news. Chosen by the
 * sample news: what is one matter there is above, what only shares a place or a firm is below -3. `besideScore` is the
 * greater: who is below `sameScore` is not looked at.
 */
const sameScore = -2.2;
const besideScore = -1;

/**
 * For each story of a list, hottest first, the place of the first that tells of the same matter; its own when none
 * before it does. Each is given by the article that stands for it.
 */
export function mattersOf(stories: readonly Sketch[]): number[] {
  const matters: number[] = [];
  const surroundings = surroundingsAmong(stories);
  for (const [n, story] of stories.entries()) {
    const around = surroundings(story);
    const before = stories.slice(0, n).findIndex((other) => isOneMatter(around, other));
    matters.push(before === -1 ? n : matters[before]!);
  }
  return matters;
}

/** Whether the story in the middle of its surroundings and another tell of one matter. */
export function isOneMatter(around: Surroundings, other: Sketch): boolean {
  const { center: story } = around;
  if (story.language !== other.language) return false;
  // Most have little in common: that is known before anything is read of what they say.
  const features = featuresOf(around, other);
  const score = joinScoreOf(features);
  if (score < sameScore && !mayFollow(features)) return false;
  const isApart = tellApart(story, other);
  if (!isApart && (follows(story, other) || follows(other, story))) return true;
  const isAside = isBeside(story.headline) !== isBeside(other.headline);
  return (!isApart || isAside) && score >= (isApart ? besideScore : sameScore);
}

/**
 * Puts the news before what stands beside it: where the first of a matter is an explainer or a live page and a later one
 * tells the news itself, they change places. Sets each one's `matter` to the id of the first.
 */
export function withMatters<T extends { id: number; title: string }>(
  cards: readonly T[],
  sketches: readonly Sketch[],
): (T & { matter: number })[] {
  const matters = mattersOf(sketches);
  const order = cards.map((_, n) => n);
  for (const first of new Set(matters)) {
    const news = matters.findIndex((matter, n) => matter === first && !isBeside(cards[n]!.title));
    if (news > first) [order[first], order[news]] = [order[news]!, order[first]!];
  }
  const idOf = (matter: number) => cards[order[matter]!]!.id;
  return order.map((n) => ({ ...cards[n]!, matter: idOf(matters[n]!) }));
}
