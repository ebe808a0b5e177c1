import { BlockReader } from "./block.ts";
import type { Placed } from "./cursors.ts";
import { type ListPart, PageReader } from "./page-reader.ts";
import type { Page } from "./page-writer.ts";

/** No article any more. */
export const atEnd = 2 ** 31 - 1;
/** Pages are wanted first: those that `needs` names. */
export const atNeed = -1;

/** A segment's pages were taken away while they were read, because it was merged: what was asked is asked again. */
export class PagesGone extends Error {}

/**
 * Pages that a list needs to go on: the one that has the term's list at this article, and those that go on with it up to
 * another.
 */
export type Need = {
  term: number;
  doc: number;
  until: number /** Of all terms up to this one, wholly. */;
  termTo?: number;
};

/** One term's articles in one segment, in ascending order, with their places. Pages are given as they are needed. */
export class ListReader implements Placed {
  readonly term: number;
  /** The article it stands at; -1 before the first. */
  doc = -1;
  /** Articles that have the term; known with the first page. */
  docs = 0;
  need: Need | null;
  places: ArrayLike<number> = [];
  from = 0;
  to = 0;
  #pages: readonly Page[] = [];
  #page = 0;
  #part: ListPart | null = null;
  #reader: PageReader | null = null;
  /** Articles of the part that are in no block read so far. */
  #left = 0;
  /** The last article of the blocks read or passed so far. */
  #last = -1;
  readonly #block = new BlockReader();
  #index = 0;

  constructor(term: number, from = 0) {
    this.term = term;
    this.need = { term, doc: from, until: from };
  }

  /** The pages that `need` named, in their order: without any, the segment has no such term. */
  give(pages: readonly Page[]): void {
    this.need = null;
    const isFirst = this.#part === null;
    this.#pages = pages;
    this.#page = 0;
    if (pages.length > 0 && this.#openPage()) {
      if (isFirst) this.docs = this.#part!.docs + this.#part!.docsAfter;
    } else if (isFirst) this.doc = atEnd;
    else throw new PagesGone();
  }

  /** The first article from this one on, `atEnd`, or `atNeed`. */
  seek(doc: number): number {
    if (this.doc >= doc) return this.doc;
    if (this.need !== null) return atNeed;
    for (;;) {
      const { docs, count } = this.#block;
      let index = this.#index;
      while (index < count && docs[index]! < doc) index++;
      this.#index = index;
      if (index < count) {
        this.doc = docs[index]!;
        return this.doc;
      }
      if (this.#left > 0) this.#nextBlock(doc);
      else if (!this.#nextPage(doc)) return this.doc === atEnd ? atEnd : atNeed;
    }
  }

  readPlaces(): void {
    const block = this.#block;
    block.readPlaces(this.#part!.placeK, this.#index + 1);
    this.places = block.places;
    this.from = block.starts[this.#index]!;
    this.to = block.starts[this.#index + 1]!;
  }

  /** The next page with articles from this one on; false at the list's end, or when it must be given first. */
  #nextPage(doc: number): boolean {
    const part = this.#part!;
    if (part.docsAfter === 0) {
      this.doc = atEnd;
      return false;
    }
    const before = this.#page;
    while (this.#page + 1 < this.#pages.length && (this.#page === before || this.#pages[this.#page + 1]!.doc <= doc)) {
      this.#page += 1;
    }
    if (this.#page > before) return this.#openPage();
    // Far more than the last pages had, as who came so far does not stop at once and each asking takes its time; of a
    // list in which others leave out whole pages one at a time.
    const wanted = Math.max(doc, this.#last + 1);
    const span = this.#last + 1 - this.#base(this.#pages[0]!);
    const goesOn = wanted <= this.#last + 1 + span;
    this.need = { term: this.term, doc: wanted, until: goesOn ? wanted + 6 * span : wanted };
    return false;
  }

  /** From which article on a page has the list. */
  #base(page: Page): number {
    return page.term === this.term ? page.doc : 0;
  }

  #openPage(): boolean {
    const reader = new PageReader().open(this.#pages[this.#page]!);
    const part = reader.find(this.term);
    if (part === null) return false;
    this.#reader = reader;
    this.#part = part;
    reader.at = part.at;
    this.#left = part.docs;
    this.#last = part.last;
    this.#block.count = this.#index = 0;
    return true;
  }

  /** Reads the block in which this article is or would be, and passes those before it. */
  #nextBlock(doc: number): void {
    const reader = this.#reader!;
    const part = this.#part!;
    const { isOneBlock, isSingle } = part;
    for (;;) {
      const docs = isOneBlock ? this.#left : reader.number();
      const last = isOneBlock ? atEnd : this.#last + reader.number();
      const bytes = isSingle ? 4 : reader.number();
      const at = reader.at;
      reader.at += bytes;
      this.#left -= docs;
      if (last >= doc || this.#left === 0) {
        this.#last = this.#block.read(reader.data, part, { at, docs, last: this.#last });
        this.#index = 0;
        return;
      }
      this.#last = last;
    }
  }
}
