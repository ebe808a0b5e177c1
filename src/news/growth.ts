import { isCommon } from "./common-words.ts";
import { type Measures, measuresOf } from "./grown.ts";
import { isMoved, lastTold, times } from "./last-told.ts";
import { sentencesOf } from "./sentences.ts";
import { tokenize } from "./terms.ts";

/** A sentence tells something new when it holds this much that was not told. */
const noveltyMin = 5;
/** And so much when it is of another story, with which the told one goes on: that is new by itself. */
const followMin = 2;
/** What a new number, a new name and a new pair of characters weigh. */
const numberWeight = 3;
const nameWeight = 2;
const termWeight = 0.25;
/** What a told number weighs that has grown, and a told month that was moved, above all else new: 9.6万, now 32万. */
const grownWeight = 12;
/** And a number that is new in the article's headline: it is what the news is. */
const headlineWeight = 6;
/** Further down a text, a sentence that shares less than this with what was told belongs to the page, not the story. */
const knownShareMin = 0.08;
/** The first sentences of an article are about its story whatever they share. */
const surelyOwn = 4;
/** And new in a good part, else it tells the old again in other words. */
const newShareMin = 0.35;
/** Sentences of an article that are looked at: the beginning says what is new. */
const sentencesMax = 12;

type Told = { title: string; lead: string; body: string; language: string };

export type Growth = {
  /** The sentence that holds most that was not told before. */
  sentence: string;
  /** What the reader last heard of the same, when it is a number or a month: "9.6万辆", "明年6月". */
  lastTold: string | null;
};

/**
 * What the newest articles add to what was told: the sentence that holds most numbers and names that no told article
 * has. Null when there is no such sentence: then the story did not materially grow. `isFollowing` when what was told is
 * of another story.
 */
export function growth(
  told: readonly Told[],
  fresh: readonly Told[],
  { isFollowing = false }: { isFollowing?: boolean } = {},
): Growth | null {
  const least = isFollowing ? followMin : noveltyMin;
  if (told.length === 0) return null;
  const known = knowledge(told);
  let best: { sentence: string; novelty: number } | null = null;
  for (const article of fresh) {
    const sentences = sentencesOf(article).slice(0, sentencesMax);
    const headlines = tokenize(article.title).numbers.filter((number) => !known.numbers.has(number));
    const candidates = sentences.length > 0 ? sentences : [article.title];
    for (const [place, sentence] of candidates.entries()) {
      const own = noveltyOf(sentence, known, { isOwn: place < surelyOwn });
      const novelty =
        own +
        (own > 0 && isMoved(sentence, told) ? grownWeight : 0) +
        (own > 0 && saysAny(sentence, headlines) ? headlineWeight : 0);
      if (novelty >= least && novelty > (best?.novelty ?? 0)) best = { sentence, novelty };
    }
  }
  return best === null ? null : { sentence: best.sentence, lastTold: lastTold(best.sentence, told) };
}

function saysAny(sentence: string, numbers: readonly number[]): boolean {
  return numbers.length > 0 && tokenize(sentence).numbers.some((number) => numbers.includes(number));
}

type Knowledge = { terms: Set<number>; numbers: Set<number>; words: Set<string>; measures: Measures[] };

function knowledge(told: readonly Told[]): Knowledge {
  const known: Knowledge = { terms: new Set(), numbers: new Set(), words: new Set(), measures: [] };
  for (const { title, lead, body } of told) {
    const tokens = tokenize(`${title}\n${lead}\n${body}`);
    known.measures.push(measuresOf(`${title}\n${lead}\n${body}`));
    for (const term of tokens.terms) known.terms.add(term);
    for (const number of tokens.numbers) known.numbers.add(number);
    for (const word of tokens.words) known.words.add(word);
  }
  return known;
}

function noveltyOf(sentence: string, known: Knowledge, { isOwn }: { isOwn: boolean }): number {
  // When it was said is not what was said.
  const tokens = tokenize(sentence.replace(times, " "));
  const terms = [...new Set(tokens.terms)].filter((term) => !isCommon(term));
  if (terms.length === 0) return 0;
  const fresh = terms.filter((term) => !known.terms.has(term));
  const share = fresh.length / terms.length;
  const numbers = new Set(tokens.numbers.filter((number) => !known.numbers.has(number)));
  const names = new Set(tokens.words.filter((word) => !known.words.has(word)));
  if (!isOwn && 1 - share < knownShareMin) return 0;
  if (share < newShareMin && numbers.size === 0) return 0;
  const hasGrown = numbers.size > 0 && [...measuresOf(sentence)].some(([what, value]) => outgrows(known, what, value));
  return (
    (hasGrown ? grownWeight : 0) +
    numberWeight * numbers.size +
    nameWeight * Math.min(3, names.size) +
    termWeight * fresh.length
  );
}

/** More of what was told before, by whoever told most. */
function outgrows({ measures: told }: Knowledge, what: string, value: number): boolean {
  const most = Math.max(...told.map((each) => each.get(what) ?? Number.NEGATIVE_INFINITY));
  return Number.isFinite(most) && value > most;
}

export type Moment = { at: Date; what: string; articleId: number };

/** The moments at which a story grew, oldest first: its beginning, then every article that told something new. */
export function timeline(
  articles: readonly (Told & { id: number; publishedAt: Date | null; titleCut?: boolean })[],
  { max }: { max: number },
): Moment[] {
  const dated = articles.filter((each) => each.publishedAt !== null).sort((a, b) => a.id - b.id);
  const moments: Moment[] = [];
  const told: Told[] = [];
  for (const article of dated) {
    const isFirst = told.length === 0;
    const grown = isFirst ? null : growth(told, [article]);
    if (isFirst || grown !== null) {
      moments.push({
        at: article.publishedAt!,
        what: isFirst ? article.title : grown!.sentence,
        articleId: article.id,
      });
    }
    told.push(article);
  }
  return moments.length <= max ? moments : [moments[0]!, ...moments.slice(1 - max)];
}
