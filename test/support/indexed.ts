import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { emptyDraft } from "../../src/news/article.ts";
import { fold } from "../../src/news/fold.ts";
import { piecePhrase } from "../../src/news/grams.ts";
import { phraseOf } from "../../src/postings/expression.ts";
import { articlesPerBatch, saveArticles } from "../../src/store/articles.ts";
import type { Db } from "../../src/store/db.ts";
import { newestIds } from "../../src/store/search-find.ts";
import { ensureSource } from "../../src/store/sources.ts";
import { madeText, randomFrom } from "./made-text.ts";

export const now = new Date("2026-11-22T08:00:00Z");
export const everything = { span: { from: 0, to: Number.MAX_SAFE_INTEGER }, limit: 10_000 };

/** What is stored: folded texts by article. */
export type Texts = Map<number, string>;

type Writing = { seed: number; indexed?: "now" | "later"; rebuilt?: number };

/** Stores articles of these numbers, each of an hour of its own, with a text made from the seed. */
export async function writeArticles(db: Db, texts: Texts, numbers: readonly number[], writing: Writing): Promise<void> {
  const { seed, ...options } = writing;
  const { id: sourceId } = await ensureSource(db, "环线日报", { kind: "feed", language: "zh", now });
  for (let n = 0; n < numbers.length; n += articlesPerBatch) {
    const drafts = numbers.slice(n, n + articlesPerBatch).map((number) => ({
      ...emptyDraft("题"),
      externalId: `n${number}`,
      body: madeText(randomFrom(seed * 10_000 + number), 60),
      publishedAt: new Date(now.getTime() - number * 3_600_000),
    }));
    const given = drafts.map((draft) => ({ sourceId, draft }));
    const saved = await saveArticles(db, given, { now, ...options });
    for (const [k, { id }] of saved.entries()) texts.set(id, fold(drafts[k]!.body));
  }
}

/** Every piece asked is found where it stands, and nowhere else, the newest first. */
export async function expectAll(
  db: Db,
  texts: Texts,
  { pieces, seed = texts.size }: { pieces: number; seed?: number },
) {
  const random = randomFrom(seed);
  const all = [...texts];
  for (let n = 0; n < pieces; n += 1) {
    const [, text] = all[Math.floor(random() * all.length)]!;
    const chars = [...text];
    const from = Math.floor(random() * (chars.length - 4));
    const piece = chars
      .slice(from, from + 1 + (n % 4))
      .join("")
      .trim();
    if (piece === "") continue;
    const { ids } = await newestIds(db, phraseOf(piecePhrase(piece)), everything);
    const wanted = all.filter(([, each]) => each.includes(piece)).map(([id]) => id);
    expect([piece, ids]).toEqual([piece, wanted.sort((a, b) => b - a)]);
  }
}

/** How many segments the index has, whatever their state, of how many articles, and how many changes it keeps. */
export async function indexCounts(db: Db): Promise<{ segments: number; live: number; docs: number; changed: number }> {
  const row = await db.get<{ segments: number; live: number; docs: number; changed: number }>(sql`select
    (select count(*) from search_segments) as segments, (select count(*) from search_changed) as changed,
    (select count(*) from search_segments where state = 'live') as live,
    (select sum(docs) from search_segments where state = 'live') as docs`);
  return row!;
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, n) => from + n);
}
