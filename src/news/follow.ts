import { isTemplate } from "./apart.ts";
import { isCommon } from "./common-words.ts";
import { sameMarks } from "./contrast.ts";
import { covered, mayTellOn, tellsOn } from "./grown.ts";
import { type Features, textCosine } from "./likeness.ts";
import type { Sketch } from "./sketch.ts";
import { tokenize } from "./terms.ts";

/** Days after which what happens to the same is news of its own. */
export const followDaysMax = 7;
/** Of a headline's weight, what the other's text says too, where both tell a number or a month of the same. */
const coveredMin = 0.3;
/** What two texts of one running matter share at least: a quoted name leaves less to chance than a number. */
const textMin = { named: 0.06, numbered: 0.12 };

/** A number that large, or told with three digits, is no accident: 320,000; 11.7. */
const largeNumber = 1_000;
const exactDigits = 3;

/** Characters of a text's first words. */
const openingChars = { zh: 30, other: 60 };

/** By what a later article is known to go on with an earlier one's matter. */
export type Clues = {
  /** Names in the headline that are one matter's alone: “青竹”, 《灯塔》, Typhoon Greenreed. */
  names: readonly string[];
  /** Headline and the first words: what it is about; further down a storm is only what it happened after. */
  opening: string;
  /** Months in which something is to come, in the headline and in the whole, each with the words of its clause. */
  headlineMonths: readonly Month[];
  months: readonly Month[];
};

export type Month = { text: string; words: number[] };

/**
 * Whether the later of two articles tells what became of what the earlier told: the typhoon that came is over, of the
 * cars recalled so many are mended, the tunnel opens a month sooner. Two events, so they may be two stories, but whoever
 * was told of the first reads the second as an update. They give it one name, or the later repeats the number of the
 * earlier headline, or names another month for the same; a mark that differs (the next match, the next month's figure)
 * makes it another matter. A firm's name, or a place's, is not enough: they do many things. One language, for what
 * is new is worked out in it.
 */
export function follows(later: Sketch, earlier: Sketch): boolean {
  if (later.id <= earlier.id || later.language !== earlier.language) return false;
  if (later.day === null || earlier.day === null || later.day - earlier.day > followDaysMax) return false;
  if (tellsOn(later, earlier)) return true;
  if (!sameMarks(later.marks(), earlier.marks()) || isTemplate(later.headline, earlier.headline)) return false;
  const shared = textCosine(later, earlier);
  if (shared >= textMin.named && nameOneThing(later.clues(), earlier.clues())) return true;
  if (shared < textMin.numbered || Math.max(covered(later, earlier), covered(earlier, later)) < coveredMin)
    return false;
  return repeatsNumber(later, earlier) || isMovedSince(later.clues(), earlier.clues());
}

/** Whether what was measured of two articles is enough that one may follow the other: most have too little in common. */
export function mayFollow({ text, coveredLess, coveredMore }: Features): boolean {
  return text >= Math.min(textMin.named, textMin.numbered) || mayTellOn(coveredLess, coveredMore);
}

export function cluesOf(title: string, text: string, language: string): Clues {
  return {
    names: [...title.matchAll(named)].map((match) => (match[1] ?? match[2])!),
    opening: `${title} ${text.slice(0, language === "zh" ? openingChars.zh : openingChars.other)}`,
    headlineMonths: monthsIn(title),
    months: monthsIn(`${title}。${text}`),
  };
}

const named = /[“「『《]([^”」』》]{2,8})[”」』》]|\b(?:Typhoon|Hurricane|Cyclone|Storm) (\p{Lu}\p{L}+)/gu;

function nameOneThing(a: Clues, b: Clues): boolean {
  return a.names.some((name) => b.opening.includes(name)) || b.names.some((name) => a.opening.includes(name));
}

function repeatsNumber(later: Sketch, earlier: Sketch): boolean {
  const numbers = earlier.headlineNumbers.filter((value) => earlier.tellingNumbers.has(value));
  return numbers.some((value) => (value >= largeNumber || isExact(value)) && later.tellingNumbers.has(value));
}

function isExact(value: number): boolean {
  return value.toString().replace(".", "").length >= exactDigits;
}

function isMovedSince(later: Clues, earlier: Clues): boolean {
  return later.headlineMonths.some((fresh) => movedFrom(fresh, earlier.months) !== null);
}

const month = new RegExp(
  "(?:明年|后年|今年)?\\d{1,2}月(?:底|初|[上中下]旬)?(?!\\d)|(?<=\\b(?:in|by|until|before) )(?:next )?(?:January|February|" +
    "March|April|May|June|July|August|September|October|November|December)\\b(?! \\d)",
  "gu",
);

/** The months in which a text says that something comes; a day is when it was written. */
export function monthsIn(text: string): Month[] {
  return text.split(/[，,；;：:。\n]|\. /u).flatMap((clause) => {
    const found = clause.match(month);
    if (found === null) return [];
    const words = tokenize(clause.replace(month, " ")).terms.filter((term) => !isCommon(term));
    return found.map((text) => ({ text, words }));
  });
}

/** The month that was named for the same before, when it was another: "明年6月". null when none was, or this one, too. */
export function movedFrom(fresh: Month, told: readonly Month[]): string | null {
  if (told.some(({ text }) => text === fresh.text)) return null;
  return told.find(({ words }) => words.some((word) => fresh.words.includes(word)))?.text ?? null;
}
