import { isDigit, isIdeographic, isLetter } from "./fold.ts";

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
  const grams: string[] = [];
  const signs = new Set<string>();
  const words: string[] = [];
  for (const text of [title, ...texts]) {
    const part = text.slice(0, indexedCharsMax);
    addGrams(part, grams, "");
    addSigns(part, signs, "");
    addWords(part, words);
    grams.push(marks.gap);
    words.push(marks.gap);
  }
  addGrams(title, grams, marks.title);
  addSigns(title, signs, marks.title);
  const meta = facts.map((fact) => marks.meta + fact);
  return { grams: [...grams, ...words, ...meta].join(" "), signs: [...signs, ...meta].join(" ") };
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

/** Only letters of alphabets, numbers and what joins them (4.5, don't, at-home), with at least one of the first two. */
export function isAlphanumeric(piece: string): boolean {
  let some = false;
  for (let i = 0; i < piece.length; i++) {
    const unit = piece.charCodeAt(i);
    if (isLetter(unit) || isDigit(unit)) some = true;
    else if (!" -.'&".includes(piece[i] as string)) return false;
  }
  return some;
}

function kindOf(unit: number): 0 | 1 | 2 {
  return isLetter(unit) ? 1 : isDigit(unit) ? 2 : 0;
}

function isLetterChar(char: string): boolean {
  return char.length === 1 && isLetter(char.charCodeAt(0));
}

function addGrams(text: string, grams: string[], mark: string): void {
  let chars: ArrayLike<string> = text;
  if (/[\ud800-\udfff]/.test(text)) chars = [...text];
  for (let i = 0; i + 1 < chars.length; i++) {
    const [a, b, c] = [chars[i] as string, chars[i + 1] as string, chars[i + 2]];
    const three = isLetterChar(a) && isLetterChar(b) && c !== undefined && isLetterChar(c);
    grams.push(mark + encode(three ? a + b + c : a + b));
  }
}

function addSigns(text: string, signs: Set<string>, mark: string): void {
  let before = "";
  for (const char of text) {
    if (char !== " ") signs.add(mark + encode(char));
    const letter = isLetterChar(char);
    if (letter && before !== "") signs.add(mark + before + char);
    before = letter ? char : "";
  }
}

/** Words are neighbours when only a space, a hyphen or nothing is between them. */
function addWords(text: string, words: string[]): void {
  let end = -1;
  for (const word of wordsOf(text)) {
    if (end >= 0 && !/^[ -]?$/.test(text.slice(end, Math.min(word.at, end + 2)))) words.push(marks.gap);
    words.push(marks.word + encode(word.text));
    end = word.at + word.text.length;
  }
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
