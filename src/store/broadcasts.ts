import { and, desc, eq, gte, inArray, isNotNull, lt, ne, sql } from "drizzle-orm";
import { type Act, type Actor, auditIfChanged } from "./audit.ts";
import type { Db, Statement } from "./db.ts";
import { readTally } from "./deliveries.ts";
import { seconds } from "./json-list.ts";
import {
  type BreakingText,
  type BroadcastState,
  broadcasts,
  type DeliveryState,
  deliveries,
  type Language,
} from "./schema.ts";

/** Broadcasts that are at work at once. */
const liveMax = 50;
/** After so long a broadcast that should have begun does not begin by itself any more. */
const lateMs = 15 * 60_000;
/** Screens of older broadcasts stay as they are. */
const recentMs = 3 * 86_400_000;

export type Broadcast = typeof broadcasts.$inferSelect;
export type BroadcastChange = Partial<Omit<Broadcast, "id" | "origin" | "createdAt">>;
export type NewBroadcast = Pick<
  Broadcast,
  "origin" | "userId" | "userName" | "chatId" | "storyId" | "articleIds" | "url" | "photo" | "texts"
>;

/** States in which copies may go out; `done` still has readers who wait for their morning. */
export const sendable: readonly BroadcastState[] = ["sending", "done"];

/** A draft; the same origin gives the same one, however often its command is handled. */
export async function createBroadcast(db: Db, fresh: NewBroadcast, now: Date): Promise<Broadcast> {
  await db
    .insert(broadcasts)
    .values({ ...fresh, state: "draft", stateAt: now, missing: {}, createdAt: now })
    .onConflictDoNothing();
  const [row] = await db.select().from(broadcasts).where(eq(broadcasts.origin, fresh.origin)).limit(1);
  return row!;
}

export async function findBroadcast(db: Db, id: number): Promise<Broadcast | undefined> {
  const [row] = await db.select().from(broadcasts).where(eq(broadcasts.id, id)).limit(1);
  return row;
}

export type Move = {
  from: readonly BroadcastState[];
  change: BroadcastChange;
  now: Date;
  actor: Actor;
  act: Act;
  /** Only from this wording. */
  revision?: number;
  /** Written in the same batch, right after the move, and only with it: inserts one row where `changes() > 0`. */
  also?: Statement;
};

/**
 * Compares and sets, in one batch with its entry in the audit: of two who press at once one gets the broadcast back, the
 * other undefined.
 */
export async function moveBroadcast(db: Db, id: number, move: Move): Promise<Broadcast | undefined> {
  const { from, change, now, actor, act, revision, also } = move;
  const [moved] = (await db.batch([
    db
      .update(broadcasts)
      .set(change.state === undefined ? change : { ...change, stateAt: now })
      .where(
        and(
          eq(broadcasts.id, id),
          inArray(broadcasts.state, [...from]),
          ...(revision === undefined ? [] : [eq(broadcasts.revision, revision)]),
        ),
      )
      .returning(),
    ...(also === undefined ? [] : [also]),
    auditIfChanged(db, actor, { ...act, broadcastId: id, now }),
  ])) as [Broadcast[]];
  return moved[0];
}

/** Changes a draft's settings or texts; undefined when it is none any more. */
export async function changeDraft(db: Db, id: number, change: BroadcastChange): Promise<Broadcast | undefined> {
  const [row] = await db
    .update(broadcasts)
    .set(change)
    .where(and(eq(broadcasts.id, id), eq(broadcasts.state, "draft")))
    .returning();
  return row;
}

/**
 * Those whose countdown or schedule is over: they begin. Whoever asks twice gets nothing the second time. What should
 * have begun long ago, while the program was down, is a draft again: an editor decides whether it still is news.
 */
export async function beginDue(db: Db, now: Date): Promise<Broadcast[]> {
  const overdue = new Date(now.getTime() - lateMs);
  await db
    .update(broadcasts)
    .set({ state: "draft", stateAt: now })
    .where(and(inArray(broadcasts.state, ["countdown", "scheduled"]), sql`${broadcasts.dueAt} < ${seconds(overdue)}`));
  return db
    .update(broadcasts)
    .set({ state: "sending", stateAt: now, startedAt: now, dueAt: null })
    .where(and(inArray(broadcasts.state, ["countdown", "scheduled"]), sql`${broadcasts.dueAt} <= ${seconds(now)}`))
    .returning();
}

/** All that a job has something to do for. */
export async function liveBroadcasts(db: Db): Promise<Broadcast[]> {
  return db
    .select()
    .from(broadcasts)
    .where(sql`state in ('scheduled', 'countdown', 'sending', 'paused')`)
    .orderBy(broadcasts.id)
    .limit(liveMax);
}

export async function listBroadcasts(db: Db, { limit, beforeId }: { limit: number; beforeId?: number }) {
  return db
    .select()
    .from(broadcasts)
    .where(
      and(
        sql`(${broadcasts.startedAt} is not null or ${broadcasts.dueAt} is not null)`,
        ...(beforeId === undefined ? [] : [lt(broadcasts.id, beforeId)]),
      ),
    )
    .orderBy(desc(broadcasts.id))
    .limit(limit);
}

/** What was already sent of this story, the newest first. */
export async function earlierOf(db: Db, storyId: number, exceptId: number): Promise<Broadcast[]> {
  return db
    .select()
    .from(broadcasts)
    .where(and(eq(broadcasts.storyId, storyId), isNotNull(broadcasts.startedAt), ne(broadcasts.id, exceptId)))
    .orderBy(desc(broadcasts.id))
    .limit(3);
}

/** When those that began since then began, and how important each was. */
export async function startedSince(db: Db, since: Date): Promise<Pick<Broadcast, "startedAt" | "level">[]> {
  return db
    .select({ startedAt: broadcasts.startedAt, level: broadcasts.level })
    .from(broadcasts)
    .where(and(isNotNull(broadcasts.startedAt), gte(broadcasts.startedAt, since)))
    .limit(1_000);
}

export type BroadcastCounts = {
  total: number;
  sent: number;
  unreachable: number;
  failed: number;
  unknown: number;
  /** In the ledger and not yet settled, the morning's included. */
  waiting: number;
  /** Left out on the way: it was stopped, or they no longer wanted it. */
  skipped: number;
  /** Of those waiting: later than now. */
  asleep: number;
  /** When the first of those is due. */
  nextAt: Date | null;
};

/** How it goes, from the tallies that are written in the batch that settles. */
export async function broadcastCounts(db: Db, broadcast: Pick<Broadcast, "id" | "total">, now: Date) {
  const states = await readTally(db, { kind: "broadcast", ref: broadcast.id });
  const [later] = await db.all<{ n: number; at: number | null }>(
    sql`select count(*) as n, min(due_at) as at from deliveries
      where priority = 0 and due_at > ${seconds(now)} and kind = 'broadcast' and ref = ${broadcast.id} and state = 'queued'
        and revision = -1`,
  );
  const { sent = 0, unreachable = 0, failed = 0, unknown = 0, skipped = 0 } = states;
  const { total } = broadcast;
  const counts: BroadcastCounts = {
    total,
    sent,
    unreachable,
    failed,
    unknown,
    skipped,
    waiting: Math.max(0, total - sent - unreachable - failed - unknown - skipped),
    asleep: later?.n ?? 0,
    nextAt: later?.at === null || later?.at === undefined ? null : new Date(later.at * 1000),
  };
  return counts;
}

/** The same from the rows themselves: slower, and what the tallies are held to. */
export async function ledgerCounts(db: Db, id: number): Promise<Partial<Record<DeliveryState, number>>> {
  const rows = await db
    .select({ state: deliveries.state, n: sql<number>`count(*)` })
    .from(deliveries)
    .where(and(eq(deliveries.kind, "broadcast"), eq(deliveries.ref, id)))
    .groupBy(deliveries.state);
  return Object.fromEntries(rows.map((row) => [row.state, row.n]));
}

/** The text that readers of a language get, with its own language; undefined when they are left out. */
export function wordingFor(
  { texts, missing }: Pick<Broadcast, "texts" | "missing">,
  language: Language,
): { text: BreakingText; language: Language } | undefined {
  const own = texts[language];
  if (own !== undefined) return { text: own, language };
  const other: Language = language === "zh" ? "en" : "zh";
  const instead = texts[other];
  return missing[language] === "other" && instead !== undefined ? { text: instead, language: other } : undefined;
}

/** Nothing is left of it but the morning's. True for the one who ends it; the total is then what the ledger says. */
export async function endBroadcast(db: Db, { id, revision }: Broadcast, now: Date): Promise<boolean> {
  const total = sql`(select count(*) from deliveries where kind = 'broadcast' and ref = ${id} and slot = 0)`;
  const rows = await db
    .update(broadcasts)
    .set({ state: "done", stateAt: now, endedAt: now, total })
    .where(and(eq(broadcasts.id, id), eq(broadcasts.state, "sending"), eq(broadcasts.revision, revision)))
    .returning({ id: broadcasts.id });
  return rows.length > 0;
}

export async function changeRate(db: Db, id: number, rate: number): Promise<void> {
  await db
    .update(broadcasts)
    .set({ rate })
    .where(and(eq(broadcasts.id, id), eq(broadcasts.state, "sending")));
}

/** Those of the last days, whose copies may still change. */
export async function recentlySent(db: Db, now: Date): Promise<Pick<Broadcast, "id">[]> {
  return db
    .select({ id: broadcasts.id })
    .from(broadcasts)
    .where(and(isNotNull(broadcasts.startedAt), gte(broadcasts.startedAt, new Date(now.getTime() - recentMs))))
    .orderBy(desc(broadcasts.id))
    .limit(liveMax);
}
