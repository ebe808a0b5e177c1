import { and, eq, inArray, sql } from "drizzle-orm";
import { docsOf, fewest, usual } from "../postings/choose.ts";
import { PagesGone } from "../postings/list.ts";
import { Gathered, noTerm, placesOf, ScanQueue, SegmentScan, writeList } from "../postings/merge.ts";
import { type Page, PageWriter } from "../postings/page-writer.ts";
import type { Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { searchChanged, searchPages, searchSegments } from "./schema.ts";
import { pagesFrom, readPages, readSegmentIds } from "./search-pages.ts";
import { rebuild } from "./search-rebuild.ts";
import { docOf, type Index, keepIds, mayConcern, openIndex, readDead, type Segment } from "./search-segments.ts";
import { idPages, pageStatements, pagesPerWrite, writeIndex } from "./search-write.ts";

/** A segment is written anew when this part of it counts no more. */
const deadShare = 0.25;
/** Pages that are removed by one write. */
const removedPerWrite = 256;
/** Pages of a segment that are read together. */
const pagesPerRead = 16;
/** A segment that so many came after, and that is not whole yet, nobody fills any more. */
const abandonedAfter = 64;
/** Changed articles that one write forgets. */
const forgottenPerWrite = 5_000;

/**
 * Merges segments of the index, until about so many pages are written; called with every write of articles it keeps up
 * with them. Reading and merging hold no lock, and what a crash cuts off goes on where it was. `rebuilt` is of how many
 * articles a segment may be made anew at once, which holds the thread. Says whether there was anything to do.
 */
export async function mergeIndex(db: Db, pages: number, { rebuilt = 0 } = {}): Promise<boolean> {
  let done = 0;
  while (done < pages) {
    const more = await work(db, usual, rebuilt);
    if (more === 0) break;
    done += more;
  }
  return done > 0;
}

/** Pages to be merged after so many articles came in, that merging keeps up. */
export function pagesToMerge(articles: number): number {
  return 16 + 3 * articles;
}

/** Makes as few segments of it as may be, write by write with `pause` between them; resolves when nothing is left. */
export async function mergeAll(db: Db, pause: () => Promise<unknown>): Promise<void> {
  while ((await work(db, fewest, 0)) > 0) await pause();
}

type Row = typeof searchSegments.$inferSelect;
type Choose = (segments: readonly Segment[]) => Segment[] | null;

/** One write; gives how many pages it wrote or removed, at least 1 unless there is nothing to do. */
async function work(db: Db, choose: Choose, rebuilt: number): Promise<number> {
  try {
    return await workOnce(db, choose, rebuilt);
  } catch (error) {
    // Another merged what this was about to.
    if (error instanceof PagesGone) return 0;
    throw error;
  }
}

async function workOnce(db: Db, choose: Choose, rebuilt: number): Promise<number> {
  const abandoned = sql`state = 'filling' and id < (select max(id) from search_segments) - ${abandonedAfter}`;
  const rows = await db.select().from(searchSegments).where(sql`state in ('making', 'gone') or (${abandoned})`);
  const gone = rows.find((row) => row.state !== "making");
  if (gone !== undefined) return remove(db, gone.id);
  const [making] = rows.filter((row) => row.state === "making").sort((a, b) => a.docs - b.docs);
  const index = await openIndex(db);
  const claimed = new Set(rows.flatMap((row) => row.inputs ?? []));
  const free = index.segments.filter((segment) => !claimed.has(segment.id)).sort((a, b) => a.id - b.id);
  const inputs = choose(free) ?? (await withDead(db, index, free));
  if (inputs !== null && inputs.length > 1 && docsOf(inputs) <= rebuilt) {
    const pages = await rebuild(db, index, inputs);
    if (pages !== null) {
      await forgetChanges(db);
      return pages;
    }
  }
  // Small merges do not wait for a large one.
  const isSmaller = inputs !== null && (making === undefined || docsOf(inputs) < making.docs);
  if (isSmaller) return start(db, index, inputs);
  return making === undefined ? 0 : goOn(db, index, making);
}

async function withDead(db: Db, index: Index, segments: readonly Segment[]): Promise<Segment[] | null> {
  const dead = await readDead(db, index, segments);
  const first = segments.find(({ id, docs }) => (dead.get(id)?.size ?? 0) > docs * deadShare);
  return first === undefined ? null : [first];
}

/** Claims segments, unless somebody else merges one of them, and writes down which articles the new one has. */
async function start(db: Db, index: Index, inputs: readonly Segment[]): Promise<number> {
  await keepIds(db, index, inputs);
  const dead = await readDead(db, index, inputs);
  const all = inputs.flatMap(({ id }) => [...index.kept.ids.get(id)!].filter((_, doc) => !dead.get(id)?.has(doc)));
  const ids = Float64Array.from(new Set(all)).sort().reverse();
  const list = JSON.stringify(inputs.map(({ id }) => id));
  const among = jsonList(inputs.map(({ id }) => id));
  // What was changed since the index was looked at is before the new segment: it must not have it.
  const isFree = sql`not exists (select 1 from search_changed where n > ${index.lastChange})
    and (select count(*) from search_segments where state = 'live' and id in ${among}) = ${inputs.length}
    and not exists (select 1 from search_segments as other, json_each(other.inputs) as input
      where other.state = 'making' and input.value in ${among})`;
  if (ids.length === 0) {
    await db
      .update(searchSegments)
      .set({ state: "gone" })
      .where(and(inArray(searchSegments.id, among), isFree));
    await forgetChanges(db);
    return 1;
  }
  const isOurs = sql`(select state = 'making' and inputs = ${list} and next_term = 0 from search_segments order by id desc limit 1)`;
  const pages = idPages(ids);
  const newest = sql`(select max(id) from search_segments)`;
  await writeIndex(db, [
    db
      .insert(searchSegments)
      .select(sql`select null, 'making', ${ids.length}, ${ids[0]}, ${ids.at(-1)}, ${list}, 0 where ${isFree}`),
    ...pageStatements(db, pages, newest, isOurs),
    db.update(searchSegments).set({ nextTerm: 1 }).where(sql`id = ${newest} and ${isOurs}`),
  ]);
  return pages.length;
}

/** The next lists of a segment that is being made; after the last ones it stands in place of those it is made of. */
async function goOn(db: Db, index: Index, making: Row): Promise<number> {
  const kept = db.once("search-making", () => new Map<number, Making>());
  const known = kept.get(making.id);
  // Should a read or the write fail, what is kept is ahead of what is written; and another task goes its own way.
  kept.delete(making.id);
  const state = known?.term === making.nextTerm ? known : await readMaking(db, index, making);
  const { queue } = state;
  const writer = new PageWriter();
  while (writer.pages.length < pagesPerWrite && queue.term !== noTerm) {
    const scans = queue.take();
    writeList(scans, state.gathered, writer);
    for (const scan of scans) {
      // Only who needs pages is waited for: there are a million terms.
      if (!scan.advance()) await state.read(scan);
      if (scan.term !== noTerm) queue.put(scan);
    }
  }
  state.term = queue.term;
  const pages = writer.end();
  const isOurs = sql`exists (select 1 from search_segments
    where id = ${making.id} and next_term = ${making.nextTerm} and state = 'making')`;
  const own = and(eq(searchSegments.id, making.id), isOurs);
  const isDone = state.term === noTerm;
  const inputs = and(inArray(searchSegments.id, jsonList(making.inputs!)), isOurs);
  await writeIndex(db, [
    ...pageStatements(db, pages, sql`${making.id}`, isOurs),
    ...(isDone ? [db.update(searchSegments).set({ state: "gone" }).where(inputs)] : []),
    db
      .update(searchSegments)
      .set(isDone ? { state: "live", inputs: null, nextTerm: 0 } : { nextTerm: state.term })
      .where(own),
  ]);
  if (isDone) await forgetChanges(db);
  else keep(kept, making.id, state);
  return Math.max(pages.length, 1);
}

/** A merge on its way, kept between its writes: where it stands, and what was read of its segments. */
type Making = {
  term: number;
  queue: ScanQueue;
  gathered: Gathered;
  /** Reads what one needs, until it stands at its next term. */
  read(scan: SegmentScan): Promise<void>;
};

/** Merges on their way whose state is kept: another is read anew. */
const makingsKept = 6;

function keep(kept: Map<number, Making>, id: number, state: Making): void {
  if (kept.size >= makingsKept) kept.clear();
  kept.set(id, state);
}

/** Goes on with what is written, where another did the last write or this is a new process. */
async function readMaking(db: Db, index: Index, making: Row): Promise<Making> {
  const inputs = making.inputs!;
  const segments = index.segments.filter(({ id }) => inputs.includes(id));
  await keepIds(db, index, segments);
  const ids = (await readSegmentIds(db, [making])).get(making.id)!;
  const from = making.nextTerm;
  const places = placesOf(
    inputs.map((id) => ({ id, ids: index.kept.ids.get(id) ?? new Float64Array() })),
    ids,
  );
  const scans = places.map((docs) => new SegmentScan(docs, from));
  const readings = new Map(scans.map((scan, n) => [scan, segmentPages(db, inputs[n]!, from)]));
  const read = async (scan: SegmentScan) => {
    do {
      const { value, done } = await readings.get(scan)!.next();
      scan.give(value ?? [], done === true);
    } while (!scan.advance());
  };
  for (const scan of scans) await read(scan);
  const queue = new ScanQueue(scans.filter((scan) => scan.term !== noTerm));
  return { term: from, queue, gathered: new Gathered(), read };
}

/** A segment's pages in their order, from the one that has this term. */
async function* segmentPages(db: Db, segment: number, term: number): AsyncGenerator<Page[]> {
  const [first] = await readPages(db, [{ segment, term, doc: 0, until: 0 }]);
  if (first!.length > 0) yield first!;
  let after = first!.length > 0 ? { ...first![0]!, doc: first![0]!.doc + 1 } : { term, doc: 0 };
  for (;;) {
    const pages = await pagesFrom(db, segment, { ...after, limit: pagesPerRead });
    if (pages.length > 0) yield pages;
    if (pages.length < pagesPerRead) return;
    const last = pages.at(-1)!;
    after = { ...last, doc: last.doc + 1 };
  }
}

/** Removes some pages of a segment that is part of another now. */
async function remove(db: Db, segment: number): Promise<number> {
  const some = db
    .select({ id: searchPages.id })
    .from(searchPages)
    .where(eq(searchPages.segment, segment))
    .limit(removedPerWrite);
  const isEmpty = sql`not exists (select 1 from search_pages where segment = ${segment})`;
  await writeIndex(db, [
    db.delete(searchPages).where(inArray(searchPages.id, some)),
    db.delete(searchSegments).where(and(eq(searchSegments.id, segment), isEmpty)),
  ]);
  return pagesPerWrite / 4;
}

/** Forgets changes that concern no segment any more: some of them at a time, those after the ones looked at before. */
async function forgetChanges(db: Db): Promise<void> {
  const index = await openIndex(db);
  const looked = db.once("search-forgotten", () => ({ last: 0 }));
  // A segment that comes from now on is not before any of these.
  const known = await db
    .select()
    .from(searchChanged)
    .where(sql`n > ${looked.last} and n <= ${index.lastChange}`)
    .orderBy(searchChanged.n)
    .limit(forgottenPerWrite);
  looked.last = known.length < forgottenPerWrite ? 0 : known.at(-1)!.n;
  const concerned = index.segments.filter((segment) => known.some((change) => mayConcern(change, segment)));
  await keepIds(db, index, concerned);
  const over = known.filter((change) =>
    concerned.every(
      (segment) => !mayConcern(change, segment) || docOf(index.kept.ids.get(segment.id)!, change.articleId) === null,
    ),
  );
  if (over.length === 0) return;
  await writeIndex(db, [db.delete(searchChanged).where(inArray(searchChanged.n, jsonList(over.map(({ n }) => n))))]);
}
