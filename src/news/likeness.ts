import type { Sketch } from "./sketch.ts";
import { placeOf, placesOf } from "./term-places.ts";

/**
 * How sure it is that two articles tell one event, as log-odds. Fitted by logistic regression on pairs of articles of
 * the same long-running story, half of them of the same event (`npm run bench -- quality`), checked on other stories.
 */
const weights = {
  base: -2.66,
  /** Cosine of the headlines' tf-idf vectors. */
  title: 3.04,
  /** And of headline and beginning together; less than nothing, beside what the measures below say of them. */
  text: -1.25,
  /** Share of a headline's weight that stands in the other's text: of the worse covered one, and of the better. */
  coveredLess: 1.5,
  coveredMore: 1.09,
  /** The same counting only what is rare among the articles around: a long story's own words say nothing inside it. */
  ownTitleLess: 4.64,
  ownTitleMore: 1.24,
  ownTextLess: 3.18,
  ownTextMore: 1.32,
  sameDay: 0.32,
  nextDay: 0.41,
  sameWeek: 0.2,
  otherDayTold: -0.62,
};

/**
 * The same for joining a story, where most articles found by terms tell something else: fitted on those that a stream
 * finds within a week. Squares (fitted as well) because likeness saturates: two texts need not be copies to be one event.
 */
const joinWeights = {
  base: -5.93,
  title: [3.89, -1.39],
  text: [-0.17, -1.42],
  coveredLess: [2.37, -2.22],
  coveredMore: [1.59, -2.54],
  ownTitleLess: [4.88, -2.13],
  ownTitleMore: [3.35, 0],
  ownTextLess: [1.5, -0.25],
  ownTextMore: [0.84, 0],
  sameDay: [0.18, 0],
  nextDay: [0.45, 0],
  otherDayTold: [-0.71, 0],
} as const;

/** How much each term of one article says among the articles around it. */
export type Surroundings = {
  center: Sketch;
  /** For each of its terms, ln((n + 2) / (articles around that have it + ½)). */
  factors: Float32Array;
  /** The same for a term that nobody around has. */
  most: number;
  /** The center's weights times these, summed. */
  titleSum: number;
  textSum: number;
};

export function surroundings(center: Sketch, around: readonly Sketch[]): Surroundings {
  const { terms } = center;
  const counts = new Uint16Array(terms.length);
  const places = placesOf(terms);
  for (const other of around) {
    if (other.id === center.id) continue;
    const theirs = other.terms;
    for (let j = 0; j < theirs.length; j += 1) {
      const i = placeOf(places, terms, theirs[j]!);
      if (i >= 0) counts[i]! += 1;
    }
  }
  return weighedAmong(center, counts, around.length);
}

/** The same for each of a list in the middle of the whole list, whose terms are counted once. */
export function surroundingsAmong(all: readonly Sketch[]): (center: Sketch) => Surroundings {
  const shared = sharedTerms(all);
  return (center) => {
    const { terms } = center;
    const counts = new Uint16Array(terms.length);
    for (let i = 0, j = 0; i < terms.length && j < shared.terms.length; ) {
      const difference = terms[i]! - shared.terms[j]!;
      if (difference === 0) counts[i] = shared.counts[j]! - 1;
      if (difference <= 0) i += 1;
      if (difference >= 0) j += 1;
    }
    return weighedAmong(center, counts, all.length);
  };
}

/** The terms that several have, ascending, and how many have each: sorted, for a map of all terms costs far more. */
function sharedTerms(all: readonly Sketch[]): { terms: Uint32Array; counts: Uint16Array } {
  const terms = new Uint32Array(all.reduce((sum, each) => sum + each.terms.length, 0));
  let filled = 0;
  for (const each of all) {
    terms.set(each.terms, filled);
    filled += each.terms.length;
  }
  terms.sort();
  const counts = new Uint16Array(terms.length >> 1);
  let size = 0;
  for (let i = 0; i < filled; ) {
    const first = i;
    while (i < filled && terms[i] === terms[first]) i += 1;
    if (i - first === 1) continue;
    terms[size] = terms[first]!;
    counts[size] = i - first;
    size += 1;
  }
  return { terms: terms.subarray(0, size), counts };
}

/** `counts` says of each term of the center how many of the others around have it. */
function weighedAmong(center: Sketch, counts: ArrayLike<number>, around: number): Surroundings {
  const { terms, text, title } = center;
  const factors = new Float32Array(terms.length);
  const byCount = Float32Array.from({ length: around + 1 }, (_, count) => Math.log((around + 2) / (count + 0.5)));
  const result = { center, factors, most: Math.log((around + 2) / 0.5), titleSum: 0, textSum: 0 };
  for (let i = 0; i < terms.length; i += 1) {
    factors[i] = byCount[counts[i]!]!;
    result.titleSum += title[i]! * factors[i]!;
    result.textSum += text[i]! * factors[i]!;
  }
  return result;
}

/** What is measured of two articles, each by the name of its weight. */
export type Features = Record<Exclude<keyof typeof weights, "base">, number>;

/** Compares the article in the middle of `around` with another: log-odds that both tell one event. */
export function likeness(around: Surroundings, other: Sketch): number {
  const features = featuresOf(around, other);
  let score = weights.base;
  for (const name in features) score += weights[name as keyof Features] * features[name as keyof Features];
  return score;
}

/** The same among all that a stream of news brings within a week, of which most tell something else. */
export function joinLikeness(around: Surroundings, other: Sketch): number {
  return joinScoreOf(featuresOf(around, other));
}

/** `joinLikeness` of what was measured already. */
export function joinScoreOf(features: Features): number {
  // One by one: a loop over their names takes longer than measuring.
  return (
    joinWeights.base +
    curved(joinWeights.title, features.title) +
    curved(joinWeights.text, features.text) +
    curved(joinWeights.coveredLess, features.coveredLess) +
    curved(joinWeights.coveredMore, features.coveredMore) +
    curved(joinWeights.ownTitleLess, features.ownTitleLess) +
    curved(joinWeights.ownTitleMore, features.ownTitleMore) +
    curved(joinWeights.ownTextLess, features.ownTextLess) +
    curved(joinWeights.ownTextMore, features.ownTextMore) +
    curved(joinWeights.sameDay, features.sameDay) +
    curved(joinWeights.nextDay, features.nextDay) +
    curved(joinWeights.otherDayTold, features.otherDayTold)
  );
}

function curved([weight, square]: readonly [number, number], value: number): number {
  return weight * value + square * value * value;
}

/** The measures, in one pass over the other's terms. */
export function featuresOf(around: Surroundings, b: Sketch): Features {
  const { center: a, factors, most } = around;
  let titleCosine = 0;
  let textCosine = 0;
  let aCovered = 0;
  let bCovered = 0;
  let aTitle = 0;
  let bTitle = 0;
  let aText = 0;
  let bText = 0;
  // What b's sums are less, because some of its terms are not rare around a.
  let bTitleLess = 0;
  let bTextLess = 0;
  const { terms, title, text } = a;
  const { terms: theirTerms, title: theirTitle, text: theirText } = b;
  const places = placesOf(terms);
  for (let j = 0; j < theirTerms.length; j += 1) {
    const i = placeOf(places, terms, theirTerms[j]!);
    if (i < 0) continue;
    const factor = factors[i]!;
    titleCosine += title[i]! * theirTitle[j]!;
    textCosine += text[i]! * theirText[j]!;
    aCovered += title[i]!;
    bCovered += theirTitle[j]!;
    aTitle += title[i]! * factor;
    bTitle += theirTitle[j]! * factor;
    aText += text[i]! * factor;
    bText += theirText[j]! * factor;
    bTitleLess += theirTitle[j]! * (most - factor);
    bTextLess += theirText[j]! * (most - factor);
  }
  aCovered /= a.titleSum || 1;
  bCovered /= b.titleSum || 1;
  aTitle /= around.titleSum || 1;
  aText /= around.textSum || 1;
  bTitle /= b.titleSum * most - bTitleLess || 1;
  bText /= b.textSum * most - bTextLess || 1;
  const days = a.day === null || b.day === null ? Number.POSITIVE_INFINITY : Math.abs(a.day - b.day);
  const otherDay = a.toldDay !== null && b.toldDay !== null && a.toldDay !== b.toldDay;
  return {
    title: titleCosine,
    text: textCosine,
    coveredLess: Math.min(aCovered, bCovered),
    coveredMore: Math.max(aCovered, bCovered),
    ownTitleLess: Math.min(aTitle, bTitle),
    ownTitleMore: Math.max(aTitle, bTitle),
    ownTextLess: Math.min(aText, bText),
    ownTextMore: Math.max(aText, bText),
    sameDay: days === 0 ? 1 : 0,
    nextDay: days <= 1 ? 1 : 0,
    sameWeek: days <= 7 ? 1 : 0,
    otherDayTold: otherDay ? 1 : 0,
  };
}

/** Cosine of the vectors of headline and beginning. */
export function textCosine(a: Sketch, b: Sketch): number {
  const places = placesOf(a.terms);
  let sum = 0;
  for (let j = 0; j < b.terms.length; j += 1) {
    const i = placeOf(places, a.terms, b.terms[j]!);
    if (i >= 0) sum += a.text[i]! * b.text[j]!;
  }
  return sum;
}
