import { fold } from "./fold.ts";

/** Characters of a headline that are compared: the work grows with their square. */
const charsMax = 100;

/** Letters and digits of a headline, folded. */
export function headlineCharacters(headline: string): string {
  return fold(headline.slice(0, charsMax * 2))
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .slice(0, charsMax);
}

/**
 * How much two headlines (as `headlineCharacters` gives them) say in the same order: the longest run that both have, and
 * the longest sequence with other characters between, as shares of the shorter and of the longer one.
 */
export function alikeInOrder(a: string, b: string) {
  // One row of each table is enough: [j] is of the row before until it is overwritten.
  const runs = new Uint8Array(b.length + 1);
  const sequences = new Uint8Array(b.length + 1);
  let longest = 0;
  for (let i = 0; i < a.length; i += 1) {
    let runBefore = 0;
    let sequenceBefore = 0;
    for (let j = 1; j <= b.length; j += 1) {
      const [run, sequence] = [runs[j]!, sequences[j]!];
      if (a.charCodeAt(i) === b.charCodeAt(j - 1)) {
        runs[j] = runBefore + 1;
        sequences[j] = sequenceBefore + 1;
        longest = Math.max(longest, runs[j]!);
      } else {
        runs[j] = 0;
        sequences[j] = Math.max(sequence, sequences[j - 1]!);
      }
      runBefore = run;
      sequenceBefore = sequence;
    }
  }
  const less = Math.min(a.length, b.length) || 1;
  const more = Math.max(a.length, b.length) || 1;
  const sequence = sequences[b.length]!;
  return {
    runOfShorter: longest / less,
    runOfLonger: longest / more,
    sequenceOfShorter: sequence / less,
    sequenceOfLonger: sequence / more,
  };
}
