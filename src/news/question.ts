import { fold } from "./fold.ts";
import { type Phrase, piecePhrase, runsOf, wordPhrase, wordsOf } from "./grams.ts";
import type { Query } from "./query.ts";

/** One thing that a good answer to a question mentions. */
export type Term = {
  /** As it stands in a folded text. */
  text: string;
  /** Its share in the score beside how rare it is: a pair that is a word counts more than one across two words. */
  weight: number;
  /** How the index finds it; null for words of three characters and more, whose pairs are asked instead. */
  phrase: Phrase | null;
  /** A word of an alphabet or a number, which must not be found inside another. */
  whole: boolean;
};

/** More is no question: the rest of a pasted text adds nothing. */
const termsMax = 48;
/** Tuned on 162 questions with judged passages (bench quality): .3 to 1 are alike. */
const wordWeight = 0.6;

/** What Chinese questions ask with. None of it is in the answer. */
const asking = new RegExp(
  "(?:分别)?(?:" +
    "是(?:什么|谁|哪|多少|几|否)|什么时候|什么时间|什么样|什么|多少|为何|为什么|如何|怎么样|怎么|怎样|哪里|哪儿|哪些|" +
    "哪[个家位部年天]|哪一[年天个位部]|哪|谁|几[个月日号点岁次年位名]|何时|何地|何处|何人|有没有|是不是|是否|吗|呢|请问|" +
    "具体|包括|有?多[大高长重少久远])",
  "gu",
);
const filling = /[的是在了]/gu;
const english = new Set(
  (
    "a an the of in on at to for from by with and or is are was were be been do does did has have had it its this that " +
    "what when where which who whom whose why how many much long will would can could should there their s"
  ).split(" "),
);

const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

/** What to look for when no article holds all that was typed: pairs of characters, words, names and numbers. */
export function questionTerms(typed: string): Term[] {
  const folded = fold(typed);
  const bare = folded.replace(asking, " ").replace(filling, " ");
  const terms = termsOf(bare);
  return terms.length > 0 ? terms : termsOf(folded);
}

function termsOf(text: string): Term[] {
  const terms = new Map<string, Term>();
  const add = (term: Term) => {
    const known = terms.get(term.text);
    if (known === undefined) terms.set(term.text, term);
    else if (known.weight < 1 + wordWeight) known.weight += term.weight;
  };
  const runs = runsOf(text);
  for (const run of runs) {
    const chars = [...run.text];
    for (let i = 0; i + 1 < chars.length; i++) {
      const pair = `${chars[i]}${chars[i + 1]}`;
      if (!terms.has(pair)) add({ text: pair, weight: 1, phrase: piecePhrase(pair), whole: false });
    }
    if (chars.length === 1 && runs.length === 1) {
      add({ text: run.text, weight: 1, phrase: piecePhrase(run.text), whole: false });
    }
  }
  const words = wordsOf(text);
  for (const word of words) {
    if (english.has(word.text) && words.length > 1) continue;
    if (!terms.has(word.text)) {
      add({ text: word.text, weight: 1, phrase: wordPhrase(word.text), whole: true });
    }
  }
  for (const word of new Set(chineseWords(text))) {
    add({ text: word, weight: wordWeight, phrase: null, whole: false });
  }
  return [...terms.values()].slice(0, termsMax);
}

function chineseWords(text: string): string[] {
  const words = runsOf(text).flatMap((run) => [...segmenter.segment(run.text)].map((each) => each.segment));
  return words.filter((word) => word.length >= 2);
}

/** Characters of words from which a line without spaces is more than a name; a word of an alphabet counts as two at most. */
const questionCharsMin = 7;

/**
 * Whether a few articles that have it word for word are not the whole answer: one long line of plain text. Words set
 * apart are meant to be there, each of them.
 */
export function isQuestion(query: Query): boolean {
  const [first, ...others] = query.all.flat().filter((clause) => clause.kind === "text");
  if (first === undefined || others.length > 0 || first.exact || first.where === "title") return false;
  const chars = runsOf(first.piece).reduce((sum, run) => sum + run.text.length, 0);
  return wordsOf(first.piece).reduce((sum, word) => sum + Math.min(2, word.text.length), chars) >= questionCharsMin;
}
