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
  /** Articles whose places are read. */
  #placed = 0;

  /** Reads the articles of a part's block that follows that article; says which was the last one. */
  read(data: Uint8Array, part: ListPart, { at, docs, last }: { at: number; docs: number; last: number }): number {
    this.count = docs;
    this.#placed = 0;
    this.#isSingle = part.isSingle;
    if (docs >= this.starts.length) this.#widen(docs);
    if (part.isSingle) return this.#readSingle(data, at);
    const bits = this.#bits;
    bits.open(data, at);
    if (part.once) {
      for (let n = 0; n <= docs; n++) this.starts[n] = n;
      return bits.gaps(this.docs, { count: docs, k: part.docK, last });
    }
    return bits.gaps(this.docs, { count: docs, k: part.docK, last }, this.starts);
  }

  /** Most lists are short. */
  #widen(docs: number): void {
    const size = docs <= 4 ? 4 : blockDocs;
    // One piece of memory for all: making one costs more than reading a block.
    const all = new Int32Array(4 * size + 1);
    this.docs = all.subarray(0, size);
    this.starts = all.subarray(size, 2 * size + 1);
    if (this.places.length < 2 * size) this.places = all.subarray(2 * size + 1);
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

  /** The places of the first articles, so many, of a list that has places: they stand after all articles. */
  readPlaces(k: number, articles = this.count): void {
    if (this.#isSingle || articles <= this.#placed) return;
    const bits = this.#bits;
    const total = this.starts[this.count]!;
    if (this.places.length < total) this.places = widened(this.places, total * 2);
    let i = this.starts[this.#placed]!;
    for (; this.#placed < articles; this.#placed++) {
      const end = this.starts[this.#placed + 1]!;
      for (let place = -1; i < end; i++) {
        place += bits.rice(k) + 1;
        this.places[i] = place;
      }
    }
  }
}

function widened(places: Int32Array, length: number): Int32Array {
  const wider = new Int32Array(length);
  wider.set(places);
  return wider;
}
