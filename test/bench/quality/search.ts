import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as OpenCC from "opencc-js";
import { emptyDraft } from "../../../src/news/article.ts";
import { fold } from "../../../src/news/fold.ts";
import { runsOf, wordsOf } from "../../../src/news/grams.ts";
import { articlesPerBatch, saveArticles } from "../../../src/store/articles.ts";
import { countedMax, searchArticles } from "../../../src/store/search.ts";
import { openSqlite, type SqliteStore } from "../../../src/store/sqlite.ts";
import { randomFrom } from "../search/corpus.ts";

const now = new Date("2026-11-22T00:00:00Z");
const titleChars = 40;
const piecesTried = 500;
const wordsTried = 200;
const pieceCharsMax = 6;
const resultsRead = 10;

type Passage = { id: number; text: string };
type Question = { query: string; relevant: number[] };
type Ranker = (query: string) => Promise<number[]> | number[];

/**
 * Search on a folder with `search/passages.jsonl` {id, text} and `search/queries.jsonl` {query, relevant}: how well
 * questions are answered, beside BM25 over character pairs in the same run, and whether every piece of a text is found
 * with the right count.
 */
export async function measureSearchQuality(data: string, print: (line: string) => void): Promise<void> {
  const passages = readLines<Passage>(join(data, "search/passages.jsonl"));
  const questions = readLines<Question>(join(data, "search/queries.jsonl"));
  const folder = mkdtempSync(join(tmpdir(), "tidings-quality-"));
  const store = openSqlite(join(folder, "search.db"), { durability: "normal" });
  try {
    await load(store, passages);
    print(`search: ${passages.length} passages, ${questions.length} questions`);
    const reference = pairsRanker(passages);
    print(line("any-term BM25 over pairs (reference)", await score(questions, reference)));
    print(line("tidings", await score(questions, oursRanker(store))));
    await measureRecall(store, passages, print);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readLines<T>(file: string): T[] {
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((each) => JSON.parse(each) as T);
}

async function load(store: SqliteStore, passages: readonly Passage[]): Promise<void> {
  store.client
    .prepare("INSERT INTO sources (id, name, kind, family, created_at) VALUES (1, 'passages', 'file', 'passages', 0)")
    .run();
  for (let i = 0; i < passages.length; i += articlesPerBatch) {
    const drafts = passages.slice(i, i + articlesPerBatch).map(({ id, text }) => {
      const draft = emptyDraft(text.trim().slice(0, titleChars));
      return { sourceId: 1, draft: { ...draft, externalId: String(id), body: text } };
    });
    await saveArticles(store.db, drafts, { now });
  }
}

function oursRanker(store: SqliteStore): Ranker {
  const rows = store.client.prepare("SELECT id, external_id AS passage FROM articles").all();
  const passageOf = new Map((rows as { id: number; passage: string }[]).map((row) => [row.id, Number(row.passage)]));
  return async (query) => {
    const { hits } = await searchArticles(store.db, query, { now, limit: resultsRead });
    return hits.map((hit) => passageOf.get(hit.id) as number);
  };
}

/** BM25 (k1 1.2, b .75) over every passage: the pairs of its Han runs, and its words of alphabets and numbers. */
function pairsRanker(passages: readonly Passage[]): Ranker {
  const documents = passages.map(({ id, text }) => {
    const counts = new Map<string, number>();
    const terms = pairs(text);
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
    return { id, counts, length: terms.length };
  });
  const average = documents.reduce((sum, each) => sum + each.length, 0) / documents.length;
  const frequency = new Map<string, number>();
  for (const { counts } of documents)
    for (const term of counts.keys()) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  return (query) => {
    const terms = pairs(query).filter((term) => frequency.has(term));
    const scored = documents.map(({ id, counts, length }) => {
      let total = 0;
      for (const term of terms) {
        const count = counts.get(term);
        if (count === undefined) continue;
        const n = frequency.get(term) as number;
        const rarity = Math.log(1 + (documents.length - n + 0.5) / (n + 0.5));
        total += (rarity * count * 2.2) / (count + 1.2 * (0.25 + 0.75 * (length / average)));
      }
      return { id, total };
    });
    scored.sort((a, b) => b.total - a.total || a.id - b.id);
    return scored.slice(0, resultsRead).map((each) => each.id);
  };
}

function pairs(text: string): string[] {
  const folded = fold(text);
  const found = wordsOf(folded).map((word) => word.text);
  for (const run of runsOf(folded)) {
    if (run.text.length === 1) found.push(run.text);
    for (let i = 0; i + 1 < run.text.length; i++) found.push(run.text.slice(i, i + 2));
  }
  return found;
}

type Scores = { mrr: number; hit: number; recall: number };

async function score(questions: readonly Question[], rank: Ranker): Promise<Scores> {
  const scores = { mrr: 0, hit: 0, recall: 0 };
  for (const { query, relevant } of questions) {
    const good = new Set(relevant);
    const found = (await rank(query)).slice(0, resultsRead);
    const first = found.findIndex((id) => good.has(id));
    if (first >= 0) scores.mrr += 1 / (first + 1) / questions.length;
    if (first >= 0) scores.hit += 1 / questions.length;
    const share = found.filter((id) => good.has(id)).length / Math.min(resultsRead, good.size);
    scores.recall += share / questions.length;
  }
  return scores;
}

function line(name: string, { mrr, hit, recall }: Scores): string {
  return `  ${name.padEnd(40)} MRR@10 ${mrr.toFixed(3)}  hit@10 ${hit.toFixed(3)}  recall@10 ${recall.toFixed(3)}`;
}

/** Pieces cut anywhere, and the most frequent words, as written and in traditional characters. */
async function measureRecall(store: SqliteStore, passages: readonly Passage[], print: (line: string) => void) {
  const articles = store.client.prepare("SELECT title, body FROM articles").all() as { title: string; body: string }[];
  const folded = articles.map(({ title, body }) => [fold(title), fold(body)]);
  const random = randomFrom(11);
  const pieces: string[] = [];
  while (pieces.length < piecesTried) {
    const { text } = passages[Math.floor(random() * passages.length)] as Passage;
    const from = Math.floor(random() * text.length);
    const piece = text.slice(from, from + 1 + Math.floor(random() * pieceCharsMax));
    if (!/\s/.test(piece) && fold(piece) !== "") pieces.push(piece);
  }
  const traditional = OpenCC.Converter({ from: "cn", to: "tw" });
  const asked = [
    { name: `${piecesTried} pieces of 1–${pieceCharsMax} characters`, queries: pieces },
    { name: `${wordsTried} frequent words`, queries: frequentWords(passages) },
  ];
  for (const { name, queries } of asked) {
    for (const [script, convert] of [
      ["as written", (text: string) => text],
      ["in 繁體", traditional],
    ] as const) {
      let [found, exact] = [0, 0];
      for (const query of queries) {
        const piece = fold(query);
        const wanted = folded.reduce((sum, texts) => sum + Number(texts.some((text) => text.includes(piece))), 0);
        const { total, more } = await searchArticles(store.db, convert(query), { now, limit: 1 });
        if (total >= Math.min(wanted, countedMax)) found++;
        if (total === Math.min(wanted, countedMax) && more === wanted > countedMax) exact++;
      }
      const share = (n: number) => `${((n / queries.length) * 100).toFixed(1)} %`;
      print(`  ${`${name}, ${script}`.padEnd(40)} found ${share(found)}, counted exactly ${share(exact)}`);
    }
  }
}

function frequentWords(passages: readonly Passage[]): string[] {
  const counts = new Map<string, number>();
  const segmenter = new Intl.Segmenter("zh", { granularity: "word" });
  for (const { text } of passages.slice(0, 3_000)) {
    for (const { segment, isWordLike } of segmenter.segment(text)) {
      if (isWordLike && segment.length >= 2) counts.set(segment, (counts.get(segment) ?? 0) + 1);
    }
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return sorted.slice(0, wordsTried).map(([word]) => word);
}
