import { fold } from "./fold.ts";
import { isOneWord } from "./grams.ts";
import { isWholeAt, occurrences } from "./relevance.ts";

/** What is weighed of an article that has all the words. */
export type Candidate = { id: number; title: string; lead: string; body: string; publishedAt: Date | null };

/** Worth of the words' places, each 0 to 1 of a piece; freshness counts as much as a headline. */
const titleShare = 1;
const leadShare = 0.35;
const oftenShare = 0.4;
const wholeShare = 1.2;
const nearShare = 0.3;
const freshShare = 1;
/** Text in which the lead's words stand, and over which words are near together. */
const leadChars = 80;
const nearChars = 40;
/** Text that is weighed at all. */
const weighedChars = 2_000;
const dayMs = 86_400_000;

/**
 * Relevance and freshness together: a headline of three days ago is before a passing mention of today, and behind a
 * headline of today. Freshness is 1 / √(1 + days): .98 after an hour, .71 after a day, .35 after a week, .05 after a
 * year; an article without a date has none.
 */
export function orderBest(
  candidates: readonly Candidate[],
  options: { pieces: readonly string[]; now: Date },
): { id: number; score: number }[] {
  return candidates
    .map((each) => ({
      id: each.id,
      score: worth(each, options.pieces) + freshShare * freshness(each.publishedAt, options.now),
    }))
    .sort((a, b) => b.score - a.score || b.id - a.id);
}

/** 1 for this moment, falling to 0; what is dated ahead of now is as fresh as now. */
export function freshness(publishedAt: Date | null, now: Date): number {
  if (publishedAt === null) return 0;
  const days = Math.max(0, (now.getTime() - publishedAt.getTime()) / dayMs);
  return 1 / Math.sqrt(1 + days);
}

function worth(candidate: Candidate, pieces: readonly string[]): number {
  if (pieces.length === 0) return 0;
  const title = fold(candidate.title);
  const text = fold(`${candidate.lead} ${candidate.body}`.slice(0, weighedChars));
  const firsts: number[] = [];
  let sum = 0;
  for (const piece of pieces) {
    const inTitle = occurrences(title, { text: piece, whole: false });
    const inText = occurrences(text, { text: piece, whole: false });
    if (inTitle.length > 0) sum += titleShare;
    if (inText.length > 0 && (inText[0] as number) < leadChars) sum += leadShare;
    sum += oftenShare * (1 - 1 / (1 + inTitle.length + inText.length));
    if (isOneWord(piece)) {
      const whole = (part: string) => (at: number) => isWholeAt(part, at, piece.length);
      if (inTitle.some(whole(title)) || inText.some(whole(text))) sum += wholeShare;
    }
    if (inText.length > 0) firsts.push(inText[0] as number);
  }
  const isNear = firsts.length > 1 && Math.max(...firsts) - Math.min(...firsts) <= nearChars * firsts.length;
  return sum / pieces.length + (isNear ? nearShare : 0);
}
