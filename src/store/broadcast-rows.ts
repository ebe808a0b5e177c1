import { and, eq, type SQL, sql } from "drizzle-orm";
import { type Broadcast, sendable } from "./broadcasts.ts";
import { batchAll, type Db, type Statement } from "./db.ts";
import { enqueueStatement, priorityOf } from "./deliveries.ts";
import { jsonList, seconds } from "./json-list.ts";
import { broadcasts, copies, deliveries, tallies } from "./schema.ts";

/** Marks a row that waits for its reader's morning, which is not a wait for the network or for a chat's turn. */
export const asleepRevision = -1;
const asleepMinMs = 1_000;
/** Ledger rows that one statement moves. */
const rowsMax = 500;

/** Puts a slice into the ledger and moves the cursor, in one batch: said again after a crash, it changes nothing. */
export async function enqueueSlice(
  db: Db,
  broadcast: Pick<Broadcast, "id" | "cursor">,
  slice: { rows: readonly { subscriberId: number; dueAt: Date }[]; cursor: number; now: Date },
): Promise<void> {
  const { rows, cursor, now } = slice;
  const kind = "broadcast" as const;
  const base = { kind, ref: broadcast.id, slot: 0, priority: priorityOf.breaking };
  const more = rows.map((row) => ({ ...base, ...row }));
  const sleepers = rows
    .filter((row) => row.dueAt.getTime() > now.getTime() + asleepMinMs)
    .map((row) => row.subscriberId);
  await batchAll(db, [
    ...(more.length > 0 ? [enqueueStatement(db, more, now)] : []),
    ...(sleepers.length > 0
      ? [
          db
            .update(copies)
            .set({ revision: asleepRevision })
            .where(
              sql`${copies.id} in (select d.id from deliveries as d where d.kind = 'broadcast' and d.ref = ${broadcast.id}
                and d.slot = 0 and d.state = 'queued' and d.revision = 0
                and d.subscriber_id in ${jsonList(sleepers)})`,
            ),
        ]
      : []),
    db
      .update(broadcasts)
      .set({ cursor, total: sql`${broadcasts.total} + ${rows.length}` })
      .where(and(eq(broadcasts.id, broadcast.id), eq(broadcasts.cursor, broadcast.cursor))),
  ]);
}

/** Everybody is in the ledger; from now on the total is what the ledger says. */
export async function endEnqueuing(db: Db, id: number): Promise<void> {
  await db
    .update(broadcasts)
    .set({ enqueued: true, total: totalOf(id) })
    .where(eq(broadcasts.id, id));
}

/** Takes a slice of waiting rows out of the queue while their broadcast stands still. Gives how many. */
export async function parkRows(db: Db, id: number, now: Date): Promise<number> {
  const due = sql`select d.id from deliveries as d where d.priority = 0 and d.due_at <= ${seconds(now)}
    and d.kind = 'broadcast' and d.ref = ${id} and d.state = 'queued' limit ${rowsMax}`;
  return changedRows(db, { due, dueAt: null, when: isState(id, ["paused"]) });
}

/** Puts a slice of parked rows back into the queue. Gives how many. */
export async function unparkRows(db: Db, id: number, now: Date): Promise<number> {
  const parked = sql`select d.id from deliveries as d where d.kind = 'broadcast' and d.state = 'queued'
    and d.ref = ${id} and d.due_at is null limit ${rowsMax}`;
  return changedRows(db, { due: parked, dueAt: now, when: isState(id, sendable) });
}

/** A slice of those who will not get it any more. Gives how many; call again while it is the most. */
export async function skipRows(db: Db, id: number, { reason, now }: { reason: string; now: Date }): Promise<number> {
  const left = sql`select d.id from deliveries as d where d.kind = 'broadcast' and d.state = 'queued'
    and d.ref = ${id} limit ${rowsMax}`;
  const [, rows] = await db.batch([
    db
      .insert(tallies)
      .select(sql`select 'broadcast', ${id}, 0, 'skipped', count(*) from (${left}) having count(*) > 0`)
      .onConflictDoUpdate({
        target: [tallies.kind, tallies.ref, tallies.slot, tallies.state],
        set: { n: sql`${tallies.n} + excluded.n` },
      }),
    db
      .update(deliveries)
      .set({ state: "skipped", dueAt: null, body: null, error: reason, at: now })
      .where(sql`${deliveries.id} in (${left})`)
      .returning({ id: deliveries.id }),
  ]);
  return (rows as unknown[]).length;
}

/** A second attempt for those of whom nobody knows whether they got it, because an editor says so. Gives how many. */
export async function resendUnknown(db: Db, id: number, now: Date): Promise<number> {
  const [rows] = (await db.batch([
    db
      .insert(deliveries)
      .select(
        sql`select null, 'broadcast', d.ref, d.slot, d.subscriber_id, d.part, d.attempt + 1, 'queued',
          ${priorityOf.breaking}, ${seconds(now)}, null, null, '', ${seconds(now)}, null
          from deliveries as d where d.kind = 'broadcast' and d.ref = ${id} and d.slot = 0 and d.state = 'unknown'
          and not exists (select 1 from deliveries as l where l.kind = 'broadcast' and l.ref = d.ref and l.slot = 0
            and l.subscriber_id = d.subscriber_id and l.part = d.part and l.attempt > d.attempt)`,
      )
      .onConflictDoNothing()
      .returning({ id: deliveries.id }),
    db
      .update(broadcasts)
      .set({ total: totalOf(id) })
      .where(eq(broadcasts.id, id)),
  ])) as [{ id: number }[]];
  return rows.length;
}

/** Those of whom nobody knows whether they got it and who got no second attempt yet. */
export async function unknownLeft(db: Db, id: number): Promise<number> {
  const [row] = await db.all<{ n: number }>(
    sql`select count(*) as n from deliveries as d where d.kind = 'broadcast' and d.ref = ${id} and d.slot = 0
      and d.state = 'unknown' and not exists (select 1 from deliveries as l where l.kind = 'broadcast'
        and l.ref = d.ref and l.slot = 0 and l.subscriber_id = d.subscriber_id and l.attempt > d.attempt)`,
  );
  return row?.n ?? 0;
}

/** Is anything of it due, or in somebody's hands? The morning's rows are not. */
export async function hasWork(db: Db, id: number, now: Date): Promise<boolean> {
  const [row] = await db.all<{ busy: number }>(
    sql`select exists (select 1 from deliveries as d where d.state in ('claimed', 'sending') and d.kind = 'broadcast'
        and d.ref = ${id})
      or exists (select 1 from deliveries as d where d.kind = 'broadcast' and d.state = 'queued' and d.ref = ${id}
        and (d.due_at is null or d.due_at <= ${seconds(now)} or d.revision <> ${asleepRevision})) as busy`,
  );
  return row?.busy === 1;
}

/** Does anybody get their copy now? Nobody does while it stands still. */
export async function hasDue(db: Db, id: number, now: Date): Promise<boolean> {
  const [row] = await db.all<{ busy: number }>(
    sql`select exists (select 1 from broadcasts where id = ${id} and state in ('sending', 'done'))
      and exists (select 1 from deliveries as d where d.priority = 0 and d.due_at <= ${seconds(now)}
        and d.kind = 'broadcast' and d.ref = ${id} and d.state = 'queued') as busy`,
  );
  return row?.busy === 1;
}

/** Failed ones with why, grouped. */
export async function failureReasons(db: Db, id: number): Promise<{ state: string; error: string; n: number }[]> {
  return db.all<{ state: string; error: string; n: number }>(
    sql`select state, error, count(*) as n from deliveries where kind = 'broadcast' and ref = ${id}
      and state in ('failed', 'unknown', 'unreachable') group by 1, 2 order by 3 desc limit 10`,
  );
}

export type Wording = { id: number; revision: number };

/**
 * Runs before rows are marked as `sending`, in the same batch: those whose broadcast was paused, stopped or corrected
 * since they were composed are given back, the others remember their wording. After the press nobody gets the old text.
 */
export function guardWording(
  db: Db,
  rows: readonly Wording[],
  { token, now }: { token: string; now: Date },
): Statement[] {
  const list = JSON.stringify(rows.map((row) => [row.id, row.revision]));
  return [
    db
      .update(deliveries)
      .set({ state: "queued", leaseToken: null, dueAt: now, at: now })
      .from(sql`json_each(${list}) as j`)
      .where(
        sql`${deliveries.id} = j.value ->> 0 and ${deliveries.leaseToken} = ${token} and ${deliveries.state} = 'claimed'
          and not exists (select 1 from broadcasts as b where b.id = ${deliveries.ref}
            and b.state in ('sending', 'done') and b.revision = j.value ->> 1)`,
      ),
    db
      .update(copies)
      .set({ revision: sql`j.value ->> 1` })
      .from(sql`json_each(${list}) as j`)
      .where(sql`${copies.id} = j.value ->> 0`),
  ];
}

function totalOf(id: number): SQL<number> {
  return sql<number>`(select count(*) from deliveries where kind = 'broadcast' and ref = ${id} and slot = 0)`;
}

function isState(id: number, states: readonly string[]): SQL {
  return sql`exists (select 1 from broadcasts where id = ${id}
    and state in (select value from json_each(${JSON.stringify(states)})))`;
}

async function changedRows(db: Db, { due, dueAt, when }: { due: SQL; dueAt: Date | null; when: SQL }): Promise<number> {
  const rows = await db
    .update(deliveries)
    .set({ dueAt })
    .where(sql`${deliveries.id} in (${due}) and ${when}`)
    .returning({ id: deliveries.id });
  return rows.length;
}

/** Stopped broadcasts of which rows are still queued, or not even that. */
export async function stoppedWithRows(db: Db): Promise<number[]> {
  const rows = await db.all<{ id: number }>(
    sql`select id from broadcasts as b where b.state = 'stopped' and (b.enqueued = 0 and b.started_at is not null
      or exists (select 1 from deliveries as d where d.kind = 'broadcast' and d.state = 'queued' and d.ref = b.id))`,
  );
  return rows.map((row) => row.id);
}
