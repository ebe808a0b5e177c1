import { tellApart } from "./contrast.ts";
import { likeness, type Surroundings, surroundings } from "./likeness.ts";
import type { Sketch } from "./sketch.ts";

/** Members of a story that a newcomer is compared with: its founder and its latest. */
export const membersComparedMax = 6;
/** Mean log-odds over a story's members from which a newcomer belongs to it. */
const joinScore = 2.3;
/** How much more a story of several articles asks, an article: chains of half likenesses drag it away otherwise. */
const perMember = 0.15;
/** Mean log-odds between two stories from which they are one. */
const mergeScore = 3;

/** A story as far as joining needs it. */
export type Gathering = { id: number; members: Sketch[] };

export type Decision = {
  /** The story to join; null founds a new one. */
  storyId: number | null;
  /** Stories that turn out to be the same one; the oldest founder keeps its id. */
  merge: number[];
  score: number;
};

/**
 * Decides which story an article tells. `nearby` are the articles found by its terms, whatever their story: what they
 * all share says nothing about this one.
 */
export function decide(article: Sketch, nearby: readonly Sketch[], gatherings: readonly Gathering[]): Decision {
  const around = surroundings(article, nearby);
  const found = gatherings
    .map((gathering) => ({ id: gathering.id, ...belonging(article, gathering, around) }))
    .filter((each) => each.mean >= joinScore && !each.apart)
    .sort((a, b) => b.mean - a.mean || a.id - b.id);
  const [first, ...others] = found;
  if (first === undefined) return { storyId: null, merge: [], score: 0 };
  const home = gatherings.find((each) => each.id === first.id)!;
  const merge = others
    .filter((other) => areOne(home, gatherings.find((each) => each.id === other.id)!, nearby))
    .map((other) => other.id);
  return { storyId: first.id, merge, score: first.mean };
}

function belonging(article: Sketch, { members }: Gathering, around: Surroundings) {
  const scores = members.map((member) => likeness(around, member));
  return {
    mean: mean(scores) - perMember * (members.length - 1),
    apart: members.some((member) => tellApart(article, member)),
  };
}

function areOne(a: Gathering, b: Gathering, nearby: readonly Sketch[]): boolean {
  const scores: number[] = [];
  for (const one of a.members) {
    const from = surroundings(one, nearby);
    for (const other of b.members) {
      if (tellApart(one, other)) return false;
      scores.push(likeness(from, other));
    }
  }
  return mean(scores) >= mergeScore;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
