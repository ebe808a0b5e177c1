import { and, eq, gte, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { gather } from "./gather.ts";
import { asks, visits } from "./schema.ts";

/** For so long the next words of a person are taken as the answer to our question. */
const askMs = 10 * 60_000;
/** What many people do at once is written together, of so many at most. */
const perCommit = 100;

/**
 * Counts one more command of this person ("u1") or chat ("c-1") in this minute, and says how many that makes. Those who
 * come together are counted together.
 */
export function countVisit(db: Db, who: string, now: Date): Promise<number> {
  const count = db.once("count visits", () => gather((come: [string, number][]) => countVisits(db, come), perCommit));
  return count([who, Math.floor(now.getTime() / 60_000)]);
}

async function countVisits(db: Db, come: readonly [who: string, minute: number][]): Promise<number[]> {
  const counting = db
    .insert(visits)
    .select(sql`select value ->> 0, value ->> 1, 1 from json_each(${JSON.stringify(come)}) where true`)
    .onConflictDoUpdate({
      target: visits.who,
      set: {
        count: sql`case when ${visits.minute} = excluded.minute then ${visits.count} + 1 else 1 end`,
        minute: sql`excluded.minute`,
      },
    })
    .returning({ who: visits.who, count: visits.count });
  const [rows] = (await db.batch([counting], { mayBeLost: true })) as [{ who: string; count: number }[]];
  const counts = Map.groupBy(
    rows.toSorted((a, b) => a.count - b.count),
    (row) => row.who,
  );
  return come.map(([who]) => counts.get(who)?.shift()?.count ?? 1);
}

/** Remembers what this person was asked here; a newer question takes its place. */
export async function rememberAsk(db: Db, ask: { chatId: number; userId: number; what: string }, now: Date) {
  await db
    .insert(asks)
    .values({ ...ask, at: now })
    .onConflictDoUpdate({ target: [asks.chatId, asks.userId], set: { what: ask.what, at: now } });
}

/** What this person was asked here lately; undefined when nothing is open. */
export async function openAsk(db: Db, chatId: number, userId: number, now: Date): Promise<string | undefined> {
  const [row] = await db
    .select({ what: asks.what })
    .from(asks)
    .where(and(eq(asks.chatId, chatId), eq(asks.userId, userId), gte(asks.at, new Date(now.getTime() - askMs))))
    .limit(1);
  return row?.what;
}

/** What this person was asked here is no longer asked. */
export async function closeAsk(db: Db, chatId: number, userId: number): Promise<void> {
  const close = db.once("close asks", () => gather((closed: [number, number][]) => closeAsks(db, closed), perCommit));
  await close([chatId, userId]);
}

async function closeAsks(db: Db, closed: readonly [chatId: number, userId: number][]): Promise<undefined[]> {
  const list = sql`(select value ->> 0, value ->> 1 from json_each(${JSON.stringify(closed)}))`;
  await db.delete(asks).where(sql`(${asks.chatId}, ${asks.userId}) in ${list}`);
  return [];
}
