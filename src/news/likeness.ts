import type { Sketch, Vector } from "./sketch.ts";

/**
 * How sure it is that two articles tell one event, as log-odds. Fitted by logistic regression on pairs of articles of
 * the same long-running story, half of them of the same event (`npm run bench -- quality`), checked on other stories.
 */
const weights = {
  base: -2.5,
  /** Cosine of the headlines' tf-idf vectors. */
  title: 3.2,
  /** Share of a headline's weight that stands in the other's text: of the worse covered one, and of the better. */
  coveredLess: 1.75,
  coveredMore: 0.8,
  /** The same counting only what is rare among the articles around: a long story's own words say nothing inside it. */
  ownTitleLess: 4.3,
  ownTitleMore: 1.6,
  ownTextLess: 2.5,
  ownTextMore: 1.5,
  sameDay: 0.3,
  nextDay: 0.45,
  sameWeek: 0.16,
  otherDayTold: -0.4,
};

/** How the articles around one use its terms. */
export type Surroundings = { articles: number; counts: Map<number, number> };

/** Counts, for the terms of one article, in how many of the articles around it they stand. */
export function surroundings(center: Sketch, around: readonly Sketch[]): Surroundings {
  const counts = new Map<number, number>();
  for (const other of around) {
    if (other.id === center.id) continue;
    eachShared(center.text, other.text, (i) => {
      const term = center.text.terms[i]!;
      counts.set(term, (counts.get(term) ?? 0) + 1);
    });
  }
  return { articles: around.length, counts };
}

export type Likeness = {
  /** Log-odds that both tell one event: above 0 it is likelier than not. */
  score: number;
  titleCosine: number;
  textCosine: number;
};

/** Compares `a` with `b`; `around` are the surroundings of `a`, or of both. */
export function likeness(a: Sketch, b: Sketch, around: Surroundings): Likeness {
  const titleCosine = cosine(a.title, b.title);
  const textCosine = cosine(a.text, b.text);
  const aCovered = covered(a.title, b.text);
  const bCovered = covered(b.title, a.text);
  const aTitle = ownCovered(a.title, b.text, around);
  const bTitle = ownCovered(b.title, a.text, around);
  const aText = ownCovered(a.text, b.text, around);
  const bText = ownCovered(b.text, a.text, around);
  const score =
    weights.base +
    weights.title * titleCosine +
    weights.coveredLess * Math.min(aCovered, bCovered) +
    weights.coveredMore * Math.max(aCovered, bCovered) +
    weights.ownTitleLess * Math.min(aTitle, bTitle) +
    weights.ownTitleMore * Math.max(aTitle, bTitle) +
    weights.ownTextLess * Math.min(aText, bText) +
    weights.ownTextMore * Math.max(aText, bText) +
    timeScore(a, b);
  return { score, titleCosine, textCosine };
}

function timeScore(a: Sketch, b: Sketch): number {
  let score = 0;
  if (a.day !== null && b.day !== null) {
    const days = Math.abs(a.day - b.day);
    if (days === 0) score += weights.sameDay;
    if (days <= 1) score += weights.nextDay;
    if (days <= 7) score += weights.sameWeek;
  }
  if (a.toldDay !== null && b.toldDay !== null && a.toldDay !== b.toldDay) score += weights.otherDayTold;
  return score;
}

export function cosine(a: Vector, b: Vector): number {
  let sum = 0;
  eachShared(a, b, (i, j) => {
    sum += a.weights[i]! * b.weights[j]!;
  });
  return sum;
}

/** The share of a's weight that stands in b. */
export function covered(a: Vector, b: Vector): number {
  let shared = 0;
  eachShared(a, b, (i) => {
    shared += a.weights[i]!;
  });
  const all = a.weights.reduce((sum, weight) => sum + weight, 0);
  return all === 0 ? 0 : shared / all;
}

/** The same with each term weighed by how rare it is among the articles around. */
function ownCovered(a: Vector, b: Vector, around: Surroundings): number {
  const own = (i: number) =>
    a.weights[i]! * Math.log((around.articles + 2) / ((around.counts.get(a.terms[i]!) ?? 0) + 0.5));
  let shared = 0;
  eachShared(a, b, (i) => {
    shared += own(i);
  });
  let all = 0;
  for (let i = 0; i < a.terms.length; i += 1) all += own(i);
  return all === 0 ? 0 : shared / all;
}

function eachShared(a: Vector, b: Vector, visit: (i: number, j: number) => void): void {
  for (let i = 0, j = 0; i < a.terms.length && j < b.terms.length; ) {
    const difference = a.terms[i]! - b.terms[j]!;
    if (difference === 0) visit(i, j);
    if (difference <= 0) i += 1;
    if (difference >= 0) j += 1;
  }
}
