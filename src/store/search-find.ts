import type { Expression } from "../postings/expression.ts";
import { PagesGone } from "../postings/list.ts";
import { SegmentMatch } from "../postings/match.ts";
import type { Db } from "./db.ts";
import { readPages } from "./search-pages.ts";
import { docFrom, type Index, keepIds, openIndex, readDead, type Segment } from "./search-segments.ts";

/** Articles whose ids are between these, both included. */
export type Span = { from: number; to: number };

/** Segments are asked together until they have so many articles; then twice as many. */
const docsFirst = 16_384;
/** Pages that one question may read: beyond, the answer is what was found so far, and more. */
const pagesMax = 20_000;
/** How often a question is asked whose segments were merged away meanwhile. */
const triesMax = 5;

export type Found = {
  /** Of the newest articles that match, at most `limit`. */
  ids: number[];
  /** There may be others. */
  cut: boolean;
  /** About how many match altogether: of one term exact where all segments were asked. */
  about: number;
};

export async function newestIds(
  db: Db,
  expression: Expression,
  options: { span: Span; limit: number },
): Promise<Found> {
  if (expression.kind === "nothing") return { ids: [], cut: false, about: 0 };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await find(db, await openIndex(db), { expression, ...options });
    } catch (error) {
      if (!(error instanceof PagesGone) || attempt >= triesMax) throw error;
    }
  }
}

type Question = { expression: Expression; span: Span; limit: number };

async function find(db: Db, index: Index, question: Question): Promise<Found> {
  const { span, limit } = question;
  const segments = index.segments.filter(({ newest, oldest }) => newest >= span.from && oldest <= span.to);
  const reading = { pages: 0, docs: 0, matching: 0 };
  let ids: number[] = [];
  for (let n = 0, wanted = docsFirst; n < segments.length && reading.pages < pagesMax; wanted *= 2) {
    // Nothing newer than what was found is left.
    if (ids.length >= limit && ids[limit - 1]! > segments[n]!.newest) break;
    const group: Segment[] = [];
    for (let docs = 0; n < segments.length && docs < wanted; n += 1) {
      group.push(segments[n]!);
      docs += segments[n]!.docs;
    }
    ids = newest(ids.concat(await findIn(db, index, { ...question, group, reading })), limit);
  }
  const all = index.segments.reduce((sum, { docs }) => sum + docs, 0);
  const about = reading.docs === 0 ? 0 : (reading.matching / reading.docs) * all;
  return { ids, cut: reading.pages >= pagesMax, about };
}

/** The largest of these, in descending order; one that is there twice was changed while this was asked. */
function newest(ids: number[], limit: number): number[] {
  // Of segments that follow each other in time they are.
  if (ids.every((id, n) => n === 0 || id < ids[n - 1]!)) return ids.slice(0, limit);
  const sorted = Float64Array.from(ids).sort();
  const some: number[] = [];
  for (let n = sorted.length - 1; n >= 0 && some.length < limit; n--) {
    if (sorted[n] !== some.at(-1)) some.push(sorted[n]!);
  }
  return some;
}

type Asked = Question & { group: readonly Segment[]; reading: Reading };
/** Pages that were read, articles of the segments that were asked, and how many of those match. */
type Reading = { pages: number; docs: number; matching: number };

async function findIn(db: Db, index: Index, { group, expression, span, limit, reading }: Asked): Promise<number[]> {
  const isWithin = ({ newest, oldest }: Segment) => newest <= span.to && oldest >= span.from;
  const cut = group.filter((segment) => !isWithin(segment));
  await keepIds(db, index, cut);
  const dead = await readDead(db, index, group);
  const matches = group.map((segment) => {
    const ids = isWithin(segment) ? null : index.kept.ids.get(segment.id)!;
    const from = ids === null ? 0 : docFrom(ids, span.to);
    const to = ids === null ? segment.docs : docFrom(ids, span.from - 1);
    return { segment, match: new SegmentMatch(expression, { from, to, limit, dead: dead.get(segment.id) ?? null }) };
  });
  await runAll(db, matches, reading);
  for (const { segment, match } of matches) {
    reading.docs += segment.docs;
    reading.matching += Math.min(match.docs, segment.docs);
  }
  const found = matches.filter(({ match }) => match.found.length > 0);
  await keepIds(
    db,
    index,
    found.map(({ segment }) => segment),
  );
  const all: number[] = [];
  for (const { segment, match } of found) {
    const ids = index.kept.ids.get(segment.id)!;
    for (const doc of match.found) all.push(ids[doc]!);
  }
  return all;
}

/** Lets them all run, and reads what they need together, until they are done. */
async function runAll(
  db: Db,
  matches: readonly { segment: Segment; match: SegmentMatch }[],
  reading: Reading,
): Promise<void> {
  let running = matches;
  while (running.length > 0 && reading.pages < pagesMax) {
    const needed = running.flatMap(({ segment, match }) =>
      match.needs().map((leaf) => ({ leaf, need: { ...leaf.need!, segment: segment.id } })),
    );
    if (needed.length > 0) {
      const pages = await readPages(
        db,
        needed.map(({ need }) => need),
      );
      for (const [n, { leaf }] of needed.entries()) {
        reading.pages += pages[n]!.length;
        leaf.give(pages[n]!);
      }
    }
    for (const { match } of running) match.run();
    running = running.filter(({ match }) => !match.isDone);
  }
}
