import { isCommon } from "./common-words.ts";
import { sameMarks } from "./contrast.ts";
import type { Sketch } from "./sketch.ts";

/**
 * Of a headline's weight, what the other's whole text does not say: when both headlines have this much of their own and
 * no number in common, they tell two events. Told with numbers that all differ, less is enough.
 */
const ownShareMax = 0.35;
const ownShareMaxNumbersDiffer = 0.25;
/** In texts of more terms than this, what a headline says is found in the other by chance, and its absence is chance too. */
const shortTerms = 120;
/** A headline that is another's but for one place: characters that agree before and after it, in Latin script after it. */
const templateChars = { before: 2, after: 3, latin: 20, between: 4 };

/**
 * True when two articles of one language cannot tell one event, however alike they sound: a mark differs, or each
 * headline is about something that the other article never mentions.
 */
export function tellApart(a: Sketch, b: Sketch): boolean {
  if (!sameMarks(a.marks(), b.marks())) return true;
  if (a.language !== b.language) return false;
  const own = Math.min(ownShare(a, b), ownShare(b, a));
  if (own === 0) return false;
  if (Math.min(a.terms.length, b.terms.length) > shortTerms) return false;
  if (isTemplate(a.headline, b.headline)) return true;
  const numbers = compareNumbers(a.numbers, b.numbers);
  return own >= (numbers === "differ" ? ownShareMaxNumbersDiffer : ownShareMax) && numbers !== "agree";
}

/**
 * True when what two articles of one language say cannot both be of one event: a mark differs, or every number, or they
 * are one template filled in twice. Unlike `tellApart` it asks nothing of what each leaves out: a third may tell both.
 */
export function contradict(a: Sketch, b: Sketch): boolean {
  if (!sameMarks(a.marks(), b.marks()) || isTemplate(a.headline, b.headline)) return true;
  return compareNumbers(a.numbers, b.numbers) === "differ";
}

/** The share of a headline's weight that the other article's text does not have. */
function ownShare(a: Sketch, b: Sketch): number {
  const { terms } = b;
  let all = 0;
  let own = 0;
  let j = 0;
  for (const i of a.titlePlaces) {
    const term = a.terms[i]!;
    if (isCommon(term)) continue;
    while (j < terms.length && terms[j]! < term) j += 1;
    all += a.title[i]!;
    if (terms[j] !== term) own += a.title[i]!;
  }
  return all === 0 ? 0 : own / all;
}

function compareNumbers(a: ReadonlySet<number>, b: ReadonlySet<number>): "agree" | "differ" | "unknown" {
  if (a.size === 0 || b.size === 0) return "unknown";
  for (const value of a) if (b.has(value)) return "agree";
  return "differ";
}

/** 南港港口罢工进入第二天 and 南港公交罢工进入第二天: one place differs, and neither text says what stands in the other's. */
export function isTemplate(a: string, b: string): boolean {
  if (a === b) return false;
  let before = 0;
  while (before < a.length && before < b.length && a[before] === b[before]) before += 1;
  const latin = /[a-z]/i.test(a);
  let after = 0;
  const most = Math.min(a.length, b.length) - before;
  while (after < most && a[a.length - 1 - after] === b[b.length - 1 - after]) after += 1;
  const isLong = latin ? after >= templateChars.latin : before >= templateChars.before && after >= templateChars.after;
  if (!isLong) return false;
  const middles = [a, b].map((text) => text.slice(before, text.length - after));
  // A number that grew is the same event told on.
  if (!latin && middles.some((middle) => middle.length > templateChars.between)) return false;
  return middles.every((middle) => middle.length >= 2 && !/^[\d.,万亿%〇一二三四五六七八九十百两]*$/u.test(middle));
}
