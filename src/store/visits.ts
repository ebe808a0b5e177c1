import { sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { visits } from "./schema.ts";

/** Counts one more command of this person ("u1") or chat ("c-1") in this minute, and says how many that makes. */
export async function countVisit(db: Db, who: string, now: Date): Promise<number> {
  const minute = Math.floor(now.getTime() / 60_000);
  const [row] = await db
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
  return row?.count ?? 1;
}
