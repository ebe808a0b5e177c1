import { sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { seconds } from "./json-list.ts";
import { isOpen } from "./standstill.ts";

/** What an editor waits for. */
export type Urgent = { deliver: boolean; broadcast: boolean; round: boolean };

/** Is a breaking item to be begun, sent, corrected or recalled at this moment? One query, by small indexes. */
export async function urgentWork(db: Db, now: Date): Promise<Urgent> {
  const at = seconds(now);
  const [row] = await db.all<Record<keyof Urgent, number>>(sql`select
    exists (select 1 from deliveries where priority = 0 and due_at <= ${at}) as deliver,
    exists (select 1 from broadcasts where state in ('scheduled', 'countdown', 'sending', 'paused')
      and (state = 'sending' or state <> 'paused' and due_at <= ${at})) as broadcast,
    exists (select 1 from broadcast_rounds where state = 'running') as round
    where ${isOpen}`);
  return { deliver: row?.deliver === 1, broadcast: row?.broadcast === 1, round: row?.round === 1 };
}
