import { type Key, keysOf, slotOf, slots, telling, wordKeysOf, wordless } from "./alert-keys.ts";
import { fold, isDigit, isLetter } from "./fold.ts";
import { type Clause, parseQuery, type Query } from "./query.ts";

/** Characters of a body that are looked through: whoever is in the news is named before. */
const bodyCharsMax = 4_000;

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

/** What an alert is on. What may be a filter is one: nobody waits for the letters `来源:…` or `-word`. */
export function readAlert(words: string, options: { now: Date }): Query {
  const query = parseQuery(words, options);
  return query.otherwise ?? query;
}

/** All alerts with the same words are one entry, however many people have it. */
type Entry = {
  query: Query;
  ids: Set<number>;
  keys: Key[];
  /** The last article that it was compared with: several of its words lead to it. */
  comparedWith: number;
};
/**
 * What is filed under a key, and beside each entry the slot of one more key that its articles have: most entries are
 * put aside by that number, without being fetched from all over the memory.
 */
type Posting = { entries: Entry[]; also: number[]; lookedThrough: number };
/** An entry with no other key: the slot of the wordless, which every article has. */
const nothingElse = wordless;

export function createAlertIndex(): AlertIndex {
  const entries = new Map<string, Entry>();
  const nameOf = new Map<number, string>();
  const postings = createPostings();
  let articles = 0;

  function remove(id: number): void {
    const name = nameOf.get(id);
    const entry = name === undefined ? undefined : entries.get(name);
    if (name === undefined || entry === undefined) return;
    nameOf.delete(id);
    entry.ids.delete(id);
    if (entry.ids.size > 0) return;
    entries.delete(name);
    postings.unfile(entry);
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
        const keys = rarestKeys(query, postings.filed);
        entry = { query, ids: new Set(), keys: keys.length > 0 ? keys : [wordless], comparedWith: 0 };
        entries.set(name, entry);
        postings.file(entry);
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
      postings.lookUp(keysOf(text), articles, (entry) => {
        if (entry.comparedWith === articles) return;
        entry.comparedWith = articles;
        if (meets(read, entry.query)) found.push(...entry.ids);
      });
      return found.sort((a, b) => a - b);
    },
  };
}

type Postings = {
  file(entry: Entry): void;
  unfile(entry: Entry): void;
  /** How many entries are filed under a key. */
  filed(key: Key): number;
  /** The entries that an article with these keys may meet, some more than once. */
  lookUp(keys: readonly Key[], article: number, visit: (entry: Entry) => void): void;
};

function createPostings(): Postings {
  const postings = new Map<Key, Posting>();
  const held = new Uint8Array(slots);
  return {
    filed: (key) => postings.get(key)?.entries.length ?? 0,
    file(entry) {
      for (const key of entry.keys) {
        let posting = postings.get(key);
        if (posting === undefined) {
          posting = { entries: [], also: [], lookedThrough: 0 };
          postings.set(key, posting);
        }
        posting.entries.push(entry);
        posting.also.push(slotOf(otherKey(entry.query, key)));
      }
    },
    unfile(entry) {
      for (const key of entry.keys) {
        const posting = postings.get(key);
        const at = posting?.entries.indexOf(entry) ?? -1;
        if (posting === undefined || at < 0) continue;
        posting.entries.splice(at, 1);
        posting.also.splice(at, 1);
        if (posting.entries.length === 0) postings.delete(key);
      }
    },
    lookUp(keys, article, visit) {
      held.fill(0);
      for (const key of keys) held[slotOf(key)] = 1;
      for (const key of keys) {
        const posting = postings.get(key);
        if (posting === undefined || posting.lookedThrough === article) continue;
        posting.lookedThrough = article;
        const { entries, also } = posting;
        for (let i = 0; i < entries.length; i += 1) if (held[also[i]!] === 1) visit(entries[i]!);
      }
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
      const own = clause.kind === "text" ? telling(wordKeysOf(clause.piece)) : [];
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

/** Of the keys that every article for this query has, one that it is not filed under. */
function otherKey(query: Query, filedUnder: Key): Key {
  for (const [clause, ...others] of query.all) {
    if (clause?.kind !== "text" || others.length > 0) continue;
    const other = telling(wordKeysOf(clause.piece)).find((key) => key !== filedUnder);
    if (other !== undefined) return other;
  }
  return nothingElse;
}
