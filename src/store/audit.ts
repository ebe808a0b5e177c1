import { desc, eq, lt, sql } from "drizzle-orm";
import type { Db, Statement } from "./db.ts";
import { seconds } from "./json-list.ts";
import { audit } from "./schema.ts";

/** Characters of what an entry says. */
const detailCharsMax = 200;

export type AuditEntry = typeof audit.$inferSelect;

/** Who does something, as the audit remembers them. */
export type Actor = { userId: number; name: string };

export type Act = { act: string; broadcastId?: number | null; detail?: string };

/** Goes into the batch that does what it tells of, right after it: nothing is noted when that changed nothing. */
export function auditIfChanged(db: Db, { userId, name }: Actor, act: Act & { now: Date }): Statement {
  const detail = (act.detail ?? "").slice(0, detailCharsMax);
  return db.insert(audit).select(
    sql`select null, ${seconds(act.now)}, ${userId}, ${name}, ${act.act}, ${act.broadcastId ?? null}, ${detail}
        where changes() > 0`,
  );
}

export async function noteAct(db: Db, { userId, name }: Actor, act: Act & { now: Date }): Promise<void> {
  const { now: at, act: what, broadcastId = null, detail = "" } = act;
  await db.insert(audit).values({ at, userId, name, act: what, broadcastId, detail: detail.slice(0, detailCharsMax) });
}

/** The newest first; before an entry, to turn pages. */
export async function listAudit(
  db: Db,
  { limit, beforeId, broadcastId }: { limit: number; beforeId?: number; broadcastId?: number },
): Promise<AuditEntry[]> {
  const which =
    broadcastId !== undefined
      ? eq(audit.broadcastId, broadcastId)
      : beforeId === undefined
        ? undefined
        : lt(audit.id, beforeId);
  return db.select().from(audit).where(which).orderBy(desc(audit.id)).limit(limit);
}
