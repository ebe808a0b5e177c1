import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { create, insertMultiple, search } from "@orama/orama";
import Database from "better-sqlite3";
import FlexSearch from "flexsearch";
import MiniSearch from "minisearch";
import { fold } from "../../../src/news/fold.ts";
import { runsOf, wordsOf } from "../../../src/news/grams.ts";
import type { SqliteStore } from "../../../src/store/sqlite.ts";
import { type Corpus, randomFrom } from "./corpus.ts";
import { percentile } from "./queries.ts";

/** Articles that each rival in memory is given: more would not fit beside the others in a small machine's memory. */
const inMemoryMax = 20_000;
const queriesMax = 100;

type Options = { count: number; folder: string; print: (line: string) => void; store: SqliteStore };
type Row = { id: number; text: string };

/**
 * What else could be taken, on the same words: the time of a page with its count, the share of the articles with the
 * word that are found, and the memory that it holds. Each is given character pairs where it takes a tokenizer.
 */
export async function measureRivals(corpus: Corpus, { count, folder, print, store }: Options): Promise<void> {
  const random = randomFrom(5);
  const plain = corpus.words.filter((word) => word.length >= 2 && word.length <= 4);
  const words = Array.from({ length: queriesMax }, (_, n) =>
    n % 2 === 0 ? (plain[n] as string) : (plain[Math.floor(random() * plain.length)] as string),
  );
  like(store, words.slice(0, 20), { count, print });
  trigram(corpus, words, { count: Math.min(count, 100_000), folder, print });
  const rows = Array.from({ length: Math.min(count, inMemoryMax) }, (_, n): Row => {
    const { draft } = corpus.article(n, count);
    return { id: n, text: fold(`${draft.title} ${draft.body}`) };
  });
  await inMemory("MiniSearch, pairs", { rows, words, print, build: miniSearch });
  await inMemory("FlexSearch, pairs", { rows, words, print, build: flexSearch });
  await inMemory("Orama, pairs", { rows, words, print, build: orama });
}

type Printing = { count: number; print: (line: string) => void };

function like({ client }: SqliteStore, words: readonly string[], { count, print }: Printing): void {
  const query = client.prepare("SELECT id FROM articles WHERE title LIKE ? OR body LIKE ? ORDER BY id DESC LIMIT 1001");
  const times = words.map((word) => timed(() => query.all(`%${word}%`, `%${word}%`)));
  report(print, `LIKE, ${count} articles`, { times, recall: 1, note: "no folding" });
}

function trigram(corpus: Corpus, words: readonly string[], options: Printing & { folder: string }): void {
  const { count, folder, print } = options;
  const db = new Database(join(folder, `trigram-${process.pid}.db`));
  db.pragma("journal_mode = WAL");
  db.exec("CREATE VIRTUAL TABLE t USING fts5(text, tokenize = 'trigram')");
  const insert = db.prepare("INSERT INTO t (rowid, text) VALUES (?, ?)");
  const texts: string[] = [];
  db.transaction(() => {
    for (let n = 0; n < count; n++) {
      const { draft } = corpus.article(n, count);
      texts.push(fold(`${draft.title} ${draft.body}`));
      insert.run(n + 1, texts[n]);
    }
  })();
  const query = db.prepare("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid DESC LIMIT 1001");
  let [found, wanted] = [0, 0];
  const times = words.map((word) => {
    const expected = Math.min(
      1_001,
      texts.reduce((sum, text) => sum + Number(text.includes(word)), 0),
    );
    wanted += expected;
    return timed(() => {
      found += query.all(`"${word}"`).length;
    });
  });
  report(print, `FTS5 trigram, ${count} articles`, { times, recall: found / wanted, note: "" });
  db.close();
}

type Engine = (word: string) => number | Promise<number>;
type Memory = {
  rows: readonly Row[];
  words: readonly string[];
  print: (line: string) => void;
  build: (rows: readonly Row[]) => Engine | Promise<Engine>;
};

async function inMemory(name: string, { rows, words, print, build }: Memory): Promise<void> {
  const before = heldBytes();
  const start = performance.now();
  const engine = await build(rows);
  const seconds = (performance.now() - start) / 1000;
  const bytes = heldBytes() - before;
  const times: number[] = [];
  let [found, wanted] = [0, 0];
  for (const word of words) {
    wanted += rows.reduce((sum, row) => sum + Number(row.text.includes(word)), 0);
    const from = performance.now();
    found += await engine(word);
    times.push(performance.now() - from);
  }
  const rate = `${Math.round(rows.length / seconds)}/s, ${(bytes / rows.length / 1024).toFixed(1)} KB of memory an article`;
  report(print, `${name}, ${rows.length} articles`, { times, recall: found / wanted, note: rate });
}

/** Memory that is really held: after the collector has been. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Two characters each, and words of alphabets. */
function pairs(text: string): string[] {
  const found = wordsOf(text).map((word) => word.text);
  for (const run of runsOf(text)) {
    if (run.text.length === 1) found.push(run.text);
    for (let i = 0; i + 1 < run.text.length; i++) found.push(run.text.slice(i, i + 2));
  }
  return found;
}

function miniSearch(rows: readonly Row[]): Engine {
  const index = new MiniSearch<Row>({ fields: ["text"], tokenize: pairs });
  index.addAll(rows);
  return (word) => index.search(word, { combineWith: "AND" }).length;
}

function flexSearch(rows: readonly Row[]): Engine {
  const index = new FlexSearch.Index({ encode: pairs });
  for (const row of rows) index.add(row.id, row.text);
  return (word) => index.search(word, { limit: rows.length }).length;
}

async function orama(rows: readonly Row[]): Promise<Engine> {
  const tokenizer = {
    language: "zh",
    normalizationCache: new Map(),
    tokenize: (text: string) => [...new Set(pairs(text))],
  };
  const db = create({ schema: { text: "string" } as const, components: { tokenizer } });
  await insertMultiple(
    db,
    rows.map((row) => ({ text: row.text })),
  );
  return async (word) => (await search(db, { term: word, threshold: 0, exact: false, limit: 10 })).count;
}

function timed(work: () => void): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

type Report = { times: number[]; recall: number; note: string };

function report(print: (line: string) => void, name: string, { times, recall, note }: Report): void {
  times.sort((a, b) => a - b);
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
  print(
    `     ${name.padEnd(44)} p50 ${p50.toFixed(2).padStart(7)} ms  p99 ${p99.toFixed(2).padStart(7)} ms` +
      `  finds ${(recall * 100).toFixed(1)} %  ${note}`,
  );
}
