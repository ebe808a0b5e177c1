import { isCommon } from "./common-words.ts";
import { type Measures, measuresOf } from "./grown.ts";
import { cut, sentencesOf } from "./sentences.ts";
import { tokenize } from "./terms.ts";

/** A sentence tells something new when it holds this much that was not told. */
const noveltyMin = 5;
/** What a new number, a new name and a new pair of characters weigh. */
const numberWeight = 3;
const nameWeight = 2;
const termWeight = 0.25;
/** What a told number weighs that has grown, above all else new: 9.6万 recalled, now 32万. */
const grownWeight = 12;
/** Further down a text, a sentence that shares less than this with what was told belongs to the page, not the story. */
const knownShareMin = 0.08;
/** The first sentences of an article are about its story whatever they share. */
const surelyOwn = 4;
/** And new in a good part, else it tells the old again in other words. */
const newShareMin = 0.35;
/** Sentences of an article that are looked at: the beginning says what is new. */
const sentencesMax = 12;

type Told = { title: string; lead: string; body: string; language: string };

export type Growth = {
  /** The sentence that holds most that was not told before. */
  sentence: string;
  /** What the reader last heard of the same, when it is a number: "9.6万辆". */
  lastTold: string | null;
};

/**
 * What the newest articles add to what was told: the sentence that holds most numbers and names that no told article
 * has. Null when there is no such sentence: then the story did not materially grow.
 */
export function growth(told: readonly Told[], fresh: readonly Told[]): Growth | null {
  if (told.length === 0) return null;
  const known = knowledge(told);
  let best: { sentence: string; novelty: number } | null = null;
  for (const article of fresh) {
    const sentences = sentencesOf(article).slice(0, sentencesMax);
    const candidates = sentences.length > 0 ? sentences : [article.title];
    for (const [place, sentence] of candidates.entries()) {
      const novelty = noveltyOf(sentence, known, { isOwn: place < surelyOwn });
      if (novelty >= noveltyMin && novelty > (best?.novelty ?? 0)) best = { sentence, novelty };
    }
  }
  return best === null ? null : { sentence: best.sentence, lastTold: lastTold(best.sentence, told) };
}

type Knowledge = { terms: Set<number>; numbers: Set<number>; words: Set<string>; measures: Measures[] };

function knowledge(told: readonly Told[]): Knowledge {
  const known: Knowledge = { terms: new Set(), numbers: new Set(), words: new Set(), measures: [] };
  for (const { title, lead, body } of told) {
    const tokens = tokenize(`${title}\n${lead}\n${body}`);
    known.measures.push(measuresOf(`${title}\n${lead}\n${body}`));
    for (const term of tokens.terms) known.terms.add(term);
    for (const number of tokens.numbers) known.numbers.add(number);
    for (const word of tokens.words) known.words.add(word);
  }
  return known;
}

function noveltyOf(sentence: string, known: Knowledge, { isOwn }: { isOwn: boolean }): number {
  // When it was said is not what was said.
  const tokens = tokenize(sentence.replace(times, " "));
  const terms = [...new Set(tokens.terms)].filter((term) => !isCommon(term));
  if (terms.length === 0) return 0;
  const fresh = terms.filter((term) => !known.terms.has(term));
  const share = fresh.length / terms.length;
  const numbers = new Set(tokens.numbers.filter((number) => !known.numbers.has(number)));
  const names = new Set(tokens.words.filter((word) => !known.words.has(word)));
  if (!isOwn && 1 - share < knownShareMin) return 0;
  if (share < newShareMin && numbers.size === 0) return 0;
  const hasGrown = numbers.size > 0 && [...measuresOf(sentence)].some(([what, value]) => outgrows(known, what, value));
  return (
    (hasGrown ? grownWeight : 0) +
    numberWeight * numbers.size +
    nameWeight * Math.min(3, names.size) +
    termWeight * fresh.length
  );
}

/** More of what was told before, by whoever told most. */
function outgrows({ measures: told }: Knowledge, what: string, value: number): boolean {
  const most = Math.max(...told.map((each) => each.get(what) ?? Number.NEGATIVE_INFINITY));
  return Number.isFinite(most) && value > most;
}

const monthNames = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";
const times = new RegExp(
  [
    "\\d{1,4}年|\\d{1,2}月\\d{1,2}日|\\d{1,2}[月日时点分]|\\d{1,2}:\\d{2}",
    `\\b\\d{1,2} ${monthNames}\\b|\\b${monthNames} \\d{1,2}\\b`,
    "\\b(?:19|20)\\d\\d\\b",
  ].join("|"),
  "gi",
);

/** The told number of the same thing: same unit, another value, newest told article first. */
function lastTold(sentence: string, told: readonly Told[]): string | null {
  const fresh = measures(sentence);
  for (const article of [...told].reverse()) {
    const all = [article.title, ...cut(`${article.lead}\n${article.body}`, article.language)].flatMap(measures);
    for (const { unit, value } of fresh) {
      const old = all.find((each) => each.unit === unit && each.value !== value);
      if (old !== undefined && !all.some((each) => each.unit === unit && each.value === value)) return old.text;
    }
  }
  return null;
}

type Measure = { value: string; unit: string; text: string };

/** Numbers with what they count: 9.6万辆, 320,000 cars. */
function measures(text: string): Measure[] {
  const plain = text.replace(times, " ");
  const found: Measure[] = [];
  for (const match of plain.matchAll(/(\d[\d,.]*\d|\d)\s?([万亿]*)([\p{Script=Han}]{1,2}|%|[a-z]{3,})/gu)) {
    const [whole, digits, size, rest] = match;
    const unit = /\p{Script=Han}/u.test(rest!) ? rest!.slice(0, 1) : rest!.replace(/s$/, "");
    found.push({
      value: `${digits}${size}`,
      unit,
      text:
        whole!.slice(0, whole!.length - rest!.length) +
        (unit.length < rest!.length && /\p{Script=Han}/u.test(rest!) ? unit : rest!),
    });
  }
  return found;
}

export type Moment = { at: Date; what: string; articleId: number };

/** The moments at which a story grew, oldest first: its beginning, then every article that told something new. */
export function timeline(
  articles: readonly (Told & { id: number; publishedAt: Date | null; titleCut?: boolean })[],
  { max }: { max: number },
): Moment[] {
  const dated = articles.filter((each) => each.publishedAt !== null).sort((a, b) => a.id - b.id);
  const moments: Moment[] = [];
  const told: Told[] = [];
  for (const article of dated) {
    const isFirst = told.length === 0;
    const grown = isFirst ? null : growth(told, [article]);
    if (isFirst || grown !== null) {
      moments.push({
        at: article.publishedAt!,
        what: isFirst ? article.title : grown!.sentence,
        articleId: article.id,
      });
    }
    told.push(article);
  }
  return moments.length <= max ? moments : [moments[0]!, ...moments.slice(1 - max)];
}
