import { parseDate } from "./date.ts";
import { fold, isDigit, isIdeographic, isLetter } from "./fold.ts";

/** What is typed beyond this is not read. */
export const queryCharsMax = 300;
/** Words and filters beyond this are not looked for. */
export const clausesMax = 24;
const hoursMax = 24 * 366 * 10;

/** One thing an article must have. Pieces are folded and not empty. */
export type Clause =
  | { kind: "text"; piece: string; where: "anywhere" | "title"; exact: boolean }
  | { kind: "source"; name: string }
  | { kind: "language"; language: string };

export type Query = {
  /** Each must be met, by one of its clauses. */
  all: Clause[][];
  /** None may be met. */
  none: Clause[];
  /** Published at or after, and before. */
  after: Date | null;
  before: Date | null;
  /** The words that were asked for, as typed, without filters and excluded words: what a question is read from. */
  text: string;
  /** What may be meant where no article holds the words as they are: `7d`, `-word` or `来源:…` alone as filters. */
  otherwise: Query | null;
};

/**
 * Reads what a person typed. Words together must all be there; `"…"` is exact, `-word` must not be there, `a OR b` is
 * one of both; `title:`, `source:`, `language:`, `after:`, `before:`, `24h` and `7d` narrow. All else is text, so there
 * is no wrong query: quotes inside a word, a lone OR, a date that is none. An empty `all` means that nothing was asked.
 */
export function parseQuery(typed: string, options: { now: Date; zone?: string }): Query {
  const words = split(typed.slice(0, queryCharsMax)).slice(0, clausesMax);
  const query = readWords(words, { ...options, asFilters: false });
  const isExcluding = query.all.length === 0 && query.none.length > 0;
  const otherwise = isExcluding || words.some(mayBeFilter) ? readWords(words, { ...options, asFilters: true }) : null;
  return { ...(isExcluding ? literal(typed, query) : query), otherwise };
}

/** The pieces that were asked for, longest first: what a snippet marks. */
export function piecesOf(query: Query): string[] {
  const pieces = query.all.flat().flatMap((clause) => (clause.kind === "text" ? [clause.piece] : []));
  return [...new Set(pieces)].sort((a, b) => b.length - a.length);
}

type Typed = { text: string; value: string; name: string; quoted: boolean; minus: boolean };

type Reading = { now: Date; zone?: string; asFilters: boolean };

function readWords(words: readonly Typed[], options: Reading): Query {
  const query: Query = { all: [], none: [], after: null, before: null, text: "", otherwise: null };
  const texts: string[] = [];
  let joining = false;
  for (const [n, typed] of words.entries()) {
    const word = typed.name in chineseNames ? readChineseName(typed, options) : typed;
    if (word.text === "OR" && !word.quoted && query.all.length > 0 && n + 1 < words.length && !joining) {
      joining = true;
      continue;
    }
    if (readPeriod(word, query, { ...options, alone: words.length === 1 && !options.asFilters })) continue;
    const excluded = word.minus && (words.length > 1 || word.quoted || options.asFilters);
    const clause = readClause(word, { minus: word.minus && !excluded, several: words.length > 1 });
    if (clause === null) continue;
    if (excluded) query.none.push(clause);
    else if (joining) query.all.at(-1)?.push(clause);
    else query.all.push([clause]);
    if (!excluded && clause.kind === "text") texts.push(word.value);
    joining = false;
  }
  query.text = texts.join(" ");
  return query;
}

/** Filters by their Chinese names: they stand in articles, too («来源：…»), so that they are words first. */
const chineseNames: Record<string, string> = {
  来源: "source",
  标题: "title",
  语言: "language",
  之后: "after",
  之前: "before",
};

function readChineseName(word: Typed, { asFilters }: Reading): Typed {
  if (asFilters) return { ...word, name: chineseNames[word.name] ?? "" };
  return { ...word, name: "", value: word.minus ? word.text.slice(1) : word.text, quoted: false };
}

function mayBeFilter(word: Typed, _: number, words: readonly Typed[]): boolean {
  const isAlone = words.length === 1 && !word.quoted && (hoursOf(word.value) !== null || word.minus);
  return isAlone || word.name in chineseNames;
}

const shape = /[-－]?(?:(?:[a-z]+|来源|标题|语言|之后|之前)[:：])?(?:"[^"]+"(?=\s|$)|“[^”\s]+\s[^”]*”(?=\s|$))|\S+/giu;
const parts = /^([-－]?)(?:(source|title|after|before|language|lang|来源|标题|语言|之后|之前)[:：])?(.*)$/isu;

/** Quotes count at a word's start and end only. Curly ones, which are part of Chinese text, only around several words. */
function split(typed: string): Typed[] {
  return [...typed.matchAll(shape)].map(([text]) => {
    const [, minus = "", name = "", rest = ""] = parts.exec(text) ?? [];
    const inner = /^"([^"]+)"$|^“([^”\s]+\s[^”]*)”$/u.exec(rest);
    const value = inner?.[1] ?? inner?.[2] ?? rest;
    const quoted = inner !== null;
    if (fold(value) === "") return { text, value: text, name: "", quoted: false, minus: false };
    return { text, value, name: name.toLowerCase(), quoted, minus: minus !== "" };
  });
}

function readPeriod(word: Typed, query: Query, options: { now: Date; zone?: string; alone: boolean }): boolean {
  if (word.quoted || word.minus) return false;
  const hours = hoursOf(word.value);
  if (word.name === "" && hours !== null && !options.alone) {
    query.after = later(query.after, new Date(options.now.getTime() - hours * 3_600_000));
    return true;
  }
  if (word.name !== "after" && word.name !== "before") return false;
  const date =
    hours === null ? dayOf(word.value, options.zone ?? "UTC") : new Date(options.now.getTime() - hours * 3_600_000);
  if (date === null) return false;
  if (word.name === "after") query.after = later(query.after, date);
  else query.before = query.before !== null && query.before < date ? query.before : date;
  return true;
}

function later(a: Date | null, b: Date): Date {
  return a !== null && a > b ? a : b;
}

function hoursOf(text: string): number | null {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  if (count === undefined) return null;
  const hours = Number(count) * (unit === "d" ? 24 : 1);
  return hours > 0 && hours <= hoursMax ? hours : null;
}

/** The start of a day, month or year: 2026-01-05, 2026/1/5, 2026年1月5日, 2026-01, 2026. */
function dayOf(text: string, zone: string): Date | null {
  const [, year, month = "1", day = "1"] =
    /^(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?$/.exec(text) ?? [];
  if (year === undefined) return parseDate(text, zone);
  return parseDate(`${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")} 00:00`, zone);
}

const languages: Record<string, string> = {
  中文: "zh",
  汉语: "zh",
  chinese: "zh",
  英文: "en",
  英语: "en",
  english: "en",
  日文: "ja",
  日语: "ja",
  japanese: "ja",
};

function readClause(word: Typed, { minus, several }: { minus: boolean; several: boolean }): Clause | null {
  const folded = fold(word.value);
  if (word.name === "source") return { kind: "source", name: folded };
  if (word.name === "language" || word.name === "lang") {
    const language = languages[folded] ?? folded.replace(/-.*$/, "");
    if (/^[a-z]{2,3}$/.test(language)) return { kind: "language", language };
  }
  if (word.name === "title") return { kind: "text", piece: folded, where: "title", exact: word.quoted };
  const piece = word.name !== "" || minus ? fold(word.text) : folded;
  const plain = several && !word.quoted ? trimmed(piece) : piece;
  return plain === "" ? null : { kind: "text", piece: plain, where: "anywhere", exact: word.quoted };
}

/** Beside other words, a comma or a question mark is punctuation and not what is looked for. */
function trimmed(piece: string): string {
  const bare = piece.replace(/^[,;:?!。、]+|[,;:?!。、.]+$/gu, "");
  return [...bare].some(isSaying) ? bare : "";
}

function isSaying(char: string): boolean {
  const unit = char.charCodeAt(0);
  return isLetter(unit) || isDigit(unit) || isIdeographic(unit) || /[\p{L}\p{N}\p{S}]/u.test(char);
}

/** Only exclusions were typed: then they were no exclusions. */
function literal(typed: string, query: Query): Query {
  const pieces = typed.slice(0, queryCharsMax).trim().split(/\s+/u).map(fold).filter(Boolean);
  const all = pieces.map((piece): Clause[] => [{ kind: "text", piece, where: "anywhere", exact: false }]);
  return { ...query, all, none: [], text: typed.trim() };
}
