import { isIdeographic } from "./fold.ts";

/** Longer words are phrases, of which parts are found. */
const charsMax = 8;
/** Counts for the word that it is in a headline, beside being in a text. */
const headlineWorth = 3;
/** UTF-16 units there are. */
const units = 0x10000;
const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

/** How a character is read: the numbers of its syllables, without tones. */
type Readings = (unit: number) => readonly number[];

/** A folded article's beginning. */
export type Heard = { headline: string; lead: string };

/**
 * What of these texts sounds as a folded Chinese word that is nowhere: the commonest, or null. Who types by sound picks a
 * wrong character (台封, 习进平). Only whole words of a text are meant, and only such as share a character with what was
 * typed: of two characters, too many sound the same. The dictionary is loaded when it is first needed, which takes some
 * 40 ms and 13 MB.
 */
export async function soundingAlike(word: string, texts: readonly Heard[]): Promise<string | null> {
  if (!isSoundable(word) || texts.length === 0) return null;
  const readingsOf = await readings();
  const alike = Array.from({ length: word.length }, (_, at) => likenessTo(word.charCodeAt(at), readingsOf));
  const counts = new Map<string, number>();
  const count = (text: string, worth: number) => {
    for (const piece of piecesAlike(text, alike)) counts.set(piece, (counts.get(piece) ?? 0) + worth);
  };
  for (const { headline, lead } of texts) {
    count(headline, headlineWorth);
    count(lead, 1);
  }
  const found = [...counts].filter(([piece]) => sharesCharacter(piece, word));
  found.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return found[0]?.[0] ?? null;
}

/** Whether a folded word may be a slip: a few Chinese characters that are no word of the language. */
export function isSoundable(word: string): boolean {
  if (word.length < 2 || word.length > charsMax) return false;
  for (let at = 0; at < word.length; at += 1) if (!isHan(word.charCodeAt(at))) return false;
  return segmenter.segment(word).containing(0)?.segment !== word;
}

function sharesCharacter(piece: string, word: string): boolean {
  for (let at = 0; at < word.length; at += 1) if (piece[at] === word[at]) return true;
  return false;
}

/** Whether a unit sounds as this one; each is looked at once. */
function likenessTo(own: number, readingsOf: Readings): (unit: number) => boolean {
  const wanted = readingsOf(own);
  const [unknown, alike, other] = [0, 1, 2];
  const looked = new Uint8Array(units);
  return (unit) => {
    if (looked[unit] === unknown) looked[unit] = readingsOf(unit).some((each) => wanted.includes(each)) ? alike : other;
    return looked[unit] === alike;
  };
}

function piecesAlike(text: string, alike: readonly ((unit: number) => boolean)[]): Set<string> {
  const found = new Set<string>();
  for (let at = 0; at + alike.length <= text.length; at += 1) {
    let n = 0;
    while (n < alike.length && alike[n]!(text.charCodeAt(at + n))) n += 1;
    if (n === alike.length && isOfWords(text, at, at + n)) found.add(text.slice(at, at + n));
  }
  return found;
}

/** Whether a word begins here, and one ends there. */
function isOfWords(text: string, from: number, to: number): boolean {
  const words = segmenter.segment(text);
  const last = words.containing(to - 1);
  return words.containing(from)?.index === from && last !== undefined && last.index + last.segment.length === to;
}

/** What is known so far of characters, and the numbers of syllables: facts of the language. */
const known: (readonly number[] | undefined)[] = new Array(units);
const syllables = new Map<string, number>();

async function readings(): Promise<Readings> {
  const { default: dictionary } = await import("pinyin-pro/dist/esm/data/dict1.mjs");
  const numberOf = (syllable: string) => {
    const number = syllables.get(syllable) ?? syllables.size;
    syllables.set(syllable, number);
    return number;
  };
  return (unit) => {
    known[unit] ??= isHan(unit) ? syllablesOf(dictionary.get(String.fromCharCode(unit)) ?? "").map(numberOf) : [];
    return known[unit];
  };
}

/** Without tones, and without what is confused in speech and let pass by every input method: zh and z, ang and an. */
function syllablesOf(readings: string): string[] {
  const plain = readings.normalize("NFD").replace(/[\u0300\u0301\u0304\u030c]/g, "");
  return plain
    .split(" ")
    .filter((each) => each !== "")
    .map((each) => each.replace(/^([zcs])h/, "$1").replace(/ng$/, "n"));
}

/** Han of the basic plane: other scripts are not typed so, and other planes have what nobody does. */
function isHan(unit: number): boolean {
  return isIdeographic(unit) && unit >= 0x3400 && unit <= 0x9fff;
}
