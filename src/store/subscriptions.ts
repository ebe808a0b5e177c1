import { and, eq, getTableColumns, isNotNull, sql } from "drizzle-orm";
import { nextSlot } from "../news/schedule.ts";
import type { SubjectNames } from "../news/subjects.ts";
import { batchAll, type Db } from "./db.ts";
import { subscribers, subscriptions } from "./schema.ts";
import type { Subscriber } from "./subscribers.ts";

/** Digests of one chat or topic. */
export const subscriptionsMax = 10;
/** A first digest tells what happened within this time before it was asked for. */
const firstDigestHours = 24;

export type Subscription = typeof subscriptions.$inferSelect & {
  /** What the subjects of its query are called, where it was read to be shown. */
  subjectNames?: SubjectNames;
};
/** Some more names do no harm: a short name may be part of another word. */
const subjectNames = sql<SubjectNames>`(select json_group_object(slug, json_array(name_zh, name_en)) from subjects
  where instr(subscriptions.query, slug) > 0)`
  .mapWith((names: string): SubjectNames => JSON.parse(names))
  .as("subject_names");
export type NewSubscription = Pick<Subscription, "minute" | "rule" | "count" | "silent"> & {
  /** What made it, so that an update handled twice makes one. */
  origin: string;
  query?: string;
};
export type SubscriptionChange = Partial<
  Pick<Subscription, "minute" | "rule" | "count" | "query" | "summaries" | "silent" | "evenEmpty">
>;

/** A subscriber's digests, by the hour. */
export async function listSubscriptions(db: Db, subscriberId: number): Promise<Subscription[]> {
  return db
    .select({ ...getTableColumns(subscriptions), subjectNames })
    .from(subscriptions)
    .where(and(eq(subscriptions.subscriberId, subscriberId), eq(subscriptions.kind, "digest")))
    .orderBy(subscriptions.minute, subscriptions.id)
    .limit(subscriptionsMax * 2);
}

/** One subscription with whose it is; undefined when it is gone. */
export async function findSubscription(
  db: Db,
  id: number,
): Promise<{ subscription: Subscription; subscriber: Subscriber } | undefined> {
  const [row] = await db
    .select({ subscription: subscriptions, subscriber: subscribers, subjectNames })
    .from(subscriptions)
    .innerJoin(subscribers, eq(subscribers.id, subscriptions.subscriberId))
    .where(eq(subscriptions.id, id))
    .limit(1);
  return row && { subscription: { ...row.subscription, subjectNames: row.subjectNames }, subscriber: row.subscriber };
}

export async function subscriptionByOrigin(db: Db, origin: string): Promise<Subscription | undefined> {
  const [row] = await db.select().from(subscriptions).where(eq(subscriptions.origin, origin)).limit(1);
  return row;
}

/** Makes a digest, once for its origin, and gives it. */
export async function addSubscription(
  db: Db,
  subscriber: Pick<Subscriber, "id" | "timezone" | "pausedUntil">,
  { fresh, now }: { fresh: NewSubscription; now: Date },
): Promise<Subscription> {
  const slot = nextSlot({ ...fresh, timezone: subscriber.timezone }, startOf(subscriber, now));
  await db
    .insert(subscriptions)
    .values({
      ...fresh,
      query: fresh.query ?? "",
      kind: "digest",
      subscriberId: subscriber.id,
      sinceAt: new Date(now.getTime() - firstDigestHours * 3_600_000),
      dueAt: slot,
      slotAt: slot,
      createdAt: now,
    })
    .onConflictDoNothing();
  const made = await subscriptionByOrigin(db, fresh.origin);
  if (made === undefined) throw new Error(`subscription ${fresh.origin} was not stored`);
  return made;
}

/** Changes a digest; its next time follows. */
export async function changeSubscription(
  db: Db,
  { subscription, subscriber }: { subscription: Subscription; subscriber: Subscriber },
  { change, now }: { change: SubscriptionChange; now: Date },
): Promise<void> {
  const next = { ...subscription, ...change };
  const slot = nextSlot({ ...next, timezone: subscriber.timezone }, startOf(subscriber, now));
  const runs = subscription.slotAt !== null;
  await db
    .update(subscriptions)
    .set({ ...change, ...(runs ? { slotAt: slot, dueAt: rests(subscriber, now) ? null : slot } : {}) })
    .where(eq(subscriptions.id, subscription.id));
}

/** Stops one digest without removing it: it has no next time. */
export async function pauseSubscription(db: Db, id: number): Promise<void> {
  await db.update(subscriptions).set({ dueAt: null, slotAt: null, leaseToken: null }).where(eq(subscriptions.id, id));
}

export async function resumeSubscription(
  db: Db,
  { subscription, subscriber }: { subscription: Subscription; subscriber: Subscriber },
  now: Date,
): Promise<Date> {
  const slot = nextSlot({ ...subscription, timezone: subscriber.timezone }, startOf(subscriber, now));
  await db
    .update(subscriptions)
    .set({ slotAt: slot, dueAt: rests(subscriber, now) ? null : slot })
    .where(eq(subscriptions.id, subscription.id));
  return slot;
}

export async function removeSubscription(db: Db, id: number): Promise<void> {
  await db.delete(subscriptions).where(eq(subscriptions.id, id));
}

/**
 * Sets the next times of all digests that run, after the subscriber's zone, pause or state changed. A digest paused by
 * itself stays so. Gives the earliest next time.
 */
export async function reschedule(db: Db, subscriber: Subscriber, now: Date): Promise<Date | null> {
  const running = await db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.subscriberId, subscriber.id), isNotNull(subscriptions.slotAt)));
  const resting = rests(subscriber, now);
  const slots = running.map((each) => ({
    id: each.id,
    slot: nextSlot({ ...each, timezone: subscriber.timezone }, resting ? now : startOf(subscriber, now)),
  }));
  await batchAll(
    db,
    slots.map(({ id, slot }) =>
      db
        .update(subscriptions)
        .set({ slotAt: slot, dueAt: resting ? null : slot })
        .where(eq(subscriptions.id, id)),
    ),
  );
  if (resting || slots.length === 0) return null;
  return new Date(Math.min(...slots.map(({ slot }) => slot.getTime())));
}

/** How many digests a subscriber has. */
export async function countSubscriptions(db: Db, subscriberId: number): Promise<number> {
  const query = db.once("count subscriptions", () =>
    db
      .select({ n: sql<number>`count(*)` })
      .from(subscriptions)
      .where(and(eq(subscriptions.subscriberId, sql.placeholder("subscriberId")), eq(subscriptions.kind, "digest")))
      .prepare(),
  );
  const [row] = await query.all({ subscriberId });
  return row?.n ?? 0;
}

/** A pause without an end is a pause until a day that nobody sees. */
export const pauseOpenEnd = new Date("9999-01-01T00:00:00Z");

export function isPausedOpenEnded(subscriber: Pick<Subscriber, "pausedUntil">, now: Date): boolean {
  return subscriber.pausedUntil !== null && subscriber.pausedUntil > now && subscriber.pausedUntil >= pauseOpenEnd;
}

/** Nothing comes to one who left, or who paused without an end. */
function rests(subscriber: Subscriber, now: Date): boolean {
  return subscriber.state === "stopped" || subscriber.state === "gone" || isPausedOpenEnded(subscriber, now);
}

/** Next times are looked for after the pause, when there is one with an end. */
function startOf(subscriber: Pick<Subscriber, "pausedUntil">, now: Date): Date {
  const { pausedUntil } = subscriber;
  return pausedUntil !== null && pausedUntil > now && pausedUntil < pauseOpenEnd ? pausedUntil : now;
}
