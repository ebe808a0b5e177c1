import { sql } from "drizzle-orm";
import { type Need, PagesGone } from "../postings/list.ts";
import { readIds } from "../postings/page-reader.ts";
import type { Page } from "../postings/page-writer.ts";
import type { Db } from "./db.ts";

/** D1 gives bytes as numbers. */
type Bytes = Uint8Array | number[];
type Row = { need: number; term: number; doc: number; data: Bytes };

/** The pages that each of these needs names, in their order. Throws `PagesGone` when one of the segments is no more. */
export async function readPages(db: Db, needs: readonly (Need & { segment: number })[]): Promise<Page[][]> {
  const list = JSON.stringify(
    needs.map(({ segment, term, doc, until, termTo = term }) => [segment, term, doc, termTo, until]),
  );
  const first = sql`select j.key as need, p.term, p.doc, p.data from json_each(${list}) as j
    join search_pages as p on p.id = (select id from search_pages
      where segment = j.value ->> 0 and term > 0 and (term, doc) <= (j.value ->> 1, j.value ->> 2)
      order by term desc, doc desc limit 1)`;
  const isMore = needs.some(({ doc, until, termTo }) => until > doc || termTo !== undefined);
  const live = sql`select -1 as need, count(*) as term, 0 as doc, null as data from search_segments
    where state = 'live' and id in (select value ->> 0 from json_each(${list}))`;
  const [counted, ...rows] = await db.all<Row>(
    isMore
      ? sql`${live} union all ${first} union all select j.key as need, p.term, p.doc, p.data from json_each(${list}) as j
          join search_pages as p on p.segment = j.value ->> 0
            and (p.term, p.doc) > (j.value ->> 1, j.value ->> 2) and (p.term, p.doc) <= (j.value ->> 3, j.value ->> 4)`
      : sql`${live} union all ${first}`,
  );
  if (counted?.term !== new Set(needs.map(({ segment }) => segment)).size) throw new PagesGone();
  const pages: Page[][] = needs.map(() => []);
  for (const row of rows) pages[row.need]!.push(pageOf(row));
  if (isMore) for (const some of pages) some.sort((a, b) => a.term - b.term || a.doc - b.doc);
  return pages;
}

/** A segment's pages from this term on, so many of them. */
export async function pagesFrom(
  db: Db,
  segment: number,
  { term, doc, limit }: { term: number; doc: number; limit: number },
): Promise<Page[]> {
  const rows = await db.all<Row>(
    sql`select term, doc, data from search_pages where segment = ${segment} and (term, doc) >= (${term}, ${doc})
      order by term, doc limit ${limit}`,
  );
  return rows.map(pageOf);
}

/** The articles of segments, the newest first. Throws `PagesGone` when one of the segments is no more. */
export async function readSegmentIds(
  db: Db,
  segments: readonly { id: number; docs: number }[],
): Promise<Map<number, Float64Array>> {
  const rows = await db.all<{ segment: number; data: Bytes }>(
    sql`select segment, data from search_pages where segment in (select value from json_each(${JSON.stringify(segments.map(({ id }) => id))}))
      and term = 0 order by segment, doc`,
  );
  const ids = new Map<number, number[]>(segments.map(({ id }) => [id, [] as number[]] as const));
  for (const { segment, data } of rows) readIds({ data: bytes(data) }, ids.get(segment)!);
  if (segments.some(({ id, docs }) => ids.get(id)!.length !== docs)) throw new PagesGone();
  return new Map(Array.from(ids, ([id, list]) => [id, Float64Array.from(list)] as const));
}

function pageOf({ term, doc, data }: Row): Page {
  return { term, doc, data: bytes(data) };
}

function bytes(data: Bytes): Uint8Array {
  return data instanceof Uint8Array ? data : new Uint8Array(data);
}
