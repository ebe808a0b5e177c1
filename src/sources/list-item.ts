import { datelineAt } from "./teaser.ts";

/** Portals cut titles near fifteen Chinese characters; English ones run longer. */
const titleWide = 34;
const titleLong = 90;
const teaserCharsMin = 8;

/** The mark by which a page says that it cut a text. */
const cutMark = /(?:\.{3,}|…+)$/;

/**
 * Tells the title and the teaser of one line of a list apart. Portals set one space or three between them, while titles
 * and teasers hold spaces of their own, so each space is weighed by what stands on its two sides.
 */
export function splitItem(line: string): { title: string; teaser: string; titleCut: boolean } {
  const text = line.replace(/[\u00a0\t]/g, " ").trim();
  let best = { score: 0, at: -1, end: -1 };
  for (const space of text.matchAll(/[ \u3000]+/g)) {
    const left = text.slice(0, space.index);
    if (width(left) > titleLong * 2) break;
    const right = text.slice(space.index + space[0].length);
    const score = weigh(left, right, space[0].length);
    if (score > best.score) best = { score, at: space.index, end: space.index + space[0].length };
  }
  const title = best.at < 0 ? text : text.slice(0, best.at);
  return { title, teaser: best.at < 0 ? "" : text.slice(best.end), titleCut: cutMark.test(title) };
}

function weigh(left: string, right: string, spaces: number): number {
  let score = 0;
  if (spaces >= 3) score += 5;
  else if (spaces === 2) score += 1;
  if (cutMark.test(left)) score += 6;
  else if (/\.{3}|……/.test(left)) score -= 4;
  if (datelineAt(right) === 0) score += 5;
  else if (teaserOpening.test(right)) score += 3;
  if (repeats(left, right)) score += 4;
  if (spaces === 1 && looksTold(left, right)) score += 1;
  if (/。/.test(left) || datelineAt(left + " ") >= 0) score -= 8;
  if (width(left) > (/\p{Script=Han}/u.test(left) ? titleWide + 6 : titleLong)) score -= 6;
  if (left.length < 4) score -= 3;
  if (right.replace(cutMark, "").length < teaserCharsMin) score -= spaces >= 3 ? 2 : 5;
  return score;
}

const teaserOpening = new RegExp(
  "^(?:据|近日|日前|今日|昨日|当地时间|北京时间|记者|本报|\\d{4}年|\\d{1,2}月\\d{1,2}日|" +
    "\\p{Script=Han}{2,10}(?:记者|通讯员)[:： ]|[（(【]\\p{Script=Han}{0,8}(?:记者|通讯员)|" +
    "[（(【]\\p{Script=Han}{2,4}(?: \\p{Script=Han}{2,4})*[)）】])",
  "u",
);

/** A teaser often begins with its headline once more, in full. */
function repeats(left: string, right: string): boolean {
  const stem = left.replace(cutMark, "").trim().slice(0, 12);
  return stem.length >= 4 && right.startsWith(stem);
}

/** A whole short title before one space, and prose with its marks right behind it. */
function looksTold(left: string, right: string): boolean {
  const firstRun = right.split(/[ \u3000]/, 1)[0]!;
  return width(left) <= titleWide && /[，,。！？]/.test(firstRun) && firstRun.length >= 12;
}

/** Half-width columns: a Chinese character takes two. */
function width(text: string): number {
  let columns = 0;
  for (const char of text)
    columns += /[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/.test(char) ? 2 : 1;
  return columns;
}
