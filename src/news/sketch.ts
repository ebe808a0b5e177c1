import { type Background, rarity } from "./background.ts";
import { isCommon } from "./common-words.ts";
import { textCharsMax, tokenize } from "./terms.ts";
import { toldDay } from "./told-day.ts";

/** Terms by which an article is found again: the rarest of its headline and beginning. */
export const keyTermsMax = 16;
/** How much more a headline's term counts among them. */
const titleBoost = 1.6;

/** Terms in ascending order, each with its share of a vector of length 1. */
export type Vector = { terms: Uint32Array; weights: Float32Array };

/** What is compared of an article. */
export type Sketch = {
  id: number;
  title: Vector;
  /** Headline and beginning together. */
  text: Vector;
  /** The terms that tell it best, best first. */
  keys: { term: number; weight: number }[];
  /** Values told in the headline. */
  titleNumbers: number[];
  numbers: Set<number>;
  words: Set<string>;
  /** Days since 1970 of its publication; null when nobody says. */
  day: number | null;
  /** The day that the text itself tells first, as month × 31 + day; null when it tells none. */
  toldDay: number | null;
  language: string;
};

export type Sketchable = {
  id: number;
  title: string;
  lead: string;
  body: string;
  language: string;
  publishedAt: Date | null;
};

/** The beginning of an article's text, where news says what happened. */
export function beginning(article: { lead: string; body: string }): string {
  const { lead, body } = article;
  const text = lead === "" || body.startsWith(lead.slice(0, 30)) ? body : `${lead}\n${body}`;
  return text === "" ? lead : text;
}

export function sketchArticle(article: Sketchable, background: Background): Sketch {
  const start = beginning(article).slice(0, textCharsMax);
  const title = tokenize(article.title);
  const rest = tokenize(start);
  const titleVector = vector(title.terms, background);
  const text = vector([...title.terms, ...rest.terms], background);
  return {
    id: article.id,
    title: titleVector,
    text,
    keys: keyTerms(text, titleVector),
    titleNumbers: title.numbers,
    numbers: new Set([...title.numbers, ...rest.numbers]),
    words: new Set([...title.words, ...rest.words]),
    day: article.publishedAt === null ? null : Math.floor(article.publishedAt.getTime() / 86_400_000),
    toldDay: toldDay(`${article.title}\n${start}`, article.publishedAt),
    language: article.language,
  };
}

/** tf-idf with a logarithm on the term's count, of length 1. */
function vector(terms: number[], background: Background): Vector {
  const sorted = Uint32Array.from(terms).sort();
  const distinct = new Uint32Array(sorted.length);
  const weights = new Float32Array(sorted.length);
  let size = 0;
  let squares = 0;
  for (let i = 0; i < sorted.length; ) {
    const term = sorted[i]!;
    const start = i;
    while (i < sorted.length && sorted[i] === term) i += 1;
    const weight = (1 + Math.log(i - start)) * rarity(background, term, isCommon(term));
    distinct[size] = term;
    weights[size] = weight;
    squares += weight * weight;
    size += 1;
  }
  const length = Math.sqrt(squares) || 1;
  for (let i = 0; i < size; i += 1) weights[i]! /= length;
  return { terms: distinct.slice(0, size), weights: weights.slice(0, size) };
}

function keyTerms(text: Vector, title: Vector): { term: number; weight: number }[] {
  const inTitle = new Set(title.terms);
  return Array.from(text.terms, (term, i) => ({
    term,
    weight: text.weights[i]! * (inTitle.has(term) ? titleBoost : 1),
  }))
    .sort((a, b) => b.weight - a.weight || a.term - b.term)
    .slice(0, keyTermsMax);
}
