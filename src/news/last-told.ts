import { monthsIn, movedFrom } from "./follow.ts";
import { measured } from "./grown.ts";

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
  for (const article of [...told].reverse()) {
    const said = lastDone(sentence, article) ?? lastCounted(sentence, article) ?? lastMonth(sentence, article);
    if (said !== null) return said;
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

function lastCounted(sentence: string, article: Told): string | null {
  const all = textOf(article).split("\n").flatMap(counts);
  for (const { unit, value } of counts(sentence)) {
    const old = all.find((each) => each.unit === unit && each.value !== value);
    if (old !== undefined && !all.some((each) => each.unit === unit && each.value === value)) return old.text;
  }
  return null;
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
    .matchAll(/(\d[\d,.]*\d|\d)\s?([万亿]*)([\p{Script=Han}]{1,2}|%|[a-z]{3,})/gu)) {
    const [whole, digits, size, rest] = match;
    const isChinese = /\p{Script=Han}/u.test(rest!);
    const unit = isChinese ? rest!.slice(0, 1) : rest!.replace(/s$/, "");
    const text = whole!.slice(0, whole!.length - rest!.length) + (isChinese ? unit : rest!);
    found.push({ value: `${digits}${size}`, unit, text });
  }
  return found;
}
