import { searchArticles } from "../../../src/store/search.ts";
import type { SqliteStore } from "../../../src/store/sqlite.ts";
import { type Corpus, corpusNow, type Random, randomFrom } from "./corpus.ts";

/** One kind of query and its promise in milliseconds. */
export type Kind = { name: string; queries: string[]; p99Max: number; p50Max?: number; order?: "best" | "newest" };

/** Each query is asked so often, and its best time counts: others work on the machine, too, and the first reads a disk. */
const rounds = 3;

type Options = { count: number; print: (line: string) => void };

/** Pages, page by page of queries that a person might type, newest first with the count, and by worth. */
export async function measureQueries(store: SqliteStore, corpus: Corpus, { count, print }: Options): Promise<void> {
  const kinds = kindsOf(store, corpus, count);
  const before = residentMegabytes();
  for (const kind of kinds) {
    const times: number[] = [];
    let found = 0;
    for (const query of kind.queries) {
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < rounds; round++) {
        const start = performance.now();
        const total = await ask(store, query, kind);
        best = Math.min(best, performance.now() - start);
        if (round === 0) found += total;
      }
      times.push(best);
    }
    times.sort((a, b) => a - b);
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    const isKept = p99 <= kind.p99Max && p50 <= (kind.p50Max ?? Number.POSITIVE_INFINITY);
    print(
      `${isKept ? "ok  " : "SLOW"} ${kind.name.padEnd(44)} p50 ${p50.toFixed(2).padStart(7)} ms  p99 ${p99.toFixed(2).padStart(7)} ms` +
        `  (at most ${kind.p99Max}; ${times.length} queries, ${Math.round(found / times.length)} found on average)`,
    );
  }
  print(`memory: ${residentMegabytes()} MB resident, ${before} of them before the first search (the corpus, too)`);
}

function residentMegabytes(): number {
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}

async function ask(store: SqliteStore, query: string, kind: Kind): Promise<number> {
  const options = { now: corpusNow, limit: 10, order: kind.order ?? "newest", zone: "Asia/Shanghai" } as const;
  return (await searchArticles(store.db, query, options)).total;
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function kindsOf(store: SqliteStore, corpus: Corpus, count: number): Kind[] {
  const random = randomFrom(77);
  const texts = sampleTexts(store, random);
  const plain = corpus.words.filter((word) => word.length >= 2 && word.length <= 4);
  const frequent = plain.slice(0, 100);
  const words = [...frequent, ...sample(plain, 300, random)];
  const pieces = Array.from({ length: 400 }, () => pieceOf(texts, random, { least: 4, most: 6 }));
  const together = Array.from({ length: 300 }, () => pairOf(texts, words, random));
  const apart = Array.from(
    { length: 150 },
    () => `${pick(words, random)} ${pick(words, random)}${pick(words, random)}`,
  );
  const questions = Array.from({ length: 150 }, () => questionOf(texts, words, random));
  const day = new Date(corpusNow.getTime() - count * 16_000).toISOString().slice(0, 10);
  return [
    { name: "words of 2–4 characters, newest", queries: words, p50Max: 1.5, p99Max: 5 },
    { name: "the 100 most frequent of them, newest", queries: frequent, p50Max: 1.5, p99Max: 5 },
    { name: "words of 2–4 characters, best", queries: words, p99Max: 15, order: "best" },
    { name: "pieces of 4–6 characters", queries: pieces, p99Max: 15 },
    { name: "two words of one article", queries: together, p99Max: 15 },
    {
      name: "word and source:",
      queries: words.map((word, n) => `${word} source:"Source ${1 + (n % 60)}"`),
      p99Max: 15,
    },
    { name: "word and after:", queries: words.map((word) => `${word} after:${day}`), p99Max: 15 },
    { name: "word and before:", queries: words.map((word) => `${word} before:${day}`), p99Max: 15 },
    { name: "word and language:", queries: words.map((word) => `${word} language:en`), p99Max: 15 },
    { name: "one character", queries: singles(texts, random), p99Max: 10 },
    { name: "words that no article has together", queries: apart, p99Max: 80, order: "best" },
    { name: "questions that no article holds", queries: questions, p99Max: 80, order: "best" },
  ];
}

function sampleTexts({ client }: SqliteStore, random: Random): string[] {
  const ends = client.prepare("SELECT min(id) AS a, max(id) AS b FROM articles").get() as { a: number; b: number };
  const near = client.prepare("SELECT title || ' ' || body AS text FROM articles WHERE id >= ? LIMIT 1");
  return Array.from({ length: 500 }, () => {
    const at = Math.floor(ends.a + random() * (ends.b - ends.a));
    return (near.get(at) as { text: string }).text;
  });
}

function pieceOf(texts: readonly string[], random: Random, { least, most }: { least: number; most: number }): string {
  for (;;) {
    const text = pick(texts, random);
    const length = least + Math.floor(random() * (most - least + 1));
    const from = Math.floor(random() * (text.length - length));
    const piece = text.slice(from, from + length);
    if (/^\p{Script=Han}+$/u.test(piece)) return piece;
  }
}

/** Two of the words that stand in one article, as people remember it. */
function pairOf(texts: readonly string[], words: readonly string[], random: Random): string {
  for (;;) {
    const text = pick(texts, random);
    const [a, b] = sample(
      words.filter((word) => text.includes(word)),
      2,
      random,
    );
    if (a !== undefined && b !== undefined && a !== b) return `${a} ${b}`;
  }
}

function singles(texts: readonly string[], random: Random): string[] {
  return Array.from({ length: 200 }, () => pieceOf(texts, random, { least: 1, most: 1 }));
}

/** Words of one article with another's between, as a person asks who remembers the matter and not the wording. */
function questionOf(texts: readonly string[], words: readonly string[], random: Random): string {
  const text = texts[Math.floor(random() * texts.length)] as string;
  const own = Array.from({ length: 3 }, () => pieceOf([text.padEnd(40, "中国")], random, { least: 2, most: 4 }));
  return `${own.join("")}${pick(words, random)}的${own[0]}是什么`;
}

function sample<T>(items: readonly T[], count: number, random: Random): T[] {
  return Array.from({ length: count }, () => pick(items, random));
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T;
}
