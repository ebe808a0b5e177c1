import { isDigit, isIdeographic, isLetter, textOf } from "./fold.ts";

/**
 * The index's own alphabet. A folded text becomes one token a character: that character with its next (习近 近平), or,
 * where three letters of an alphabet stand together, with its next two (iph pho hon one). A piece of a text then is a
 * row of neighbouring tokens, wherever it begins, ends, or crosses signs, numbers and scripts, so that a phrase query
 * finds exactly the texts that hold it. Three letters, because any two are in every English text.
 *
 * Tokens hold ASCII letters and digits as they are and other ASCII as private characters, since FTS5's `ascii`
 * tokenizer takes everything beyond ASCII for a letter. The same characters mark the other kinds of token.
 */
const marks = { title: "\ue101", meta: "\ue102", gap: "\ue103", word: "\ue104" } as const;

/** An index expression's leaf: a phrase, whose last token may be a beginning only; where it is found. */
export type Phrase = { tokens: string[]; open: boolean; table: "grams" | "signs" };

const titleMark = marks.title.charCodeAt(0);
const gapMark = marks.gap.charCodeAt(0);
const wordMark = marks.word.charCodeAt(0);

export type Indexed = {
  /** For the table with positions: the texts' pieces, the title's again, words, and what the article is. */
  grams: string;
  /** For the table without: single characters, pairs of letters, the title's again, and what the article is. */
  signs: string;
};

/** Text beyond this is not searched: a page that long is no article. */
export const indexedCharsMax = 200_000;

/** The tokens of an article whose texts are folded; `facts` are words of ours, like `s12` for a source. */
export function indexed(title: string, texts: readonly string[], facts: readonly string[]): Indexed {
  const fields = [title, ...texts].map((text) => text.slice(0, indexedCharsMax));
  const length = fields.reduce((sum, text) => sum + text.length, title.length);
  // Four units a gram (three letters and a space), three a word's letter, and room for marks.
  const grams = new Tokens(length * 8 + fields.length * 8 + 64);
  const signs = new Set<number>();
  for (const text of fields) {
    addGrams(text, grams, 0);
    grams.mark(gapMark);
    addSigns(text, signs);
  }
  addGrams(title, grams, titleMark);
  for (const text of fields) {
    addWords(text, grams);
    grams.mark(gapMark);
  }
  const inTitle = new Set<number>();
  addSigns(title, inTitle);
  const small = new Tokens(signs.size * 3 + inTitle.size * 4 + 8);
  for (const sign of signs) small.sign(sign, 0);
  for (const sign of inTitle) small.sign(sign, titleMark);
  const meta = facts.map((fact) => marks.meta + fact).join(" ");
  return { grams: grams.text() + meta, signs: small.text() + meta };
}

/** How the texts that hold this folded piece are found. The piece is not empty. */
export function piecePhrase(piece: string, where: "anywhere" | "title" = "anywhere"): Phrase {
  const mark = where === "title" ? marks.title : "";
  const chars = [...piece];
  const kinds = chars.map(isLetterChar);
  if (chars.length === 1) return { tokens: [mark + encode(chars[0] as string)], open: false, table: "signs" };
  if (chars.length === 2 && kinds[0] && kinds[1]) return { tokens: [mark + piece], open: false, table: "signs" };
  const tokens: string[] = [];
  let open = false;
  for (let i = 0; i + 1 < chars.length; i++) {
    const pair = kinds[i] && kinds[i + 1];
    if (pair && i + 2 === chars.length) {
      // What follows the last two letters is unknown; the token before holds them, if it is of three letters.
      if (kinds[i - 1]) break;
      open = true;
    }
    const size = pair && kinds[i + 2] ? 3 : 2;
    tokens.push(mark + encode(chars.slice(i, i + size).join("")));
  }
  return { tokens, open, table: "grams" };
}

/** How texts with these very words are found, one after another: `iphone 17` is in iPhone17, `art` is not in party. */
export function wordPhrase(piece: string): Phrase {
  return { tokens: wordsOf(piece).map((word) => marks.word + encode(word.text)), open: false, table: "grams" };
}

/** How articles with a fact are found; every article's facts are in both tables. */
export function factPhrase(fact: string): Phrase {
  return { tokens: [marks.meta + fact], open: false, table: "grams" };
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

function isLetterChar(char: string): boolean {
  return char.length === 1 && isLetter(char.charCodeAt(0));
}

/** Tokens on their way into one text, each followed by a space. */
class Tokens {
  #units: Uint16Array;
  #length = 0;

  constructor(unitsMax: number) {
    this.#units = new Uint16Array(unitsMax);
  }

  unit(unit: number): void {
    this.#units[this.#length++] = unit >= 0x80 || isDigit(unit) || isLetter(unit) ? unit : 0xe000 + unit;
  }

  end(): void {
    this.#units[this.#length++] = 0x20;
  }

  mark(mark: number): void {
    this.unit(mark);
    this.end();
  }

  /** A character, or two units of one, or a pair of letters, as one number. */
  sign(sign: number, mark: number): void {
    if (mark !== 0) this.unit(mark);
    if (sign > 0xffff) this.unit(sign >>> 16);
    this.unit(sign & 0xffff);
    this.end();
  }

  text(): string {
    return textOf(this.#units.subarray(0, this.#length));
  }
}

/** One token for each character but the last, as `piecePhrase` makes them. */
function addGrams(text: string, grams: Tokens, mark: number): void {
  for (let i = 0, next = 0; i < text.length; i = next) {
    const unit = text.charCodeAt(i);
    next = i + sizeAt(unit);
    if (next >= text.length) return;
    const after = text.charCodeAt(next);
    if (mark !== 0) grams.unit(mark);
    for (let k = i; k < next + sizeAt(after); k++) grams.unit(text.charCodeAt(k));
    if (isLetter(unit) && isLetter(after) && isLetter(text.charCodeAt(next + 1))) grams.unit(text.charCodeAt(next + 1));
    grams.end();
  }
}

function addSigns(text: string, signs: Set<number>): void {
  let before = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (sizeAt(unit) === 2) signs.add(unit * 0x10000 + text.charCodeAt(++i));
    else if (unit !== 0x20) signs.add(unit);
    const letter = isLetter(unit);
    if (letter && before !== 0) signs.add(before * 0x10000 + unit);
    before = letter ? unit : 0;
  }
}

/** Words are neighbours when only a space, a hyphen or nothing is between them. */
function addWords(text: string, grams: Tokens): void {
  let end = -1;
  for (const word of wordsOf(text)) {
    const isNext = end < 0 || word.at === end || (word.at === end + 1 && " -'".includes(text[end] as string));
    if (!isNext) grams.mark(gapMark);
    grams.unit(wordMark);
    for (let k = 0; k < word.text.length; k++) grams.unit(word.text.charCodeAt(k));
    grams.end();
    end = word.at + word.text.length;
  }
}

/** Folded texts hold no half of a pair. */
function sizeAt(unit: number): 1 | 2 {
  return unit >= 0xd800 && unit <= 0xdbff ? 2 : 1;
}

/** ASCII that the tokenizer would take for a space, as private characters (which folding removes from texts). */
function encode(token: string): string {
  for (let i = 0; i < token.length; i++) {
    const unit = token.charCodeAt(i);
    if (unit < 0x80 && !isDigit(unit) && !isLetter(unit)) return token.replace(/[^0-9a-z\u0080-\uffff]/g, shifted);
  }
  return token;
}

function shifted(char: string): string {
  return String.fromCharCode(0xe000 + char.charCodeAt(0));
}
