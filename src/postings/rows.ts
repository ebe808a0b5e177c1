import type { Occurrences } from "./coding.ts";
import { Digits } from "./digits.ts";

/** A row's numbers: the lower half of a term, an article, a place. */
export const rowFields = 3;
const digitBits = 16;
const digitMask = (1 << digitBits) - 1;
const digits = new Digits(1 << digitBits);
/** So few rows are sorted by moving each to its place. */
const fewRows = 16;

/**
 * Sorts rows by their terms, keeping the order of each term's: by the lower 16 bits where they differ, then by the upper
 * ones.
 */
export class Rows {
  readonly #rows: Int32Array;
  /** Room for rows between two sortings, and for those that are sorted, number by number. */
  #between = new Int32Array();
  #lows = new Int32Array();
  #docs = new Int32Array();
  #places = new Int32Array();

  constructor(rows: Int32Array) {
    this.#rows = rows;
  }

  /** Gives the terms of these rows in their order, each with its occurrences, of which none is there twice. */
  each(from: number, to: number, take: (low: number, list: Occurrences) => void): void {
    const count = to - from;
    this.#room(count);
    this.#sort(from * rowFields, count);
    const [lows, docs, places] = [this.#lows, this.#docs, this.#places];
    for (let start = 0, next = 0; start < count; start = next) {
      const low = lows[start]!;
      let end = start + 1;
      for (next = end; next < count && lows[next] === low; next++) {
        if (docs[next] === docs[end - 1] && places[next] === places[end - 1]) continue;
        docs[end] = docs[next]!;
        places[end++] = places[next]!;
      }
      take(low >>> 0, { docs, places, from: start, to: end });
    }
  }

  #sort(at: number, count: number): void {
    if (count <= fewRows) {
      this.#insert(at, count);
      return;
    }
    try {
      const rows = this.#rows;
      const end = at + count * rowFields;
      let differing = 0;
      for (let i = at; i < end; i += rowFields) differing |= rows[i]! ^ rows[at]!;
      if ((differing & digitMask) === 0) {
        this.#byUpper(rows, at, count);
        return;
      }
      this.#byLower(at, count);
      this.#byUpper(this.#between, 0, count);
    } finally {
      digits.forget();
    }
  }

  #insert(at: number, count: number): void {
    const rows = this.#rows;
    const [lows, docs, places] = [this.#lows, this.#docs, this.#places];
    for (let n = 0, i = at; n < count; n++, i += rowFields) {
      const low = rows[i]!;
      let to = n;
      for (; to > 0 && lows[to - 1]! >>> 0 > low >>> 0; to--) {
        lows[to] = lows[to - 1]!;
        docs[to] = docs[to - 1]!;
        places[to] = places[to - 1]!;
      }
      lows[to] = low;
      docs[to] = rows[i + 1]!;
      places[to] = rows[i + 2]!;
    }
  }

  #byLower(at: number, count: number): void {
    const [rows, between] = [this.#rows, this.#between];
    const end = at + count * rowFields;
    for (let i = at; i < end; i += rowFields) digits.meet(rows[i]! & digitMask);
    digits.order();
    for (let i = at; i < end; i += rowFields) {
      const to = digits.place(rows[i]! & digitMask) * rowFields;
      between[to] = rows[i]!;
      between[to + 1] = rows[i + 1]!;
      between[to + 2] = rows[i + 2]!;
    }
    digits.forget();
  }

  #byUpper(rows: Int32Array, at: number, count: number): void {
    const [lows, docs, places] = [this.#lows, this.#docs, this.#places];
    const end = at + count * rowFields;
    for (let i = at; i < end; i += rowFields) digits.meet(rows[i]! >>> digitBits);
    digits.order();
    for (let i = at; i < end; i += rowFields) {
      const to = digits.place(rows[i]! >>> digitBits);
      lows[to] = rows[i]!;
      docs[to] = rows[i + 1]!;
      places[to] = rows[i + 2]!;
    }
  }

  #room(count: number): void {
    if (count <= this.#lows.length) return;
    const room = count * 2;
    this.#between = new Int32Array(room * rowFields);
    this.#lows = new Int32Array(room);
    this.#docs = new Int32Array(room);
    this.#places = new Int32Array(room);
  }
}
