import { isCommon } from "./common-words.ts";
import type { Reason } from "./edition.ts";
import { fold, isIdeographic } from "./fold.ts";
import { tokenize } from "./terms.ts";

/** An article this much older than the one read is its background. */
const backgroundHours = 48;
/** Under a story, what is younger than this is no background of it: it is of the same day. */
const ownDayHours = 20;
/** And this much newer is what came later. */
const laterHours = 1;
/** Characters of a shared name; what is longer is half a sentence. */
const nameChars = { least: 2, most: 6 };
/** Counting is no name: 4.2万人, 21号, 六县. */
const counting = /[一二三四五六七八九十百千万亿两几]/u;
/** A name in quotation marks is a name whatever else the word means: “青竹”. */
const quoted = /[“「『《]([^”」』》]{2,8})[”」』》]/gu;
const number = /\p{Nd}$|^[一二三四五六七八九十百千万亿两几]+$/u;

type Readable = { title: string; lead: string; body: string; language: string; publishedAt: Date | null };

/**
 * Why one article stands under another, as far as it can be computed: it came later, it is background, or it also says
 * a name. Causes cannot be known.
 */
export function reasonFor(
  read: Readable,
  other: Readable,
  { rarityOf }: { rarityOf: (term: number) => number },
): Reason {
  const hours =
    read.publishedAt === null || other.publishedAt === null
      ? 0
      : (other.publishedAt.getTime() - read.publishedAt.getTime()) / 3_600_000;
  if (hours <= -backgroundHours) return { kind: "background", at: other.publishedAt! };
  if (hours >= laterHours) return { kind: "later", at: other.publishedAt! };
  const name = sharedName(read, other, rarityOf);
  if (name !== null) return { kind: "also", name };
  if (other.publishedAt === null) return { kind: "same-story" };
  return { kind: hours > 0 ? "later" : "background", at: other.publishedAt };
}

/** Whether a person can follow it: background is of another day, and telling the same is no reason at all. */
export function isFollowed(reason: Reason, lastAt: Date | null): boolean {
  if (reason.kind !== "background" || lastAt === null) return reason.kind !== "same-story";
  return lastAt.getTime() - reason.at.getTime() >= ownDayHours * 3_600_000;
}

/**
 * The rarest name that both articles say, one of them in its headline: one in quotation marks, in Chinese the longest
 * run of characters in common, in English words with a capital.
 */
export function sharedName(a: Readable, b: Readable, rarityOf: (term: number) => number): string | null {
  const found = sharedNames(a, b, rarityOf);
  return found.find(({ isQuoted }) => isQuoted)?.name ?? found[0]?.name ?? null;
}

/**
 * Whether a person sees that two articles belong together: both headlines say a name, or one says a long one of the
 * other's, or two of them. One short word of a headline that stands somewhere in the other's text may be any word.
 */
export function isSeenRelated(a: Readable, b: Readable, rarityOf: (term: number) => number): boolean {
  const names = sharedNames(a, b, rarityOf).map(({ name }) => name);
  const [inA, inB] = [fold(a.title), fold(b.title)];
  if (names.some((name) => !isShortRun(name) || (inA.includes(fold(name)) && inB.includes(fold(name))))) return true;
  const apart = names.filter((name) => !names.some((other) => other !== name && other.includes(name)));
  return new Set(apart).size > 1;
}

/** Two Chinese characters, which a name may be, and any word. */
function isShortRun(name: string): boolean {
  return name.length <= nameChars.least && isIdeographic(name.charCodeAt(0));
}

type Shared = { name: string; score: number; isQuoted: boolean };

/** The names that both say, the rarest first. */
function sharedNames(a: Readable, b: Readable, rarityOf: (term: number) => number): Shared[] {
  const quotes = [...`${a.title}\n${b.title}`.matchAll(quoted)].map((match) => match[1]!);
  const found = new Set([...runs(a.title, bodyOf(b)), ...runs(b.title, bodyOf(a))]);
  return [...found]
    .flatMap((name) => {
      const terms = tokenize(name).terms;
      if (terms.length === 0 || terms.some(isCommon)) return [];
      const score = terms.reduce((sum, term) => sum + rarityOf(term), 0) / Math.sqrt(terms.length);
      return [{ name, score, isQuoted: quotes.includes(name) }];
    })
    .sort((one, other) => other.score - one.score);
}

function bodyOf(article: Readable): string {
  return `${article.title}\n${article.lead}\n${article.body.slice(0, 600)}`;
}

/** Runs of the headline that the other text has too. */
function runs(title: string, text: string): string[] {
  return [...chineseRuns(title, fold(text)), ...latinNames(title, text)];
}

const words = new Intl.Segmenter("zh", { granularity: "word" });

/** Maximal runs in common, from the start of a word to the end of one. */
function chineseRuns(title: string, folded: string): string[] {
  const pieces = [...words.segment(title)].map(({ segment }) => segment);
  const found: string[] = [];
  for (let from = 0; from < pieces.length; from += 1) {
    let run = "";
    for (let to = from; to < pieces.length; to += 1) {
      const piece = pieces[to]!;
      if (counting.test(piece) || ![...piece].every((char) => isIdeographic(char.charCodeAt(0)))) break;
      // What stands behind a number is what is counted.
      if (run === "" && number.test(pieces[to - 1] ?? "")) break;
      if (run.length + piece.length > nameChars.most || !folded.includes(fold(run + piece))) break;
      run += piece;
    }
    if (run.length < nameChars.least) continue;
    found.push(run);
    while (from + 1 < pieces.length && run.startsWith(pieces[from]!) && run.length > pieces[from]!.length) {
      run = run.slice(pieces[from]!.length);
      from += 1;
    }
  }
  return found;
}

/** Names of one to three words, each with a capital, that are not merely a sentence's first word. */
function latinNames(title: string, text: string): string[] {
  const found: string[] = [];
  for (const [name] of title.matchAll(/\b\p{Lu}[\p{L}\d’'-]+(?: \p{Lu}[\p{L}\d’'-]+){0,2}/gu)) {
    const parts = name.split(" ");
    for (let from = 0; from < parts.length; from += 1) {
      for (let to = parts.length; to > from; to -= 1) {
        const candidate = parts.slice(from, to).join(" ");
        if (candidate.length > 2 && new RegExp(`\\b${escapeRegExp(candidate)}\\b`, "u").test(text))
          found.push(candidate);
      }
    }
  }
  return found;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
