import { foldMapped, isIdeographic } from "./fold.ts";
import { isOneWord } from "./grams.ts";
import { piecesOf, type Query } from "./query.ts";
import { questionTerms } from "./question.ts";
import { isWholeAt, occurrences } from "./relevance.ts";

/** Columns of a snippet, a Chinese character two: three lines of a phone. */
export const snippetColumns = 110;
/** Columns before the first word, back to where its clause begins. */
const beforeColumns = 24;
/** Text in which the words are looked for. */
const charsMax = 20_000;
/** Folded characters within which words count as standing together. */
const windowChars = 50;

export type Snippet = {
  /** One line of the article's own text, "…" where it was cut. */
  text: string;
  /** Where what was asked for stands in `text`: from, to (UTF-16). */
  marks: [from: number, to: number][];
};

type Text = { lead: string; body: string };
type Hit = { from: number; to: number; piece: number };

/**
 * The place of an article that has most of what was asked for, starting at the clause where it begins. An article that
 * has it in the headline only shows how it begins. Nothing is marked then.
 */
export function snippetOf(article: Text, query: Query, options: { columnsMax?: number } = {}): Snippet {
  const columnsMax = options.columnsMax ?? snippetColumns;
  const head = textOf(article).slice(0, charsMax);
  const folded = foldMapped(head);
  const hits = hitsOf(folded.text, query);
  if (hits.length === 0) return cut(head, { from: 0, columnsMax, marks: [] });
  const first = bestHit(hits);
  const marks = hits.map((hit): [number, number] => [at(folded.at, hit.from), at(folded.at, hit.to)]);
  const from = clauseStart(head, at(folded.at, first.from));
  return cut(head, { from, columnsMax, marks });
}

/** The snippet in pieces, what was asked for apart from the rest. */
export function snippetParts({ text, marks }: Snippet): { text: string; hit: boolean }[] {
  const parts: { text: string; hit: boolean }[] = [];
  let end = 0;
  for (const [from, to] of marks) {
    if (from > end) parts.push({ text: text.slice(end, from), hit: false });
    parts.push({ text: text.slice(from, to), hit: true });
    end = to;
  }
  if (end < text.length) parts.push({ text: text.slice(end), hit: false });
  return parts;
}

/** Lead and body; a body that begins with its lead alone. */
function textOf({ lead, body }: Text): string {
  if (lead.trim() === "" || body.trimStart().startsWith(lead.trim())) return body;
  return body.trim() === "" ? lead : `${lead}\n${body}`;
}

function at(map: Uint32Array, index: number): number {
  return map[index] as number;
}

/** Where the pieces stand; when none does, where the question's words do. Words of an alphabet whole, if they can. */
function hitsOf(text: string, query: Query): Hit[] {
  const hits = findAll(text, piecesOf(query));
  if (hits.length > 0) return hits;
  const terms = questionTerms(query.text).sort((a, b) => b.text.length - a.text.length);
  return findAll(
    text,
    terms.map((term) => term.text),
  );
}

function findAll(text: string, pieces: readonly string[]): Hit[] {
  const hits: Hit[] = [];
  for (const [n, piece] of pieces.entries()) {
    const all = occurrences(text, { text: piece, whole: false });
    const whole = isOneWord(piece) ? all.filter((from) => isWholeAt(text, from, piece.length)) : [];
    for (const from of whole.length > 0 ? whole : all) hits.push({ from, to: from + piece.length, piece: n });
  }
  hits.sort((a, b) => a.from - b.from || b.to - a.to);
  const apart: Hit[] = [];
  for (const hit of hits) {
    const last = apart.at(-1);
    if (last === undefined || hit.from >= last.to) apart.push(hit);
    else if (hit.to > last.to) apart[apart.length - 1] = { ...last, to: hit.to };
  }
  return apart;
}

/** The hit after which most different pieces, and then most text of them, stand. */
function bestHit(hits: readonly Hit[]): Hit {
  let best = hits[0] as Hit;
  let most = 0;
  for (const [n, hit] of hits.entries()) {
    const near: Hit[] = [];
    for (let k = n; k < hits.length && (hits[k] as Hit).from <= hit.from + windowChars; k++) near.push(hits[k] as Hit);
    const chars = near.reduce((sum, each) => sum + each.to - each.from, 0);
    const worth = new Set(near.map((each) => each.piece)).size * 1_000 + chars;
    if (worth > most) [best, most] = [hit, worth];
  }
  return best;
}

/** The start of the clause, unless that is far before; then the word itself. */
function clauseStart(text: string, from: number): number {
  let start = from;
  let width = 0;
  while (start > 0 && width <= beforeColumns) {
    if (/[\n。！？；，、：!?;:]/u.test(text[start - 1] as string) || /[.,] $/u.test(text.slice(start - 2, start))) {
      return start;
    }
    start -= 1;
    width += columnsOf(text[start] as string);
  }
  if (start === 0 && width <= beforeColumns) return 0;
  let word = from;
  while (word > 0 && from - word < beforeColumns && /[\p{Script=Latin}\d]/u.test(text[word - 1] as string)) word -= 1;
  return word;
}

type Cut = { from: number; columnsMax: number; marks: readonly [number, number][] };

/** One line from here on, with the marks moved along. Chinese sentences have no space between them. */
function cut(text: string, { from, columnsMax, marks }: Cut): Snippet {
  const isCutBefore = text.slice(0, from).trim() !== "";
  let line = isCutBefore ? "…" : "";
  const places = new Map<number, number>();
  let width = columnsOf(line);
  let index = from;
  let isGap = false;
  for (const char of text.slice(from)) {
    if (/\s/u.test(char)) {
      isGap = line !== "" && line !== "…";
      places.set(index, line.length);
    } else {
      const gap = isGap && !(isChinese(lastChar(line)) && isChinese(char)) ? " " : "";
      if (width + gap.length + columnsOf(char) > columnsMax - 1) break;
      places.set(index, line.length + gap.length);
      line += gap + char;
      width += gap.length + columnsOf(char);
      isGap = false;
    }
    index += char.length;
  }
  const isCutAfter = text.slice(index).trim() !== "";
  places.set(index, line.length);
  const moved = marks.flatMap(([a, b]): [number, number][] => {
    const start = places.get(a);
    const end = places.get(Math.min(b, index)) ?? line.length;
    return start === undefined || end <= start ? [] : [[start, end]];
  });
  return { text: isCutAfter ? `${line}…` : line, marks: moved };
}

/** How wide a phone shows it: ideographs, full-width signs and emoji are two. */
function columnsOf(char: string): number {
  const unit = char.charCodeAt(0);
  return isIdeographic(unit) || (unit >= 0x2e80 && unit <= 0xffef) || unit >= 0xd800 ? 2 : 1;
}

/** Signs of Chinese text; its quotes and dots are no wider than others. */
function isChinese(char: string): boolean {
  return columnsOf(char) === 2 || "“”‘’…—".includes(char);
}

function lastChar(line: string): string {
  return line.at(-1) ?? " ";
}
