import { and, asc, desc, eq, gt, inArray, isNotNull, lt, lte, ne, or, sql } from "drizzle-orm";
import { chosenHours, type Hours } from "../news/quiet.ts";
import { batchAll, type Db, type Statement } from "./db.ts";
import { enqueueStatement, type NewDelivery } from "./deliveries.ts";
import { jsonList, seconds } from "./json-list.ts";
import { alertMissed, alertQueue, articles, deliveries, sources, subscribers, subscriptions } from "./schema.ts";
import type { Subscriber } from "./subscribers.ts";
import type { Subscription } from "./subscriptions.ts";

/** Alerts of one chat or topic. */
export const alertsMax = 20;
/** Stories that one alert tells of in an hour. */
export const alertsPerHour = 3;
export const hourMs = 3_600_000;
/** What was published longer ago when it comes in is an archive's: it alerts nobody. */
export const alertFreshMs = 12 * hourMs;
/** An alert's row in the ledger is named by its story; the notice of a full hour by when that hour ends, in seconds. */
export const storySlotMin = 2 ** 40;
/** Missed stories that one notice counts, and how far back it looks. */
const missedMax = 100;
const missedHoursMax = 24;

/** Puts just published articles in the queue, within the batch that stores them. */
export function queueForAlerts(db: Db, ids: readonly number[]): Statement {
  return db
    .insert(alertQueue)
    .select(sql`select value from json_each(${JSON.stringify(ids)}) where true`)
    .onConflictDoNothing();
}

export type QueuedArticle = {
  id: number;
  storyId: number;
  title: string;
  lead: string;
  body: string;
  source: string;
  language: string;
  publishedAt: Date | null;
};

/** Articles that wait to be held against the alerts and have joined their story. */
export async function queuedArticles(db: Db, limit: number): Promise<QueuedArticle[]> {
  const { id, storyId, title, lead, body, language, publishedAt } = articles;
  const rows = await db
    .select({ id, storyId, title, lead, body, language, publishedAt, source: sources.name })
    .from(alertQueue)
    .innerJoin(articles, eq(articles.id, alertQueue.articleId))
    .innerJoin(sources, eq(sources.id, articles.sourceId))
    .where(isNotNull(articles.storyId))
    .orderBy(asc(alertQueue.articleId))
    .limit(limit);
  return rows.map((row) => ({ ...row, storyId: row.storyId! }));
}

/** Takes articles out of the queue, and with them what is so old that it will never join. */
export async function leaveQueue(db: Db, ids: readonly number[], now: Date): Promise<void> {
  const oldest = Math.floor((now.getTime() - 2 * alertFreshMs) / 1000) * 2 ** 20;
  await db.delete(alertQueue).where(or(inArray(alertQueue.articleId, jsonList(ids)), lt(alertQueue.articleId, oldest)));
}

/** The words of all alerts in the order in which they were made. */
export async function alertsAfter(db: Db, afterId: number, limit: number): Promise<{ id: number; query: string }[]> {
  return db
    .select({ id: subscriptions.id, query: subscriptions.query })
    .from(subscriptions)
    .where(and(sql`${subscriptions.kind} = 'alert'`, gt(subscriptions.id, afterId)))
    .orderBy(asc(subscriptions.id))
    .limit(limit);
}

export type AlertTarget = {
  id: number;
  subscriberId: number;
  query: string;
  sinceAt: Date;
  newsLanguages: Subscriber["newsLanguages"];
  timezone: string;
  /** When nothing may come; null when they chose no such hours. */
  quiet: Hours | null;
  /** Whoever paused, left or cannot be reached gets none. */
  isAwake: boolean;
};

/** Whose these alerts are; removed ones are left out. */
export async function alertTargets(db: Db, ids: readonly number[], now: Date): Promise<AlertTarget[]> {
  const rows = await db
    .select({ subscription: subscriptions, subscriber: subscribers })
    .from(subscriptions)
    .innerJoin(subscribers, eq(subscribers.id, subscriptions.subscriberId))
    .where(inArray(subscriptions.id, jsonList(ids)));
  return rows.map(({ subscription: { id, subscriberId, query, sinceAt }, subscriber }) => {
    const { newsLanguages, timezone, state, pausedUntil } = subscriber;
    const isAwake = state === "active" && (pausedUntil === null || pausedUntil <= now);
    return { id, subscriberId, query, sinceAt, newsLanguages, timezone, quiet: chosenHours(subscriber), isAwake };
  });
}

export type AlertRow = { ref: number; slot: number; at: Date; state: string };

/** What the ledger has of these alerts: of this story at any time, and everything within the last hour. */
export async function alertRows(
  db: Db,
  ids: readonly number[],
  { storyId, now }: { storyId: number; now: Date },
): Promise<AlertRow[]> {
  const { ref, slot, at, state } = deliveries;
  const hourAgo = new Date(now.getTime() - hourMs);
  return db
    .select({ ref, slot, at, state })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.kind, "alert"),
        inArray(deliveries.ref, jsonList(ids)),
        or(eq(deliveries.slot, storyId), and(gt(deliveries.at, hourAgo), ne(deliveries.state, "skipped"))),
      ),
    );
}

/** Writes what was decided about one article: who is told, and who had enough for this hour. Again changes nothing. */
export async function planAlerts(
  db: Db,
  { rows, missed, now }: { rows: readonly NewDelivery[]; missed: readonly [number, number][]; now: Date },
): Promise<void> {
  const at = Math.floor(now.getTime() / 1000);
  await batchAll(db, [
    ...(rows.length === 0 ? [] : [enqueueStatement(db, rows, now)]),
    ...(missed.length === 0
      ? []
      : [
          db
            .insert(alertMissed)
            .select(sql`select value ->> 0, value ->> 1, ${at} from json_each(${JSON.stringify(missed)}) where true`)
            .onConflictDoNothing(),
        ]),
  ]);
}

/**
 * Stories that an alert kept back until `end` (its hour was full, or it was quiet) since the last time that it told of
 * such, the newest first.
 */
export async function missedStories(db: Db, subscriptionId: number, end: Date): Promise<number[]> {
  const before = db
    .select({ slot: sql<number>`coalesce(max(${deliveries.slot}), 0)` })
    .from(deliveries)
    .where(
      and(
        sql`${deliveries.kind} = 'alert'`,
        eq(deliveries.ref, subscriptionId),
        lt(deliveries.slot, seconds(end)),
        gt(deliveries.slot, 0),
      ),
    );
  const rows = await db
    .select({ id: alertMissed.storyId })
    .from(alertMissed)
    .where(
      and(
        eq(alertMissed.subscriptionId, subscriptionId),
        gt(alertMissed.at, new Date(end.getTime() - missedHoursMax * hourMs)),
        gt(alertMissed.at, before),
        lte(alertMissed.at, end),
      ),
    )
    .orderBy(desc(alertMissed.at), desc(alertMissed.storyId))
    .limit(missedMax);
  return rows.map((row) => row.id);
}

export async function pruneMissed(db: Db, before: Date): Promise<void> {
  await db.delete(alertMissed).where(lt(alertMissed.at, before));
}

/** A subscriber's alerts in the order in which they were made. */
export async function listAlerts(db: Db, subscriberId: number): Promise<Subscription[]> {
  return db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.subscriberId, subscriberId), eq(subscriptions.kind, "alert")))
    .orderBy(asc(subscriptions.id))
    .limit(alertsMax);
}

/** Makes an alert, once for its origin. It tells of what is published from now on. */
export async function addAlert(
  db: Db,
  subscriberId: number,
  { query, silent, origin, now }: { query: string; silent: boolean; origin: string; now: Date },
): Promise<Subscription> {
  const row = { subscriberId, kind: "alert", minute: 0, rule: "daily", count: alertsPerHour } as const;
  await db
    .insert(subscriptions)
    .values({ ...row, query, silent, origin, sinceAt: now, createdAt: now })
    .onConflictDoNothing();
  const [made] = await db.select().from(subscriptions).where(eq(subscriptions.origin, origin)).limit(1);
  if (made === undefined) throw new Error(`alert ${origin} was not stored`);
  return made;
}
