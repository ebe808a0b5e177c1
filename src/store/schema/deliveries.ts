import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { subscribers } from "./readers.ts";

export type DeliveryKind = "digest" | "alert" | "broadcast";
/**
 * queued → claimed → sending → sent | unknown | failed | skipped. A claimed row can be given back; `sending` is durable
 * before the call, so a row found in it after a crash is `unknown`: it may have arrived, and a person decides.
 */
export type DeliveryState = "queued" | "claimed" | "sending" | "sent" | "unknown" | "failed" | "skipped";

/** The ledger: one row is one message to one subscriber. */
export const deliveries = sqliteTable(
  "deliveries",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text().$type<DeliveryKind>().notNull(),
    /** The subscription's or broadcast's id. */
    ref: integer().notNull(),
    /** The local minute it was due, as seconds of UTC; a negated update id when a person asked by hand. */
    slot: integer().notNull(),
    subscriberId: integer("subscriber_id")
      .notNull()
      .references(() => subscribers.id, { onDelete: "cascade" }),
    part: integer().notNull().default(1),
    attempt: integer().notNull().default(1),
    state: text().$type<DeliveryState>().notNull(),
    /** 0 breaking, 1 alert, 2 asked by hand, 3 digest: smaller goes first. */
    priority: integer().notNull(),
    /** When it may be taken (queued) or given to another (claimed, sending). */
    dueAt: integer("due_at", { mode: "timestamp" }),
    leaseToken: text("lease_token"),
    messageId: integer("message_id"),
    error: text().notNull().default(""),
    at: integer({ mode: "timestamp" }).notNull(),
  },
  (t) => [
    uniqueIndex("deliveries_once").on(t.kind, t.ref, t.slot, t.subscriberId, t.part, t.attempt),
    index("deliveries_due").on(t.priority, t.dueAt),
  ],
);

/** What a chat has had: the articles that were pushed to it. Outlives the ledger's rows. */
export const shown = sqliteTable(
  "shown",
  {
    subscriberId: integer("subscriber_id")
      .notNull()
      .references(() => subscribers.id, { onDelete: "cascade" }),
    articleId: integer("article_id").notNull(),
    at: integer({ mode: "timestamp" }).notNull(),
    deliveryId: integer("delivery_id").notNull(),
  },
  (t) => [primaryKey({ columns: [t.subscriberId, t.articleId] })],
);

/** What Telegram told us to wait for: `chat` 0 is everybody. Survives a restart. */
export const stops = sqliteTable("stops", {
  chatId: integer("chat_id").primaryKey(),
  until: integer({ mode: "timestamp" }).notNull(),
});
