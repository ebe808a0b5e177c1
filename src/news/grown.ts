import { isTemplate } from "./apart.ts";
import { sameMarks } from "./contrast.ts";
import type { Sketch } from "./sketch.ts";
import { placeOf, placesOf } from "./term-places.ts";
import { tokenize } from "./terms.ts";

/** Days within which a number that grew tells the same story on. */
const daysMax = 7;
/**
 * Of a headline's weight, what the other's text says too, of the worse covered one and of the better: the same name and
 * the same doing. Lower than where two articles simply sound alike, for the number says the rest.
 */
const coveredLeast = 0.3;
const coveredMost = 0.5;
/** Characters of a text in which the numbers stand that it is about. */
export const measuredChars = 160;

/** What a text counts, by what is done to what: "召回 辆" → 96000, "move people" → 42000. */
export type Measures = ReadonlyMap<string, number>;

/**
 * True when the later of two articles tells the other's story on: both say the same of the same thing, and the number of
 * it has grown since. Nine point six of a kind recalled, and thirty-two: the same event, although the headline has
 * another number. Which of them came in first does not matter.
 */
export function tellsOn(one: Sketch, other: Sketch): boolean {
  // Ids are made of times.
  const [earlier, article] = one.id < other.id ? [one, other] : [other, one];
  if (article.language !== earlier.language || article.day === null || earlier.day === null) return false;
  if (article.day < earlier.day || article.day - earlier.day > daysMax) return false;
  // A headline tells the number that the news is about; in a text it may be any other's. Few count anything.
  const counted = [...article.headlineMeasures()];
  if (counted.length === 0 || article.measures().size === 0) return false;
  const before = earlier.measures();
  const grown = counted.some(([what, value]) => {
    const old = before.get(what) ?? Number.POSITIVE_INFINITY;
    // Of what has another name now (SUVs, then cars) it says how many there were; else it may be another matter.
    return value > old && (what.includes(" ") || article.tellingNumbers.has(old));
  });
  if (!grown || !sameMarks(article.marks(), earlier.marks())) return false;
  if (isTemplate(article.headline, earlier.headline)) return false;
  // Whom a headline begins with is who does it: 星川 recalls, and not 远岭.
  if (!namesFirst(article, earlier) || !namesFirst(earlier, article)) return false;
  const shares = [covered(article, earlier), covered(earlier, article)];
  return mayTellOn(Math.min(...shares), Math.max(...shares));
}

/** Whether two headlines are told enough in the other's text, given the worse and the better covered one. */
export function mayTellOn(coveredLess: number, coveredMore: number): boolean {
  return coveredLess >= coveredLeast && coveredMore >= coveredMost;
}

/** A number of what is done to what, with the words that it was told in: "9.6万辆", "96,000 SUVs". */
export type Measured = { what: string; value: number; text: string };

/** Every number that a text counts something with, in its order. */
export function measured(text: string): Measured[] {
  // Most headlines have no number.
  if (!/\d/.test(text)) return [];
  return [...inChinese(text), ...inEnglish(text)];
}

/** Reads the first number of each kind: the headline says it before the text does. */
export function measuresOf(text: string): Measures {
  const found = new Map<string, number>();
  for (const { what, value } of measured(text)) if (!found.has(what)) found.set(what, value);
  return found;
}

const sizes: Record<string, number> = { 万: 1e4, 亿: 1e8, 万亿: 1e12, 千: 1e3, 百万: 1e6 };
/** Words between what is done and how many: how it grew, and how sure it is. */
const chineseGrowth =
  /(?:扩大|增加|上升|升|增|扩|增长|追加|上调|累计|已经|已|共|约|超过|超|近|逾|达到|达|到|至|了|为|数|人数|总数)+$/u;
const chineseMeasure = /([\p{Script=Han}]*)\s?(\d[\d,.]*\d|\d)(万亿|百万|[万亿千])?多?余?名?(?=([\p{Script=Han}]))/gu;
/** What follows a number that stands before its verb: 4.2万人连夜转移. */
const chineseDoing = /^[\p{Script=Han}](?:连夜|已经|已|被|全部|将|要)*([\p{Script=Han}]{2})/u;
/** Times, shares and measures of length say nothing of how much of something there is. */
const noCount = "年月日时点分秒级号岁小公米度";

function* inChinese(text: string): Generator<Measured> {
  for (const match of text.matchAll(chineseMeasure)) {
    const [whole, before, digits, size, unit] = match;
    if (noCount.includes(unit!)) continue;
    const value = Number(digits!.replaceAll(",", "")) * (sizes[size ?? ""] ?? 1);
    const told = { value, text: `${digits}${size ?? ""}${unit}` };
    const doing = before!.replace(chineseGrowth, "").slice(-2);
    if (doing.length === 2) yield { what: `${doing} ${unit}`, ...told };
    const after = chineseDoing.exec(text.slice(match.index + whole.length))?.[1];
    if (after !== undefined) yield { what: `${after} ${unit}`, ...told };
  }
}

const englishGrowth =
  "(?:has |have |now )?(?:grows? |grew |grown |widens? |widened |rises? |rose |risen |expands? |" +
  "expanded |climbs? |climbed |up )?";
const englishMeasure = new RegExp(
  `\\b([a-z]{3,}?)(?:e?s|e?d|ing)? (?:${englishGrowth}(?:from \\d[\\d,]* )?to )?(?:over |about |some |nearly |more than )?` +
    "(\\d[\\d,]*\\d|\\d)( million| billion| thousand)? ([a-z]{3,}?)s?\\b",
  "gi",
);
const englishSizes: Record<string, number> = { thousand: 1e3, million: 1e6, billion: 1e9 };

function* inEnglish(text: string): Generator<Measured> {
  for (const { 0: whole, 1: doing, 2: digits, 3: size, 4: unit, index } of text.matchAll(englishMeasure)) {
    const value = Number(digits!.replaceAll(",", "")) * (englishSizes[size?.trim().toLowerCase() ?? ""] ?? 1);
    // 96,000 long-range SUVs: half a word is no unit.
    const isWhole = text[index + whole.length] !== "-";
    const told = { value, text: isWhole ? whole.slice(whole.indexOf(digits!)) : `${digits}${size ?? ""}` };
    yield { what: `${doing} ${unit}`.toLowerCase(), ...told };
    // What is counted may get a wider name when there is more of it: SUVs, then cars.
    yield { what: doing!.toLowerCase(), ...told };
  }
}

/** Whether the other's text has what this headline begins with. */
function namesFirst(a: Sketch, b: Sketch): boolean {
  const [first] = tokenize(a.headline).terms;
  return first === undefined || b.terms.includes(first);
}

/** How much of an article's headline, by weight, the other's text says, too. */
export function covered(a: Sketch, b: Sketch): number {
  const places = placesOf(b.terms);
  let sum = 0;
  for (const i of a.titlePlaces) if (placeOf(places, b.terms, a.terms[i]!) >= 0) sum += a.title[i]!;
  return sum / (a.titleSum || 1);
}
