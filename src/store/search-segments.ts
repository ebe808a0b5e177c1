import { sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { readSegmentIds } from "./search-pages.ts";

export type Segment = { id: number; docs: number; newest: number; oldest: number };

/** An article that was changed or removed: what segments before that one have of it counts no more. */
export type Change = { articleId: number; before: number };

/** What is kept of the index between searches: segments never change, and of changed articles only new ones are read. */
type Kept = {
  /** Of each segment its articles, the newest first. */
  ids: Map<number, Float64Array>;
  changes: Change[];
  lastChange: number;
  /** So many changes are kept at the most. */
  most: number;
  /** Of each segment the articles that count no more, as far as the changes were looked at. */
  dead: Map<number, { seen: number; docs: Set<number> }>;
};

/** Twice as many as are stored, and more than this: most concern no segment any more, and all are read anew. */
const changesKeptMax = 100_000;
/** Changes that one statement reads: some 300 KB. */
const changesPerRead = 10_000;

/** The index as it stood when it was asked: its segments, those with the newest articles first, and the last change. */
export type Index = { segments: Segment[]; lastChange: number; kept: Kept };

export async function openIndex(db: Db): Promise<Index> {
  const kept = db.once("search-index", (): Kept => ({ ids: new Map(), ...nothingRead() }));
  const isFull = kept.changes.length > kept.most;
  if (isFull) Object.assign(kept, nothingRead());
  let found: Awaited<ReturnType<typeof readIndex>>;
  // Segments and the changes since are read in one statement: the last one, where there are many changes.
  do {
    found = await readIndex(db, kept);
  } while (found.read === changesPerRead);
  if (isFull) kept.most = Math.max(changesKeptMax, 2 * kept.changes.length);
  const { segments, lastChange } = found;
  const known = new Set(segments.map((segment) => segment.id));
  for (const map of [kept.ids, kept.dead]) for (const id of map.keys()) if (!known.has(id)) map.delete(id);
  return { segments: segments.sort((a, b) => b.newest - a.newest || b.id - a.id), lastChange, kept };
}

function nothingRead(): Omit<Kept, "ids"> {
  return { changes: [], lastChange: 0, most: changesKeptMax, dead: new Map() };
}

async function readIndex(db: Db, kept: Kept): Promise<{ segments: Segment[]; lastChange: number; read: number }> {
  const before = kept.lastChange;
  const row = await db.get<{ segments: string; changed: string }>(sql`select
    (select json_group_array(json_array(id, docs, newest, oldest)) from search_segments where state = 'live') as segments,
    (select json_group_array(json_array(n, article_id, before)) from
      (select * from search_changed where n > ${before} order by n limit ${changesPerRead})) as changed`);
  const changed = JSON.parse(row?.changed ?? "[]") as [number, number, number][];
  for (const [n, articleId, before] of changed) {
    // Another question may have read some of them meanwhile.
    if (n <= kept.lastChange) continue;
    kept.changes.push({ articleId, before });
    kept.lastChange = n;
  }
  const segments = (JSON.parse(row?.segments ?? "[]") as [number, number, number, number][]).map(
    ([id, docs, newest, oldest]) => ({ id, docs, newest, oldest }),
  );
  return { segments, lastChange: changed.at(-1)?.[0] ?? before, read: changed.length };
}

/** How many articles stand in the index, each as often as it was changed since its segments were merged. */
export async function countIndexed(db: Db): Promise<number> {
  const row = await db.get<{ docs: number | null }>(
    sql`select sum(docs) as docs from search_segments where state = 'live'`,
  );
  return row?.docs ?? 0;
}

/** Reads the ids of these segments' articles, where they are not known. */
export async function keepIds(db: Db, { kept }: Index, segments: readonly Segment[]): Promise<void> {
  const unknown = segments.filter(({ id }) => !kept.ids.has(id));
  if (unknown.length === 0) return;
  for (const [id, ids] of await readSegmentIds(db, unknown)) kept.ids.set(id, ids);
}

/** Of each of these segments the articles that count no more; null for none. */
export async function readDead(
  db: Db,
  index: Index,
  segments: readonly Segment[],
): Promise<Map<number, ReadonlySet<number> | null>> {
  const { changes, dead, ids } = index.kept;
  // Others may add changes while ids are read.
  const seen = changes.length;
  const fresh = segments.map((segment) => {
    const known = dead.get(segment.id);
    const docs = known?.docs ?? new Set();
    dead.set(segment.id, { seen: known?.seen ?? 0, docs });
    const unseen = known?.seen === seen ? [] : changes.slice(known?.seen ?? 0);
    return { segment, docs, unseen: unseen.filter((change) => mayConcern(change, segment)) };
  });
  const concerned = fresh.filter(({ unseen }) => unseen.length > 0);
  await keepIds(
    db,
    index,
    concerned.map(({ segment }) => segment),
  );
  for (const { segment, docs, unseen } of concerned) {
    for (const { articleId } of unseen) {
      const doc = docOf(ids.get(segment.id)!, articleId);
      if (doc !== null) docs.add(doc);
    }
  }
  for (const { segment, docs } of fresh) dead.set(segment.id, { seen, docs });
  return new Map(fresh.map(({ segment, docs }) => [segment.id, docs.size === 0 ? null : docs]));
}

/** Whether a segment may hold what was changed later. */
export function mayConcern({ articleId, before }: Change, { id, newest, oldest }: Segment): boolean {
  return id < before && articleId <= newest && articleId >= oldest;
}

/** Where an article stands among ids in descending order. */
export function docOf(ids: Float64Array, articleId: number): number | null {
  const doc = docFrom(ids, articleId);
  return ids[doc] === articleId ? doc : null;
}

/** The first of ids in descending order that is not larger than this. */
export function docFrom(ids: Float64Array, id: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle]! > id) low = middle + 1;
    else high = middle;
  }
  return low;
}
