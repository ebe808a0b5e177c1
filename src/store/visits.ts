import { and, eq, gte, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { asks, visits } from "./schema.ts";

/** For so long the next words of a person are taken as the answer to our question. */
const askMs = 10 * 60_000;

/** Counts one more command of this person ("u1") or chat ("c-1") in this minute, and says how many that makes. */
export async function countVisit(db: Db, who: string, now: Date): Promise<number> {
  const minute = Math.floor(now.getTime() / 60_000);
  const counting = db
    .insert(visits)
    .values({ who, minute, count: 1 })
    .onConflictDoUpdate({
      target: visits.who,
      set: {
        count: sql`case when ${visits.minute} = ${minute} then ${visits.count} + 1 else 1 end`,
        minute,
      },
    })
    .returning({ count: visits.count });
  const [[row]] = (await db.batch([counting], { mayBeLost: true })) as [{ count: number }[]];
  return row?.count ?? 1;
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

export async function closeAsk(db: Db, chatId: number, userId: number): Promise<void> {
  await db.delete(asks).where(and(eq(asks.chatId, chatId), eq(asks.userId, userId)));
}
