import { isCommon } from "./common-words.ts";
import { monthsIn, movedFrom } from "./follow.ts";
import { measured } from "./grown.ts";
import { cut } from "./sentences.ts";
import { tokenize } from "./terms.ts";

/** A number of so many characters is the same whatever it counts: 11.4万名, 11.4万人. */
const exactChars = 3;
/** Words that two sentences share, that count the same thing. */
const sharedWordsMin = 2;

type Told = { title: string; lead: string; body: string; language: string };

const monthNames = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";
/** When something was said is not what was said. */
export const times = new RegExp(
  [
    "\\d{1,4}年|\\d{1,2}月\\d{1,2}日|\\d{1,2}[月日时点分]|\\d{1,2}:\\d{2}",
    `\\b\\d{1,2} ${monthNames}\\b|\\b${monthNames} \\d{1,2}\\b`,
    "\\b(?:19|20)\\d\\d\\b",
  ].join("|"),
  "gi",
);

/**
 * What a reader last heard of what this sentence tells anew, newest told article first: how many there were of what is
 * done to the same, else the number with the same unit, else the month that was named for it. null when nothing was.
 */
export function lastTold(sentence: string, told: readonly Told[]): string | null {
  for (const article of told.toReversed()) {
    const said = lastDone(sentence, article) ?? lastCounted(sentence, article) ?? lastMonth(sentence, article);
    if (said !== null) return said;
    if (repeats(sentence, article)) return null;
  }
  return null;
}

/** Whether a sentence gives another month for what a told article said was to come. */
export function isMoved(sentence: string, told: readonly Told[]): boolean {
  return told.some((article) => lastMonth(sentence, article) !== null);
}

/** Recalls 96,000 SUVs, now to 320,000 cars: the same is done, whatever it is done to is called. */
function lastDone(sentence: string, article: Told): string | null {
  const old = measured(textOf(article));
  for (const fresh of measured(sentence)) {
    const same = old.filter(({ what }) => what === fresh.what);
    if (same.length > 0 && same.every(({ value }) => value !== fresh.value)) return same[0]!.text;
  }
  return null;
}

/** Whether a sentence says a number that was told: what an older article had in its place is long known. */
function repeats(sentence: string, article: Told): boolean {
  const told = counts(textOf(article));
  return counts(sentence).some(({ unit, value }) =>
    told.some((each) => each.value === value && (each.unit === unit || value.length >= exactChars)),
  );
}

/** Eight forced out, now twelve: the same unit, in sentences that share more than it. */
function lastCounted(sentence: string, article: Told): string | null {
  const about = new Set(wordsOf(sentence));
  const all = textOf(article)
    .split("\n")
    .flatMap((line) => cut(line, article.language))
    .filter((each) => wordsOf(each).filter((word) => about.has(word)).length >= sharedWordsMin)
    .flatMap(counts);
  const fresh = counts(sentence);
  const values = fresh.map(({ value }) => value);
  for (const { unit } of fresh) {
    // Of the cars recalled so many are mended: what is told again is no other number than it was.
    const old = all.filter((each) => each.unit === unit);
    if (old.length > 0 && !old.some(({ value }) => values.includes(value))) return old[0]!.text;
  }
  return null;
}

function wordsOf(sentence: string): number[] {
  return [...new Set(tokenize(sentence.replace(/\d[\d,.]*/g, " ")).terms)].filter((term) => !isCommon(term));
}

/** Opens in June, now in May. */
function lastMonth(sentence: string, article: Told): string | null {
  const told = monthsIn(textOf(article));
  for (const fresh of told.length === 0 ? [] : monthsIn(sentence)) {
    const moved = movedFrom(fresh, told);
    if (moved !== null) return moved;
  }
  return null;
}

function textOf({ title, lead, body }: Told): string {
  return `${title}\n${lead}\n${body}`;
}

type Count = { value: string; unit: string; text: string };

/** Numbers with what they count: 9.6万辆, 320,000 cars. */
function counts(text: string): Count[] {
  const found: Count[] = [];
  for (const match of text
    .replace(times, " ")
    .matchAll(/(\d[\d,.]*\d|\d)\s?(million |billion |thousand |[万亿]*)([\p{Script=Han}]{1,2}|%|[a-z]{3,})/gu)) {
    const [whole, digits, size, rest] = match;
    const isChinese = /\p{Script=Han}/u.test(rest!);
    const unit = isChinese ? rest!.slice(0, 1) : rest!.replace(/s$/, "");
    const text = whole!.slice(0, whole!.length - rest!.length) + (isChinese ? unit : rest!);
    found.push({ value: `${digits}${size}`, unit, text });
  }
  return found;
}
