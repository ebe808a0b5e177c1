import { isIdeographic } from "./fold.ts";

/** Longer words are phrases, of which parts are found. */
const charsMax = 8;
/** A piece with one of these is words that stand beside each other, unless it was typed. */
const particles = /[的了在是和与]/;
/** Counts for the word that it is in a headline, beside being in a text. */
const headlineWorth = 3;
/** UTF-16 units there are. */
const units = 0x10000;

/** How a character is read: the numbers of its syllables, without tones. */
type Readings = (unit: number) => readonly number[];

/**
 * What of these folded texts sounds as a folded Chinese word that none of them has: the commonest, or null. Who types by
 * sound picks a wrong character (习进平), or a wrong word (泰丰 for 台风). Only for what was found nowhere: the dictionary is
 * loaded when it is first needed, which takes some 50 ms and 15 MB.
 */
export async function soundingAlike(
  word: string,
  texts: readonly { headline: string; lead: string }[],
): Promise<string | null> {
  if (!isSoundable(word)) return null;
  const typed = Array.from({ length: word.length }, (_, at) => word.charCodeAt(at));
  const readingsOf = await readings();
  const alike = typed.map((unit) => likenessTo(unit, readingsOf));
  const counts = new Map<string, number>();
  for (const { headline, lead } of texts) {
    for (const piece of piecesAlike(headline, alike)) counts.set(piece, (counts.get(piece) ?? 0) + headlineWorth);
    for (const piece of piecesAlike(lead, alike)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  if (counts.has(word)) return null;
  const found = [...counts].filter(([piece]) => particles.test(word) || !particles.test(piece));
  found.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return found[0]?.[0] ?? null;
}

/** Whether this folded word is one that can be looked for: a few Chinese characters. */
export function isSoundable(word: string): boolean {
  if (word.length < 2 || word.length > charsMax) return false;
  for (let at = 0; at < word.length; at += 1) if (!isHan(word.charCodeAt(at))) return false;
  return true;
}

/** Whether a unit sounds as this one; each is looked at once. */
function likenessTo(own: number, readingsOf: Readings): (unit: number) => boolean {
  const wanted = readingsOf(own);
  const [unknown, alike, other] = [0, 1, 2];
  const known = new Uint8Array(units);
  return (unit) => {
    if (known[unit] === unknown) known[unit] = readingsOf(unit).some((each) => wanted.includes(each)) ? alike : other;
    return known[unit] === alike;
  };
}

function piecesAlike(text: string, alike: readonly ((unit: number) => boolean)[]): Set<string> {
  const found = new Set<string>();
  for (let at = 0; at + alike.length <= text.length; at += 1) {
    let n = 0;
    while (n < alike.length && alike[n]!(text.charCodeAt(at + n))) n += 1;
    if (n === alike.length) found.add(text.slice(at, at + n));
  }
  return found;
}

/** What is known so far of characters, and the numbers of syllables: facts of the language. */
const known: (readonly number[] | undefined)[] = new Array(units);
const syllables = new Map<string, number>();

async function readings(): Promise<Readings> {
  const { pinyin } = await import("pinyin-pro");
  const numberOf = (syllable: string) => {
    const number = syllables.get(syllable) ?? syllables.size;
    syllables.set(syllable, number);
    return number;
  };
  const read = (unit: number) => {
    if (!isHan(unit)) return [];
    const all = pinyin(String.fromCharCode(unit), { multiple: true, toneType: "none", type: "array" });
    return all.map((each) => numberOf(plain(each)));
  };
  return (unit) => {
    known[unit] ??= read(unit);
    return known[unit];
  };
}

/** What is confused in speech, and what every input method lets pass: zh and z, ang and an. */
function plain(reading: string): string {
  return reading
    .replace(/^([zcs])h/, "$1")
    .replace(/ng$/, "n")
    .replace(/ü/g, "v");
}

/** Han of the basic plane: other scripts are not typed so, and other planes have what nobody does. */
function isHan(unit: number): boolean {
  return isIdeographic(unit) && unit >= 0x3400 && unit <= 0x9fff;
}
