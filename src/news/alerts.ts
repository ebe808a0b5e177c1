import { fold, isDigit, isIdeographic, isLetter } from "./fold.ts";
import { wordsOf } from "./grams.ts";
import type { Clause, Query } from "./query.ts";

/** Characters of a body that are looked through: whoever is in the news is named before. */
const bodyCharsMax = 4_000;
/** Marks the number of a pair of characters; a lone one's is below. */
const pairBit = 2 ** 29;

/** What an alert is compared with. */
export type AlertArticle = { title: string; lead: string; body: string; source: string; language: string };

/**
 * Alerts by their own words: an article looks up the words that it has, and only the alerts found there are compared
 * with it. A million alerts cost an article no more than the few that share a word with it.
 */
export type AlertIndex = {
  /** Number of alerts. */
  readonly size: number;
  /** Puts an alert in, or in place of the one of this id. An alert that asks for nothing never matches. */
  add(id: number, query: Query): void;
  remove(id: number): void;
  /** The ids of the alerts that this article meets, in ascending order. */
  match(article: AlertArticle): number[];
};

/** All alerts with the same words are one entry, however many people have it. */
type Entry = {
  query: Query;
  ids: Set<number>;
  keys: Key[];
  /** The last article that it was compared with: several of its words lead to it. */
  comparedWith: number;
};
/** Two neighbouring ideographs as one number, a lone one, or a word of an alphabet. */
type Key = number | string;

export function createAlertIndex(): AlertIndex {
  const entries = new Map<string, Entry>();
  const nameOf = new Map<number, string>();
  const postings = new Map<Key, Entry[]>();
  /** Alerts without a word of their own (`source:` alone) are compared with each article. */
  const wordless: Key = "";
  let articles = 0;

  function file(entry: Entry): void {
    for (const key of entry.keys) {
      const list = postings.get(key);
      if (list === undefined) postings.set(key, [entry]);
      else list.push(entry);
    }
  }

  function unfile(entry: Entry): void {
    for (const key of entry.keys) {
      const left = (postings.get(key) ?? []).filter((each) => each !== entry);
      if (left.length > 0) postings.set(key, left);
      else postings.delete(key);
    }
  }

  function remove(id: number): void {
    const name = nameOf.get(id);
    const entry = name === undefined ? undefined : entries.get(name);
    if (name === undefined || entry === undefined) return;
    nameOf.delete(id);
    entry.ids.delete(id);
    if (entry.ids.size > 0) return;
    entries.delete(name);
    unfile(entry);
  }

  return {
    get size() {
      return nameOf.size;
    },
    remove,
    add(id, query) {
      remove(id);
      if (query.all.length === 0) return;
      const name = JSON.stringify([query.all, query.none]);
      let entry = entries.get(name);
      if (entry === undefined) {
        const keys = rarestKeys(query, (key) => postings.get(key)?.length ?? 0);
        entry = { query, ids: new Set(), keys: keys.length > 0 ? keys : [wordless], comparedWith: 0 };
        entries.set(name, entry);
        file(entry);
      }
      entry.ids.add(id);
      nameOf.set(id, name);
    },
    match(article) {
      const title = fold(article.title);
      const text = `${title}\n${fold(article.lead)}\n${fold(article.body.slice(0, bodyCharsMax))}`;
      const read = { title, text, source: fold(article.source), language: article.language };
      const found: number[] = [];
      articles += 1;
      for (const key of [wordless, ...keysOf(text)]) {
        const list = postings.get(key);
        if (list === undefined) continue;
        for (const entry of list) {
          if (entry.comparedWith === articles) continue;
          entry.comparedWith = articles;
          if (meets(read, entry.query)) found.push(...entry.ids);
        }
      }
      return found.sort((a, b) => a - b);
    },
  };
}

type Read = { title: string; text: string; source: string; language: string };

function meets(article: Read, query: Query): boolean {
  return (
    query.all.every((oneOf) => oneOf.some((clause) => holds(article, clause))) &&
    !query.none.some((clause) => holds(article, clause))
  );
}

function holds(article: Read, clause: Clause): boolean {
  if (clause.kind === "source") return article.source.includes(fold(clause.name));
  if (clause.kind === "language") return article.language === clause.language;
  return hasPiece(clause.where === "title" ? article.title : article.text, clause.piece);
}

/** Ideographs stand anywhere; words of an alphabet stand whole, or as a plural: `art` is not in "party" nor in "article". */
function hasPiece(text: string, piece: string): boolean {
  for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) {
    if (beginsWord(text, at) && endsWord(text, at + piece.length)) return true;
  }
  return false;
}

function beginsWord(text: string, at: number): boolean {
  return at === 0 || !sameKind(text.charCodeAt(at - 1), text.charCodeAt(at));
}

function endsWord(text: string, end: number): boolean {
  const last = text.charCodeAt(end - 1);
  const ends = (at: number) => at >= text.length || !sameKind(last, text.charCodeAt(at));
  if (ends(end)) return true;
  if (!isLetter(last)) return false;
  return (text.startsWith("s", end) && ends(end + 1)) || (text.startsWith("es", end) && ends(end + 2));
}

function sameKind(a: number, b: number): boolean {
  return (isLetter(a) && isLetter(b)) || (isDigit(a) && isDigit(b));
}

/**
 * Where an alert is filed: under one word of one of the things that it must have, that which the fewest others are filed
 * under; under one for each choice of an OR. None when it has no words.
 */
function rarestKeys(query: Query, filed: (key: Key) => number): Key[] {
  let best: { keys: Key[]; cost: number } | undefined;
  for (const oneOf of query.all) {
    const keys: Key[] = [];
    let cost = 0;
    for (const clause of oneOf) {
      const own = clause.kind === "text" ? telling([...keysOf(clause.piece)]) : [];
      const rarest = own.toSorted((a, b) => filed(a) - filed(b))[0];
      if (rarest === undefined) {
        cost = Number.POSITIVE_INFINITY;
        break;
      }
      keys.push(rarest);
      cost += filed(rarest) + 1;
    }
    if (Number.isFinite(cost) && (best === undefined || cost < best.cost)) best = { keys, cost };
  }
  return best?.keys ?? [];
}

/** A lone character is in every tenth text, a pair or a word is not: it serves only who asks for nothing else. */
function telling(keys: readonly Key[]): readonly Key[] {
  const better = keys.filter((key) => typeof key === "string" || key >= pairBit);
  return better.length > 0 ? better : keys;
}

/**
 * Two characters as a small integer, which a Map finds ten times as fast as a large one. Two pairs may share a number:
 * what is found is compared anyway.
 */
function pairKey(first: number, second: number): number {
  return pairBit | ((Math.imul(first, 0x9e37) ^ second) & (pairBit - 1));
}

/** What a folded text can be found by, each once. A piece of a text has only keys that the text has. */
function keysOf(text: string): Set<Key> {
  const keys = new Set<Key>();
  let before = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    const ideographic = isIdeographic(unit);
    if (ideographic) {
      keys.add(unit);
      if (before !== 0) keys.add(pairKey(before, unit));
    }
    before = ideographic ? unit : 0;
  }
  for (const { text: word } of wordsOf(text)) {
    keys.add(word);
    // An alert on "typhoon" finds "typhoons".
    if (word.endsWith("s")) keys.add(word.slice(0, -1));
    if (word.endsWith("es")) keys.add(word.slice(0, -2));
  }
  return keys;
}
