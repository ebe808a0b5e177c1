import { inArray, sql } from "drizzle-orm";
import { fold } from "../news/fold.ts";
import { factPhrase, isOneWord, piecePhrase, wordPhrase } from "../news/grams.ts";
import { orderBest } from "../news/order.ts";
import { type Clause, parseQuery, piecesOf, type Query } from "../news/query.ts";
import { isQuestion } from "../news/question.ts";
import { allOf, anyOf, type Expression, phraseOf } from "../postings/expression.ts";
import { firstDatedId, idsPerSecond } from "./article-ids.ts";
import type { Db } from "./db.ts";
import { articles, sources } from "./schema.ts";
import { newestIds } from "./search-find.ts";
import { nearArticles } from "./search-near.ts";
import { type Filter, narrowed, textsOf } from "./search-read.ts";
import { otherSpellings, respelt } from "./search-spelling.ts";
import { languageFact, sourceFact } from "./search-write.ts";

export { indexStatements, unindexStatements } from "./search-index.ts";

/** Articles are counted up to here; beyond, there are "more". */
export const countedMax = 1_000;
/** Newest articles, and newest with the words in their headline, among which the best are chosen. */
const weighedMax = 50;
/** Sources that `source:` may mean. */
const sourcesMax = 50;
/** A question that fewer articles answer word for word is also answered by those that come near. */
const fewMax = 10;

export type SearchOptions = {
  now: Date;
  limit: number;
  offset?: number;
  /** "best" weighs where and how often the words stand with how fresh the article is. */
  order?: "best" | "newest";
  /** Only what was published at or after this time. */
  within?: Date;
  /** ISO 639-1: only articles in this language. */
  language?: string;
  /** IANA zone in which the days of `after:` and `before:` begin. */
  zone?: string;
};

export type SearchHit = { id: number; storyId: number | null; score: number };

export type SearchResult = {
  /** Articles found, exact up to `countedMax`; `more` says that there are others. */
  total: number;
  more: boolean;
  hits: SearchHit[];
  parsed: Query;
  /** No article has all of it: these come near. */
  near: boolean;
  /** Another spelling that articles have, where nothing was found. */
  suggestion: string | null;
};

/** Articles for what a person typed, the best first. Any text is a query; the same query gives the same order. */
export async function searchArticles(db: Db, typed: string, options: SearchOptions): Promise<SearchResult> {
  const parsed = parseQuery(typed, { now: options.now, ...(options.zone ? { zone: options.zone } : {}) });
  const asked = { ...options, typed, spells: true };
  const found = await searchFor(db, parsed, asked);
  if (parsed.otherwise === null || (found.total > 0 && !found.near)) return found;
  const other = await searchFor(db, parsed.otherwise, asked);
  return (other.total > 0 && !other.near) || isTimeAlone(parsed.otherwise) ? other : found;
}

/** `24h` alone, and nothing came in that time: no text comes near to that. */
function isTimeAlone({ all, none }: Query): boolean {
  return all.length === 0 && none.length === 0;
}

/** With what was typed, and whether another spelling is looked for where nothing is found. */
type Asked = SearchOptions & { typed: string; spells: boolean };

async function searchFor(db: Db, parsed: Query, options: Asked): Promise<SearchResult> {
  const empty = { total: 0, more: false, hits: [], parsed, near: false, suggestion: null };
  const named = await sourcesNamed(db, [...parsed.all.flat(), ...parsed.none]);
  const filter = filterOf(parsed, { ...options, named });
  const isNothing = parsed.all.length === 0 && parsed.none.length === 0;
  if (isNothing && parsed.after === null && parsed.before === null) return empty;
  const plan = planOf(parsed, named);
  const found = await findAll(db, plan, filter);
  const order = options.order ?? "best";
  const page = { from: options.offset ?? 0, to: (options.offset ?? 0) + options.limit };
  const { ids } = found;
  const isAsked = parsed.text !== "" && (ids.length === 0 || (ids.length < fewMax && isQuestion(parsed)));
  if (isAsked) {
    const near = await nearArticles(db, parsed, { filter, now: options.now, first: ids });
    if (ids.length === 0 || near.hits.length > ids.length) {
      const hits = await storiesOf(db, near.hits.slice(page.from, page.to));
      const isNone = ids.length === 0;
      // Another spelling is one of all words together; of `a OR b` it would ask for both.
      const isSpelt = isNone && options.spells && parsed.all.every((group) => group.length === 1);
      const suggestion = isSpelt ? await otherSpelling(db, parsed, near.texts, options) : null;
      return { ...empty, total: near.hits.length, hits, near: isNone, suggestion };
    }
  }
  const total = Math.min(ids.length, countedMax);
  const more = ids.length > countedMax || found.cut;
  const shown = { from: page.from, to: Math.min(page.to, total) };
  const hits =
    order === "newest"
      ? ids.slice(shown.from, shown.to).map(unweighed)
      : await bestHits(db, ids, { plan, filter, parsed, now: options.now, page: shown });
  return { ...empty, total, more, hits: await storiesOf(db, hits) };
}

/** What was typed in another spelling, if there are articles that have all of that. */
async function otherSpelling(
  db: Db,
  { text }: Query,
  texts: readonly string[],
  options: Asked,
): Promise<string | null> {
  const typed = respelt(options.typed, await otherSpellings(db, text, texts));
  if (typed === null) return null;
  const { now, zone } = options;
  const parsed = parseQuery(typed, { now, ...(zone ? { zone } : {}) });
  const found = await searchFor(db, parsed, { ...options, typed, spells: false, offset: 0, limit: 1 });
  return found.total > 0 && !found.near ? typed : null;
}

type TextClause = Extract<Clause, { kind: "text" }>;
/** The ids of the sources that a name may mean. */
type Named = Map<string, number[]>;

/** What the index is asked: the words as pieces, as whole words of an alphabet, and in the headline. */
type Plan = { pieces: Expression; whole: Expression | null; title: Expression | null };

/** Groups of filters alone are in the filter; those that offer a filter beside words are asked with the words. */
function planOf(parsed: Query, named: Named): Plan {
  const groups = parsed.all.filter((group) => group.some((clause) => clause.kind === "text"));
  const of = (how: (clause: TextClause) => Expression) =>
    allOf(
      groups.map((group) =>
        anyOf(group.map((clause) => (clause.kind === "text" ? how(clause) : factOf(clause, named)))),
      ),
    );
  const texts = groups.flat().filter((clause) => clause.kind === "text");
  return {
    pieces: of(pieceMatch),
    whole: texts.some(isWords) ? of((clause) => (isWords(clause) ? wholeMatch(clause) : pieceMatch(clause))) : null,
    title: texts.some((clause) => clause.where === "anywhere")
      ? of((clause) => phraseOf(piecePhrase(clause.piece, "title")))
      : null,
  };
}

/** Words that may stand within others, so that whole ones come first. */
function isWords(clause: Clause): boolean {
  return clause.kind === "text" && clause.where === "anywhere" && (isOneWord(clause.piece) || isModel(clause));
}

function isModel(clause: TextClause): boolean {
  return !clause.exact && /^[a-z]{3,}\d{1,4}$/.test(clause.piece);
}

function wholeMatch(clause: TextClause): Expression {
  return phraseOf(wordPhrase(clause.piece));
}

/** A name with its number is found however the two are joined: iPhone17, iPhone 17, iPhone-17. */
function pieceMatch(clause: TextClause): Expression {
  const piece = phraseOf(piecePhrase(clause.piece, clause.where));
  return clause.where === "anywhere" && isModel(clause) ? anyOf([piece, wholeMatch(clause)]) : piece;
}

function factOf(clause: Exclude<Clause, TextClause>, named: Named): Expression {
  if (clause.kind === "language") return phraseOf(factPhrase(languageFact(clause.language)));
  return anyOf((named.get(clause.name) ?? []).map((id) => phraseOf(factPhrase(sourceFact(id)))));
}

/** Sources by their names: the one that is called so, else those whose names begin with it, else hold it. */
async function sourcesNamed(db: Db, clauses: readonly Clause[]): Promise<Named> {
  const names = clauses.flatMap((clause) => (clause.kind === "source" ? [clause.name] : []));
  if (names.length === 0) return new Map();
  const all = await db.select({ id: sources.id, name: sources.name }).from(sources);
  const folded = all.map((source) => ({ id: source.id, name: fold(source.name) }));
  return new Map(
    names.map((name) => {
      const tests = [(s: string) => s === name, (s: string) => s.startsWith(name), (s: string) => s.includes(name)];
      const ids = tests.map((test) => folded.filter((source) => test(source.name)).map((source) => source.id));
      return [name, (ids.find((list) => list.length > 0) ?? []).slice(0, sourcesMax)];
    }),
  );
}

function filterOf(parsed: Query, options: SearchOptions & { named: Named }): Filter {
  const { named } = options;
  const after = Math.max(seconds(parsed.after) ?? 0, seconds(options.within ?? null) ?? 0);
  const before = seconds(parsed.before);
  // What has no date is of no time.
  const first = after > 0 || before !== null ? Math.max(after * idsPerSecond, firstDatedId) : 0;
  const span = { from: first, to: before === null ? Number.MAX_SAFE_INTEGER : before * idsPerSecond - 1 };
  const language = options.language ? [phraseOf(factPhrase(languageFact(options.language)))] : [];
  const groups = parsed.all.map((group) => group.filter((clause) => clause.kind !== "text"));
  const alone = groups.filter((group, n) => group.length === parsed.all[n]?.length);
  const facts = allOf([...language, ...alone.map((group) => anyOf(group.map((clause) => factOf(clause, named))))]);
  return { facts, drop: anyOf(parsed.none.map((clause) => dropped(clause, named))), span };
}

/** Without the word art is not without party. */
function dropped(clause: Clause, named: Named): Expression {
  if (clause.kind !== "text") return factOf(clause, named);
  return isWords(clause) ? wholeMatch(clause) : pieceMatch(clause);
}

function seconds(date: Date | null): number | null {
  return date === null ? null : Math.ceil(date.getTime() / 1000);
}

/** Articles that have it all, newest first: those with whole words, then those within words. */
async function findAll(db: Db, plan: Plan, filter: Filter): Promise<{ ids: number[]; cut: boolean }> {
  const options = { span: filter.span, limit: countedMax + 1 };
  if (plan.whole === null) return newestIds(db, narrowed(plan.pieces, filter), options);
  const whole = await newestIds(db, narrowed(plan.whole, filter), options);
  if (whole.ids.length >= options.limit) return whole;
  const pieces = await newestIds(db, narrowed(plan.pieces, filter), options);
  return { ids: [...new Set([...whole.ids, ...pieces.ids])].slice(0, options.limit), cut: pieces.cut };
}

type Weighing = { plan: Plan; filter: Filter; parsed: Query; now: Date; page: { from: number; to: number } };

/** The newest, and the newest with the words in the headline, by their worth; then the others, newest first. */
async function bestHits(db: Db, ids: readonly number[], weighing: Weighing): Promise<SearchHit[]> {
  const { plan, filter, parsed, now, page } = weighing;
  const chosen = new Set(ids.slice(0, weighedMax));
  if (plan.title !== null && ids.length > weighedMax) {
    const inTitle = await newestIds(db, narrowed(plan.title, filter), { span: filter.span, limit: weighedMax });
    for (const id of inTitle.ids) chosen.add(id);
  }
  const candidates = await textsOf(db, [...chosen]);
  const best = orderBest(candidates, { pieces: piecesOf(parsed), now }).map((each) => ({ ...each, storyId: null }));
  const hits = best.slice(page.from, page.to);
  const left = page.to - page.from - hits.length;
  if (left <= 0) return hits;
  const rest = ids.filter((id) => !chosen.has(id));
  const from = Math.max(0, page.from - best.length);
  return [...hits, ...rest.slice(from, from + left).map(unweighed)];
}

function unweighed(id: number): SearchHit {
  return { id, storyId: null, score: 0 };
}

async function storiesOf(db: Db, hits: readonly SearchHit[]): Promise<SearchHit[]> {
  if (hits.length === 0) return [];
  const list = sql`(select value from json_each(${JSON.stringify(hits.map((hit) => hit.id))}))`;
  const rows = await db
    .select({ id: articles.id, storyId: articles.storyId })
    .from(articles)
    .where(inArray(articles.id, list));
  const byId = new Map(rows.map((row) => [row.id, row.storyId]));
  return hits.map((hit) => ({ ...hit, storyId: byId.get(hit.id) ?? null }));
}
