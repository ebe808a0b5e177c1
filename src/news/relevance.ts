import { isDigit, isLetter } from "./fold.ts";

/** A term and how much it says: the logarithm of how rare it is, times its weight. */
export type Weighted = { text: string; weight: number; whole: boolean };

/** A text to be judged. `text` is folded, the headline first. */
export type Judged = { id: number; text: string };

export type Scored = {
  id: number;
  score: number /** Share of the terms' weight that it has, 0 to 1. */;
  coverage: number;
};

/**
 * BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework") with what news adds: how much of the
 * question the text has at all, how much its beginning has, how near together. Tuned on 162 judged questions about news
 * (bench quality); each is worth .005 to .02 of MRR, and twice or half of each constant changes less than .01.
 */
const saturation = 0.3;
const lengthShare = 0.5;
const coveragePower = 1;
const leadChars = 60;
const leadShare = 0.6;
const windowChars = 60;
const windowShare = 0.4;
/** Feedback (Rocchio 1971): what the best texts say often and the other candidates seldom counts as asked, a little. */
const feedbackTexts = 10;
const feedbackTerms = 30;
/** Best texts among which feedback changes the order. */
const feedbackAmong = 80;
const feedbackShare = 0.25;
/** Lengths beyond this are all long: a page of everything. */
const lengthMax = 6_000;

/** Texts in order of how well they answer; the same for the same input. Ties go to the larger id, the newer article. */
export function rankTexts(texts: readonly Judged[], terms: readonly Weighted[]): Scored[] {
  if (texts.length === 0) return [];
  const average = texts.reduce((sum, each) => sum + Math.min(each.text.length, lengthMax), 0) / texts.length;
  const first = texts.map((each) => judge(each, terms, average)).sort(better);
  const found = first.filter((each) => each.score > 0);
  const head = withFeedback(found.slice(0, feedbackAmong), texts, average).sort(better);
  return [...head, ...found.slice(feedbackAmong)];
}

/** How often a term stands in a folded text; words of an alphabet and numbers only as whole words. */
export function occurrences(text: string, term: { text: string; whole: boolean }): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(term.text); at >= 0; at = text.indexOf(term.text, at + term.text.length)) {
    if (!term.whole || isWholeAt(text, at, term.text.length)) found.push(at);
  }
  return found;
}

/** Whether a word or number of a text begins and ends here; letters beside digits are another word. */
export function isWholeAt(text: string, at: number, length: number): boolean {
  return !sameKind(text, at - 1, at) && !sameKind(text, at + length - 1, at + length);
}

function sameKind(text: string, a: number, b: number): boolean {
  const [left, right] = [text.charCodeAt(a), text.charCodeAt(b)];
  return (isLetter(left) && isLetter(right)) || (isDigit(left) && isDigit(right));
}

function better(a: Scored, b: Scored): number {
  return b.score - a.score || b.id - a.id;
}

type Hit = { at: number; term: number };

function judge(judged: Judged, terms: readonly Weighted[], average: number): Scored {
  const total = terms.reduce((sum, term) => sum + term.weight, 0);
  const hits: Hit[] = [];
  let score = 0;
  let covered = 0;
  let inLead = 0;
  for (const [n, term] of terms.entries()) {
    const at = occurrences(judged.text, term);
    if (at.length === 0) continue;
    score += term.weight * saturated(at.length, judged.text.length, average);
    covered += term.weight;
    if ((at[0] as number) < leadChars) inLead += term.weight;
    for (const each of at) hits.push({ at: each, term: n });
  }
  if (total === 0 || score === 0) return { id: judged.id, score: 0, coverage: 0 };
  const coverage = covered / total;
  const near = bestWindow(hits, terms) / total;
  const bonus = (1 + leadShare * (inLead / total)) * (1 + windowShare * near);
  return { id: judged.id, score: (score / total) * coverage ** coveragePower * bonus, coverage };
}

function saturated(count: number, length: number, average: number): number {
  const norm = 1 - lengthShare + lengthShare * (Math.min(length, lengthMax) / average);
  return (count * (saturation + 1)) / (count + saturation * norm);
}

/** The most weight of different terms that stands within a window of the text. */
function bestWindow(hits: Hit[], terms: readonly Weighted[]): number {
  hits.sort((a, b) => a.at - b.at);
  const inside = new Array<number>(terms.length).fill(0);
  let [from, weight, best] = [0, 0, 0];
  for (const hit of hits) {
    inside[hit.term] = (inside[hit.term] as number) + 1;
    if (inside[hit.term] === 1) weight += (terms[hit.term] as Weighted).weight;
    for (let first = hits[from] as Hit; first.at < hit.at - windowChars; first = hits[++from] as Hit) {
      inside[first.term] = (inside[first.term] as number) - 1;
      if (inside[first.term] === 0) weight -= (terms[first.term] as Weighted).weight;
    }
    best = Math.max(best, weight);
  }
  return best;
}

function withFeedback(found: Scored[], texts: readonly Judged[], average: number): Scored[] {
  if (found.length <= feedbackTexts) return found;
  const byId = new Map(texts.map((each) => [each.id, each.text]));
  const counts = found.map((each) => pairCounts(byId.get(each.id) as string));
  const spread = new Map<number, number>();
  for (const count of counts) for (const pair of count.keys()) spread.set(pair, (spread.get(pair) ?? 0) + 1);
  const rarity = (pair: number) => Math.log(1 + found.length / (spread.get(pair) as number));
  const said = new Map<number, number>();
  const top = found.slice(0, feedbackTexts);
  const trust = top.reduce((sum, each) => sum + each.score, 0);
  for (const [n, each] of top.entries()) {
    for (const [pair, count] of counts[n] as Map<number, number>) {
      if ((spread.get(pair) as number) < 2) continue;
      said.set(pair, (said.get(pair) ?? 0) + (each.score / trust) * (count / (count + 1.2)) * rarity(pair));
    }
  }
  const chosen = [...said].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, feedbackTerms);
  const extra = counts.map((count, n) => {
    const length = (byId.get(found[n]?.id as number) as string).length;
    return chosen.reduce((sum, [pair, weight]) => {
      const times = count.get(pair);
      return times === undefined ? sum : sum + weight * saturated(times, length, average);
    }, 0);
  });
  const most = Math.max(...extra, Number.MIN_VALUE);
  const best = found[0]?.score as number;
  return found.map((each, n) => ({
    ...each,
    score: (each.score / best + feedbackShare * ((extra[n] as number) / most)) * best,
  }));
}

/** Neighbouring characters of a text that may be a word, and how often. */
function pairCounts(text: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i + 1 < Math.min(text.length, lengthMax); i++) {
    const [a, b] = [text.charCodeAt(i), text.charCodeAt(i + 1)];
    if (a < 0x3041 || b < 0x3041 || a >= 0xff00 || b >= 0xff00) continue;
    const pair = a * 0x10000 + b;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}
