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

/** A list of a term that has places. */
export interface Placed extends Cursor {
  /** Those in the article that it stands at, ascending, from `from` to before `to`; set by `readPlaces`. */
  places: ArrayLike<number>;
  from: number;
  to: number;
  readPlaces(): void;
}

/** The articles of all terms in a range. */
export class RangeReader implements Placed, Leaf {
  need: Need | null;
  docs = 0;
  places: ArrayLike<number> = [];
  readonly from = 0;
  to = 0;
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

  readPlaces(): void {
    const all: number[] = [];
    for (const list of this.#lists) {
      if (list.doc !== this.#doc) continue;
      list.readPlaces();
      for (let i = list.from; i < list.to; i++) all.push(list.places[i]!);
    }
    this.places = all.sort((a, b) => a - b);
    this.to = all.length;
  }
}

/** What must hold of an article that all lists stand at. */
export type Check = { holds(): boolean };

/** Goes from the rarest to the others, and on where one of them is farther. */
export class All implements Cursor {
  #parts: Cursor[];
  readonly #checks: readonly Check[];
  #isOrdered = false;
  #next = 0;

  constructor(parts: Cursor[], checks: readonly Check[] = []) {
    this.#parts = parts;
    this.#checks = checks;
  }

  get docs(): number {
    return Math.min(...this.#parts.map((part) => part.docs));
  }

  seek(doc: number): number {
    if (!this.#isOrdered) {
      // All of them are asked, so that what they need comes together.
      const asked = this.#parts.map((part) => part.seek(doc));
      if (asked.includes(atEnd)) return atEnd;
      if (asked.includes(atNeed)) return atNeed;
      this.#parts = this.#parts.toSorted((a, b) => a.docs - b.docs);
      this.#isOrdered = true;
    }
    const parts = this.#parts;
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
        if (this.#checks.every((check) => check.holds())) return found;
        wanted = found + 1;
      }
    }
  }
}

/** Terms that stand one after the other. */
export class Neighbours implements Check {
  readonly #lists: readonly Placed[];
  readonly #next: Int32Array;

  constructor(lists: readonly Placed[]) {
    this.#lists = lists;
    this.#next = new Int32Array(lists.length);
  }

  /** All of them are in one article: from each place of the one with the fewest, the others are looked for. */
  holds(): boolean {
    const lists = this.#lists;
    let fewest = 0;
    for (let n = 0; n < lists.length; n++) {
      const list = lists[n]!;
      list.readPlaces();
      this.#next[n] = list.from;
      if (list.to - list.from < lists[fewest]!.to - lists[fewest]!.from) fewest = n;
    }
    const { places, from, to } = lists[fewest]!;
    for (let i = from; i < to; i++) {
      if (this.#allAt(places[i]! - fewest)) return true;
    }
    return false;
  }

  #allAt(first: number): boolean {
    for (let n = 0; n < this.#lists.length; n++) {
      const { places, to } = this.#lists[n]!;
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
