import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIngest, incomingMax } from "../../../src/jobs/ingest.ts";
import { emptyDraft } from "../../../src/news/article.ts";
import { pairScore, relatedTo } from "../../../src/store/related.ts";
import { storyMemory } from "../../../src/store/sketches.ts";
import { openSqlite, type SqliteStore } from "../../../src/store/sqlite.ts";
import { joinHardPairs } from "../../support/hard-pairs.ts";
import { type Judged, reference } from "./reference.ts";

/** Queries that retrieval is measured on, spread over the whole file where it holds more: half of 9,000 is .01 off. */
const queriesMax = 10_000;
const listed = 10;
/** Events with so many articles are measured by themselves: there the first of the list has two chances. */
const toldByMin = 3;
const precisionMin = 0.9;
/** Neighbours that the reference's one pass looks at. */
const neighbours = 60;

type Article = Judged & { source: string };
type Pair = { same: boolean; a: string; b: string };
type Print = (line: string) => void;

/**
 * Stories and related articles on a folder with `related/articles.jsonl` {id, event, publishedAt, source, title, body}
 * and `related/pairs.jsonl` {same, a, b}: through the same ingest, store and queries as the program, beside tf-idf.
 */
export async function measureRelatedQuality(data: string, print: Print): Promise<void> {
  const articles = readLines<Article>(join(data, "related/articles.jsonl"));
  articles.sort((a, b) => (a.publishedAt < b.publishedAt ? -1 : a.publishedAt > b.publishedAt ? 1 : 0));
  const pairs = readLines<Pair>(join(data, "related/pairs.jsonl"));
  print(`related: ${articles.length} articles, ${pairs.length} pairs`);
  const folder = mkdtempSync(join(tmpdir(), "tidings-quality-"));
  const store = openSqlite(join(folder, "related.db"), { durability: "normal" });
  try {
    const seconds = await load(store, articles);
    print(`  joined in one pass: ${(articles.length / seconds).toFixed(0)} articles/s, saved and indexed as well`);
    await measureOurs(store, { articles, pairs, print });
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
  measureReference(articles, pairs, print);
  for (const [file, what] of [
    ["hard-pairs-different.txt", "not one story"],
    ["hard-pairs-same.txt", "one story in other words"],
  ] as const) {
    const hard = await joinHardPairs(file);
    print(`  own hard set, ${what}: ${hard.filter((pair) => pair.joined).length} of ${hard.length} joined`);
  }
}

async function load(store: SqliteStore, articles: readonly Article[]): Promise<number> {
  const ingest = createIngest(store.db, () => new Date("2026-11-22T00:00:00Z"));
  const started = performance.now();
  for (let i = 0; i < articles.length; i += incomingMax) {
    const incoming = articles.slice(i, i + incomingMax).map(({ id, publishedAt, source, title, body }) => ({
      draft: { ...emptyDraft(title), externalId: id, body, publishedAt: new Date(publishedAt) },
      source: { name: source, kind: "file" as const, language: "zh" },
    }));
    await ingest(incoming);
  }
  return (performance.now() - started) / 1000;
}

type Measured = { articles: readonly Article[]; pairs: readonly Pair[]; print: Print };

async function measureOurs(store: SqliteStore, { articles, pairs, print }: Measured): Promise<void> {
  const rows = store.client.prepare("SELECT id, external_id AS key, story_id AS story FROM articles").all() as {
    id: number;
    key: string;
    story: number;
  }[];
  const idOf = new Map(rows.map((row) => [row.key, row.id]));
  const storyOf = new Map(rows.map((row) => [row.key, row.story]));
  const memory = storyMemory();
  const scored: [number, boolean][] = [];
  for (const { a, b, same } of pairs) {
    scored.push([await pairScore(store.db, [idOf.get(a)!, idOf.get(b)!], { memory }), same]);
  }
  print(`  tidings    pairs F1 ${bestF1(scored).toFixed(4)}`);
  const found = await retrieval(articles, async (article) => {
    const id = idOf.get(article.id)!;
    const near = await relatedTo(store.db, id, { limit: listed, perStory: listed, memory });
    const others = near?.related.map(({ article: other }) => other) ?? [];
    return [...(near?.sameStory ?? []), ...others].map((other) => other.externalId!);
  });
  print(`  tidings    retrieval ${found}`);
  print(`  tidings    grouping ${grouping(articles, pairs, (article) => storyOf.get(article.id)!).text}`);
}

function measureReference(articles: readonly Article[], pairs: readonly Pair[], print: Print): void {
  const tfidf = reference(articles);
  const indexOf = new Map(articles.map((article, index) => [article.id, index]));
  const scored = pairs.map(({ a, b, same }): [number, boolean] => [
    tfidf.cosine(indexOf.get(a)!, indexOf.get(b)!),
    same,
  ]);
  print(`  reference  pairs F1 ${bestF1(scored).toFixed(4)} (tf-idf cosine)`);
  const near = articles.map((_, index) => tfidf.nearest(index, neighbours));
  const found = retrievalOf(articles, (article) =>
    near[indexOf.get(article.id)!]!.slice(0, listed).map(({ index }) => articles[index]!.id),
  );
  print(`  reference  retrieval ${found}`);
  let best: { f1: number; text: string } | null = null;
  for (let threshold = 0.2; threshold < 0.6; threshold += 0.02) {
    const stories = onePass(near, threshold);
    const result = grouping(articles, pairs, (article) => stories[indexOf.get(article.id)!]!);
    if (result.precision >= precisionMin && result.f1 > (best?.f1 ?? 0)) best = result;
  }
  print(`  reference  grouping ${best?.text ?? "never so precise"} (one pass, mean cosine, best threshold)`);
}

/** Each article in order joins the story whose members it is likest on average, or founds one. */
function onePass(near: readonly { index: number; score: number }[][], threshold: number): number[] {
  const stories: number[] = [];
  const members = new Map<number, number[]>();
  near.forEach((list, index) => {
    const scores = new Map(list.map((each) => [each.index, each.score]));
    const known = new Set(list.filter((each) => each.index < index).map((each) => stories[each.index]!));
    let best = { story: index, score: threshold };
    for (const story of known) {
      const all = members.get(story)!;
      const score = all.reduce((sum, member) => sum + (scores.get(member) ?? 0), 0) / all.length;
      if (score >= best.score) best = { story, score };
    }
    stories.push(best.story);
    members.set(best.story, [...(members.get(best.story) ?? []), index]);
  });
  return stories;
}

function queriesOf(articles: readonly Article[]): { queries: Article[]; sizes: Map<string, number> } {
  const sizes = new Map<string, number>();
  for (const { event } of articles) sizes.set(event, (sizes.get(event) ?? 0) + 1);
  const all = articles.filter(({ event }) => sizes.get(event)! > 1);
  const step = Math.max(1, Math.floor(all.length / queriesMax));
  return { queries: all.filter((_, n) => n % step === 0), sizes };
}

/**
 * hit@1 and recall@10 of articles of the same event. Everything is looked through, whatever its date; an article does not
 * find itself; one whose event nobody else tells is no question but is in the way. Of two kinds of questions: those of
 * events that `toldByMin` and more tell, which the figures are promised for, and all, where the first place of most has
 * one chance only and a figure is some .05 lower.
 */
async function retrieval(articles: readonly Article[], rank: (article: Article) => Promise<string[]>): Promise<string> {
  const { queries } = queriesOf(articles);
  const lists = new Map<string, string[]>();
  for (const query of queries) lists.set(query.id, await rank(query));
  return retrievalOf(articles, (article) => lists.get(article.id)!);
}

function retrievalOf(articles: readonly Article[], rank: (article: Article) => string[]): string {
  const { queries, sizes } = queriesOf(articles);
  const eventOf = new Map(articles.map(({ id, event }) => [id, event]));
  const measure = (asked: readonly Article[]) => {
    let hits = 0;
    let recall = 0;
    for (const query of asked) {
      const ranked = rank(query).slice(0, listed);
      if (eventOf.get(ranked[0] ?? "") === query.event) hits += 1;
      recall += ranked.filter((id) => eventOf.get(id) === query.event).length / (sizes.get(query.event)! - 1);
    }
    const share = (sum: number) => (sum / asked.length).toFixed(4);
    return `hit@1 ${share(hits)} · R@${listed} ${share(recall)} (${asked.length} queries)`;
  };
  const told = queries.filter((query) => sizes.get(query.event)! >= toldByMin);
  return `${measure(told)} · of all that two and more tell ${measure(queries)}`;
}

/** B³ of the stories against the events, F1 over the judged pairs and over all pairs of articles. */
function grouping(articles: readonly Article[], pairs: readonly Pair[], storyOf: (article: Article) => number) {
  const count = <K>(keys: K[]) => {
    const counts = new Map<K, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts;
  };
  const story = new Map(articles.map((article) => [article.id, storyOf(article)]));
  const events = count(articles.map((article) => article.event));
  const stories = count([...story.values()]);
  const both = count(articles.map((article) => `${article.event} ${story.get(article.id)}`));
  let precision = 0;
  let recall = 0;
  for (const [key, size] of both) {
    const [event, id] = key.split(" ");
    precision += (size * size) / stories.get(Number(id))! / articles.length;
    recall += (size * size) / events.get(event!)! / articles.length;
  }
  const f1 = (2 * precision * recall) / (precision + recall);
  const together = pairs.filter(({ a, b }) => story.get(a) === story.get(b));
  const right = together.filter((pair) => pair.same).length;
  const judged = (2 * right) / (together.length + pairs.filter((pair) => pair.same).length);
  const within = (counts: Map<unknown, number>) => [...counts.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
  const all = (2 * within(both)) / (within(stories) + within(events));
  const b3 = `B³ P ${precision.toFixed(3)} R ${recall.toFixed(3)} F1 ${f1.toFixed(4)}`;
  return { f1, precision, text: `${b3} · judged pairs F1 ${judged.toFixed(4)} · all pairs F1 ${all.toFixed(4)}` };
}

/** The best F1 that a threshold on the score gives. */
function bestF1(scored: [number, boolean][]): number {
  const positives = scored.filter(([, same]) => same).length;
  let right = 0;
  let best = 0;
  for (const [n, [, same]] of scored.sort((a, b) => b[0] - a[0]).entries()) {
    if (same) right += 1;
    best = Math.max(best, (2 * right) / (n + 1 + positives));
  }
  return best;
}

function readLines<T>(file: string): T[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as T);
}
