import { contradict, tellApart } from "./apart.ts";
import { crossLikeness } from "./cross-language.ts";
import { tellsOn } from "./grown.ts";
import { joinLikeness, type Surroundings, surroundings, textCosine } from "./likeness.ts";
import { isColumn, isRoundUp } from "./round-up.ts";
import type { Sketch } from "./sketch.ts";

/** Members of a story that a newcomer is compared with: its founder and its latest. */
export const membersComparedMax = 6;
/** Mean log-odds over a story's members from which a newcomer belongs to it: one in six, as a stream has few of a kind. */
const joinScore = -1.8;
/** How much more a story of several articles asks, an article: chains of half likenesses drag it away otherwise. */
const perMember = 0.3;
/** Mean log-odds between two stories from which they are one. */
const mergeScore = -0.6;
/**
 * A newcomer that belongs this surely to two stories shows that they are one, though neither says what the other does,
 * if they are at least so like each other. A round-up is seldom so like both; tuned so that of 5,000 articles of
 * long-running stories, where two stories that one newcomer could join are one event in only one of six, none merges.
 */
const bridgeScore = 0.6;
const bridgedScore = -3.2;
/** An article leaves a story for a newcomer that it is so much more like, in log-odds. */
const leaveMargin = 0.25;
/** Most of a newcomer's text is another's: it carries it, and tells nothing of its own. */
const copyCosine = 0.9;

/** A story as far as joining needs it. */
export type Gathering = {
  id: number;
  members: Sketch[];
  /** A person divided or joined it: it takes newcomers, but nobody leaves it and no two such become one. */
  edited?: boolean;
};

export type Decision = {
  /** The story to join; null founds a new one. */
  storyId: number | null;
  /** Stories that turn out to be the same one; the oldest founder keeps its id. */
  merge: number[];
  /** An article that leaves its story, for one of its own. */
  leaver: number | null;
  /** The article whose text it only carries. */
  copyOf: number | null;
};

/**
 * Decides which story an article tells. `nearby` are the articles found by its terms, whatever their story: what they
 * all share says nothing about this one.
 */
export function decide(article: Sketch, nearby: readonly Sketch[], gatherings: readonly Gathering[]): Decision {
  const founders = gatherings.map(({ members }) => members[0]!);
  // What mentions everything tells none of it, and nobody tells what it tells.
  if (isRoundUp(article, founders)) return alone;
  const likenessTo = measuredOnce(surroundings(article, nearby));
  const found = gatherings
    .filter((_, n) => !isColumn(founders[n]!.headline))
    .map((gathering) => ({ ...gathering, mean: belonging(article, gathering, likenessTo) }))
    .filter((each) => each.mean >= joinScore && !each.members.some((member) => tellApart(article, member)))
    .sort((a, b) => b.mean - a.mean || a.id - b.id);
  const [first, ...others] = found;
  if (first === undefined) {
    const grown = toldOn(article, gatherings, likenessTo);
    if (grown !== null) return { ...alone, storyId: grown };
    return splitOff(article, nearby, { gatherings, likenessTo }) ?? alone;
  }
  let edited = first.edited === true;
  const merge = others.filter((other) => {
    const isOne = areOne(first, other, nearby) || isBridge(article, [first, other], nearby);
    if ((edited && other.edited) || !isOne) return false;
    edited ||= other.edited === true;
    return true;
  });
  return {
    storyId: first.id,
    merge: merge.map(({ id }) => id),
    leaver: null,
    copyOf: originalOf(article, first.members),
  };
}

/** How like the article in the middle another is. */
type LikenessTo = (other: Sketch) => number;

/** Each is measured once: who joins no story is held against the same members again, one of which may leave with it. */
function measuredOnce(around: Surroundings): LikenessTo {
  const measured = new Map<Sketch, number>();
  return (other) => {
    const known = measured.get(other);
    if (known !== undefined) return known;
    const score = joinLikeness(around, other);
    measured.set(other, score);
    return score;
  };
}

const alone: Decision = { storyId: null, merge: [], leaver: null, copyOf: null };

/** The story that the article tells on with a number that grew, likest first: another number does not make it another. */
function toldOn(article: Sketch, gatherings: readonly Gathering[], likenessTo: LikenessTo): number | null {
  const found = gatherings
    .filter(({ members }) => members.some((member) => tellsOn(article, member)))
    .map((gathering) => ({ id: gathering.id, score: belonging(article, gathering, likenessTo) }))
    .sort((a, b) => b.score - a.score || a.id - b.id);
  return found[0]?.id ?? null;
}

/**
 * An article that was drawn into a story shows it when a newcomer is much more like it than the rest is. It leaves with
 * the newcomer; a founder stays, for the story has its id, and of two the other leaves.
 */
function splitOff(
  article: Sketch,
  nearby: readonly Sketch[],
  { gatherings, likenessTo }: { gatherings: readonly Gathering[]; likenessTo: LikenessTo },
): Decision | null {
  const likest = gatherings
    .filter(
      ({ members, edited }) =>
        !edited && members.length > 1 && members.every((member) => member.language === article.language),
    )
    .flatMap(({ id, members }) => members.map((member) => ({ id, members, member, score: likenessTo(member) })))
    .sort((a, b) => b.score - a.score)[0];
  if (likest === undefined || likest.score < joinScore || tellApart(article, likest.member)) return null;
  const { id, members, member, score } = likest;
  const from = surroundings(member, nearby);
  const rest = members.filter((other) => other.id !== member.id);
  if (mean(rest.map((other) => joinLikeness(from, other))) > score - leaveMargin) return null;
  if (member.id !== id) return { ...alone, storyId: member.id, leaver: member.id };
  return rest.length === 1 ? { ...alone, storyId: id, leaver: rest[0]!.id } : null;
}

function originalOf(article: Sketch, members: readonly Sketch[]): number | null {
  const original = members.find(
    (member) => member.id !== article.id && member.terms.length > 40 && textCosine(article, member) >= copyCosine,
  );
  return original?.id ?? null;
}

function belonging(article: Sketch, { members }: Gathering, likenessTo: LikenessTo): number {
  const same = members.filter((member) => member.language === article.language);
  if (same.length > 0) {
    return mean(same.map(likenessTo)) - perMember * (same.length - 1);
  }
  return Math.max(...members.map((member) => crossLikeness(article, member)));
}

/** Whether an article tells what two stories tell, each the half of it. */
function isBridge(
  article: Sketch,
  both: readonly (Gathering & { mean: number })[],
  nearby: readonly Sketch[],
): boolean {
  const [a, b] = both.map(({ members }) => members) as [Sketch[], Sketch[]];
  if (both.some((each) => each.mean < bridgeScore)) return false;
  if ([...a, ...b].some((member) => member.language !== article.language)) return false;
  if (a.some((one) => b.some((other) => contradict(one, other)))) return false;
  const scores = a.flatMap((one) => {
    const from = surroundings(one, nearby);
    return b.map((other) => joinLikeness(from, other));
  });
  return mean(scores) >= bridgedScore;
}

function areOne(a: Gathering, b: Gathering, nearby: readonly Sketch[]): boolean {
  const scores: number[] = [];
  for (const one of a.members) {
    const from = surroundings(one, nearby);
    for (const other of b.members) {
      if (tellApart(one, other)) return false;
      scores.push(one.language === other.language ? joinLikeness(from, other) : crossLikeness(one, other));
    }
  }
  return mean(scores) >= mergeScore;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
