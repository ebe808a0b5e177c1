import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ArticleDraft, emptyDraft } from "../../../src/news/article.ts";

/** Characters of an article, headline and body, as the figures are promised for. */
export const articleChars = 600;
const titleChars = 22;
const wordsInLanguage = 40_000;
const wordsInTopic = 60;
const topics = 3_000;
/** Of an article's words, so many are its topic's. */
const topicShare = 0.3;
const sourceCount = 60;
const secondsBetween = 32;
/** The newest article of a corpus. */
export const corpusNow = new Date("2026-11-22T00:00:00Z");

export type Random = () => number;

/** A small generator with a seed: the same corpus every time. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Corpus = {
  name: string;
  /** Words from the most frequent on. */
  words: string[];
  /** Articles are in order of time, the oldest first, a source each. */
  article(n: number, count: number): { source: number; draft: ArticleDraft };
};

/**
 * News without meaning: words of one to four common characters by Zipf's law, a topic for every article, numbers and
 * Latin names between, clauses and sentences.
 */
export function madeCorpus(seed = 1): Corpus {
  const random = randomFrom(seed);
  const characters = commonCharacters();
  const words = Array.from({ length: wordsInLanguage }, (_, rank) => makeWord(random, characters, rank));
  const topicWords = Array.from({ length: topics }, () =>
    Array.from({ length: wordsInTopic }, () => words[zipf(random, wordsInLanguage, 0.6)] as string),
  );
  const names = Array.from({ length: 2_000 }, () => makeName(random));
  return {
    name: `made up (seed ${seed})`,
    words,
    article(n, count) {
      const own = randomFrom(seed * 7919 + n);
      const topic = topicWords[zipf(own, topics, 0.7)] as string[];
      let text = "";
      while (text.length < articleChars + titleChars) text += clause(own, { words, topic, names });
      return place(n, count, text);
    },
  };
}

/** Real words: headlines and passages of a folder, cut and joined to articles. */
export function readCorpus(folder: string, seed = 1): Corpus {
  const passages = readFileSync(join(folder, "search/passages.jsonl"), "utf8").trim().split("\n");
  const texts = passages.map((line) => (JSON.parse(line) as { text: string }).text.replace(/\s+/g, " "));
  const headlines = readFileSync(join(folder, "headlines.tsv"), "utf8").trim().split("\n");
  const titles = headlines.map((line) => line.split("\t")[2] ?? "");
  const counts = new Map<string, number>();
  const segmenter = new Intl.Segmenter("zh", { granularity: "word" });
  for (const text of texts.slice(0, 3_000)) {
    for (const { segment } of segmenter.segment(text)) {
      if (/^\p{Script=Han}{2,4}$/u.test(segment)) counts.set(segment, (counts.get(segment) ?? 0) + 1);
    }
  }
  return {
    name: folder,
    words: [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word),
    article(n, count) {
      const own = randomFrom(seed * 7919 + n);
      let text = titles[Math.floor(own() * titles.length)] as string;
      text = text.slice(0, titleChars).padEnd(titleChars, "。");
      while (text.length < articleChars) {
        const passage = texts[Math.floor(own() * texts.length)] as string;
        text += passage.slice(0, 100 + Math.floor(own() * 200));
      }
      return place(n, count, text);
    },
  };
}

function place(n: number, count: number, text: string): { source: number; draft: ArticleDraft } {
  const own = randomFrom(n + 1);
  const seconds = Math.floor(corpusNow.getTime() / 1000) - (count - n) * secondsBetween + Math.floor(own() * 60);
  const draft = emptyDraft(text.slice(0, titleChars));
  draft.body = text.slice(titleChars, articleChars);
  draft.externalId = String(n);
  draft.publishedAt = new Date(seconds * 1000);
  draft.language = own() < 0.9 ? "zh" : "en";
  return { source: 1 + zipf(own, sourceCount, 0.8), draft };
}

type Lexicon = { words: string[]; topic: string[]; names: string[] };

function clause(random: Random, { words, topic, names }: Lexicon): string {
  let text = "";
  for (let left = 4 + Math.floor(random() * 8); left > 0; left--) {
    const kind = random();
    if (kind < topicShare) text += topic[zipf(random, topic.length, 0.9)];
    else if (kind < 0.95) text += words[zipf(random, words.length, 1)];
    else if (kind < 0.985) text += String(Math.floor(10 ** (random() * 4)));
    else text += names[zipf(random, names.length, 0.9)];
  }
  const end = random();
  return text + (end < 0.6 ? "，" : end < 0.95 ? "。" : end < 0.98 ? "、" : "：“");
}

/** A rank below `count` by Zipf's law with this exponent, by the inverse of its integral. */
function zipf(random: Random, count: number, exponent: number): number {
  const share = random();
  const power = 1 - exponent;
  const place = exponent === 1 ? (count + 1) ** share : (((count + 1) ** power - 1) * share + 1) ** (1 / power);
  return Math.min(count - 1, Math.max(0, Math.floor(place) - 1));
}

function makeWord(random: Random, characters: string[], rank: number): string {
  const length = rank < 60 ? 1 : random() < 0.72 ? 2 : random() < 0.6 ? 3 : 4;
  return Array.from({ length }, () => characters[Math.floor(characters.length * random() ** 2)]).join("");
}

function makeName(random: Random): string {
  const syllables = ["ka", "ron", "vi", "tel", "mo", "nex", "sor", "lin", "dax", "per", "ul", "tri"];
  const parts = Array.from({ length: 2 + Math.floor(random() * 2) }, () => syllables[Math.floor(random() * 12)]);
  const name = parts.join("");
  const number = random() < 0.3 ? String(1 + Math.floor(random() * 20)) : "";
  return ` ${name[0]?.toUpperCase()}${name.slice(1)}${number} `;
}

/** The 3,755 characters of GB 2312's first level, which are the common ones. */
function commonCharacters(): string[] {
  const decoder = new TextDecoder("gb2312");
  const characters: string[] = [];
  for (let high = 0xb0; high <= 0xd7; high++) {
    for (let low = 0xa1; low <= (high === 0xd7 ? 0xf9 : 0xfe); low++) {
      characters.push(decoder.decode(new Uint8Array([high, low])));
    }
  }
  return characters;
}
