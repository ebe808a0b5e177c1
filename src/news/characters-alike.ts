import { fold, isIdeographic } from "./fold.ts";
import type { Sketch } from "./sketch.ts";

/** UTF-16 units there are: what is known of each stands in an array, for thousands are looked at. */
const units = 0x10000;
/** Characters of a headline that are looked at. */
const headlineCharsMax = 200;

type Written = Pick<Sketch, "headline" | "beginning">;

/** What single characters say of two articles. */
export type CharactersAlike = {
  /** The cosine of the headlines. */
  cosine: number;
  /** How much of a headline the other's text has: of the worse covered one, and of the better. */
  toldLess: number;
  toldMore: number;
};

/**
 * Compares one article with others by single Chinese characters, each counting by how few of them have it,
 * ln((n + 2) / (having it + ½)): 中俄 and 中国与俄罗斯 are one, though they share no pair. Of one whose headline has none
 * nothing is known: it gets the mean of the others.
 */
export function charactersAlike(center: Written, others: readonly Written[]): CharactersAlike[] {
  const texts = [center, ...others].map(({ headline, beginning }) =>
    fold(`${headline.slice(0, headlineCharsMax)}\n${beginning}`),
  );
  const rarity = raritiesIn(texts);
  const own = weightsOf(center.headline, rarity);
  const inCenter = new Uint8Array(units);
  for (let i = 0; i < texts[0]!.length; i += 1) inCenter[texts[0]!.charCodeAt(i)] = 1;
  /** The last of the others that has it, from 1. */
  const hadBy = new Uint16Array(units);
  const measured = others.map((other, n) => {
    const text = texts[n + 1]!;
    for (let i = 0; i < text.length; i += 1) hadBy[text.charCodeAt(i)] = n + 1;
    const theirs = weightsOf(other.headline, rarity);
    if (own.sum === 0 || theirs.sum === 0) return null;
    const shares = [told(own, (unit) => hadBy[unit] === n + 1), told(theirs, (unit) => inCenter[unit] === 1)];
    return { cosine: cosineOf(own, theirs), toldLess: Math.min(...shares), toldMore: Math.max(...shares) };
  });
  const known = measured.filter((each) => each !== null);
  return measured.map((each) => each ?? meanOf(known));
}

function meanOf(all: readonly CharactersAlike[]): CharactersAlike {
  const mean = (name: keyof CharactersAlike) => all.reduce((sum, each) => sum + each[name], 0) / (all.length || 1);
  return { cosine: mean("cosine"), toldLess: mean("toldLess"), toldMore: mean("toldMore") };
}

/** How much each unit says among these texts. */
function raritiesIn(texts: readonly string[]): (unit: number) => number {
  const having = new Uint16Array(units);
  /** The last text in which it was counted, from 1. */
  const counted = new Uint16Array(units);
  for (const [n, text] of texts.entries()) {
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      if (counted[unit] === n + 1) continue;
      counted[unit] = n + 1;
      having[unit]! += 1;
    }
  }
  return (unit) => Math.log((texts.length + 2) / (having[unit]! + 0.5));
}

type Weights = { byUnit: Map<number, number>; sum: number; length: number };

/** Chinese characters of a headline, each with what it says there. */
function weightsOf(headline: string, rarity: (unit: number) => number): Weights {
  const counts = new Map<number, number>();
  const plain = fold(headline.slice(0, headlineCharsMax));
  for (let i = 0; i < plain.length; i += 1) {
    const unit = plain.charCodeAt(i);
    if (isIdeographic(unit)) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  }
  const weights: Weights = { byUnit: new Map(), sum: 0, length: 0 };
  for (const [unit, count] of counts) {
    const weight = (1 + Math.log(count)) * rarity(unit);
    weights.byUnit.set(unit, weight);
    weights.sum += weight;
    weights.length += weight * weight;
  }
  weights.length = Math.sqrt(weights.length);
  return weights;
}

function cosineOf(a: Weights, b: Weights): number {
  let dot = 0;
  for (const [unit, weight] of a.byUnit) dot += weight * (b.byUnit.get(unit) ?? 0);
  return dot / (a.length * b.length);
}

/** The share of a headline's weight whose units are there. */
function told({ byUnit, sum }: Weights, isThere: (unit: number) => boolean): number {
  let there = 0;
  for (const [unit, weight] of byUnit) if (isThere(unit)) there += weight;
  return there / sum;
}
