import { BitReader } from "./bits.ts";
import type { ListPart } from "./page-reader.ts";
import { blockDocs, singlePlaces } from "./page-writer.ts";

const none = new Int32Array(0);

/** The block of a list that was read last: its articles, and when they are asked for, the places in each. */
export class BlockReader {
  docs: Int32Array = none;
  /** Of how many articles. */
  count = 0;
  places: Int32Array = none;
  /** Where the places of each article begin, and at last where they end. */
  starts: Int32Array = none;
  readonly #bits = new BitReader();
  #isSingle = false;

  /** Reads the articles of a part's block that follows that article; says which was the last one. */
  read(data: Uint8Array, part: ListPart, { at, docs, last }: { at: number; docs: number; last: number }): number {
    this.count = docs;
    this.#isSingle = part.isSingle;
    if (docs >= this.starts.length) this.#widen(docs);
    if (part.isSingle) return this.#readSingle(data, at);
    const bits = this.#bits;
    bits.open(data, at);
    if (part.once) {
      for (let n = 0; n <= docs; n++) this.starts[n] = n;
      return bits.gaps(this.docs, { count: docs, k: part.docK, last });
    }
    let doc = last;
    let start = 0;
    for (let n = 0; n < docs; n++) {
      doc += bits.rice(part.docK) + 1;
      this.docs[n] = doc;
      this.starts[n] = start;
      start += bits.rice(0) + 1;
    }
    this.starts[docs] = start;
    return doc;
  }

  /** Most lists are short. */
  #widen(docs: number): void {
    const size = docs <= 4 ? 4 : blockDocs;
    this.docs = new Int32Array(size);
    this.starts = new Int32Array(size + 1);
    if (this.places.length === 0) this.places = new Int32Array(size);
  }

  #readSingle(data: Uint8Array, at: number): number {
    const code = (data[at]! * 0x1000000 + ((data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!)) >>> 0;
    const doc = Math.floor(code / singlePlaces);
    this.docs[0] = doc;
    this.places[0] = code % singlePlaces;
    this.starts[0] = 0;
    this.starts[1] = 1;
    return doc;
  }

  /** Once after `read`, of lists that have places. */
  readPlaces(k: number): void {
    if (this.#isSingle) return;
    const bits = this.#bits;
    const total = this.starts[this.count]!;
    if (this.places.length < total) this.places = new Int32Array(total * 2);
    for (let n = 0, i = 0; n < this.count; n++) {
      const end = this.starts[n + 1]!;
      for (let place = -1; i < end; i++) {
        place += bits.rice(k) + 1;
        this.places[i] = place;
      }
    }
  }
}
