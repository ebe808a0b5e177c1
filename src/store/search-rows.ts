import { sql } from "drizzle-orm";
import type { Phrase } from "../news/grams.ts";
import type { Db } from "./db.ts";

/** What the index is asked. A leaf is one MATCH; what the two tables must answer together is put together here. */
export type Expression =
  | { kind: "match"; table: "grams" | "signs" | "either"; match: string }
  | { kind: "and" | "or"; parts: Expression[] }
  | { kind: "without"; from: Expression; drop: Expression }
  | { kind: "every" }
  | { kind: "nothing" };

/** Rows between these, both included. */
export type Span = { from: number; to: number };

/** Where both tables must answer, they are read window by window: the first is about six days wide. */
const windowFirst = 2 ** 16;
/** The next window is twice as wide unless the last one gave more rows than this. */
const windowRowsMax = 20_000;
/** Rows read altogether for one query over two tables; beyond, the answer is what was found so far, and more. */
const rowsReadMax = 400_000;

export function phraseMatch(phrase: Phrase): Expression {
  const match = `"${phrase.tokens.join(" ")}"${phrase.open ? " *" : ""}`;
  return { kind: "match", table: phrase.table, match };
}

/** A fact stands in both tables. */
export function factMatch(phrase: Phrase): Expression {
  return { kind: "match", table: "either", match: `"${phrase.tokens.join(" ")}"` };
}

export function allOf(parts: readonly Expression[]): Expression {
  if (parts.some((part) => part.kind === "nothing")) return { kind: "nothing" };
  const real = parts.filter((part) => part.kind !== "every");
  return real.length === 0 ? { kind: "every" } : joined("and", real, " AND ");
}

export function anyOf(parts: readonly Expression[]): Expression {
  if (parts.some((part) => part.kind === "every")) return { kind: "every" };
  const real = parts.filter((part) => part.kind !== "nothing");
  return real.length === 0 ? { kind: "nothing" } : joined("or", real, " OR ");
}

export function without(from: Expression, drop: Expression): Expression {
  if (drop.kind === "nothing" || from.kind === "nothing") return from;
  if (from.kind === "match" && drop.kind === "match") {
    const table = tableOf([from, drop]);
    if (table !== null) return { kind: "match", table, match: `(${from.match}) NOT (${drop.match})` };
  }
  return { kind: "without", from, drop };
}

/** The newest rows first, at most `limit`; `cut` says that reading stopped at a limit and there may be others. */
export async function newestRows(
  db: Db,
  expression: Expression,
  options: { span: Span; limit: number },
): Promise<{ rows: number[]; cut: boolean }> {
  const { span, limit } = options;
  if (expression.kind === "nothing") return { rows: [], cut: false };
  if (expression.kind === "match" || expression.kind === "every") {
    const rows = await readRows(db, expression, { span, limit });
    return { rows, cut: false };
  }
  return windows(db, expression, options);
}

type Match = Extract<Expression, { kind: "match" }>;

function tableOf(parts: readonly Match[]): Match["table"] | null {
  const tables = new Set(parts.map((part) => part.table).filter((table) => table !== "either"));
  if (tables.size > 1) return null;
  return [...tables][0] ?? "either";
}

/** One MATCH for what one table can answer. Facts narrow each table's part where both are asked. */
function joined(kind: "and" | "or", parts: readonly Expression[], operator: string): Expression {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const matches = flat.filter((part): part is Match => part.kind === "match");
  const others = flat.filter((part) => part.kind !== "match");
  const either = matches.filter((part) => part.table === "either");
  const grams = matches.filter((part) => part.table === "grams");
  const signs = matches.filter((part) => part.table === "signs");
  const groups: Match[][] =
    grams.length > 0 && signs.length > 0
      ? [[...grams, ...either], kind === "and" ? [...signs, ...either] : signs]
      : [[...grams, ...signs, ...either]];
  const leaves = groups
    .filter((group) => group.length > 0)
    .map((group): Expression => {
      const table = tableOf(group) ?? "grams";
      if (group.length === 1) return group[0] as Match;
      return { kind: "match", table, match: group.map((part) => `(${part.match})`).join(operator) };
    });
  const all = [...leaves, ...others];
  return all.length === 1 ? (all[0] as Expression) : { kind, parts: all };
}

async function windows(
  db: Db,
  expression: Expression,
  { span, limit }: { span: Span; limit: number },
): Promise<{ rows: number[]; cut: boolean }> {
  const ends = await db.get<Span>(sql`
    select (select min(row) from search_rows) as "from", (select max(row) from search_rows) as "to"`);
  const from = Math.max(span.from, ends?.from ?? 0);
  const reading = { left: rowsReadMax };
  const rows: number[] = [];
  let to = Math.min(span.to, ends?.to ?? -1);
  for (let width = windowFirst; to >= from && rows.length < limit && reading.left > 0; ) {
    const before = reading.left;
    const lowest = Math.max(from, to - width + 1);
    rows.push(...(await within(db, expression, { span: { from: lowest, to }, reading })));
    to = lowest - 1;
    if (before - reading.left < windowRowsMax) width *= 2;
  }
  return { rows: rows.slice(0, limit), cut: reading.left <= 0 };
}

type Reading = { span: Span; reading: { left: number } };

/** All rows of a window, newest first. */
async function within(db: Db, expression: Expression, options: Reading): Promise<number[]> {
  if (expression.kind === "nothing") return [];
  if (expression.kind === "match" || expression.kind === "every") {
    const rows = await readRows(db, expression, { span: options.span, limit: Math.max(1, options.reading.left) });
    options.reading.left -= rows.length;
    return rows;
  }
  if (expression.kind === "without") {
    const from = await within(db, expression.from, options);
    const drop = new Set(from.length === 0 ? [] : await within(db, expression.drop, options));
    return from.filter((row) => !drop.has(row));
  }
  const lists: number[][] = [];
  for (const part of expression.parts) {
    lists.push(await within(db, part, options));
    if (expression.kind === "and" && lists.at(-1)?.length === 0) return [];
  }
  if (expression.kind === "or") return [...new Set(lists.flat())].sort((a, b) => b - a);
  const sets = lists.slice(1).map((list) => new Set(list));
  return (lists[0] ?? []).filter((row) => sets.every((set) => set.has(row)));
}

async function readRows(
  db: Db,
  expression: Expression,
  { span, limit }: { span: Span; limit: number },
): Promise<number[]> {
  const inside = sql`rowid between ${span.from} and ${span.to} order by rowid desc limit ${limit}`;
  const chosen =
    expression.kind !== "match"
      ? sql`select row as rowid from search_rows where row between ${span.from} and ${span.to}
          order by row desc limit ${limit}`
      : expression.table === "signs"
        ? sql`select rowid from search_signs where search_signs match ${expression.match} and ${inside}`
        : sql`select rowid from search_grams where search_grams match ${expression.match} and ${inside}`;
  const found = await db.get<{ rows: string }>(sql`select json_group_array(rowid) as rows from (${chosen})`);
  return JSON.parse(found?.rows ?? "[]");
}
