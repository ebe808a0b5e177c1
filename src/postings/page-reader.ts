import type { Page } from "./page-writer.ts";

/** Where a page has a term's list, or a part of it. */
export type ListPart = {
  /** Articles here, and on later pages. */
  docs: number;
  docsAfter: number;
  isOneBlock: boolean;
  /** One article and one place. */
  isSingle: boolean;
  /** Each article has it once. */
  once: boolean;
  docK: number;
  placeK: number;
  /** Before the first block. */
  at: number;
  /** The article before the first, or -1. */
  last: number;
};

/** Reads a page's numbers of seven bits a byte, and its lists one after the other. */
export class PageReader {
  data: Uint8Array = new Uint8Array();
  at = 0;
  #term = 0;
  #doc = 0;

  /** Begins at the first of a page's lists. */
  open({ term, doc, data }: Page): this {
    this.data = data;
    this.at = 0;
    this.#term = term;
    this.#doc = doc;
    return this;
  }

  number(): number {
    let byte = this.data[this.at++]!;
    if (byte < 0x80) return byte;
    let value = byte - 0x80;
    for (let factor = 0x80; ; factor *= 0x80) {
      byte = this.data[this.at++]!;
      if (byte < 0x80) return value + byte * factor;
      value += (byte - 0x80) * factor;
    }
  }

  /** The head of the list that begins here, and its term; null at the page's end. Its blocks are passed over. */
  next(): { term: number; part: ListPart } | null {
    if (this.data.length - this.at <= padding) return null;
    const isFirst = this.at === 0;
    const term = this.#nextTerm();
    const part = this.#part(isFirst);
    this.#pass(part.docs, !part.isOneBlock, part.isSingle);
    return { term, part };
  }

  /** The list of a term, if it begins or goes on here. Hundreds of others may stand before it. */
  find(term: number): ListPart | null {
    while (this.data.length - this.at > padding) {
      const isFirst = this.at === 0;
      const found = this.#nextTerm();
      if (found === term) return this.#part(isFirst);
      if (found > term) return null;
      const head = this.number();
      if ((head & 2) !== 0) this.number();
      const isSingle = this.#isSingle(head, isFirst);
      if (!isSingle) this.at += 1;
      this.#pass(head >>> 3, (head & 1) !== 0, isSingle);
    }
    return null;
  }

  #nextTerm(): number {
    const distance = this.number();
    this.#term += distance % 2 === 0 ? distance * 2 ** 15 : (distance - 1) / 2;
    return this.#term;
  }

  /** What stands before the blocks. */
  #part(isFirst: boolean): ListPart {
    const head = this.number();
    const docsAfter = (head & 2) === 0 ? 0 : this.number();
    const isSingle = this.#isSingle(head, isFirst);
    const parameters = isSingle ? 0 : this.data[this.at++]!;
    return {
      docs: head >>> 3,
      docsAfter,
      isOneBlock: (head & 1) === 0,
      isSingle,
      once: (head & 4) !== 0,
      docK: parameters >>> 4,
      placeK: parameters & 15,
      at: this.at,
      last: isFirst ? this.#doc - 1 : -1,
    };
  }

  /** The last article of a long list may stand by itself on a page that goes on with it: that is no single. */
  #isSingle(head: number, isFirst: boolean): boolean {
    return head === singleHead && !(isFirst && this.#doc > 0);
  }

  #pass(docs: number, hasBlocks: boolean, isSingle: boolean): void {
    if (isSingle) {
      this.at += 4;
      return;
    }
    if (!hasBlocks) {
      const bytes = this.number();
      this.at += bytes;
      return;
    }
    for (let left = docs; left > 0; ) {
      left -= this.number();
      this.number();
      const bytes = this.number();
      this.at += bytes;
    }
  }
}

/** One article, which has it once, in one block. */
const singleHead = 8 + 4;
/** What the writer adds to a page's end. */
const padding = 4;

/** The ids of a page of ids. */
export function readIds(page: { data: Uint8Array }, into: number[]): void {
  const reader = new PageReader().open({ term: 0, doc: 0, data: page.data });
  for (let before = 0; page.data.length - reader.at > padding; ) {
    const value = reader.number();
    before = before === 0 ? value : before - value;
    into.push(before);
  }
}
