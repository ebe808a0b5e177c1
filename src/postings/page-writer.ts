import { isPlaced } from "../news/grams.ts";
import { BitWriter } from "./bits.ts";
import { type Coding, codingOf, type Occurrences } from "./coding.ts";

/** A page of a segment: lists of terms in their order. `doc` is the article from which on it has its first term's list. */
export type Page = { term: number; doc: number; data: Uint8Array };

/** Bytes of a page, unless one article has more of one term: two with their row fit a page of 8 KiB, one that of 4 KiB. */
const pageBytes = 4_024;
/** Less than this is left empty rather than cut a list that a page of its own holds. */
const leftMax = 160;
/** Articles, and places in them, that are read together. */
export const blockDocs = 128;
export const blockPlacesMax = 1_024;
/** Numbers that are coded together. */
const valuesMax = 256;
/** Read beyond by whoever looks at 32 bits. */
const padding = 4;

type Block = { docs: number; last: number; from: number; to: number };

/**
 * Makes the pages of a segment of lists that are given in the order of their terms. A list on a page:
 *
 *     how far the term is from the one before it (0 where it is the page's), see `#term` · articles × 8 + 1 if there are
 *     several blocks, + 2 if there are others on later pages, + 4 if each has it once · how many others · the codes'
 *     parameters, articles' in the upper four bits · blocks
 *
 * a block: where there are several, how many articles and how far the last one is from the last one before · bytes · of
 * each article the gap and, where not each has it once, how often · places, the first of each article, then gaps. A list
 * of one article and one place is both in four bytes and nothing more. Other numbers outside of the codes have seven bits
 * a byte.
 */
export class PageWriter {
  /** Pages that are full. */
  pages: Page[] = [];
  readonly #bits = new BitWriter();
  readonly #values = new Int32Array(valuesMax);
  #data = new Uint8Array(pageBytes + 64);
  #length = 0;
  /** Of the page that is being written. */
  #first = { term: 0, doc: 0 };
  #lastTerm = 0;

  end(): Page[] {
    this.#close();
    return this.pages;
  }

  /** The articles' ids, the newest first. */
  ids(ids: Float64Array): void {
    let before = 0;
    for (let doc = 0; doc < ids.length; doc++) {
      if (this.#length === 0 || this.#length + 8 > pageBytes) {
        this.#open(0, doc);
        before = 0;
      }
      // The first of a page as it is.
      this.#number(before === 0 ? ids[doc]! : before - ids[doc]!);
      before = ids[doc]!;
    }
    this.#close();
  }

  occurrences(term: number, list: Occurrences): void {
    const { docs, places, from, to } = list;
    if (to - from === 1 && docs[from]! < singleDocs && places[from]! < singlePlaces) {
      this.#single(term, docs[from]!, places[from]!);
      return;
    }
    this.#bits.clear();
    const coding = codingOf(list, isPlaced(term));
    if (coding.docs <= blockDocs && to - from <= shortPlacesMax) this.#short(term, coding, list);
    else this.#long(term, coding, list);
  }

  #single(term: number, doc: number, place: number): void {
    if (pageBytes - this.#length < singleBytesMax) this.#close();
    if (this.#length === 0) this.#open(term, 0);
    this.#term(term);
    this.#number(8 + 4);
    const code = doc * singlePlaces + place;
    const data = this.#data;
    let at = this.#length;
    data[at++] = code >>> 24;
    data[at++] = code >>> 16;
    data[at++] = code >>> 8;
    data[at++] = code;
    this.#length = at;
  }

  /** Most lists by far: one block, which fits a page. */
  #short(term: number, coding: Coding, list: Occurrences): void {
    this.#block(coding, list, { from: list.from, last: -1 });
    const bytes = this.#bits.align();
    if (pageBytes - this.#length < bytes + headMax + 2) this.#close();
    if (this.#length === 0) this.#open(term, 0);
    this.#head(term, coding, { count: coding.docs, left: 0, isOne: true });
    this.#number(bytes);
    this.#bits.copy(0, bytes, this.#data, this.#length);
    this.#length += bytes;
  }

  #long(term: number, coding: Coding, list: Occurrences): void {
    const blocks = this.#blocks(coding, list);
    let left = coding.docs;
    let base = 0;
    for (let n = 0; n < blocks.length; ) {
      const room = pageBytes - this.#length;
      let [bytes, count, end] = [headMax, 0, n];
      while (end < blocks.length) {
        const block = blocks[end]!;
        bytes += block.to - block.from + blockHeadMax;
        if (bytes > room) break;
        count += block.docs;
        end += 1;
      }
      if (left > count && this.#length > 0 && (end === n || room < leftMax)) {
        this.#close();
        continue;
      }
      // One block that is larger than a page.
      if (end === n) count = blocks[end++]!.docs;
      if (this.#length === 0) this.#open(term, base);
      left -= count;
      this.#head(term, coding, { count, left, isOne: end - n === 1 });
      this.#part(blocks.slice(n, end), base - 1);
      // The rest begins a page, by whose row it is found.
      if (left > 0) this.#close();
      base = blocks[end - 1]!.last + 1;
      n = end;
    }
  }

  /** All blocks of a list, in the writer's bits. */
  #blocks(coding: Coding, list: Occurrences): Block[] {
    const blocks: Block[] = [];
    for (let from = list.from, last = -1, start = 0; from < list.to; ) {
      const block = this.#block(coding, list, { from, last });
      const end = this.#bits.align();
      blocks.push({ docs: block.docs, last: block.last, from: start, to: end });
      from = block.end;
      last = block.last;
      start = end;
    }
    return blocks;
  }

  #block(coding: Coding, { docs, places, to }: Occurrences, { from, last }: { from: number; last: number }) {
    const { docK, placeK, once, placed } = coding;
    const values = this.#values;
    let end = from;
    let count = 0;
    let before = last;
    for (let n = 0; end < to && count < blockDocs && end - from < blockPlacesMax; count++) {
      const doc = docs[end]!;
      const first = end++;
      values[n++] = doc - before - 1;
      if (!once) {
        while (end < to && docs[end] === doc) end++;
        values[n++] = end - first - 1;
      }
      before = doc;
    }
    this.#bits.rices(values, once ? count : 2 * count, once ? [docK, docK] : [docK, 0]);
    if (placed) this.#places(places, { docs, from, end, placeK });
    return { docs: count, last: before, end };
  }

  /** Of each article the first place, then gaps: a few hundred at a time, as one article may have any number. */
  #places(
    places: Int32Array,
    { docs, from, end, placeK }: { docs: Int32Array; from: number; end: number; placeK: number },
  ) {
    const values = this.#values;
    let doc = -1;
    let place = -1;
    for (let i = from; i < end; ) {
      let n = 0;
      for (; i < end && n < valuesMax; i++) {
        if (docs[i] !== doc) {
          doc = docs[i]!;
          place = -1;
        }
        values[n++] = places[i]! - place - 1;
        place = places[i]!;
      }
      this.#bits.rices(values, n, [placeK, placeK]);
    }
  }

  #head(term: number, coding: Coding, { count, left, isOne }: { count: number; left: number; isOne: boolean }): void {
    this.#term(term);
    this.#number(count * 8 + (coding.once ? 4 : 0) + (left > 0 ? 2 : 0) + (isOne ? 0 : 1));
    if (left > 0) this.#number(left);
    this.#data[this.#length++] = coding.docK * 16 + coding.placeK;
  }

  #part(blocks: readonly Block[], before: number): void {
    let last = before;
    for (const block of blocks) {
      if (blocks.length > 1) {
        this.#number(block.docs);
        this.#number(block.last - last);
        last = block.last;
      }
      const bytes = block.to - block.from;
      this.#number(bytes);
      this.#room(bytes);
      this.#bits.copy(block.from, block.to, this.#data, this.#length);
      this.#length += bytes;
    }
  }

  /** Of most terms the lowest 16 bits are 0: their distances are written without them. */
  #term(term: number): void {
    const distance = term - this.#lastTerm;
    this.#lastTerm = term;
    const short = distance / 2 ** 16;
    this.#number(Number.isInteger(short) ? short * 2 : distance * 2 + 1);
  }

  #open(term: number, doc: number): void {
    this.#close();
    this.#first = { term, doc };
    this.#lastTerm = term;
  }

  #close(): void {
    if (this.#length === 0) return;
    this.#room(padding);
    this.#data.fill(0, this.#length, this.#length + padding);
    this.pages.push({ ...this.#first, data: this.#data.slice(0, this.#length + padding) });
    this.#length = 0;
  }

  /** Seven bits a byte, the lowest first; the eighth says that there are more. */
  #number(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#data[this.#length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#data[this.#length++] = rest;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#data.length) return;
    const wider = new Uint8Array((this.#length + bytes) * 2);
    wider.set(this.#data);
    this.#data = wider;
  }
}

/** Occurrences that fit a page, however far from each other. */
const shortPlacesMax = 256;
/** An article and its only place in 32 bits. */
export const singlePlaces = 2 ** 13;
const singleDocs = 2 ** 19;
const singleBytesMax = 8 + 2 + 4;
/** Bytes of a list's head, and of a block's, at the most. */
const headMax = 8 + 4 + 4 + 2;
const blockHeadMax = 2 + 4 + 3;
