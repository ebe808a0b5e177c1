import { and, eq, gte, inArray, isNull, lt, ne, notExists, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Db } from "./db.ts";
import {
  asks,
  type ChatKind,
  feedback,
  type Language,
  type NewsLanguages,
  newsWaits,
  notes,
  pages,
  searches,
  shown,
  subscribers,
  subscriptions,
  topics,
  visits,
} from "./schema.ts";

/** How long the settings of one who left are kept. */
export const stoppedDaysKept = 30;
/** Subscribers that one pruning deletes. */
const pruneMax = 500;

export type Subscriber = typeof subscribers.$inferSelect;
export type SubscriberChange = Partial<
  Pick<
    Subscriber,
    | "title"
    | "kind"
    | "language"
    | "newsLanguages"
    | "timezone"
    | "timezoneKnown"
    | "state"
    | "stateAt"
    | "pausedUntil"
    | "note"
    | "setUpBy"
    | "quietFrom"
    | "quietTo"
  >
>;

export type NewSubscriber = {
  chatId: number;
  /** A forum topic's id; 0 is the chat itself. */
  threadId: number;
  kind: ChatKind;
  title: string;
  language: Language;
  newsLanguages: NewsLanguages;
  timezone: string;
};

export async function findSubscriber(db: Db, chatId: number, threadId: number): Promise<Subscriber | undefined> {
  const query = db.once("find subscriber", () =>
    db
      .select()
      .from(subscribers)
      .where(
        and(eq(subscribers.chatId, sql.placeholder("chatId")), eq(subscribers.threadId, sql.placeholder("threadId"))),
      )
      .limit(1)
      .prepare(),
  );
  const [row] = await query.all({ chatId, threadId });
  return row;
}

export async function subscriberById(db: Db, id: number): Promise<Subscriber | undefined> {
  const [row] = await db.select().from(subscribers).where(eq(subscribers.id, id)).limit(1);
  return row;
}

/** The subscriber of this chat or topic; made when there is none yet. */
export async function ensureSubscriber(db: Db, fresh: NewSubscriber, now: Date): Promise<Subscriber> {
  const known = await findSubscriber(db, fresh.chatId, fresh.threadId);
  if (known !== undefined) return known;
  await db
    .insert(subscribers)
    .values({ ...fresh, stateAt: now, createdAt: now })
    .onConflictDoNothing();
  const made = await findSubscriber(db, fresh.chatId, fresh.threadId);
  if (made === undefined) throw new Error(`subscriber ${fresh.chatId} was not stored`);
  return made;
}

export async function changeSubscriber(db: Db, id: number, change: SubscriberChange): Promise<void> {
  await db.update(subscribers).set(change).where(eq(subscribers.id, id));
}

/** The chat and its topics are out of reach, or within it again. One who asked to stop stays stopped. */
export async function setReach(
  db: Db,
  chatId: number,
  { state, note, now }: { state: "active" | "resting"; note: string; now: Date },
): Promise<void> {
  await db
    .update(subscribers)
    .set({ state, note, stateAt: now })
    .where(and(eq(subscribers.chatId, chatId), ne(subscribers.state, "stopped"), ne(subscribers.state, state)));
}

export async function subscribersOfChat(db: Db, chatId: number): Promise<Subscriber[]> {
  return db.select().from(subscribers).where(eq(subscribers.chatId, chatId)).orderBy(subscribers.threadId);
}

/** Channels that this person set up. */
export async function channelsOf(db: Db, userId: number): Promise<Subscriber[]> {
  return db
    .select()
    .from(subscribers)
    .where(and(eq(subscribers.setUpBy, userId), eq(subscribers.kind, "channel")))
    .orderBy(subscribers.id)
    .limit(20);
}

/**
 * A group became a supergroup: the same subscriber, under its new chat id. Gives it when something is set up for it, the
 * first time only.
 */
export async function moveChat(db: Db, from: number, to: number): Promise<Subscriber | undefined> {
  const there = alias(subscribers, "there");
  const taken = db
    .select({ one: sql`1` })
    .from(there)
    .where(and(eq(there.chatId, to), eq(there.threadId, subscribers.threadId)));
  // A group that is none yet has no topics: it is one place.
  const [moved] = await db
    .update(subscribers)
    .set({ chatId: to, kind: "supergroup" })
    .where(and(eq(subscribers.chatId, from), notExists(taken)))
    .returning();
  if (moved === undefined) return undefined;
  const [own] = await db
    .select({ one: sql`1` })
    .from(subscriptions)
    .where(eq(subscriptions.subscriberId, moved.id))
    .limit(1);
  return own === undefined ? undefined : moved;
}

/** Everything that is known about a chat goes: its settings, digests, what it had, searches, pages, counts. */
export async function forgetChat(db: Db, chatId: number): Promise<void> {
  await db.batch([
    db.delete(subscribers).where(eq(subscribers.chatId, chatId)),
    db.delete(searches).where(eq(searches.chatId, chatId)),
    db.delete(pages).where(eq(pages.chatId, chatId)),
    db.delete(asks).where(eq(asks.chatId, chatId)),
    db.delete(feedback).where(eq(feedback.chatId, chatId)),
    db.delete(newsWaits).where(eq(newsWaits.chatId, chatId)),
    db.delete(topics).where(eq(topics.chatId, chatId)),
    db.delete(notes).where(eq(notes.chatId, chatId)),
    db
      .delete(visits)
      .where(inArray(visits.who, [`u${chatId}`, `c${chatId}`, `p${chatId}`, `nu${chatId}`, `nc${chatId}`])),
    db.delete(visits).where(and(gte(visits.who, `s${chatId}:`), lt(visits.who, `s${chatId};`))),
  ]);
}

/** How many articles were sent to this subscriber. */
export async function countHad(db: Db, subscriberId: number): Promise<number> {
  const [row] = await db.select({ n: sql<number>`count(*)` }).from(shown).where(eq(shown.subscriberId, subscriberId));
  return row?.n ?? 0;
}

/** When something was last pushed to this subscriber; null before the first time. */
export async function lastToldAt(db: Db, subscriberId: number): Promise<Date | null> {
  const [row] = await db
    .select({ at: sql<number | null>`max(${shown.at})` })
    .from(shown)
    .where(eq(shown.subscriberId, subscriberId));
  return row?.at == null ? null : new Date(row.at * 1000);
}

/** Is this the first slot of a reader that has nothing new? It stays so for a second try at the same one. */
export async function isFirstEmpty(
  db: Db,
  { id, emptySlot }: Pick<Subscriber, "id" | "emptySlot">,
  slot: number,
): Promise<boolean> {
  if (emptySlot !== null) return emptySlot === slot;
  await db
    .update(subscribers)
    .set({ emptySlot: slot })
    .where(and(eq(subscribers.id, id), isNull(subscribers.emptySlot)));
  return true;
}

/** Those who left longer ago than their settings are kept. Gives how many went; call again while it is the most. */
export async function pruneStopped(db: Db, now: Date): Promise<number> {
  const before = new Date(now.getTime() - stoppedDaysKept * 86_400_000);
  const old = db
    .select({ id: subscribers.id })
    .from(subscribers)
    .where(and(eq(subscribers.state, "stopped"), lt(subscribers.stateAt, before)))
    .limit(pruneMax);
  const gone = await db.delete(subscribers).where(inArray(subscribers.id, old)).returning({ id: subscribers.id });
  return gone.length;
}
