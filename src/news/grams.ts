import { isDigit, isIdeographic, isLetter } from "./fold.ts";

/**
 * The index's own alphabet. A folded text becomes one term a character: that character with its next (习近 近平), or,
 * where three letters of an alphabet stand together, with its next two (iph pho hon one). A piece of a text then is a
 * row of neighbouring terms, wherever it begins, ends, or crosses signs, numbers and scripts, so that a row of terms is
 * in exactly the texts that hold it. Three letters, because any two are in every English text.
 *
 * A term is a number: its kind, then up to three UTF-16 units of 16 bits. What does not fit (two characters beyond the
 * BMP, whole words, facts) is a hash of 48 bits, which among a million words are alike once in a thousand archives.
 */
const kinds = {
  /** Single characters, pairs of letters; the title's again. */
  sign: 1,
  titleSign: 2,
  gram: 3,
  titleGram: 4,
  /** A word of an alphabet, or a number. */
  word: 5,
  /** What an article is: its source, its language. */
  fact: 6,
  hashedGram: 7,
  hashedTitleGram: 8,
} as const;
/** Upper halves of terms, a kind and a unit, are below this. */
export const highsBelow = (kinds.hashedTitleGram + 1) * 0x10000;

/** A row of terms, one after the other; at its end any one of a range may stand, of which only the beginning is known. */
export type Phrase = { terms: number[]; open: { from: number; to: number } | null };

/** Takes the terms of an article: those that have a place in it, and those of which only counts that they are there. */
export type Terms = {
  placed(high: number, low: number, place: number): void;
  unplaced(high: number, low: number): void;
};

/** A term of its two halves, in whose order a segment has its terms. */
export function termOf(high: number, low: number): number {
  return high * 2 ** 32 + low;
}

/** Text beyond this is not searched: a page that long is no article. */
export const indexedCharsMax = 200_000;

/** Whether an index keeps the places of this term. */
export function isPlaced(term: number): boolean {
  const kind = Math.floor(term / 2 ** 48);
  return kind !== kinds.sign && kind !== kinds.titleSign && kind !== kinds.fact;
}

/** Gives the terms of an article whose texts are folded; `facts` are words of ours, like `s12` for a source. */
export function addTerms(
  into: Terms,
  { title, texts, facts }: { title: string; texts: readonly string[]; facts: readonly string[] },
): void {
  const fields = [title, ...texts].map((text) => text.slice(0, indexedCharsMax));
  let [grams, words] = [0, 0];
  for (const text of fields) {
    grams = addGrams(text, into, { kind: kinds.gram, hashed: kinds.hashedGram, from: grams });
    words = addWords(text, into, words);
    addSigns(text, into, kinds.sign);
  }
  addGrams(fields[0]!, into, { kind: kinds.titleGram, hashed: kinds.hashedTitleGram, from: 0 });
  addSigns(fields[0]!, into, kinds.titleSign);
  for (const fact of facts) hashed(kinds.fact, fact, (high, low) => into.unplaced(high, low));
}

/** How the texts that hold this folded piece are found. The piece is not empty. */
export function piecePhrase(piece: string, where: "anywhere" | "title" = "anywhere"): Phrase {
  const isTitle = where === "title";
  const kind = isTitle ? kinds.titleGram : kinds.gram;
  const terms: number[] = [];
  const into: Terms = {
    placed: (high, low) => terms.push(termOf(high, low)),
    unplaced: (high, low) => terms.push(termOf(high, low)),
  };
  const size = sizeAt(piece.charCodeAt(0));
  const isPair = piece.length === 2 && isLetter(piece.charCodeAt(0)) && isLetter(piece.charCodeAt(1));
  if (piece.length === size || isPair) {
    addSigns(piece, into, isTitle ? kinds.titleSign : kinds.sign);
    // Its letters by themselves say nothing more.
    return { terms: terms.slice(-1), open: null };
  }
  addGrams(piece, into, { kind, hashed: isTitle ? kinds.hashedTitleGram : kinds.hashedGram, from: 0 });
  const [beforeLast, last] = [piece.charCodeAt(piece.length - 2), piece.charCodeAt(piece.length - 1)];
  if (!isLetter(beforeLast) || !isLetter(last)) return { terms, open: null };
  // What follows the last two letters is unknown; the term before holds them, if it is of three letters.
  const from = terms.pop()!;
  if (isLetter(piece.charCodeAt(piece.length - 3))) return { terms, open: null };
  return { terms, open: { from, to: from + 0xffff } };
}

/** How texts with these very words are found, one after another: `iphone 17` is in iPhone17, `art` is not in party. */
export function wordPhrase(piece: string): Phrase {
  const terms: number[] = [];
  for (const { text } of wordsOf(piece)) hashed(kinds.word, text, (high, low) => terms.push(termOf(high, low)));
  return { terms, open: null };
}

/** How articles with a fact are found. */
export function factPhrase(fact: string): Phrase {
  const terms: number[] = [];
  hashed(kinds.fact, fact, (high, low) => terms.push(termOf(high, low)));
  return { terms, open: null };
}

export type Word = { text: string; at: number };

/** Words of alphabets and numbers in a folded text. A number after letters is a word of its own. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (let i = 0; i < text.length; ) {
    const kind = kindOf(text.charCodeAt(i));
    let end = i + 1;
    while (end < text.length && kindOf(text.charCodeAt(end)) === kind) end++;
    if (kind !== 0) words.push({ text: text.slice(i, end), at: i });
    i = end;
  }
  return words;
}

/** Runs of Han, kana and hangul in a folded text. */
export function runsOf(text: string): Word[] {
  const runs: Word[] = [];
  for (let i = 0; i < text.length; ) {
    const inside = isIdeographic(text.charCodeAt(i));
    let end = i + 1;
    while (end < text.length && isIdeographic(text.charCodeAt(end)) === inside) end++;
    if (inside) runs.push({ text: text.slice(i, end), at: i });
    i = end;
  }
  return runs;
}

/** One word of an alphabet, or one number. */
export function isOneWord(piece: string): boolean {
  const words = wordsOf(piece);
  return words.length === 1 && words[0]?.text === piece;
}

function kindOf(unit: number): 0 | 1 | 2 {
  return isLetter(unit) ? 1 : isDigit(unit) ? 2 : 0;
}

type Kind = (typeof kinds)[keyof typeof kinds];

/** One term for each character but the last; says from where on the next text's stand, which are no neighbours. */
function addGrams(
  text: string,
  into: Terms,
  { kind, hashed: other, from }: { kind: Kind; hashed: Kind; from: number },
) {
  let place = from;
  for (let i = 0, next = 0; i < text.length; i = next) {
    const unit = text.charCodeAt(i);
    next = i + sizeAt(unit);
    if (next >= text.length) break;
    const after = text.charCodeAt(next);
    const end = next + sizeAt(after);
    if (end - i === 2) {
      const third = isLetter(unit) && isLetter(after) && isLetter(text.charCodeAt(end)) ? text.charCodeAt(end) : 0;
      into.placed(kind * 0x10000 + unit, ((after << 16) | third) >>> 0, place);
    } else if (end - i === 3) {
      const low = ((text.charCodeAt(i + 1) << 16) | text.charCodeAt(i + 2)) >>> 0;
      into.placed(kind * 0x10000 + unit, low, place);
    } else {
      const at = place;
      hashed(other, text.slice(i, end), (high, low) => into.placed(high, low, at));
    }
    place += 1;
  }
  return place + 1;
}

/** Single characters, and pairs of letters. */
function addSigns(text: string, into: Terms, kind: Kind): void {
  const high = kind * 0x10000;
  let before = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (sizeAt(unit) === 2) into.unplaced(high, ((unit << 16) | text.charCodeAt(++i)) >>> 0);
    else if (unit !== 0x20) into.unplaced(high, unit);
    const letter = isLetter(unit);
    if (letter && before !== 0) into.unplaced(high, ((before << 16) | unit) >>> 0);
    before = letter ? unit : 0;
  }
}

/** Words are neighbours when only a space, a hyphen or nothing is between them. */
function addWords(text: string, into: Terms, from: number): number {
  let place = from;
  let end = -1;
  for (const word of wordsOf(text)) {
    const isNext = end < 0 || word.at === end || (word.at === end + 1 && " -'".includes(text[end] as string));
    if (!isNext) place += 1;
    const at = place;
    hashed(kinds.word, word.text, (high, low) => into.placed(high, low, at));
    place += 1;
    end = word.at + word.text.length;
  }
  return place + 1;
}

/** Two FNV-1a hashes of a text, of which 48 bits are kept. */
function hashed(kind: Kind, text: string, take: (high: number, low: number) => void): void {
  let a = 0x811c9dc5;
  let b = 0x2f0b4c47;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(text.length - 1 - i), 0x01000193);
  }
  b ^= b >>> 15;
  take(kind * 0x10000 + ((b ^ (b >>> 16)) & 0xffff), a >>> 0);
}

/** Folded texts hold no half of a pair. */
function sizeAt(unit: number): 1 | 2 {
  return unit >= 0xd800 && unit <= 0xdbff ? 2 : 1;
}
