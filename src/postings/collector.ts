import { type Terms, termOf } from "../news/grams.ts";
import { type Page, PageWriter } from "./page-writer.ts";

/** A term's fields. */
const [fields, lowAt, highAt, countAt, lastDocAt] = [4, 0, 1, 2, 3];
const digitBits = 11;
const digitMask = (1 << digitBits) - 1;
/** Bits of a term's upper half: its kind and one UTF-16 unit. */
const highBits = 20;

/**
 * Gathers the terms of some articles, one article after the other in the order that the segment shall have, and makes
 * pages of them. Costs a few dozen nanoseconds a term: each is met once, in a table of its own, and sorted by counting.
 */
export class Collector implements Terms {
  #slots = new Int32Array(1 << 14);
  /** Of each distinct term its two halves, how often it was met, and in which article last: side by side in memory. */
  #terms = new Uint32Array(fields << 12);
  #distinct = 0;
  /** The numbers of single units of the upper half that was met first without a place. */
  readonly #ones = new Int32Array(1 << 16);
  #oneHigh = -1;
  /** Each time that a term was met: which, and where. */
  #met = new Int32Array(1 << 14);
  #places = new Int32Array(1 << 14);
  #length = 0;
  /** Where the terms of each article begin. */
  readonly #docs: number[] = [];

  next(): void {
    this.#docs.push(this.#length);
  }

  placed(high: number, low: number, place: number): void {
    this.#meet(this.#find(high, low), place);
  }

  unplaced(high: number, low: number): void {
    if (this.#oneHigh < 0) this.#oneHigh = high;
    const term = low <= 0xffff && high === this.#oneHigh ? this.#one(low) : this.#find(high, low);
    const lastDoc = term * fields + lastDocAt;
    if (this.#terms[lastDoc] === this.#docs.length) return;
    this.#terms[lastDoc] = this.#docs.length;
    this.#meet(term, 0);
  }

  /** The pages of a segment with these articles. */
  pages(): Page[] {
    const order = this.#order();
    const { docs, places, starts } = this.#byTerm(order);
    const writer = new PageWriter();
    for (let n = 0; n < order.length; n++) {
      const at = order[n]! * fields;
      const from = starts[n]!;
      const to = from + this.#terms[at + countAt]!;
      writer.occurrences(termOf(this.#terms[at + highAt]!, this.#terms[at + lowAt]!), { docs, places, from, to });
    }
    return writer.end();
  }

  #meet(term: number, place: number): void {
    if (this.#length === this.#met.length) {
      this.#met = wider(this.#met, Int32Array);
      this.#places = wider(this.#places, Int32Array);
    }
    this.#terms[term * fields + countAt]!++;
    this.#met[this.#length] = term;
    this.#places[this.#length++] = place;
  }

  /** One unit after the other is met hundreds of times an article: each is found by a look. */
  #one(low: number): number {
    const known = this.#ones[low]!;
    if (known !== 0) return known - 1;
    const term = this.#find(this.#oneHigh, low);
    this.#ones[low] = term + 1;
    return term;
  }

  /** The number of a term here, given when it is met for the first time. */
  #find(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = slotOf(high, low, mask); ; slot = (slot + 1) & mask) {
      const term = this.#slots[slot]! - 1;
      if (term < 0) return this.#add(slot, high, low);
      const at = term * fields;
      if (this.#terms[at + lowAt] === low && this.#terms[at + highAt] === high) return term;
    }
  }

  #add(slot: number, high: number, low: number): number {
    const term = this.#distinct++;
    const at = term * fields;
    if (at === this.#terms.length) this.#terms = wider(this.#terms, Uint32Array);
    this.#terms[at + lowAt] = low;
    this.#terms[at + highAt] = high;
    this.#slots[slot] = term + 1;
    if (this.#distinct * 2 > this.#slots.length) this.#spread();
    return term;
  }

  #spread(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    const mask = this.#slots.length - 1;
    for (let term = 0; term < this.#distinct; term++) {
      let slot = slotOf(this.#terms[term * fields + highAt]!, this.#terms[term * fields + lowAt]!, mask);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = term + 1;
    }
  }

  /** The terms' numbers here, in the order of the terms: sorted by digits, the last one first. */
  #order(): Int32Array {
    const counts = new Int32Array((1 << digitBits) + 1);
    let order = new Int32Array(this.#distinct);
    let other = new Int32Array(this.#distinct);
    for (let n = 0; n < order.length; n++) order[n] = n;
    const terms = this.#terms;
    for (const half of [lowAt, highAt]) {
      for (let shift = 0; shift < (half === lowAt ? 32 : highBits); shift += digitBits) {
        counts.fill(0);
        for (let n = 0; n < order.length; n++) counts[((terms[n * fields + half]! >>> shift) & digitMask) + 1]!++;
        for (let digit = 0; digit < digitMask; digit++) counts[digit + 1]! += counts[digit]!;
        for (let n = 0; n < order.length; n++) {
          const term = order[n]!;
          other[counts[(terms[term * fields + half]! >>> shift) & digitMask]!++] = term;
        }
        [order, other] = [other, order];
      }
    }
    return order;
  }

  /** In which article and where each term was met, term by term, and where each begins. */
  #byTerm(order: Int32Array) {
    const starts = new Int32Array(order.length);
    const next = new Int32Array(order.length);
    for (let n = 0, at = 0; n < order.length; n++) {
      starts[n] = at;
      next[order[n]!] = at;
      at += this.#terms[order[n]! * fields + countAt]!;
    }
    const docs = new Int32Array(this.#length);
    const places = new Int32Array(this.#length);
    for (let doc = 0; doc < this.#docs.length; doc++) {
      const end = this.#docs[doc + 1] ?? this.#length;
      for (let i = this.#docs[doc]!; i < end; i++) {
        const at = next[this.#met[i]!]!++;
        docs[at] = doc;
        places[at] = this.#places[i]!;
      }
    }
    return { docs, places, starts };
  }
}

function slotOf(high: number, low: number, mask: number): number {
  const mixed = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d) ^ Math.imul(high, 0x297a2d39);
  return (mixed ^ (mixed >>> 16)) & mask;
}

function wider<T extends Int32Array | Uint32Array>(array: T, Kind: new (length: number) => T): T {
  const made = new Kind(array.length * 2);
  made.set(array);
  return made;
}
