import { atEnd, atNeed, ListReader, type Need } from "./list.ts";
import { PageReader } from "./page-reader.ts";
import type { Page } from "./page-writer.ts";

/** Walks over the articles of a segment that match; like a list's reader, it may need pages first. */
export interface Cursor {
  seek(doc: number): number;
  /** About how many articles it has; of a phrase no more than its rarest term. */
  docs: number;
}

/** A leaf, which is given pages. */
export type Leaf = { need: Need | null; give(pages: readonly Page[]): void };

type Placed = Cursor & { places(): { places: Int32Array | number[]; from: number; to: number } };

/** The articles of all terms in a range. */
export class RangeReader implements Placed, Leaf {
  need: Need | null;
  docs = 0;
  #lists: ListReader[] = [];
  #doc = -1;

  constructor(from: number, to: number) {
    this.need = { term: from, doc: 0, until: atEnd, termTo: to };
  }

  give(pages: readonly Page[]): void {
    const { term: from, termTo: to } = this.need!;
    const byTerm = new Map<number, Page[]>();
    const reader = new PageReader();
    for (const page of pages) {
      reader.open(page);
      for (let list = reader.next(); list !== null && list.term <= to!; list = reader.next()) {
        if (list.term < from) continue;
        const known = byTerm.get(list.term);
        if (known === undefined) byTerm.set(list.term, [page]);
        else known.push(page);
      }
    }
    this.#lists = [...byTerm].map(([term, own]) => {
      const list = new ListReader(term);
      list.give(own);
      return list;
    });
    this.docs = this.#lists.reduce((sum, list) => sum + list.docs, 0);
    this.need = null;
  }

  seek(doc: number): number {
    if (this.need !== null) return atNeed;
    if (this.#doc < doc) this.#doc = Math.min(atEnd, ...this.#lists.map((list) => list.seek(doc)));
    return this.#doc;
  }

  places() {
    const all = this.#lists.flatMap((list) => {
      if (list.doc !== this.#doc) return [];
      const { places, from, to } = list.places();
      return [...places.subarray(from, to)];
    });
    return { places: all.sort((a, b) => a - b), from: 0, to: all.length };
  }
}

/** Goes from the rarest to the others, and on where one of them is farther. */
export class All implements Cursor {
  protected parts: Cursor[];
  #isOrdered = false;
  #next = 0;

  constructor(parts: Cursor[]) {
    this.parts = parts;
  }

  get docs(): number {
    return Math.min(...this.parts.map((part) => part.docs));
  }

  seek(doc: number): number {
    if (!this.#isOrdered) {
      // All of them are asked, so that what they need comes together.
      const asked = this.parts.map((part) => part.seek(doc));
      if (asked.includes(atEnd)) return atEnd;
      if (asked.includes(atNeed)) return atNeed;
      this.parts = this.parts.toSorted((a, b) => a.docs - b.docs);
      this.#isOrdered = true;
    }
    const { parts } = this;
    // What did not match before pages were needed is not asked for again: the lists have gone on.
    for (let wanted = Math.max(doc, this.#next); ; ) {
      this.#next = wanted;
      const found = parts[0]!.seek(wanted);
      if (found === atNeed || found === atEnd) return found;
      wanted = found;
      for (let n = 1; n < parts.length && wanted === found; n++) {
        const other = parts[n]!.seek(found);
        if (other === atNeed || other === atEnd) return other;
        wanted = other;
      }
      if (wanted === found) {
        if (this.matches()) return found;
        wanted = found + 1;
      }
    }
  }

  protected matches(): boolean {
    return true;
  }
}

/** Terms that stand one after the other. */
export class Neighbours extends All {
  readonly #lists: readonly Placed[];
  readonly #next: Int32Array;

  constructor(lists: Placed[]) {
    super(lists);
    this.#lists = lists;
    this.#next = new Int32Array(lists.length);
  }

  /** All of them are in one article: from each place of the one with the fewest, the others are looked for. */
  protected override matches(): boolean {
    const placed = this.#lists.map((list) => list.places());
    let fewest = 0;
    for (let n = 0; n < placed.length; n++) {
      this.#next[n] = placed[n]!.from;
      if (placed[n]!.to - placed[n]!.from < placed[fewest]!.to - placed[fewest]!.from) fewest = n;
    }
    const { places, from, to } = placed[fewest]!;
    for (let i = from; i < to; i++) {
      if (this.#allAt(placed, places[i]! - fewest)) return true;
    }
    return false;
  }

  #allAt(placed: readonly ReturnType<Placed["places"]>[], first: number): boolean {
    for (let n = 0; n < placed.length; n++) {
      const { places, to } = placed[n]!;
      let at = this.#next[n]!;
      while (at < to && places[at]! < first + n) at++;
      this.#next[n] = at;
      if (at === to || places[at] !== first + n) return false;
    }
    return true;
  }
}

export class Any implements Cursor {
  readonly #parts: Cursor[];

  constructor(parts: Cursor[]) {
    this.#parts = parts;
  }

  get docs(): number {
    return this.#parts.reduce((sum, part) => sum + part.docs, 0);
  }

  seek(doc: number): number {
    let least = atEnd;
    let needs = false;
    for (const part of this.#parts) {
      const found = part.seek(doc);
      if (found === atNeed) needs = true;
      else if (found < least) least = found;
    }
    return needs ? atNeed : least;
  }
}

export class Without implements Cursor {
  readonly #from: Cursor;
  readonly #drop: Cursor;
  #next = 0;

  constructor(from: Cursor, drop: Cursor) {
    this.#from = from;
    this.#drop = drop;
  }

  get docs(): number {
    return this.#from.docs;
  }

  seek(doc: number): number {
    for (let wanted = Math.max(doc, this.#next); ; wanted += 1) {
      // What was dropped before pages were needed is not asked for again: the lists have gone on.
      this.#next = wanted;
      wanted = this.#from.seek(wanted);
      if (wanted === atNeed || wanted === atEnd) return wanted;
      const dropped = this.#drop.seek(wanted);
      if (dropped === atNeed) return atNeed;
      if (dropped !== wanted) return wanted;
    }
  }
}
