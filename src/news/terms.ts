import { fold, isDigit, isIdeographic, isLetter } from "./fold.ts";

/** Characters of an article that say what it is about: news tells the most important first. */
export const textCharsMax = 600;
/** Letters of a Latin word that are kept; longer ones are addresses and noise. */
const wordCharsMax = 24;
/** Terms of Latin words and of numbers are below this, pairs of Chinese characters (kana begins at 0x3041) above. */
const wordsBelow = 0x3000_0000;
/** Sizes that follow a number: 11.4万 and 114,000 are one. */
const sizes: Record<string, number> = {
  万: 1e4,
  亿: 1e8,
  万亿: 1e12,
  thousand: 1e3,
  million: 1e6,
  mn: 1e6,
  billion: 1e9,
  bn: 1e9,
  trillion: 1e12,
};
/** Digits of a value, so that 11.4 × 10,000 is 114000 and not a little more. */
const valueDigits = 12;
const sizeAfter = /^ ?(万亿|[万亿]|thousand\b|million\b|billion\b|trillion\b|mn\b|bn\b)/;

/**
 * What a text is made of. A term is a 32-bit number: two neighbouring Chinese characters, a Latin word without its
 * commonest endings, or a number with its size worked in.
 */
export type Tokens = {
  terms: number[];
  /** Every number told but times, as a value: 11.4万 is 114000. */
  numbers: number[];
  /** Latin words of three letters and more: names that Chinese and English texts share. */
  words: string[];
};

/** Cuts a text into terms in one pass and without a dictionary. */
export function tokenize(text: string): Tokens {
  const tokens: Tokens = { terms: [], numbers: [], words: [] };
  const plain = fold(text);
  let before = 0;
  for (let i = 0; i < plain.length; ) {
    const unit = plain.charCodeAt(i);
    if (isIdeographic(unit)) {
      if (before !== 0) tokens.terms.push(before * 0x10000 + unit);
      before = unit;
      i += 1;
      continue;
    }
    before = 0;
    if (isDigit(unit)) i = readNumber(plain, i, tokens);
    else if (isLetter(unit)) i = readWord(plain, i, tokens);
    else i += 1;
  }
  return tokens;
}

/** The term of a value, the same however it was written. */
export function numberTerm(value: number): number {
  return hashText(`#${value}`);
}

function readNumber(text: string, start: number, tokens: Tokens): number {
  let end = start + 1;
  while (end < text.length && (isDigit(text.charCodeAt(end)) || isInsideNumber(text, end))) end += 1;
  const size = sizeAfter.exec(text.slice(end, end + 10));
  const plain = Number(text.slice(start, end).replaceAll(",", ""));
  const isPlain = size === null && end - start <= valueDigits;
  const value = isPlain ? plain : Number((plain * (size === null ? 1 : sizes[size[1]!]!)).toPrecision(valueDigits));
  if (Number.isFinite(value)) {
    if (!isTime(text, start, end)) tokens.numbers.push(value);
    tokens.terms.push(numberTerm(value));
  }
  return end + (size === null ? 0 : size[0].length);
}

const monthAfter = /^ (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|ober)?\b/;

/** 13:00, 13时, 21日, 11月 and 21 november say when, not what. */
function isTime(text: string, start: number, end: number): boolean {
  if (text[start - 1] === ":" || /^[:年月日时点]/u.test(text.slice(end, end + 1))) return true;
  return text[end] === " " && monthAfter.test(text.slice(end, end + 11));
}

function readWord(text: string, start: number, tokens: Tokens): number {
  let end = start + 1;
  while (end < text.length && (isLetter(text.charCodeAt(end)) || isDigit(text.charCodeAt(end)))) end += 1;
  const word = stem(text.slice(start, Math.min(end, start + wordCharsMax)));
  tokens.terms.push(hashText(word));
  if (word.length > 2) tokens.words.push(word);
  return end;
}

/** Takes the commonest English endings off, no more: recalls, recalled and recall are one word. */
function stem(word: string): string {
  if (word.length > 5 && word.endsWith("ing")) return word.slice(0, -3);
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && word.endsWith("ed")) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith("s") && !word.endsWith("ss")) return word.slice(0, -1);
  return word;
}

/** FNV-1a. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % wordsBelow;
}

function isInsideNumber(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit === 0x2e) return isDigit(text.charCodeAt(at + 1));
  return unit === 0x2c && /^\d{3}(?!\d)/.test(text.slice(at + 1, at + 5));
}
