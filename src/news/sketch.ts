import { type Background, logOfArticles, rarityAmong } from "./background.ts";
import { isCommon } from "./common-words.ts";
import { type Marks, marksOf } from "./contrast.ts";
import { type Clues, cluesOf } from "./follow.ts";
import { type Measures, measuredChars, measuresOf } from "./grown.ts";
import { once } from "./once.ts";
import { sortTerms } from "./sort-terms.ts";
import { numberTerm, textCharsMax, tokenize } from "./terms.ts";
import { toldDay } from "./told-day.ts";

/** Terms by which an article is found again: the rarest of its headline and beginning. */
export const keyTermsMax = 12;
/** And of these, numbers and Latin words, by which an article in another language finds it. */
const sharedScriptMax = 3;
/** Characters that a first sentence has. */
const firstSentenceChars = 90;
/** A number as small as this, or a year, is in every text. */
const numberMin = 10;
/** How much more a headline's term counts among them. */
const titleBoost = 1.6;
/** Terms by which others are looked for when one article is asked about: all of a headline, and the best of the text. */
const askedTermsMax = 24;
const askedTitleBoost = 3;

/** What is compared of an article. */
export type Sketch = {
  id: number;
  /** The distinct terms of headline and beginning, ascending. */
  terms: Uint32Array;
  /** tf-idf of each over headline and beginning, and over the headline alone (0 outside it); vectors of length 1. */
  text: Float32Array;
  title: Float32Array;
  /** Where the headline's terms stand in these lists, ascending. */
  titlePlaces: Uint16Array;
  textSum: number;
  titleSum: number;
  /** The terms that tell it best, best first. */
  keys: { term: number; weight: number }[];
  headline: string;
  /** Where its text says what happened. */
  beginning: string;
  /** Values told, times aside; and of these the telling ones, neither small nor years. */
  numbers: Set<number>;
  tellingNumbers: Set<number>;
  /** Latin words: with the numbers, what articles of two languages share. */
  words: Set<string>;
  /** What sets it apart from other events of its kind; read when it is first asked for. */
  marks: () => Marks;
  /** What it counts, so that a number that grew is known for the same; read when it is first asked for. */
  measures: () => Measures;
  /** The same of its headline alone, whose numbers are what the news is about; and the numbers of it, whatever they count. */
  headlineMeasures: () => Measures;
  headlineNumbers: readonly number[];
  /** By what a later article is known to go on with this one; read when it is first asked for. */
  clues: () => Clues;
  /** Days since 1970 of its publication; null when nobody says. */
  day: number | null;
  /** The day that the text itself tells first, see toldDay; null when it tells none. */
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
  const weighed = weigh(title.terms, rest.terms, background);
  const numbers = new Set([...title.numbers, ...rest.numbers]);
  const tellingNumbers = new Set([...numbers].filter(isTelling));
  return {
    id: article.id,
    ...weighed,
    keys: keyTerms(weighed, [...tellingNumbers].map(numberTerm)),
    headline: article.title,
    beginning: start,
    numbers,
    tellingNumbers,
    words: new Set([...title.words, ...rest.words]),
    marks: once(() => marksOf(article.title, start.slice(0, firstSentenceChars))),
    measures: once(() => measuresOf(`${article.title}\n${start.slice(0, measuredChars)}`)),
    headlineMeasures: once(() => measuresOf(article.title)),
    headlineNumbers: title.numbers,
    clues: once(() => cluesOf(article.title, start, article.language)),
    day: article.publishedAt === null ? null : Math.floor(article.publishedAt.getTime() / 86_400_000),
    toldDay: toldDay(`${article.title}\n${start}`, article.publishedAt),
    language: article.language,
  };
}

/** The terms by which what belongs with an article is looked for: more than it is found by itself. */
export function askedTerms(sketch: Sketch): Sketch["keys"] {
  return heaviest(sketch, askedTermsMax, { boost: askedTitleBoost });
}

type Weighed = Pick<Sketch, "terms" | "text" | "title" | "titlePlaces" | "textSum" | "titleSum">;

/** Where a sketch is made before it is known how long it gets: 600 characters and a headline have fewer terms. */
const made = {
  all: new Uint32Array(4_096),
  text: new Float32Array(4_096),
  title: new Float32Array(4_096),
  titlePlaces: new Uint16Array(4_096),
};
/** 1 + ln of how often a term stands in one text. */
const frequencies = Float64Array.from({ length: 64 }, (_, count) => 1 + Math.log(count));

/** tf-idf with a logarithm on the term's count. */
function weigh(titleTerms: readonly number[], restTerms: readonly number[], background: Background): Weighed {
  const count = Math.min(titleTerms.length + restTerms.length, made.all.length);
  const all = made.all.subarray(0, count);
  const titles = new Uint32Array(Math.min(titleTerms.length, count));
  for (let i = 0; i < titles.length; i += 1) titles[i] = titleTerms[i]!;
  all.set(titles);
  for (let i = titles.length; i < count; i += 1) all[i] = restTerms[i - titles.length]!;
  titles.sort();
  sortTerms(all);
  const { text, title, titlePlaces } = made;
  const logOfAll = logOfArticles(background);
  let size = 0;
  let inTitle = 0;
  for (let i = 0, t = 0; i < count; size += 1) {
    const term = all[i]!;
    const first = i;
    const firstInTitle = t;
    while (i < count && all[i] === term) i += 1;
    while (t < titles.length && titles[t] === term) t += 1;
    const weight = rarityAmong(background, logOfAll, term, isCommon(term));
    all[size] = term;
    text[size] = frequencyOf(i - first) * weight;
    title[size] = t === firstInTitle ? 0 : frequencyOf(t - firstInTitle) * weight;
    if (t !== firstInTitle) titlePlaces[inTitle++] = size;
  }
  const kept = {
    terms: all.slice(0, size),
    text: text.slice(0, size),
    title: title.slice(0, size),
    titlePlaces: titlePlaces.slice(0, inTitle),
  };
  return { ...kept, textSum: toLengthOne(kept.text), titleSum: toLengthOne(kept.title, kept.titlePlaces) };
}

function frequencyOf(count: number): number {
  return frequencies[count] ?? 1 + Math.log(count);
}

/** Scales a vector to length 1 and gives the sum of its weights; `places` are those that may have one, ascending. */
function toLengthOne(weights: Float32Array, places?: Uint16Array): number {
  const count = places?.length ?? weights.length;
  let squares = 0;
  for (let n = 0; n < count; n += 1) {
    const weight = weights[places?.[n] ?? n]!;
    squares += weight * weight;
  }
  const length = Math.sqrt(squares) || 1;
  let sum = 0;
  for (let n = 0; n < count; n += 1) {
    const i = places?.[n] ?? n;
    weights[i]! /= length;
    sum += weights[i]!;
  }
  return sum;
}

/** The heaviest terms, and the heaviest numbers in place of the last of them. */
function keyTerms(weighed: Weighed, numbers: readonly number[]): Sketch["keys"] {
  const best = heaviest(weighed, keyTermsMax);
  const wanted = heaviest(weighed, sharedScriptMax, { only: Uint32Array.from(numbers).sort() });
  const missing = wanted.filter(({ term }) => !best.some((key) => key.term === term));
  return [...best.slice(0, keyTermsMax - missing.length), ...missing];
}

/** One pass over a short sorted list; `only` are the terms that may be among them, ascending. */
function heaviest(
  { terms, text, title }: Weighed,
  count: number,
  { boost = titleBoost, only }: { boost?: number; only?: Uint32Array } = {},
): Sketch["keys"] {
  const best: Sketch["keys"] = [];
  if (only?.length === 0) return best;
  for (let i = 0, wanted = 0; i < terms.length; i += 1) {
    if (only !== undefined) {
      while (only[wanted]! < terms[i]!) wanted += 1;
      if (only[wanted] !== terms[i]) continue;
    }
    const weight = text[i]! * (title[i]! > 0 ? boost : 1);
    if (best.length === count && weight <= best[count - 1]!.weight) continue;
    const key = { term: terms[i]!, weight };
    let at = best.push(key) - 1;
    for (; at > 0 && best[at - 1]!.weight < weight; at -= 1) best[at] = best[at - 1]!;
    best[at] = key;
    if (best.length > count) best.pop();
  }
  return best;
}

function isTelling(value: number): boolean {
  return value >= numberMin && !(Number.isInteger(value) && value >= 1900 && value <= 2100);
}
