/** Places that terms are counted in; two terms may share one, which only makes both look more common. */
export const backgroundSize = 2 ** 17;
/** Articles counted before all counts are halved, so that the language of the day outweighs last year's. */
const articlesMax = 16_384;
/** How many imagined articles the first guess weighs as: a young archive trusts it, a grown one its own counts. */
const guessArticles = 400;
/** The share of articles that a term stands in, before anything is known of it. */
const guessShare = 0.002;
/** The same for words that every news text has. */
const commonShare = 0.2;

/** In how many articles a term stands, of how many: what makes 央行 tell more than 记者. */
export type Background = { articles: number; counts: Uint16Array };

export function emptyBackground(): Background {
  return { articles: 0, counts: new Uint16Array(backgroundSize) };
}

/** Counts one more article in, given its distinct terms. */
export function countArticle(background: Background, terms: Iterable<number>): void {
  const { counts } = background;
  for (const term of terms) {
    const at = place(term);
    if (counts[at]! < 65_535) counts[at]! += 1;
  }
  background.articles += 1;
  if (background.articles < articlesMax) return;
  for (let i = 0; i < backgroundSize; i += 1) counts[i]! >>= 1;
  background.articles >>= 1;
}

/**
 * Inverse document frequency, ln((1 + N) / (1 + n)) + 1 as scikit-learn smooths it, with a guess of what N and n would
 * be in an archive that has seen nothing yet.
 */
export function rarity(background: Background, term: number, isCommon: boolean): number {
  return rarityAmong(background, logOfArticles(background), term, isCommon);
}

/** `rarity` for many terms of one moment: `logOfAll` is `logOfArticles` of the same background. */
export function rarityAmong({ counts }: Background, logOfAll: number, term: number, isCommon: boolean): number {
  const counted = counts[place(term)]!;
  const logs = isCommon ? logsOfCommon : logsOfOthers;
  const seen = counted < logs.length ? logs[counted]! : logOfSeen(counted, isCommon);
  return logOfAll - seen + 1;
}

export function logOfArticles({ articles }: Background): number {
  return Math.log(1 + articles + guessArticles);
}

/** ln(1 + n) by how often a term was counted, which seldom is often. */
const logsOfOthers = Float64Array.from({ length: 1_024 }, (_, counted) => logOfSeen(counted, false));
const logsOfCommon = Float64Array.from({ length: 1_024 }, (_, counted) => logOfSeen(counted, true));

function logOfSeen(counted: number, isCommon: boolean): number {
  return Math.log(1 + counted + guessArticles * (isCommon ? commonShare : guessShare));
}

/** A term in 23 bits, as an index keeps it: three bytes in SQLite. */
export function shortTerm(term: number): number {
  return mixed(term) >>> 9;
}

function place(term: number): number {
  return mixed(term) & (backgroundSize - 1);
}

/** A term's bits well mixed (the finalizer of MurmurHash3). */
function mixed(term: number): number {
  let x = term | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
