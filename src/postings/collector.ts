import { highsBelow, type Terms, termOf } from "../news/grams.ts";
import { Digits } from "./digits.ts";
import { type Page, PageWriter } from "./page-writer.ts";
import { Rows, rowFields } from "./rows.ts";

/** Of a term's upper half: its kind and one UTF-16 unit. One for all segments, of which most are small. */
const highs = new Digits(highsBelow);
/** Rows are written down in pieces of so many: what is written is never copied to make room. */
const pieceBits = 14;
const pieceRows = 1 << pieceBits;
/** What is remembered of the terms without a place that an article had: a little more than it has. */
const seenSlots = 1 << 12;
/** Of each the term's halves and the article; a fourth number is left empty, so that none lies across two lines of the cache. */
const seenFields = 4;

/**
 * Gathers the terms of some articles, one article after the other in the order that the segment shall have, and makes
 * pages of them. There is no table of terms, which would be larger than a processor's cache: terms are written down as
 * they come, parted by their upper halves, of which there are some thousands, and each part is sorted by itself.
 */
export class Collector implements Terms {
  /** Each time that a term was met: its halves, and where. */
  readonly #pieces: Int32Array[] = [];
  #piece = new Int32Array();
  #length = 0;
  /** Where the terms of each article begin. */
  readonly #docs: number[] = [];
  readonly #seen = new Int32Array(seenSlots * seenFields);

  next(): void {
    this.#docs.push(this.#length);
  }

  placed(high: number, low: number, place: number): void {
    const row = this.#length++ & (pieceRows - 1);
    if (row === 0) {
      this.#piece = new Int32Array(pieceRows * rowFields);
      this.#pieces.push(this.#piece);
    }
    const piece = this.#piece;
    const at = row * rowFields;
    piece[at] = high;
    piece[at + 1] = low;
    piece[at + 2] = place;
  }

  /** A character is met many times an article: most of these are left out here, all others by `Rows`. */
  unplaced(high: number, low: number): void {
    const seen = this.#seen;
    const at = ((low + Math.imul(low >>> 16, 97)) & (seenSlots - 1)) * seenFields;
    const doc = this.#docs.length;
    const signed = low | 0;
    if (seen[at] === signed && seen[at + 1] === high && seen[at + 2] === doc) return;
    seen[at] = signed;
    seen[at + 1] = high;
    seen[at + 2] = doc;
    this.placed(high, low, 0);
  }

  /** The pages of a segment with these articles. */
  pages(): Page[] {
    try {
      return this.#sorted();
    } finally {
      highs.forget();
    }
  }

  #sorted(): Page[] {
    for (const [n, piece] of this.#pieces.entries()) {
      const end = Math.min(this.#length - n * pieceRows, pieceRows) * rowFields;
      for (let at = 0; at < end; at += rowFields) highs.meet(piece[at]!);
    }
    const order = highs.order();
    const rows = new Rows(this.#parted());
    const writer = new PageWriter();
    let from = 0;
    for (const high of order) {
      const to = highs.end(high);
      rows.each(from, to, (low, list) => writer.occurrences(termOf(high, low), list));
      from = to;
    }
    return writer.end();
  }

  /** Rows of a lower half, an article and a place, in the order in which they came but parted by the upper halves. */
  #parted(): Int32Array {
    const rows = new Int32Array(this.#length * rowFields);
    let doc = -1;
    let next = 0;
    for (let n = 0; n < this.#length; ) {
      const piece = this.#pieces[n >>> pieceBits]!;
      const end = Math.min(this.#length, n + pieceRows);
      for (let at = 0; n < end; n++, at += rowFields) {
        while (n >= next) next = this.#docs[++doc + 1] ?? this.#length;
        const to = highs.place(piece[at]!) * rowFields;
        rows[to] = piece[at + 1]!;
        rows[to + 1] = doc;
        rows[to + 2] = piece[at + 2]!;
      }
    }
    return rows;
  }
}
