import type { Db } from "../../src/store/db.ts";
import { type SubscriberState, subscribers, subscriptions } from "../../src/store/schema.ts";

export type ReaderOptions = {
  chatId: number;
  now: Date;
  /** When its digest is due; no subscription without it. */
  slot?: Date;
  timezone?: string;
  minute?: number;
  rule?: string;
  state?: SubscriberState;
  pausedUntil?: Date;
  threadId?: number;
};

/** A subscriber with one digest; gives both ids. */
export async function addReader(
  db: Db,
  options: ReaderOptions,
): Promise<{ subscriberId: number; subscriptionId: number }> {
  const { chatId, now, slot, timezone = "UTC", minute = 480, rule = "daily", threadId = 0 } = options;
  const [subscriber] = await db
    .insert(subscribers)
    .values({
      chatId,
      threadId,
      kind: chatId > 0 ? "private" : "supergroup",
      title: `chat ${chatId}`,
      language: "en",
      newsLanguages: "both",
      timezone,
      state: options.state ?? "active",
      stateAt: now,
      pausedUntil: options.pausedUntil ?? null,
      createdAt: now,
    })
    .returning({ id: subscribers.id });
  const subscriberId = subscriber!.id;
  if (slot === undefined) return { subscriberId, subscriptionId: 0 };
  const [subscription] = await db
    .insert(subscriptions)
    .values({
      subscriberId,
      kind: "digest",
      minute,
      rule,
      count: 8,
      sinceAt: now,
      dueAt: slot,
      slotAt: slot,
      origin: `test ${chatId} ${threadId} ${minute}`,
      createdAt: now,
    })
    .returning({ id: subscriptions.id });
  return { subscriberId, subscriptionId: subscription!.id };
}
