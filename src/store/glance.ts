import { sql } from "drizzle-orm";
import type { Db } from "./db.ts";

/** Rows are counted up to here: /health must stay cheap with a million of them. */
const countedMax = 1_000;
/** And readers, whom an operator looks for, up to here: some milliseconds. */
export const readersCountedMax = 20_000;

export type Glance = {
  /** When the newest article was published, ISO 8601; null without any. */
  newestArticleAt: string | null;
  /** Counts up to 1,000; readers up to 20,000. */
  sources: number;
  activeSubscribers: number;
  updatesWaiting: number;
  deliveriesDue: number;
};

/** The store at a glance, in bounded time; the update that asks (`askedBy`) is not one that waits. */
export async function glance(db: Db, now: Date, { askedBy = 0 } = {}): Promise<Glance> {
  const at = Math.floor(now.getTime() / 1000);
  const [row] = await db.all<Record<string, number | null>>(sql`
    select
      (select published_at from articles order by id desc limit 1) as newest,
      (select count(*) from (select 1 from sources limit ${countedMax})) as sources,
      (select count(*) from (select 1 from subscribers where state = 'active' limit ${readersCountedMax})) as subscribers,
      (select count(*) from
        (select 1 from updates where due_at is not null and id <> ${askedBy} limit ${countedMax})) as updates,
      (select count(*) from (select 1 from deliveries where due_at <= ${at} limit ${countedMax})) as deliveries`);
  const newest = row?.newest;
  return {
    newestArticleAt: typeof newest === "number" ? new Date(newest * 1000).toISOString() : null,
    sources: row?.sources ?? 0,
    activeSubscribers: row?.subscribers ?? 0,
    updatesWaiting: row?.updates ?? 0,
    deliveriesDue: row?.deliveries ?? 0,
  };
}
