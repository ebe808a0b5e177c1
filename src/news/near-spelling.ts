import { fold } from "./fold.ts";
import { isOneWord, wordsOf } from "./grams.ts";

/** Longer texts have no one misspelt word. */
const charsMax = 24;
/** Where a text has one of these and the word has none, its neighbours are other words: 的模型 is no 大模型. */
const particles = /[的了在是和与]/;

/** What texts have that is nearest to a text that none has: one or two characters are others; null when none is near. */
export function nearestSpelling(typed: string, texts: readonly string[]): string | null {
  const wanted = fold(typed);
  if (wanted.length < 2 || wanted.length > charsMax) return null;
  const words = wanted.split(" ").map((word) => nearestWord(word, texts));
  const spelt = words.map((word, n) => word ?? wanted.split(" ")[n]).join(" ");
  return spelt === wanted ? null : spelt;
}

function nearestWord(word: string, texts: readonly string[]): string | null {
  if (texts.some((text) => text.includes(word))) return null;
  const edits = editsMax(word);
  if (edits === 0) return null;
  const counts = new Map<string, number>();
  for (const text of texts) {
    const found = isOneWord(word) ? nearWords(text, word, edits) : nearPieces(text, word, edits);
    for (const each of new Set(found)) counts.set(each, (counts.get(each) ?? 0) + 1);
  }
  const scored = [...counts].map(([text, count]) => ({ text, count, edits: distance(word, text, edits) }));
  scored.sort((a, b) => a.edits - b.edits || b.count - a.count || (a.text < b.text ? -1 : 1));
  return scored[0]?.text ?? null;
}

function editsMax(word: string): number {
  if (isOneWord(word)) return word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
  return word.length < 3 ? 0 : word.length < 8 ? 1 : 2;
}

function nearWords(text: string, word: string, edits: number): string[] {
  return wordsOf(text)
    .map((each) => each.text)
    .filter((each) => Math.abs(each.length - word.length) <= edits && distance(word, each, edits) <= edits);
}

/** Pieces of the text as long as the word, where its first or last half stands. */
function nearPieces(text: string, word: string, edits: number): string[] {
  const half = Math.floor(word.length / 2);
  const found: string[] = [];
  const collect = (anchor: string, offset: number) => {
    for (let at = text.indexOf(anchor); at >= 0; at = text.indexOf(anchor, at + 1)) {
      const piece = text.slice(Math.max(0, at - offset), at - offset + word.length);
      const isWord = !/[\s,.;:!?。、]/.test(piece) && (particles.test(word) || !particles.test(piece));
      if (piece.length === word.length && isWord && distance(word, piece, edits) <= edits) found.push(piece);
    }
  };
  collect(word.slice(0, Math.max(half, 2)), 0);
  collect(word.slice(-Math.max(half, 2)), word.length - Math.max(half, 2));
  return found;
}

/** Characters to put in, leave out, change or swap with a neighbour (Damerau); `max + 1` when more than `max`. */
function distance(a: string, b: string, max: number): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + same);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) least = Math.min(least, (before[j - 2] as number) + 1);
      row.push(least);
    }
    if (Math.min(...row) > max) return max + 1;
    before = last;
    last = row;
  }
  return last[b.length] as number;
}
