import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { subscribers } from "./readers.ts";

export type DeliveryKind = "digest" | "alert" | "broadcast";
/**
 * queued → claimed → sending → sent | unknown | failed | skipped. A claimed row can be given back; `sending` is durable
 * before the call, so a row found in it after a crash is `unknown`: it may have arrived, and a person decides. A
 * broadcast's row that the chat itself refuses (blocked, deleted) is `unreachable`.
 */
export type DeliveryState =
  | "queued"
  | "claimed"
  | "sending"
  | "sent"
  | "unknown"
  | "unreachable"
  | "failed"
  | "skipped";

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
    /** The ledger outlives its subscribers, so this refers to nothing. */
    subscriberId: integer("subscriber_id").notNull(),
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
    /** When it last changed. */
    at: integer({ mode: "timestamp" }).notNull(),
    /** One of several parts, rendered (JSON); a single message is composed when its turn comes. Gone once settled. */
    body: text(),
  },
  (t) => [
    uniqueIndex("deliveries_once").on(t.kind, t.ref, t.slot, t.subscriberId, t.part, t.attempt),
    index("deliveries_due").on(t.priority, t.dueAt).where(sql`due_at IS NOT NULL`),
    index("deliveries_held").on(t.dueAt).where(sql`state IN ('claimed', 'sending')`),
    index("deliveries_unknown").on(t.at).where(sql`state = 'unknown'`),
  ],
);

/**
 * What a chat has had: the articles that were pushed to it, written before the call and taken back when it failed, so
 * that a crash can only make it too long. Outlives the ledger's rows.
 */
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

/**
 * What is shown as progress: how many rows of a broadcast (`ref`), or of all digests of one minute (`slot`), ended in
 * which state. Counted in the batch that settles them.
 */
export const tallies = sqliteTable(
  "tallies",
  {
    kind: text().$type<DeliveryKind>().notNull(),
    ref: integer().notNull(),
    slot: integer().notNull(),
    state: text().$type<DeliveryState>().notNull(),
    n: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.ref, t.slot, t.state] })],
);

/** What Telegram told us to wait for: `chat` 0 is everybody. Survives a restart. */
export const stops = sqliteTable("stops", {
  chatId: integer("chat_id").primaryKey(),
  until: integer({ mode: "timestamp" }).notNull(),
});
