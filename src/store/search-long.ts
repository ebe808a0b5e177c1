import { fold } from "../news/fold.ts";
import { piecePhrase } from "../news/grams.ts";
import type { Query } from "../news/query.ts";
import type { Db } from "./db.ts";
import { type Filter, idsOf, narrowed, rowsPerToken, type Seen, textsOf, tokenRows } from "./search-read.ts";
import { allOf, newestRows, phraseMatch } from "./search-rows.ts";

/** A phrase of more tokens than this is dear: each of them, the most frequent too, is sought at every step. */
const tokensMax = 6;
/** Neighbouring tokens that are asked together, and how many such parts are asked, the rarest first. */
const windowTokens = 3;
const windowsMax = 3;
/** Articles whose texts are read; when more have the rare parts, the phrase itself is asked. */
const articlesRead = 400;

type Options = { filter: Filter; seen: Seen };

/**
 * Rows of the articles that hold one long line of text, newest first, by its rarest parts and then by their texts; null
 * when it is not long, or is in so many that the phrase is the quicker way.
 */
export async function findLong(db: Db, parsed: Query, options: Options): Promise<number[] | null> {
  const { filter } = options;
  const [clause, ...others] = parsed.all.flat().filter((each) => each.kind === "text");
  if (clause === undefined || others.length > 0 || clause.where === "title") return null;
  const { tokens, open, table } = piecePhrase(clause.piece);
  if (tokens.length <= tokensMax || table !== "grams") return null;
  const whole = open ? tokens.slice(0, -1) : tokens;
  const costs = new Map<string, number>();
  for (const token of new Set(whole)) {
    const rows = await tokenRows(db, { tokens: [token], open: false, table }, options);
    if (rows.length === 0) return [];
    // A token that was read to its end is rarer than any other; of others, the one that reaches farther back.
    const reach = (rows[0] as number) - (rows.at(-1) as number) + 1;
    costs.set(token, Math.log(rows.length < rowsPerToken ? rows.length / 1e9 : rows.length / reach));
  }
  const rare = rarestWindows(whole.map((token) => costs.get(token) as number));
  const parts = rare.map((from) =>
    phraseMatch({ tokens: whole.slice(from, from + windowTokens), open: false, table: "grams" }),
  );
  const limit = articlesRead + 1;
  const { rows } = await newestRows(db, narrowed(allOf(parts), filter), { span: filter.span, limit });
  return rows.length > articlesRead ? null : holding(db, rows, { piece: clause.piece, filter });
}

/** Where parts of the line begin that do not overlap, the rarest first. */
function rarestWindows(costs: readonly number[]): number[] {
  const windows = costs
    .slice(0, costs.length - windowTokens + 1)
    .map((_, from) => ({ from, cost: costs.slice(from, from + windowTokens).reduce((sum, cost) => sum + cost, 0) }))
    .sort((a, b) => a.cost - b.cost || a.from - b.from);
  const chosen: number[] = [];
  for (const { from } of windows) {
    if (chosen.every((each) => Math.abs(each - from) >= windowTokens)) chosen.push(from);
  }
  return chosen.slice(0, windowsMax);
}

async function holding(
  db: Db,
  rows: readonly number[],
  { piece, filter }: { piece: string; filter: Filter },
): Promise<number[]> {
  const found = await idsOf(db, rows, filter);
  const texts = await textsOf(
    db,
    found.map((each) => each.id),
  );
  const held = texts.filter((each) => [each.title, each.lead, each.body].some((text) => fold(text).includes(piece)));
  const ids = new Set(held.map((each) => each.id));
  return found.filter((each) => ids.has(each.id)).map((each) => each.row);
}
