import type { Sketch } from "./sketch.ts";

/** Log-odds of two articles in two languages that share nothing. */
const base = -7;
/** What a shared number of three digits and more adds; one of two digits adds half. */
const perNumber = 2.1;
/** What a shared Latin word adds, at most three of them. */
const perWord = 1.8;
const wordsMax = 3;
/** Days between two reports of one event in two languages. */
const daysMax = 1;
/** Latin letters of a word that is a name and no abbreviation of everyday life. */
const letters = 4;

/**
 * How sure it is that articles in two languages tell one event, as log-odds: by the numbers and the Latin names that
 * both tell. 11.4万 and 114,000 are one number.
 */
export function crossLikeness(a: Sketch, b: Sketch): number {
  if (a.day !== null && b.day !== null && Math.abs(a.day - b.day) > daysMax) return base;
  let numbers = 0;
  for (const value of a.tellingNumbers) if (b.tellingNumbers.has(value)) numbers += digitsOf(value) >= 3 ? 1 : 0.5;
  let words = 0;
  for (const word of a.words) if (word.length >= letters && b.words.has(word)) words += 1;
  return base + perNumber * numbers + perWord * Math.min(wordsMax, words);
}

/** Digits that tell: 114000 has three, 11.7 too, 13 has two. */
function digitsOf(value: number): number {
  return value.toString().replace(".", "").replace(/0+$/, "").length;
}
