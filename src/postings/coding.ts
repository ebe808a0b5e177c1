import { riceParameter } from "./bits.ts";

/** Occurrences of a term: article by article, in each its places in ascending order. */
export type Occurrences = {
  docs: Int32Array;
  places: Int32Array;
  from: number;
  to: number;
};

/** How a list is written: articles, whether each has it once, the codes' parameters. */
export type Coding = { docs: number; once: boolean; placed: boolean; docK: number; placeK: number };

export function codingOf({ docs, places, from, to }: Occurrences, placed: boolean): Coding {
  let count = 0;
  let sum = 0;
  for (let i = from, doc = -1, place = -1; i < to; i++) {
    if (docs[i] !== doc) {
      doc = docs[i]!;
      count += 1;
      place = -1;
    }
    sum += places[i]! - place - 1;
    place = places[i]!;
  }
  const docK = riceParameter(docs[to - 1]! + 1 - count, count);
  // What is one article, which has it once, is read as a single: one that does not fit there says how often.
  const once = count > 1 && count === to - from;
  return { docs: count, once, placed, docK, placeK: placed ? riceParameter(sum, to - from) : 0 };
}
