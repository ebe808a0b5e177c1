import { isPlaced } from "../news/grams.ts";
import { BlockReader } from "./block.ts";
import { atEnd } from "./list.ts";
import { type ListPart, PageReader } from "./page-reader.ts";
import type { Page, PageWriter } from "./page-writer.ts";

/** No term any more. */
export const noTerm = Number.POSITIVE_INFINITY;

/** The lists of one segment, term by term, on their way into another. Pages are given in their order. */
export class SegmentScan {
  /** The term it stands at, or `noTerm`. */
  term = noTerm;
  #pages: readonly Page[] = [];
  #page = 0;
  readonly #reader = new PageReader();
  /** The list's parts, nearly always one. */
  readonly #parts: { part: ListPart; data: Uint8Array }[] = [];
  /** Whether there are no pages after those given. */
  #isLast = false;
  readonly #from: number;
  readonly #docs: Int32Array;
  /** Its first article in the new segment. */
  readonly first: number;
  readonly #block = new BlockReader();
  readonly #numbers = new PageReader();

  /** `docs` says which article of the new segment each of this one's is, -1 for none; lists before `from` are passed over. */
  constructor(docs: Int32Array, from: number) {
    this.#docs = docs;
    this.#from = from;
    this.first = docs.find((doc) => doc >= 0) ?? 0;
  }

  give(pages: readonly Page[], isLast: boolean): void {
    this.#pages = pages;
    this.#page = 0;
    this.#isLast = isLast;
  }

  /** Goes to the next term; false when pages must be given first. */
  advance(): boolean {
    if (this.#isWhole() && this.term >= this.#from) this.#parts.length = 0;
    for (;;) {
      if (this.#isWhole()) {
        if (this.term >= this.#from) return true;
        this.#parts.length = 0;
      }
      const list = this.#reader.next();
      if (list !== null) {
        this.term = list.term;
        this.#parts.push({ part: list.part, data: this.#reader.data });
        continue;
      }
      const page = this.#pages[this.#page++];
      if (page === undefined) {
        if (!this.#isLast) return false;
        this.term = noTerm;
        return true;
      }
      this.#reader.open(page);
    }
  }

  /** All parts of the list that it stands at are here. */
  #isWhole(): boolean {
    const { length } = this.#parts;
    return length > 0 && this.#parts[length - 1]!.part.docsAfter === 0;
  }

  /** Adds the occurrences of the term it stands at. */
  read(into: Gathered): void {
    const placed = isPlaced(this.term);
    const block = this.#block;
    const numbers = this.#numbers;
    for (const { part, data } of this.#parts) {
      numbers.data = data;
      numbers.at = part.at;
      for (let left = part.docs, last = part.last; left > 0; ) {
        const docs = part.isOneBlock ? left : numbers.number();
        if (!part.isOneBlock) numbers.number();
        const bytes = part.isSingle ? 4 : numbers.number();
        last = block.read(data, part, { at: numbers.at, docs, last });
        if (placed) block.readPlaces(part.placeK);
        numbers.at += bytes;
        left -= docs;
        into.add(block, this.#docs, placed);
      }
    }
  }
}

/** Scans by the term at which they stand, the least on top: a binary heap. */
export class ScanQueue {
  readonly #heap: SegmentScan[] = [];
  readonly #taken: SegmentScan[] = [];

  constructor(scans: readonly SegmentScan[]) {
    for (const scan of scans) this.put(scan);
  }

  /** The least term; `noTerm` at the end of all. */
  get term(): number {
    return this.#heap[0]?.term ?? noTerm;
  }

  put(scan: SegmentScan): void {
    const heap = this.#heap;
    let at = heap.length;
    for (; at > 0; ) {
      const parent = (at - 1) >>> 1;
      if (heap[parent]!.term <= scan.term) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = scan;
  }

  /** All that stand at the least term, in the order of time; the list is used again by the next call. */
  take(): readonly SegmentScan[] {
    const { term } = this;
    const taken = this.#taken;
    taken.length = 0;
    while (this.#heap.length > 0 && this.#heap[0]!.term === term) {
      const scan = this.#pop();
      let at = taken.length;
      for (; at > 0 && taken[at - 1]!.first > scan.first; at--) taken[at] = taken[at - 1]!;
      taken[at] = scan;
    }
    return taken;
  }

  #pop(): SegmentScan {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1]!.term < heap[child]!.term) child += 1;
      if (heap[child]!.term >= last.term) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

/** Occurrences of one term from several segments, of each in ascending order. */
export class Gathered {
  docs: Int32Array = new Int32Array(1 << 12);
  places: Int32Array = new Int32Array(1 << 12);
  length = 0;
  /** Where a row of ascending articles begins: of segments that do not overlap in time all are one row. */
  #rows: number[] = [];
  #otherDocs: Int32Array = new Int32Array(0);
  #otherPlaces: Int32Array = new Int32Array(0);

  clear(): void {
    this.length = 0;
    this.#rows.length = 0;
  }

  add(block: BlockReader, docs: Int32Array, placed: boolean): void {
    const most = this.length + block.starts[block.count]!;
    if (most > this.docs.length) this.#grow(most);
    let { length } = this;
    let last = length === 0 ? atEnd : this.docs[length - 1]!;
    for (let n = 0; n < block.count; n++) {
      const doc = docs[block.docs[n]!]!;
      if (doc < 0) continue;
      if (doc < last) this.#rows.push(length);
      last = doc;
      const end = block.starts[n + 1]!;
      for (let i = block.starts[n]!; i < end; i++) {
        this.docs[length] = doc;
        this.places[length++] = placed ? block.places[i]! : 0;
      }
    }
    this.length = length;
  }

  /** Makes one row of all, two and two. */
  order(): void {
    if (this.#rows.length < 2) return;
    if (this.#otherDocs.length < this.length) {
      this.#otherDocs = new Int32Array(this.docs.length);
      this.#otherPlaces = new Int32Array(this.docs.length);
    }
    while (this.#rows.length > 1) this.#pair();
  }

  #pair(): void {
    const rows = this.#rows;
    const [fromDocs, fromPlaces, toDocs, toPlaces] = [this.docs, this.places, this.#otherDocs, this.#otherPlaces];
    const left: number[] = [];
    for (let n = 0; n < rows.length; n += 2) {
      let [a, at] = [rows[n]!, rows[n]!];
      const middle = rows[n + 1] ?? this.length;
      const end = rows[n + 2] ?? this.length;
      left.push(a);
      for (let b = middle; at < end; at++) {
        const isFirst = b >= end || (a < middle && fromDocs[a]! <= fromDocs[b]!);
        const from = isFirst ? a++ : b++;
        toDocs[at] = fromDocs[from]!;
        toPlaces[at] = fromPlaces[from]!;
      }
    }
    this.#rows = left;
    [this.docs, this.places, this.#otherDocs, this.#otherPlaces] = [toDocs, toPlaces, fromDocs, fromPlaces];
  }

  #grow(most: number): void {
    const [docs, places] = [new Int32Array(most * 2), new Int32Array(most * 2)];
    docs.set(this.docs);
    places.set(this.places);
    this.docs = docs;
    this.places = places;
  }
}

/** Writes the list of a term of all that stand at it. */
export function writeList(scans: readonly SegmentScan[], gathered: Gathered, writer: PageWriter): void {
  gathered.clear();
  for (const scan of scans) scan.read(gathered);
  gathered.order();
  const { docs, places, length } = gathered;
  if (length > 0) writer.occurrences(scans[0]!.term, { docs, places, from: 0, to: length });
}

/**
 * For each segment, which article of the new one each of its own is, -1 for none; `ids` are the new one's, the newest
 * first. What several have is that of the latest segment.
 */
export function placesOf(segments: readonly { id: number; ids: Float64Array }[], ids: Float64Array): Int32Array[] {
  const isTaken = new Uint8Array(ids.length);
  const places = new Map<number, Int32Array>();
  for (const { id, ids: own } of segments.toSorted((a, b) => b.id - a.id)) {
    const docs = new Int32Array(own.length).fill(-1);
    for (let n = 0, doc = 0; n < own.length; n++) {
      while (doc < ids.length && ids[doc]! > own[n]!) doc++;
      if (ids[doc] !== own[n] || isTaken[doc] === 1) continue;
      isTaken[doc] = 1;
      docs[n] = doc;
    }
    places.set(id, docs);
  }
  return segments.map(({ id }) => places.get(id)!);
}
