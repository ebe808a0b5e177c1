import { sql } from "drizzle-orm";
import { fold } from "../news/fold.ts";
import { nearestSpelling } from "../news/near-spelling.ts";
import { freshness } from "../news/order.ts";
import type { Query } from "../news/query.ts";
import { questionTerms, type Term } from "../news/question.ts";
import { rankTexts, type Scored } from "../news/relevance.ts";
import type { Db } from "./db.ts";
import { type Filter, idsOf, narrowed, textsOf } from "./search-read.ts";
import { allOf, type Expression, newestRows, phraseMatch } from "./search-rows.ts";

/** Articles read of each term, newest first; a term with fewer is known wholly, and rare. */
const rowsPerTerm = 400;
/** Of the rarest terms more is read, and what two of them have together. */
const rareTerms = 5;
const rowsPerRare = 2_000;
const rowsPerPair = 300;
/** Articles whose texts are judged. */
const judgedMax = 250;
/** Hits that come near: none that has a smaller share of the question than this part of the best one's. */
const coverageMin = 0.35;
const nearMax = 100;
/** Freshness among answers: as a share of the best one's score. */
const freshShare = 0.1;
/** Texts in which another spelling is looked for. */
const spellingTexts = 40;

export type NearOptions = Filter & { now: Date /** Articles that have all of it: they stay. */; first: number[] };

/** Articles that have most of what was asked, by rare words first, and the spelling that was meant. */
export async function nearArticles(
  db: Db,
  query: Query,
  options: NearOptions,
): Promise<{ hits: { id: number; storyId: null; score: number }[]; suggestion: string | null }> {
  const terms = questionTerms(query.text);
  const counted = await countTerms(db, terms, options);
  const rows = await candidateRows(db, counted, options);
  const ids = [...new Set([...options.first, ...(await idsOf(db, rows, options)).map((each) => each.id)])];
  const candidates = await textsOf(db, ids);
  const total = Math.max(await articleCount(db), 1);
  const weighted = weights(terms, counted, total);
  const texts = candidates.map((each) => ({ id: each.id, text: fold(`${each.title}\n${each.lead}\n${each.body}`) }));
  const ranked = rankTexts(texts, weighted);
  const dates = new Map(candidates.map((each) => [each.id, each.publishedAt]));
  const best = ranked[0]?.score ?? 0;
  const most = Math.max(...ranked.map((each) => each.coverage), 0);
  const fresh = (each: Scored) => freshShare * best * freshness(dates.get(each.id) ?? null, options.now);
  const first = new Set(options.first);
  const hits = ranked
    .filter((each) => first.has(each.id) || each.coverage >= coverageMin * most)
    .map((each) => ({ id: each.id, storyId: null, score: each.score + fresh(each) }))
    .sort((a, b) => b.score - a.score || b.id - a.id)
    .slice(0, nearMax);
  const byId = new Map(texts.map((each) => [each.id, each.text]));
  const read = hits.slice(0, spellingTexts).map((hit) => byId.get(hit.id) ?? "");
  return { hits, suggestion: nearestSpelling(query.text, read) };
}

type Counted = { term: Term; rows: number[]; isAll: boolean; expression: Expression };

async function countTerms(db: Db, terms: readonly Term[], options: NearOptions): Promise<Counted[]> {
  const counted: Counted[] = [];
  for (const term of terms) {
    if (term.phrase === null) continue;
    const expression = narrowed(phraseMatch(term.phrase), options);
    const { rows } = await newestRows(db, expression, { span: options.span, limit: rowsPerTerm });
    if (rows.length > 0) counted.push({ term, rows, isAll: rows.length < rowsPerTerm, expression });
  }
  return counted.sort((a, b) => rarity(b) - rarity(a));
}

/** The rarer, the fewer rows; of those that were not read to the end, the one that reaches farther back. */
function rarity(counted: Counted): number {
  return counted.isAll ? 1e12 - counted.rows.length : 1e11 - (counted.rows.at(-1) as number);
}

/** Rows by the sum of what they have, the rare counting more, at most as many as are judged. */
async function candidateRows(db: Db, counted: readonly Counted[], options: NearOptions): Promise<number[]> {
  const scores = new Map<number, number>();
  const add = (rows: readonly number[], worth: number) => {
    for (const row of rows) scores.set(row, (scores.get(row) ?? 0) + worth);
  };
  const rare = counted.slice(0, rareTerms);
  for (const [n, each] of counted.entries()) {
    const isCut = !each.isAll && n < rareTerms;
    const rows = isCut
      ? (await newestRows(db, each.expression, { span: options.span, limit: rowsPerRare })).rows
      : each.rows;
    add(rows, each.term.weight * (each.isAll ? Math.log(1 + 1e6 / rows.length) : 4));
  }
  for (const [n, a] of rare.entries()) {
    for (const b of rare.slice(n + 1)) {
      if (a.isAll && b.isAll) continue;
      const both = allOf([a.expression, b.expression]);
      add((await newestRows(db, both, { span: options.span, limit: rowsPerPair })).rows, 4);
    }
  }
  return [...scores]
    .sort((a, b) => b[1] - a[1] || b[0] - a[0])
    .slice(0, judgedMax)
    .map(([row]) => row);
}

async function articleCount(db: Db): Promise<number> {
  return (await db.get<{ n: number }>(sql`select count(*) as n from search_rows`))?.n ?? 0;
}

/** Inverse document frequency, as BM25 has it; of words whose articles were not counted, that of their rarest pair. */
function weights(terms: readonly Term[], counted: readonly Counted[], total: number) {
  const known = new Map(counted.map((each) => [each.term.text, each.rows.length]));
  const count = (text: string): number => {
    const own = known.get(text);
    if (own !== undefined) return own;
    const pairs = [...text].slice(1).map((char, n) => known.get(`${[...text][n]}${char}`) ?? 0);
    return Math.min(...pairs, total);
  };
  return terms.flatMap((term) => {
    const n = count(term.text);
    if (n === 0) return [];
    return [{ text: term.text, whole: term.whole, weight: term.weight * Math.log(1 + (total - n + 0.5) / (n + 0.5)) }];
  });
}
