import { beginning } from "./sketch.ts";

/** Characters of a text that are cut into sentences. */
const textCharsMax = 6_000;
/** Sentences shorter than this are calls and captions; longer than that are lists. */
const shortest = { zh: 8, other: 25 };
const longest = { zh: 160, other: 400 };

/** Lines that belong to the page and not to the news: credits, sources, appeals to follow. */
const furniture = new RegExp(
  `^(?:${[
    "来源|原标题|责任编辑|编辑|责编|校对|审核|记者|图片|图源|图|摄影|文字|声明|免责|版权|本文|更多|点击|扫码|关注|欢迎",
    "source|photo|image|editor|reporting by|read more|sign up|subscribe|follow us|copyright|advertisement",
  ].join("|")})(?:\\s*[:：|/]|\\s|$)`,
  "iu",
);

/** An article's own sentences in order, whole ones only, without the page's furniture. */
export function sentencesOf(article: { title: string; lead: string; body: string; language: string }): string[] {
  const found: string[] = [];
  for (const paragraph of beginning(article).slice(0, textCharsMax).split(/\n+/)) {
    const line = paragraph.trim();
    // The headline again is no sentence of the text.
    if (line === "" || line === article.title || furniture.test(line)) continue;
    for (const sentence of cut(line, article.language)) if (isWhole(sentence, article.language)) found.push(sentence);
  }
  return found;
}

/** Cuts a paragraph after its full stops; a decimal point, an initial and a closing quote do not end a sentence. */
export function cut(text: string, language: string): string[] {
  const ends = language === "zh" || language === "ja" ? chineseEnds : latinEnds;
  return (text.match(ends) ?? []).map((sentence) => sentence.trim()).filter((sentence) => sentence !== "");
}

const chineseEnds = /[^。！？!?；]*[。！？!?；]+[”’」』）)"]*|[^。！？!?；]+$/gu;
/** A full stop after these ends no sentence. */
const abbreviations = "[A-Z]|Mr|Mrs|Ms|Dr|St|No|vs|Gen|Sen|Rep|Gov|Inc|Ltd|Co|Corp|U\\.S|U\\.K";
const latinEnds = new RegExp(`.+?(?:(?<!\\b(?:${abbreviations}))[.!?]+["”’)]*(?=\\s+["“‘(]?[A-Z0-9]|\\s*$)|$)`, "gu");

function isWhole(sentence: string, language: string): boolean {
  const isChinese = language === "zh";
  const least = isChinese ? shortest.zh : shortest.other;
  const most = isChinese ? longest.zh : longest.other;
  if (sentence.length < least || sentence.length > most || furniture.test(sentence)) return false;
  return /[。！？!?.…；”’"」』）)]$/u.test(sentence);
}
