/** How much of a line a character takes: a Chinese one about two Latin ones. */
const wide = /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{20000}-\u{3fffd}]/u;

/** A clause is kept whole when at least this share of what fits is left: of a headline, of a told sentence. */
const clauseShareMin = 0.75;
const toldClauseShareMin = 0.4;

export function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += wide.test(character) ? 2 : 1;
  return sum;
}

/** One line of at most so many columns, cut at a word or a clause and marked with "…" when it was longer. */
export function clip(text: string, columnsMax: number, clauseMin = clauseShareMin): string {
  const line = oneLine(text);
  if (columns(line) <= columnsMax) return line;
  const head = take(line, columnsMax - 1);
  const whole = wholeWords(line, head);
  // Where a clause ends near the edge, the cut is there: half a clause says nothing.
  const clause = Math.max(...["，", "；", "、", ", ", "; ", " – ", "——"].map((mark) => whole.lastIndexOf(mark)));
  const cut = clause > whole.length * clauseMin ? whole.slice(0, clause) : whole;
  return `${cut.replace(/[\s，、,;；:：·—-]+$/u, "")}…`;
}

/** The whole sentences that fit; the first one is cut after a clause when even it does not. */
export function clipSentences(text: string, columnsMax: number): string {
  const line = closed(oneLine(text));
  if (columns(line) <= columnsMax) return line;
  let kept = "";
  for (const sentence of line.match(/.*?(?:[。！？!?；;]+["”’」』）)]*|\.(?=\s|$)|$)/gu) ?? []) {
    if (columns(kept + sentence) > columnsMax) break;
    kept += sentence;
  }
  return kept.trim() === "" ? clip(line, columnsMax, toldClauseShareMin) : closed(kept.trim());
}

/** What went on after its semicolon ends here. */
function closed(line: string): string {
  return line.replace(/[；：，、]$/u, "。").replace(/[;,:]$/u, ".");
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

let words: Intl.Segmenter | undefined;

/** The beginning of a line without the word that its end cuts in two, unless that word is half of it. */
function wholeWords(line: string, head: string): string {
  // Made once somebody needs it: it loads a dictionary.
  words ??= new Intl.Segmenter("zh", { granularity: "word" });
  const start = words.segment(line).containing(head.length)?.index ?? head.length;
  // A number stays with what it counts.
  const whole = head.slice(0, start).replace(/\d[\d.,]*\p{Script=Han}?$/u, "");
  return whole.length > head.length / 2 ? whole : head;
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
