import { fold } from "../news/fold.ts";
import { piecePhrase } from "../news/grams.ts";
import { freshness } from "../news/order.ts";
import type { Query } from "../news/query.ts";
import { questionTerms, type Term } from "../news/question.ts";
import { rankTexts, type Scored } from "../news/relevance.ts";
import { allOf, type Expression, phraseOf } from "../postings/expression.ts";
import type { Db } from "./db.ts";
import { newestIds } from "./search-find.ts";
import { type Filter, narrowed, textsOf } from "./search-read.ts";
import { openIndex } from "./search-segments.ts";

/** Articles read of each term, newest first; one with fewer is known wholly, and rare. */
const idsPerTerm = 300;
/** Of the rarest terms more is read, and what two of them have together. */
const rareTerms = 4;
const idsPerRare = 1_200;
const idsPerPair = 200;
/** Articles whose texts are judged. */
const judgedMax = 160;
/** Hits that come near: none that has a smaller share of the question than this part of the best one's. */
const coverageMin = 0.35;
const nearMax = 100;
/** Freshness among answers: as a share of the best one's score. */
const freshShare = 0.1;
/** What an article with a part of a misspelt word counts beside one with a word. */
const partWeight = 0.1;
/** Texts in which another spelling is looked for. */
const spellingTexts = 100;

export type NearOptions = {
  filter: Filter;
  now: Date;
  /** Articles that have all of it: they stay. */
  first: number[];
};

/** Articles that have most of what was asked, by rare words first, and folded texts in which another spelling may stand. */
export async function nearArticles(
  db: Db,
  query: Query,
  options: NearOptions,
): Promise<{ hits: { id: number; storyId: null; score: number }[]; texts: string[] }> {
  const terms = questionTerms(query.text);
  const counted = await countTerms(db, terms, options);
  const ids = [...new Set([...options.first, ...(await candidateIds(db, counted, options))])];
  if (ids.length === 0) return { hits: [], texts: [] };
  const candidates = await textsOf(db, ids);
  const { segments } = await openIndex(db);
  const total = segments.reduce((sum, { docs }) => sum + docs, 0);
  const weighted = weights(terms, counted, Math.max(total, 1));
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
  const read = [...new Set([...hits.map((hit) => hit.id), ...ids])].slice(0, spellingTexts);
  return { hits, texts: read.map((id) => byId.get(id) ?? "") };
}

/** `articles`: how many have it, exact where all of them were read. */
type Counted = { term: Term; ids: number[]; isAll: boolean; articles: number; expression: Expression };

async function countTerms(db: Db, terms: readonly Term[], options: NearOptions): Promise<Counted[]> {
  const { filter } = options;
  const counted: Counted[] = [];
  for (const term of terms) {
    if (term.phrase === null) continue;
    const expression = narrowed(phraseOf(term.phrase), filter);
    const { ids, about } = await newestIds(db, expression, { span: filter.span, limit: idsPerTerm });
    const isAll = ids.length < idsPerTerm;
    const articles = isAll ? ids.length : Math.max(ids.length, about);
    if (ids.length > 0) counted.push({ term, ids, isAll, articles, expression });
    else if (term.whole) counted.push(...(await countParts(db, term, options)));
  }
  return counted.sort((a, b) => a.articles - b.articles);
}

/** A word that no article has may be misspelt in one place: articles that have its beginning, its end, or both. */
async function countParts(db: Db, term: Term, { filter }: NearOptions): Promise<Counted[]> {
  const letters = [...term.text];
  if (letters.length < 4) return [];
  const parts = letters.slice(2).map((_, n) => phraseOf(piecePhrase(letters.slice(n, n + 3).join(""))));
  const [first, last] = [parts.slice(0, 2), parts.slice(-2)];
  const counted: Counted[] = [];
  const ends = [parts[0] as Expression, parts.at(-1) as Expression];
  for (const pair of [first, last, ends, ends.slice(0, 1), ends.slice(1)]) {
    const expression = narrowed(allOf(pair), filter);
    const { ids } = await newestIds(db, expression, { span: filter.span, limit: idsPerPair });
    counted.push({ term: { ...term, weight: partWeight }, ids, isAll: true, articles: ids.length, expression });
  }
  return counted.filter((each) => each.ids.length > 0);
}

/** Articles by the sum of what they have, the rare counting more, at most as many as are judged. */
async function candidateIds(db: Db, counted: Counted[], options: NearOptions): Promise<number[]> {
  const { span } = options.filter;
  const scores = new Map<number, number>();
  const add = (ids: readonly number[], worth: number) => {
    for (const id of ids) scores.set(id, (scores.get(id) ?? 0) + worth);
  };
  const rare = counted.slice(0, rareTerms);
  for (const each of counted) {
    if (!each.isAll && rare.includes(each)) {
      each.ids = (await newestIds(db, each.expression, { span, limit: idsPerRare })).ids;
      each.isAll = each.ids.length < idsPerRare;
    }
    add(each.ids, each.term.weight * (each.isAll ? Math.log(1 + 1e6 / each.ids.length) : 4));
  }
  for (const [n, a] of rare.entries()) {
    for (const b of rare.slice(n + 1)) {
      if (a.isAll && b.isAll) continue;
      add((await newestIds(db, allOf([a.expression, b.expression]), { span, limit: idsPerPair })).ids, 4);
    }
  }
  return [...scores]
    .sort((a, b) => b[1] - a[1] || b[0] - a[0])
    .slice(0, judgedMax)
    .map(([id]) => id);
}

/** Inverse document frequency, as BM25 has it; of words whose articles were not counted, that of their rarest pair. */
function weights(terms: readonly Term[], counted: readonly Counted[], total: number) {
  const whole = counted.filter((each) => each.term.weight !== partWeight);
  const known = new Map(whole.map((each) => [each.term.text, each.articles]));
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
