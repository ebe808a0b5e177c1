/** How much of a line a character takes: a Chinese one about two Latin ones. */
const wide = /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{20000}-\u{3fffd}]/u;

/** A clause is kept whole when at least this share of what fits is left. */
const clauseShareMin = 0.75;

export function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += wide.test(character) ? 2 : 1;
  return sum;
}

/** One line of at most so many columns, cut at a word or a clause and marked with "…" when it was longer. */
export function clip(text: string, columnsMax: number): string {
  const line = oneLine(text);
  if (columns(line) <= columnsMax) return line;
  const head = take(line, columnsMax - 1);
  const rest = line.slice(head.length);
  // A Latin word is not cut in two, unless it is all there is.
  const wordStart = /^\p{L}/u.test(rest) && !wide.test(rest[0] ?? "") ? head.search(/[\s\p{P}][^\s\p{P}]*$/u) : -1;
  const whole = wordStart > head.length / 2 ? head.slice(0, wordStart) : head;
  // Where a clause ends near the edge, the cut is there: half a clause says nothing.
  const clause = Math.max(...["，", "；", "、", ", ", "; "].map((mark) => whole.lastIndexOf(mark)));
  const cut = clause > whole.length * clauseShareMin ? whole.slice(0, clause) : whole;
  return `${cut.replace(/[\s，、,;；:：·—-]+$/u, "")}…`;
}

/** The whole sentences that fit; the first one is clipped when even it does not. */
export function clipSentences(text: string, columnsMax: number): string {
  const line = oneLine(text);
  if (columns(line) <= columnsMax) return line;
  let kept = "";
  for (const sentence of line.match(/.*?(?:[。！？!?；;]+["”’」』）)]*|\.(?=\s|$)|$)/gu) ?? []) {
    if (columns(kept + sentence) > columnsMax) break;
    kept += sentence;
  }
  if (kept.trim() === "") return clip(line, columnsMax);
  // A sentence that went on after its semicolon ends here.
  return kept.trim().replace(/；$/u, "。").replace(/;$/u, ".");
}

export function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}

/** With the full stop that it lacks. */
export function ended(sentence: string, language: "zh" | "en"): string {
  const line = oneLine(sentence);
  if (line === "" || /[。！？.!?…]["”’」』）)]*$/u.test(line)) return line;
  return line.replace(/[，、,;；:：]$/u, "") + (language === "zh" ? "。" : ".");
}

function take(line: string, columnsMax: number): string {
  let head = "";
  let used = 0;
  for (const character of line) {
    used += wide.test(character) ? 2 : 1;
    if (used > columnsMax) break;
    head += character;
  }
  return head;
}
