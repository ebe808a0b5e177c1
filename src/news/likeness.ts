import type { Sketch } from "./sketch.ts";

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
  for (const other of around) {
    if (other.id === center.id) continue;
    const theirs = other.terms;
    for (let i = 0, j = 0; i < terms.length && j < theirs.length; ) {
      const difference = terms[i]! - theirs[j]!;
      if (difference === 0) counts[i]! += 1;
      if (difference <= 0) i += 1;
      if (difference >= 0) j += 1;
    }
  }
  return weighedAmong(center, counts, around.length);
}

/** The same for each of a list in the middle of the whole list, whose terms are counted once. */
export function surroundingsAmong(all: readonly Sketch[]): (center: Sketch) => Surroundings {
  const counted = new Map<number, number>();
  for (const { terms } of all) for (const term of terms) counted.set(term, (counted.get(term) ?? 0) + 1);
  return (center) =>
    weighedAmong(
      center,
      center.terms.map((term) => counted.get(term)! - 1),
      all.length,
    );
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
  const features = featuresOf(around, other);
  let score = joinWeights.base;
  for (const name in features) {
    if (name === "sameWeek") continue;
    const [weight, square] = joinWeights[name as Exclude<keyof typeof joinWeights, "base">];
    const value = features[name as keyof Features];
    score += weight * value + square * value * value;
  }
  return score;
}

/** The measures, in one pass over the terms that both articles have. */
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
  for (let i = 0, j = 0; i < a.terms.length && j < b.terms.length; ) {
    const difference = a.terms[i]! - b.terms[j]!;
    if (difference < 0) i += 1;
    else if (difference > 0) j += 1;
    else {
      const factor = factors[i]!;
      titleCosine += a.title[i]! * b.title[j]!;
      textCosine += a.text[i]! * b.text[j]!;
      aCovered += a.title[i]!;
      bCovered += b.title[j]!;
      aTitle += a.title[i]! * factor;
      bTitle += b.title[j]! * factor;
      aText += a.text[i]! * factor;
      bText += b.text[j]! * factor;
      bTitleLess += b.title[j]! * (most - factor);
      bTextLess += b.text[j]! * (most - factor);
      i += 1;
      j += 1;
    }
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
  let sum = 0;
  for (let i = 0, j = 0; i < a.terms.length && j < b.terms.length; ) {
    const difference = a.terms[i]! - b.terms[j]!;
    if (difference === 0) sum += a.text[i]! * b.text[j]!;
    if (difference <= 0) i += 1;
    if (difference >= 0) j += 1;
  }
  return sum;
}
