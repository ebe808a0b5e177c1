import { describe, expect, it } from "vitest";
import { BitReader, BitWriter, codedMax, riceParameter } from "../src/postings/bits.ts";
import { Collector } from "../src/postings/collector.ts";
import { allOf, anyOf, type Expression, phraseOf, without } from "../src/postings/expression.ts";
import { atEnd, ListReader, type Need, PagesGone } from "../src/postings/list.ts";
import { SegmentMatch } from "../src/postings/match.ts";
import { Gathered, noTerm, placesOf, ScanQueue, SegmentScan, writeList } from "../src/postings/merge.ts";
import { readIds } from "../src/postings/page-reader.ts";
import { type Page, PageWriter } from "../src/postings/page-writer.ts";
import { randomFrom } from "./bench/search/corpus.ts";

/** What an index should say: of each term its articles, with the places in each. */
type Lists = Map<number, Map<number, number[]>>;

/** Two kinds of terms: with places (a gram) and without (a sign). */
const gram = (n: number) => 3 * 2 ** 48 + n * 2 ** 16;
const sign = (n: number) => 1 * 2 ** 48 + n;
const high = (term: number) => Math.floor(term / 2 ** 32);

/** Articles of random terms, the first ones in nearly all of them, and what an index of them should say. */
function made(articles: number, { seed, length = 60 }: { seed: number; length?: number }) {
  const random = randomFrom(seed);
  const collector = new Collector();
  const lists: Lists = new Map();
  const add = (term: number, doc: number, place: number) => {
    if (!lists.has(term)) lists.set(term, new Map());
    const docs = lists.get(term)!;
    docs.set(doc, [...(docs.get(doc) ?? []), place]);
  };
  for (let doc = 0; doc < articles; doc += 1) {
    collector.next();
    const own = Math.ceil(length * 2 * random());
    for (let place = 0; place < own; place += 1) {
      const term = gram(Math.floor(400 * random() ** 4));
      collector.placed(high(term), term % 2 ** 32, place);
      add(term, doc, place);
      const other = sign(Math.floor(300 * random() ** 3));
      collector.unplaced(high(other), other % 2 ** 32);
      if (!lists.get(other)?.has(doc)) add(other, doc, 0);
    }
  }
  return { pages: collector.pages(), lists };
}

/** Gives a need's pages, as the store does. */
function pagesFor(pages: readonly Page[], { term, doc, until, termTo = term }: Need): Page[] {
  const isUpTo = (page: Page, t: number, d: number) => page.term < t || (page.term === t && page.doc <= d);
  const first = pages.findLast((page) => isUpTo(page, term, doc));
  const more = pages.filter((page) => !isUpTo(page, term, doc) && isUpTo(page, termTo, until));
  return first === undefined ? more : [first, ...more];
}

function found(pages: readonly Page[], expression: Expression, docs: number, more: object = {}): number[] {
  const match = new SegmentMatch(expression, {
    from: 0,
    to: docs,
    limit: Number.POSITIVE_INFINITY,
    dead: null,
    ...more,
  });
  for (let n = 0; !match.isDone && n < 1_000; n += 1) {
    for (const leaf of match.needs()) leaf.give(pagesFor(pages, leaf.need!));
    match.run();
  }
  expect(match.isDone).toBe(true);
  return match.found;
}

/** All that a segment's pages say. */
function readAll(pages: readonly Page[], lists: Lists): Lists {
  const read: Lists = new Map();
  for (const term of lists.keys()) {
    const list = new ListReader(term);
    const docs = new Map<number, number[]>();
    for (let doc = 0; ; doc += 1) {
      if (list.need !== null) list.give(pagesFor(pages, list.need));
      doc = list.seek(doc);
      if (doc === atEnd) break;
      if (doc < 0) {
        doc = docs.size === 0 ? -1 : [...docs.keys()].at(-1)!;
        continue;
      }
      if (term >= gram(0)) list.readPlaces();
      docs.set(doc, term >= gram(0) ? Array.from(list.places).slice(list.from, list.to) : [0]);
    }
    read.set(term, docs);
  }
  return read;
}

describe("numbers in bits", () => {
  it("come back as they were, however odd, with whatever parameter", () => {
    const random = randomFrom(5);
    const numbers = [
      0,
      1,
      2 ** 20,
      codedMax - 1,
      ...Array.from({ length: 3_000 }, () => Math.floor(2 ** (24 * random())) - 1),
    ];
    const writer = new BitWriter();
    for (let round = 0; round < 2; round += 1) {
      writer.clear();
      for (const [n, number] of numbers.entries()) writer.rice(number, n % 16);
      const bytes = new Uint8Array(writer.align() + 4);
      writer.copy(0, bytes.length - 4, bytes, 0);
      const reader = new BitReader();
      reader.open(bytes, 0);
      expect(numbers.map((_, n) => reader.rice(n % 16))).toEqual(numbers);
    }
  });

  it("begin anew at a byte with nothing of what stood there before", () => {
    const random = randomFrom(8);
    const writer = new BitWriter();
    for (let round = 0; round < 400; round += 1) {
      writer.clear();
      const blocks = Array.from({ length: 6 }, () => {
        const numbers = Array.from(
          { length: 1 + Math.floor(random() * 5) },
          () => Math.floor(2 ** (24 * random())) - 1,
        );
        const from = writer.align();
        for (const number of numbers) writer.rice(number, round % 4);
        return { numbers, from };
      });
      const bytes = new Uint8Array(writer.align() + 4);
      writer.copy(0, bytes.length - 4, bytes, 0);
      const reader = new BitReader();
      for (const { numbers, from } of blocks) {
        reader.open(bytes, from);
        expect(numbers.map(() => reader.rice(round % 4))).toEqual(numbers);
      }
    }
  });

  it("take about as many bits as their mean allows", () => {
    const random = randomFrom(6);
    for (const mean of [0.3, 3, 40, 900]) {
      const numbers = Array.from({ length: 5_000 }, () => Math.floor(-Math.log(1 - random()) * mean));
      const k = riceParameter(
        numbers.reduce((sum, n) => sum + n, 0),
        numbers.length,
      );
      const writer = new BitWriter();
      for (const number of numbers) writer.rice(number, k);
      // A geometric distribution's entropy, and half a bit.
      const p = 1 / (mean + 1);
      const entropy = -Math.log2(p) - ((1 - p) / p) * Math.log2(1 - p);
      expect((writer.align() * 8) / numbers.length).toBeLessThan(entropy + 0.5);
    }
  });
});

describe("a segment's pages", () => {
  it("say of each term which articles have it, and where", () => {
    for (const [articles, length] of [
      [1, 10],
      [7, 400],
      [900, 60],
      [3_000, 12],
    ] as const) {
      const { pages, lists } = made(articles, { seed: articles, length });
      expect(readAll(pages, lists)).toEqual(lists);
      for (const page of pages) expect(page.data.length).toBeLessThanOrEqual(4_040);
    }
  });

  it("have their terms in order, whichever part of them differs", () => {
    const random = randomFrom(5);
    const parts = [0, 1, 0x7fff, 0x8000, 0xffff];
    const part = () => parts[Math.floor(parts.length * random())]!;
    const collector = new Collector();
    const lists: Lists = new Map();
    for (let doc = 0; doc < 60; doc += 1) {
      collector.next();
      for (let place = 0; place < 80; place += 1) {
        const term = gram(0) + part() * 2 ** 32 + part() * 2 ** 16 + part();
        collector.placed(high(term), term % 2 ** 32, place);
        if (!lists.has(term)) lists.set(term, new Map());
        lists.get(term)!.set(doc, [...(lists.get(term)!.get(doc) ?? []), place]);
      }
    }
    expect(lists.size).toBe(parts.length ** 3);
    expect(readAll(collector.pages(), lists)).toEqual(lists);
  });

  it("have few terms in order, too, on both sides of the sign of 32 bits", () => {
    const collector = new Collector();
    const lists: Lists = new Map();
    collector.next();
    for (const [place, low] of [0xffff_0000, 1, 0x8000_0000, 0x7fff_ffff, 0, 0xffff_ffff].entries()) {
      collector.placed(high(gram(0)), low, place);
      lists.set(gram(0) + low, new Map([[0, [place]]]));
    }
    expect(readAll(collector.pages(), lists)).toEqual(lists);
  });

  it("have a sign of an article once, however the signs take turns", () => {
    const apart = 4_096;
    const [byTurns, once] = [40, 1].map((turns) => {
      const collector = new Collector();
      for (let doc = 0; doc < 3; doc += 1) {
        collector.next();
        for (let n = 0; n < turns; n += 1) for (const low of [7, 7 + apart]) collector.unplaced(high(sign(0)), low);
      }
      return collector.pages();
    });
    expect(byTurns).toEqual(once);
  });

  it("hold an article that has a term a thousand times, and places far away", () => {
    const collector = new Collector();
    const term = gram(7);
    const places = Array.from({ length: 5_000 }, (_, n) => n * 40 + (n % 7));
    for (const own of [[3], places, [600_000]]) {
      collector.next();
      for (const place of own) collector.placed(high(term), term % 2 ** 32, place);
    }
    const lists = new Map([
      [
        term,
        new Map([
          [0, [3]],
          [1, places],
          [2, [600_000]],
        ]),
      ],
    ]);
    expect(readAll(collector.pages(), lists)).toEqual(lists);
  });

  it("hold one article with one place, near and far, and what stands after it", () => {
    const collector = new Collector();
    const lists: Lists = new Map();
    for (const [n, place] of [3, 8_191, 8_192, 150_000, 5].entries()) {
      collector.next();
      collector.placed(high(gram(n)), gram(n) % 2 ** 32, place);
      lists.set(gram(n), new Map([[n, [place]]]));
    }
    expect(readAll(collector.pages(), lists)).toEqual(lists);
  });

  it("hold a list whose last article stands on a page by itself, and what stands after it", () => {
    const count = 128 * 40 + 1;
    const docs = Int32Array.from({ length: count }, (_, n) => 5 * n + ((n * n) % 4));
    const places = new Int32Array(count);
    let alone = 0;
    // What stands before it decides where its pages end.
    for (let before = 2; before < 4_000; before += 20) {
      const writer = new PageWriter();
      writer.occurrences(sign(6), { docs, places, from: 0, to: before });
      writer.occurrences(sign(7), { docs, places, from: 0, to: count });
      writer.occurrences(sign(8), { docs, places, from: 0, to: 2 });
      const pages = writer.end();
      if (!pages.some((page) => page.term === sign(7) && page.doc > docs[count - 2]!)) continue;
      alone += 1;
      expect(found(pages, phraseOf({ terms: [sign(7)], open: null }), docs[count - 1]! + 1)).toEqual([...docs]);
      expect(found(pages, phraseOf({ terms: [sign(8)], open: null }), 9)).toEqual([...docs.subarray(0, 2)]);
    }
    expect(alone).toBeGreaterThan(0);
  });

  it("keep ids of any size in their order", () => {
    const random = randomFrom(9);
    const ids = Float64Array.from({ length: 5_000 }, () => 1 + Math.floor(random() * 2 ** 52))
      .sort()
      .reverse();
    const writer = new PageWriter();
    writer.ids(ids);
    const read: number[] = [];
    for (const page of writer.end()) readIds(page, read);
    expect(read).toEqual([...ids]);
  });

  it("are gone when a list does not go on where it should", () => {
    const { pages, lists } = made(3_000, { seed: 2, length: 12 });
    const [term] = [...lists].sort((a, b) => b[1].size - a[1].size)[0]!;
    const list = new ListReader(term);
    list.give(pagesFor(pages, list.need!).slice(0, 1));
    while (list.seek(list.doc + 1) >= 0);
    expect(() => list.give([])).toThrow(PagesGone);
  });
});

describe("what a segment is asked", () => {
  const docs = 1_200;
  const { pages, lists } = made(docs, { seed: 11, length: 30 });
  const having = (term: number) => new Set(lists.get(term)?.keys() ?? []);
  const phrase = (...terms: number[]) => phraseOf({ terms, open: null });
  const all = Array.from({ length: docs }, (_, n) => n);
  const isPhrase = (doc: number, terms: readonly number[]) =>
    (lists.get(terms[0]!)?.get(doc) ?? []).some((at) =>
      terms.every((term, n) =>
        lists
          .get(term)
          ?.get(doc)
          ?.includes(at + n),
      ),
    );

  it("is answered as by looking through every article", () => {
    const random = randomFrom(3);
    const term = () => gram(Math.floor(60 * random() ** 2));
    for (let n = 0; n < 12; n += 1) {
      const [a, b, c] = [term(), term(), sign(Math.floor(40 * random()))];
      const cases: [Expression, (doc: number) => boolean][] = [
        [phrase(a, b), (doc) => isPhrase(doc, [a, b])],
        [phrase(a, b, a), (doc) => isPhrase(doc, [a, b, a])],
        [allOf([phrase(a), phrase(c)]), (doc) => having(a).has(doc) && having(c).has(doc)],
        [anyOf([phrase(a, b), phrase(c)]), (doc) => isPhrase(doc, [a, b]) || having(c).has(doc)],
        [
          without(phrase(a), anyOf([phrase(b), phrase(c)])),
          (doc) => having(a).has(doc) && !having(b).has(doc) && !having(c).has(doc),
        ],
        [without({ kind: "every" }, phrase(a)), (doc) => !having(a).has(doc)],
        [
          phraseOf({ terms: [a], open: { from: b, to: b + 3 * 2 ** 16 } }),
          (doc) => [0, 1, 2, 3].some((k) => isPhrase(doc, [a, b + k * 2 ** 16])),
        ],
      ];
      for (const [expression, holds] of cases)
        expect(found(pages, expression, docs), JSON.stringify(expression)).toEqual(all.filter(holds));
    }
  });

  it("keeps to a part of the articles, to so many, and leaves out what counts no more", () => {
    const own = [...having(gram(0))].sort((a, b) => a - b);
    expect(found(pages, phrase(gram(0)), docs, { from: 200, to: 900 })).toEqual(
      own.filter((doc) => doc >= 200 && doc < 900),
    );
    expect(found(pages, phrase(gram(0)), docs, { limit: 5 })).toEqual(own.slice(0, 5));
    const dead = new Set(own.slice(0, 3));
    expect(found(pages, phrase(gram(0)), docs, { limit: 5, dead })).toEqual(own.slice(3, 8));
  });

  it("finds nothing of a term that is nowhere, before or after all others", () => {
    for (const term of [1, gram(390_000), 9 * 2 ** 48]) expect(found(pages, phrase(term), docs)).toEqual([]);
  });
});

describe("segments that become one", () => {
  /** Merges as the store does, with pages given a few at a time. */
  function merged(segments: readonly { id: number; ids: Float64Array; pages: readonly Page[] }[], ids: Float64Array) {
    const scans = placesOf(segments, ids).map((docs) => new SegmentScan(docs, 1));
    const left = new Map(scans.map((scan, n) => [scan, [...segments[n]!.pages]]));
    const advance = (scan: SegmentScan) => {
      while (!scan.advance()) {
        const some = left.get(scan)!.splice(0, 2);
        scan.give(some, left.get(scan)!.length === 0);
      }
    };
    for (const scan of scans) advance(scan);
    const queue = new ScanQueue(scans);
    const [writer, gathered] = [new PageWriter(), new Gathered()];
    while (queue.term !== noTerm) {
      const some = [...queue.take()];
      writeList(some, gathered, writer);
      for (const scan of some) {
        advance(scan);
        if (scan.term !== noTerm) queue.put(scan);
      }
    }
    return writer.end();
  }

  it("say together what each said of articles that still count, in the order of time", () => {
    const sizes = [400, 30, 1, 900];
    const parts = sizes.map((size, n) => ({ ...made(size, { seed: 50 + n, length: 20 }), size }));
    const random = randomFrom(77);
    const all = Float64Array.from({ length: 1_331 }, () => Math.floor(random() * 2 ** 50))
      .sort()
      .reverse();
    // Articles of one segment lie among those of the others; one in ten was changed, and a later segment has it again.
    const mine = parts.map(() => new Set<number>());
    for (const [n, { size }] of parts.entries()) {
      while (mine[n]!.size < size) mine[n]!.add(all[Math.floor(random() * all.length)]!);
    }
    const segments = parts.map(({ pages }, n) => ({
      id: 10 + n,
      ids: Float64Array.from(mine[n]!).sort().reverse(),
      pages,
    }));
    const removed = new Set(all.filter((_, n) => n % 13 === 0));
    const ids = Float64Array.from(new Set(mine.flatMap((own) => [...own])))
      .filter((id) => !removed.has(id))
      .sort()
      .reverse();
    const wanted: Lists = new Map();
    for (const [doc, id] of ids.entries()) {
      const owner = mine.findLastIndex((own) => own.has(id));
      const at = segments[owner]!.ids.indexOf(id);
      for (const [term, docs] of parts[owner]!.lists) {
        const places = docs.get(at);
        if (places === undefined) continue;
        if (!wanted.has(term)) wanted.set(term, new Map());
        wanted.get(term)!.set(doc, places);
      }
    }
    expect(readAll(merged(segments, ids), wanted)).toEqual(wanted);
  });
});
