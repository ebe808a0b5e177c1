import { fold } from "../../../src/news/fold.ts";

/** Characters of the text that count beside the headline. */
const headChars = 300;
const titleShare = 0.6;
/** What is less alike than this is nobody's neighbour: the best ten are far above it. */
const cosineMin = 0.03;

export type Judged = { id: string; event: string; publishedAt: string; title: string; body: string };

type Vector = { terms: Int32Array; weights: Float64Array; byTerm: Map<number, number> };
type Postings = Map<number, { documents: number[]; weights: number[] }>;

/**
 * The reference: cosine of tf-idf over characters and their pairs, .6 of the headlines and .4 of headline and 300
 * characters, smoothed and logarithmic as scikit-learn's TfidfVectorizer has it.
 */
export function reference(articles: readonly Judged[]) {
  const titles = vectors(articles.map(({ title }) => pieces(title)));
  const heads = vectors(articles.map(({ title, body }) => pieces(`${title}\n${body.slice(0, headChars)}`)));
  const titlePostings = postings(titles);
  const headPostings = postings(heads);
  const all = new Float64Array(articles.length);
  return {
    cosine: (a: number, b: number) =>
      titleShare * dot(titles[a]!, titles[b]!) + (1 - titleShare) * dot(heads[a]!, heads[b]!),
    /** The likest others, likest first. */
    nearest(a: number, count: number): { index: number; score: number }[] {
      all.fill(0);
      spread(titles[a]!, titlePostings, { share: titleShare, all });
      spread(heads[a]!, headPostings, { share: 1 - titleShare, all });
      all[a] = 0;
      const found: { index: number; score: number }[] = [];
      for (let index = 0; index < all.length; index += 1)
        if (all[index]! > cosineMin) found.push({ index, score: all[index]! });
      return found.sort((x, y) => y.score - x.score || x.index - y.index).slice(0, count);
    },
  };
}

/** Characters and pairs of them; words of other scripts whole. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (const run of fold(text).match(/[\p{Script=Han}]+|[\p{L}\p{N}.%]+/gu) ?? []) {
    if (!/\p{Script=Han}/u.test(run)) found.push(run);
    else
      for (let i = 0; i < run.length; i += 1)
        found.push(run.slice(i, i + 1), ...(i + 1 < run.length ? [run.slice(i, i + 2)] : []));
  }
  return found;
}

function vectors(documents: readonly string[][]): Vector[] {
  const vocabulary = new Map<string, number>();
  const frequency: number[] = [];
  const counted = documents.map((words) => {
    const counts = new Map<number, number>();
    for (const word of words) {
      const term = vocabulary.get(word) ?? vocabulary.size;
      vocabulary.set(word, term);
      counts.set(term, (counts.get(term) ?? 0) + 1);
    }
    for (const term of counts.keys()) frequency[term] = (frequency[term] ?? 0) + 1;
    return counts;
  });
  return counted.map((counts) => {
    const terms = Int32Array.from(counts.keys());
    const weights = Float64Array.from(terms, (term) => {
      const rarity = Math.log((1 + documents.length) / (1 + frequency[term]!)) + 1;
      return (1 + Math.log(counts.get(term)!)) * rarity;
    });
    const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0)) || 1;
    for (let i = 0; i < weights.length; i += 1) weights[i]! /= length;
    return { terms, weights, byTerm: new Map(Array.from(terms, (term, i) => [term, weights[i]!])) };
  });
}

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.terms.length; i += 1) sum += a.weights[i]! * (b.byTerm.get(a.terms[i]!) ?? 0);
  return sum;
}

function postings(all: readonly Vector[]): Postings {
  const lists: Postings = new Map();
  all.forEach((vector, document) => {
    vector.terms.forEach((term, i) => {
      const list = lists.get(term) ?? { documents: [], weights: [] };
      lists.set(term, list);
      list.documents.push(document);
      list.weights.push(vector.weights[i]!);
    });
  });
  return lists;
}

function spread(vector: Vector, lists: Postings, { share, all }: { share: number; all: Float64Array }): void {
  vector.terms.forEach((term, i) => {
    const { documents, weights } = lists.get(term)!;
    const weight = share * vector.weights[i]!;
    for (let k = 0; k < documents.length; k += 1) all[documents[k]!]! += weight * weights[k]!;
  });
}
