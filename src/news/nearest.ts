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
 * weights of the measures of `likeness` and of their squares, of the days between, and of what the others found say.
 * Fitted listwise (softmax over the found ones of a question, Cao 2007) on articles of long-running stories, checked on
 * other stories.
 */
const weights = {
  title: [2.37, -2.31],
  text: [2.08, -3.9],
  coveredLess: [5.15, -4.05],
  coveredMore: [4.39, -3.71],
  ownTitleLess: [0.85, 0.65],
  ownTitleMore: [3.66, -1.55],
  ownTextLess: [-1.74, 2.69],
  ownTextMore: [1.09, -0.23],
  otherDayTold: [-0.18, 0],
} as const;
const withinDays = [0.21, 0.22, 0.35, 0.46, 0.15] as const;
/** Nothing else found is nearer to it; how many are, as a logarithm; how much nearer the nearest is. */
const isNearest = -0.33;
const nearer = -0.6;
const gap = -3.32;
/** The best way to it over another: both steps' cosines multiplied. */
const over = 4.08;

/** Puts the found articles in order: those that surely tell the center's event first. */
export function nearestFirst<T extends Sketch>(center: Sketch, found: readonly T[]): T[] {
  const around = surroundings(center, found);
  const ranked = found
    .map((sketch) => ({ sketch, score: likeness(around, sketch) }))
    .sort((a, b) => b.score - a.score || b.sketch.id - a.sketch.id)
    .map(({ sketch }) => sketch);
  const close = ranked.slice(0, closelyMax);
  const cosines = cosinesOf([center, ...close]);
  const scored = close.map((sketch, n) => {
    const features = featuresOf(around, sketch);
    let score = scoreOfNeighbours(cosines, n + 1);
    for (const name of Object.keys(weights) as (keyof typeof weights)[]) {
      score += weights[name][0] * features[name] + weights[name][1] * features[name] ** 2;
    }
    const days =
      center.day === null || sketch.day === null ? Number.POSITIVE_INFINITY : Math.abs(center.day - sketch.day);
    daysApart.forEach((most, i) => {
      if (days <= most) score += withinDays[i]!;
    });
    return { sketch, score };
  });
  scored.sort((a, b) => b.score - a.score || b.sketch.id - a.sketch.id);
  return [...scored.map(({ sketch }) => sketch), ...ranked.slice(closelyMax)];
}

/** What the others say of one: whether it is nearer to them than to the center (the first). */
function scoreOfNeighbours(cosines: readonly Float64Array[], self: number): number {
  const own = cosines[self]!;
  const mine = own[0]!;
  let count = 0;
  let best = 0;
  let way = 0;
  for (let other = 1; other < own.length; other += 1) {
    if (other === self) continue;
    if (own[other]! > mine) count += 1;
    best = Math.max(best, own[other]!);
    way = Math.max(way, own[other]! * cosines[0]![other]!);
  }
  return (count === 0 ? isNearest : 0) + nearer * Math.log1p(count) + gap * (best - mine) + over * way;
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
