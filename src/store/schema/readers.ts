import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export type ChatKind = "private" | "group" | "supergroup" | "channel";
export type Language = "zh" | "en";
/** Which articles a reader is shown. */
export type NewsLanguages = Language | "both";
/** resting: blocked or kicked us, may come back; gone: for good; stopped: asked to stop, settings kept a while. */
export type SubscriberState = "active" | "resting" | "gone" | "stopped";

/** A chat that receives: a person, a group, a channel, a forum topic. Its id is ours, since chat ids change. */
export const subscribers = sqliteTable(
  "subscribers",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    chatId: integer("chat_id").notNull(),
    /** A forum topic's message_thread_id; 0 is the chat itself. */
    threadId: integer("thread_id").notNull().default(0),
    kind: text().$type<ChatKind>().notNull(),
    title: text().notNull().default(""),
    language: text().$type<Language>().notNull(),
    newsLanguages: text("news_languages").$type<NewsLanguages>().notNull(),
    timezone: text().notNull(),
    /** The zone was said by a person, not guessed. */
    timezoneKnown: integer("timezone_known", { mode: "boolean" }).notNull().default(false),
    state: text().$type<SubscriberState>().notNull().default("active"),
    stateAt: integer("state_at", { mode: "timestamp" }).notNull(),
    pausedUntil: integer("paused_until", { mode: "timestamp" }),
    /** Why it cannot be reached, in Telegram's words. */
    note: text().notNull().default(""),
    /** Who set a group, channel or topic up: told when it breaks. */
    setUpBy: integer("set_up_by"),
    digestsSeen: integer("digests_seen").notNull().default(0),
    /** The slot whose digest first had nothing new, and said so. */
    emptySlot: integer("empty_slot"),
    /** Quiet hours, as minutes of the local day; null when nothing was chosen, the same twice when there are none. */
    quietFrom: integer("quiet_from"),
    quietTo: integer("quiet_to"),
    createdAt: integer("created_at", { mode: "timestamp" }).notNull(),
  },
  (t) => [uniqueIndex("subscribers_chat").on(t.chatId, t.threadId)],
);

export type SubscriptionKind = "digest" | "alert";

/** What a subscriber gets and when. A digest's next time is `dueAt`; a paused one has none. */
export const subscriptions = sqliteTable(
  "subscriptions",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    subscriberId: integer("subscriber_id")
      .notNull()
      .references(() => subscribers.id, { onDelete: "cascade" }),
    kind: text().$type<SubscriptionKind>().notNull(),
    /** Minute of the local day, 0–1439. */
    minute: integer().notNull(),
    /** When it comes, see news/schedule: "daily", "workdays", "weekly:1,3", "monthly:1". */
    rule: text().notNull(),
    count: integer().notNull(),
    /** What it asks for: subjects, sources in or out; an alert's words. */
    query: text().notNull().default(""),
    summaries: integer({ mode: "boolean" }).notNull().default(true),
    silent: integer({ mode: "boolean" }).notNull().default(false),
    /** Send a line also when there is nothing new. */
    evenEmpty: integer("even_empty", { mode: "boolean" }).notNull().default(false),
    /** Stories published before this are not news for it: when it was made, or last sent. */
    sinceAt: integer("since_at", { mode: "timestamp" }).notNull(),
    dueAt: integer("due_at", { mode: "timestamp" }),
    /** The slot (local minute, as UTC) that dueAt stands for; a claim moves dueAt, never this. */
    slotAt: integer("slot_at", { mode: "timestamp" }),
    leaseToken: text("lease_token"),
    /** What made it (an update's id and part), so that a redelivered command makes one. */
    origin: text().notNull().unique(),
    createdAt: integer("created_at", { mode: "timestamp" }).notNull(),
  },
  (t) => [index("subscriptions_due").on(t.dueAt), index("subscriptions_subscriber").on(t.subscriberId)],
);

/** A search's words behind a short token, because a button holds 64 bytes. */
export const searches = sqliteTable(
  "searches",
  {
    token: text().primaryKey(),
    query: text().notNull(),
    chatId: integer("chat_id").notNull(),
    userId: integer("user_id").notNull(),
    createdAt: integer("created_at", { mode: "timestamp" }).notNull(),
  },
  (t) => [index("searches_created").on(t.createdAt)],
);

/** A message as it was before a story was opened in its place, so that one can go back. */
export const pages = sqliteTable(
  "pages",
  {
    chatId: integer("chat_id").notNull(),
    messageId: integer("message_id").notNull(),
    /** Text, entities and buttons, as Telegram gave them back. */
    body: text().notNull(),
    createdAt: integer("created_at", { mode: "timestamp" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.chatId, t.messageId] }), index("pages_created").on(t.createdAt)],
);

/** Names of forum topics, as Telegram told them when they were made or changed. */
export const topics = sqliteTable(
  "topics",
  {
    chatId: integer("chat_id").notNull(),
    threadId: integer("thread_id").notNull(),
    name: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.chatId, t.threadId] })],
);

/** What we asked a person last, so that their next words are its answer. */
export const asks = sqliteTable(
  "asks",
  {
    chatId: integer("chat_id").notNull(),
    userId: integer("user_id").notNull(),
    what: text().notNull(),
    at: integer({ mode: "timestamp" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.chatId, t.userId] })],
);

/** How many commands came from whom in which minute: `who` is "u<user>" or "c<chat>". */
export const visits = sqliteTable("visits", {
  who: text().primaryKey(),
  minute: integer().notNull(),
  count: integer().notNull(),
});
