import { charactersAlike } from "./characters-alike.ts";
import { alikeInOrder, headlineCharacters } from "./headlines-alike.ts";
import { featuresOf, likeness, surroundings } from "./likeness.ts";
import type { Sketch } from "./sketch.ts";

/** Of all found, those that are compared with one another too: 40 × 40 short lists, some milliseconds. */
const closelyMax = 40;
/** What the headlines count beside the texts when neighbours are compared. */
const titleShare = 0.6;
/** Days between two articles, at which they are less and less of one event. */
const daysApart = [0, 1, 3, 7, 30] as const;

/**
 * How sure it is that the one asked for and another tell one event, when the most likely ones are to stand first:
 * weights of the measures of `likeness` and of their squares, of the days between, of what the headlines have in order,
 * of their characters, and of what the others found say. Fitted listwise (softmax over the found ones of a question, Cao
 * 2007, on the sum of the right ones' shares) on articles of long-running stories, checked on other stories.
 */
const weights = {
  title: [-1.76, 1.05],
  text: [5.28, -5.66],
  coveredLess: [6.12, -6.47],
  coveredMore: [6.85, -6.9],
  ownTitleLess: [0.45, 0.85],
  ownTitleMore: [0.4, 2.05],
  ownTextLess: [-5.19, 4.73],
  ownTextMore: [-0.42, 1.55],
  otherDayTold: [-0.37, 0],
} as const;
const withinDays = [0.26, 0.18, 0.3, 0.27, 0.23] as const;
/** What two headlines have in the same order, see `alikeInOrder`; runs alone say less than the sequence around them. */
const inOrder = {
  runOfShorter: -1.58,
  runOfLonger: -0.43,
  sequenceOfShorter: 1.54,
  sequenceOfLonger: 1.17,
};
/** What their single characters say, see `charactersAlike`. */
const characters = { cosine: 1.94, toldLess: 0.65, toldMore: 1.43 };
/** How much longer the other's text is, as a logarithm of their distinct terms: a fuller one is the likelier to tell it. */
const fuller = 0.18;
/** What the others found say of one, see `neighbourhood`. */
const among = {
  /** Nothing else found is nearer to it than the center. */
  isNearest: -0.23,
  /** How many are, as a logarithm; and how many are nearer to the center than it. */
  nearerToIt: -0.46,
  nearerToCenter: -0.29,
  /** How much nearer the nearest is, and what the center has of both cosines. */
  gap: -2.97,
  share: 0.47,
  /** The best way to it over another: both steps' cosines multiplied. */
  over: 1.84,
  /** Its mean cosine with the others: what is like everything tells the long story, not the event. */
  mean: -1,
};

/** Puts the found articles in order: those that surely tell the center's event first. */
export function nearestFirst<T extends Sketch>(center: Sketch, found: readonly T[]): T[] {
  const around = surroundings(center, found);
  const ranked = found.map((sketch) => ({ sketch, score: likeness(around, sketch) })).sort(bestFirst);
  const close = ranked.slice(0, closelyMax).map(({ sketch }) => sketch);
  const cosines = cosinesOf([center, ...close]);
  const alike = charactersAlike(center, close);
  const headline = headlineCharacters(center.headline);
  const scored = close.map((sketch, n) => {
    const score =
      weighed(neighbourhood(cosines, n + 1), among) +
      weighed(alikeInOrder(headline, headlineCharacters(sketch.headline)), inOrder) +
      weighed(alike[n]!, characters) +
      fuller * Math.log((sketch.terms.length + 1) / (center.terms.length + 1)) +
      scoreOfMeasures(featuresOf(around, sketch)) +
      scoreOfDays(center, sketch);
    return { sketch, score };
  });
  return [...scored.sort(bestFirst), ...ranked.slice(closelyMax)].map(({ sketch }) => sketch);
}

type Scored = { sketch: Sketch; score: number };

function bestFirst(a: Scored, b: Scored): number {
  return b.score - a.score || b.sketch.id - a.sketch.id;
}

function weighed<Name extends string>(values: Record<Name, number>, by: Record<Name, number>): number {
  let sum = 0;
  for (const name in by) sum += by[name] * values[name];
  return sum;
}

function scoreOfMeasures(features: Record<keyof typeof weights, number>): number {
  let sum = 0;
  for (const name of Object.keys(weights) as (keyof typeof weights)[]) {
    sum += weights[name][0] * features[name] + weights[name][1] * features[name] ** 2;
  }
  return sum;
}

function scoreOfDays(one: Sketch, other: Sketch): number {
  if (one.day === null || other.day === null) return 0;
  const days = Math.abs(one.day - other.day);
  return daysApart.reduce<number>((sum, most, i) => (days <= most ? sum + withinDays[i]! : sum), 0);
}

/** What the others say of the found one at `self`, by their cosines with it and with the center (the first). */
function neighbourhood(cosines: readonly Float64Array[], self: number): Record<keyof typeof among, number> {
  const own = cosines[self]!;
  const center = cosines[0]!;
  const mine = own[0]!;
  let nearerToIt = 0;
  let nearerToCenter = 0;
  let best = 0;
  let way = 0;
  let sum = 0;
  for (let other = 1; other < own.length; other += 1) {
    if (other === self) continue;
    const cosine = own[other]!;
    if (cosine > mine) nearerToIt += 1;
    if (center[other]! > mine) nearerToCenter += 1;
    best = Math.max(best, cosine);
    way = Math.max(way, cosine * center[other]!);
    sum += cosine;
  }
  return {
    isNearest: nearerToIt === 0 ? 1 : 0,
    nearerToIt: Math.log1p(nearerToIt),
    nearerToCenter: Math.log1p(nearerToCenter),
    gap: best - mine,
    share: mine / (best + mine || 1),
    over: way,
    mean: sum / (own.length - 1),
  };
}

/** The cosine of each with each, of headlines and of texts mixed. */
function cosinesOf(sketches: readonly Sketch[]): Float64Array[] {
  const all = sketches.map(() => new Float64Array(sketches.length));
  for (let i = 0; i < sketches.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const cosine = mixedCosine(sketches[i]!, sketches[j]!);
      all[i]![j] = cosine;
      all[j]![i] = cosine;
    }
  }
  return all;
}

function mixedCosine(a: Sketch, b: Sketch): number {
  let title = 0;
  let text = 0;
  for (let i = 0, j = 0; i < a.terms.length && j < b.terms.length; ) {
    const difference = a.terms[i]! - b.terms[j]!;
    if (difference === 0) {
      title += a.title[i]! * b.title[j]!;
      text += a.text[i]! * b.text[j]!;
    }
    if (difference <= 0) i += 1;
    if (difference >= 0) j += 1;
  }
  return titleShare * title + (1 - titleShare) * text;
}
