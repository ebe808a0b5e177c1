import { tellApart } from "./contrast.ts";
import { type Likeness, likeness, type Surroundings, surroundings } from "./likeness.ts";
import type { Sketch } from "./sketch.ts";

/** Members of a story that a newcomer is compared with: its founder and its latest. */
export const membersComparedMax = 6;
/** Mean log-odds over a story's members from which a newcomer belongs to it. */
const joinScore = 1.6;
/** The best single likeness that a story must have as well: a chain of half likenesses drags no story away. */
const linkScore = 2;
/** Mean log-odds between two stories from which they are one. */
const mergeScore = 2.6;

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
    .filter((each) => each.mean >= joinScore && each.best >= linkScore && !each.apart)
    .sort((a, b) => b.mean - a.mean || a.id - b.id);
  const [first, ...others] = found;
  if (first === undefined) return { storyId: null, merge: [], score: 0 };
  const home = gatherings.find((each) => each.id === first.id)!;
  const merge = others
    .filter((other) => areOne(home, gatherings.find((each) => each.id === other.id)!, around))
    .map((other) => other.id);
  return { storyId: first.id, merge, score: first.mean };
}

function belonging(article: Sketch, { members }: Gathering, around: Surroundings) {
  const scores = members.map((member) => likeness(article, member, around).score);
  return {
    mean: mean(scores),
    best: Math.max(...scores),
    apart: members.some((member) => tellApart(article, member)),
  };
}

function areOne(a: Gathering, b: Gathering, around: Surroundings): boolean {
  const scores: number[] = [];
  for (const one of a.members) {
    for (const other of b.members) {
      if (tellApart(one, other)) return false;
      scores.push(likeness(one, other, around).score);
    }
  }
  return mean(scores) >= mergeScore;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

export type { Likeness };
