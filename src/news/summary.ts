import { isCommon } from "./common-words.ts";
import { sentencesOf } from "./sentences.ts";
import { tokenize } from "./terms.ts";

/** Sentences of a summary. */
const sentencesMax = 4;
/** Sentences of each article that may be in it: news tells the most important first. */
const perArticleMax = 8;
/** A sentence that shares more of its terms with a chosen one says the same again. */
const sameShareMax = 0.5;
/** Characters of a text in which a term counts as told. */
const sharedCharsMax = 800;
/** How fast a sentence's place counts against it. */
const placeDecay = 0.12;

type Telling = { title: string; lead: string; body: string; language: string };

/**
 * Two to four of the story's own sentences: those whose terms most articles and headlines share, early ones first,
 * none that repeats another; in the order of the article that begins it. "" when only headlines are known.
 */
export function summarize(main: Telling, others: readonly Telling[], { max = sentencesMax } = {}): string[] {
  const shared = sharedTerms([main, ...others.filter((other) => other.language === main.language)]);
  const headline = new Set(tokenize(main.title).terms.filter((term) => !isCommon(term)));
  const own = sentencesOf(main).slice(0, perArticleMax);
  const candidates = own.map((sentence, place) => {
    const terms = [...new Set(tokenize(sentence).terms)].filter((term) => !isCommon(term));
    const support = terms.reduce(
      (sum, term) => sum + Math.log2(shared.get(term) ?? 1) + (headline.has(term) ? 1 : 0),
      0,
    );
    return {
      sentence,
      place,
      terms,
      score: (1 + support / Math.sqrt(terms.length + 4)) * Math.exp(-placeDecay * place),
    };
  });
  const chosen: typeof candidates = [];
  for (const candidate of candidates.sort((a, b) => b.score - a.score)) {
    if (chosen.length === max) break;
    if (!chosen.some((other) => sameShare(candidate.terms, other.terms) > sameShareMax)) chosen.push(candidate);
  }
  return chosen.sort((a, b) => a.place - b.place).map(({ sentence }) => sentence);
}

/** In how many of the articles each term stands; of one alone it says nothing. */
function sharedTerms(tellings: readonly Telling[]): Map<number, number> {
  const shared = new Map<number, number>();
  if (tellings.length === 1) return shared;
  for (const { title, lead, body } of tellings) {
    for (const term of new Set(tokenize(`${title}\n${lead}\n${body.slice(0, sharedCharsMax)}`).terms)) {
      if (!isCommon(term)) shared.set(term, (shared.get(term) ?? 0) + 1);
    }
  }
  return shared;
}

function sameShare(a: readonly number[], b: readonly number[]): number {
  const other = new Set(b);
  return a.length === 0 ? 1 : a.filter((term) => other.has(term)).length / Math.min(a.length, Math.max(1, b.length));
}
