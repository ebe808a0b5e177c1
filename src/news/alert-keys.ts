import { isDigit, isIdeographic, isLetter } from "./fold.ts";

/** A key's kind is its upper bits: below them a lone ideograph, with them two neighbours or a word of an alphabet. */
const pairBit = 2 ** 29;
const wordBit = 2 ** 28;
/** Slots of the table that tells, for a key, that the article may have it: a power of two, far above an article's keys. */
export const slots = 2 ** 16;
const fnvBasis = 0x811c9dc5;
const fnvPrime = 0x01000193;

/**
 * Two neighbouring ideographs, a lone one, or a word of an alphabet as one small integer, which a Map finds ten times as
 * fast as a string or a large one. Two may share a number: what is found is compared anyway.
 */
export type Key = number;
/** Alerts without a word of their own (`source:` alone) are compared with each article. */
export const wordless: Key = 0;

export function slotOf(key: Key): number {
  return (key ^ (key >>> 16)) & (slots - 1);
}

function pairKey(first: number, second: number): Key {
  return pairBit | ((Math.imul(first, 0x9e37) ^ second) & (wordBit - 1));
}

function wordKey(hash: number): Key {
  return wordBit | (hash & (wordBit - 1));
}

/** The keys of a piece that is looked for: those of a text, without the wordless. */
export function wordKeysOf(piece: string): Key[] {
  return keysOf(piece).slice(1);
}

/** What a folded text can be found by, some of it more than once. A piece of a text has only keys that the text has. */
export function keysOf(text: string): Key[] {
  const keys: Key[] = [wordless];
  let before = 0;
  for (let i = 0; i < text.length; ) {
    const unit = text.charCodeAt(i);
    if (isIdeographic(unit)) {
      keys.push(unit);
      if (before !== 0) keys.push(pairKey(before, unit));
      before = unit;
      i += 1;
      continue;
    }
    before = 0;
    i = isDigit(unit) || isLetter(unit) ? addWord(text, i, keys) : i + 1;
  }
  return keys;
}

/** The word that begins here, its letters hashed one after another (FNV-1a); returns where it ends. */
function addWord(text: string, start: number, keys: Key[]): number {
  const isOfWord = isDigit(text.charCodeAt(start)) ? isDigit : isLetter;
  let hash = fnvBasis;
  let [last, secondLast] = [hash, hash];
  let end = start;
  for (; end < text.length && isOfWord(text.charCodeAt(end)); end += 1) {
    secondLast = last;
    last = hash;
    hash = Math.imul(hash ^ text.charCodeAt(end), fnvPrime);
  }
  keys.push(wordKey(hash));
  // An alert on "typhoon" finds "typhoons".
  if (text[end - 1] === "s" && end - start > 1) {
    keys.push(wordKey(last));
    if (text[end - 2] === "e" && end - start > 2) keys.push(wordKey(secondLast));
  }
  return end;
}

/** A lone character is in every tenth text, a pair or a word is not: it serves only who asks for nothing else. */
export function telling(keys: readonly Key[]): readonly Key[] {
  const better = keys.filter((key) => key >= wordBit);
  return better.length > 0 ? better : keys;
}
