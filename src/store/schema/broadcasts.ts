import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Language } from "./readers.ts";
import { subscribers } from "./readers.ts";

/**
 * draft → scheduled | countdown → sending ⇄ paused → done | stopped; a countdown taken back is a draft again. `done`
 * may still have readers who wait for their morning. `dropped` was never sent.
 */
export type BroadcastState =
  | "draft"
  | "scheduled"
  | "countdown"
  | "sending"
  | "paused"
  | "stopped"
  | "done"
  | "dropped";

/** `top`: the most important, which also reaches those who want only these. */
export type BroadcastLevel = "usual" | "top";

/** What readers of one language get. */
export type BreakingText = {
  /** Plain, one line. */
  headline: string;
  /** HTML as Telegram parses it; "" when there is only the headline. */
  body: string;
  /** Who says it; "" when that is in the text. */
  by: string;
  /** When it was said, in seconds; null without. */
  at: number | null;
  /** What was wrong, once it was corrected. */
  note?: string;
};
export type BreakingTexts = Partial<Record<Language, BreakingText>>;

/** For a language without a text: its readers get the other language's, or nothing. Asked, never decided. */
export type MissingChoices = Partial<Record<Language, "other" | "none">>;

export const broadcasts = sqliteTable(
  "broadcasts",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    /** What made it (an update's id), so that a redelivered command makes one. */
    origin: text().notNull().unique(),
    state: text().$type<BroadcastState>().notNull(),
    stateAt: integer("state_at", { mode: "timestamp" }).notNull(),
    userId: integer("user_id").notNull(),
    userName: text("user_name").notNull(),
    chatId: integer("chat_id").notNull(),
    storyId: integer("story_id"),
    /** What its readers have had of the story. */
    articleIds: text("article_ids", { mode: "json" }).$type<number[]>().notNull(),
    url: text(),
    /** Telegram's file_id of the picture. */
    photo: text(),
    texts: text({ mode: "json" }).$type<BreakingTexts>().notNull(),
    missing: text({ mode: "json" }).$type<MissingChoices>().notNull(),
    /** A correction that is being written. */
    pending: text({ mode: "json" }).$type<BreakingTexts>(),
    /** Counts the wordings. */
    revision: integer().notNull().default(1),
    correctedAt: integer("corrected_at", { mode: "timestamp" }),
    /** "all", "zh", "en", "subject:…", "source:…". */
    audience: text().notNull().default("all"),
    level: text().$type<BroadcastLevel>().notNull().default("usual"),
    silent: integer({ mode: "boolean" }).notNull().default(false),
    /** Those who sleep and want to wait: they get it in the morning, or not at all. */
    asleep: text().$type<"wait" | "skip">().notNull().default("wait"),
    /** When a countdown or a schedule ends. */
    dueAt: integer("due_at", { mode: "timestamp" }),
    startedAt: integer("started_at", { mode: "timestamp" }),
    endedAt: integer("ended_at", { mode: "timestamp" }),
    /** The last subscriber whose row is in the ledger. */
    cursor: integer().notNull().default(0),
    /** Everybody is in the ledger. */
    enqueued: integer({ mode: "boolean" }).notNull().default(false),
    /** Rows in the ledger. */
    total: integer().notNull().default(0),
    recalledAt: integer("recalled_at", { mode: "timestamp" }),
    /** Settled a second, as measured last. */
    rate: real().notNull().default(0),
    createdAt: integer("created_at", { mode: "timestamp" }).notNull(),
  },
  (t) => [
    index("broadcasts_live").on(t.state).where(sql`state IN ('scheduled', 'countdown', 'sending', 'paused')`),
    index("broadcasts_story").on(t.storyId).where(sql`story_id IS NOT NULL`),
    index("broadcasts_started").on(t.startedAt).where(sql`started_at IS NOT NULL`),
  ],
);

/** The ledger's rows as a broadcast sees them: which wording each copy went out with. */
export const copies = sqliteTable("deliveries", {
  // Named, because drizzle remembers unnamed columns by their table, and there are two objects of this one.
  id: integer("id").primaryKey(),
  revision: integer("revision").notNull().default(0),
});

export type RoundKind = "correct" | "note" | "delete";

export const broadcastRounds = sqliteTable("broadcast_rounds", {
  id: integer().primaryKey({ autoIncrement: true }),
  origin: text().notNull().unique(),
  broadcastId: integer("broadcast_id").notNull(),
  kind: text().$type<RoundKind>().notNull(),
  /** Copies with an older wording are edited. */
  revision: integer().notNull(),
  /** What is said of it, by language. */
  note: text({ mode: "json" }).$type<Partial<Record<Language, string>>>().notNull(),
  /** Readers are told by a message that answers the first. */
  notice: integer({ mode: "boolean" }).notNull(),
  state: text().$type<"running" | "done">().notNull(),
  userName: text("user_name").notNull(),
  at: integer({ mode: "timestamp" }).notNull(),
  endedAt: integer("ended_at", { mode: "timestamp" }),
});

/** What became of one copy: `withdrawn` was to be deleted and is edited instead, `gone` was not there any more. */
export type EditState = "queued" | "edited" | "deleted" | "withdrawn" | "gone" | "unreachable" | "failed";

export const broadcastEdits = sqliteTable(
  "broadcast_edits",
  {
    roundId: integer("round_id").notNull(),
    deliveryId: integer("delivery_id").notNull(),
    state: text().$type<EditState>().notNull(),
    error: text().notNull().default(""),
    dueAt: integer("due_at", { mode: "timestamp" }),
    at: integer({ mode: "timestamp" }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.roundId, t.deliveryId] }),
    index("broadcast_edits_due").on(t.roundId, t.dueAt).where(sql`due_at IS NOT NULL`),
  ],
);

export const broadcastScreens = sqliteTable(
  "broadcast_screens",
  {
    broadcastId: integer("broadcast_id").notNull(),
    chatId: integer("chat_id").notNull(),
    messageId: integer("message_id").notNull(),
    language: text().$type<Language>().notNull(),
    timezone: text().notNull(),
    at: integer({ mode: "timestamp" }).notNull(),
    /** What it shows, so that nothing is edited into itself. */
    shown: text().notNull().default(""),
  },
  (t) => [primaryKey({ columns: [t.broadcastId, t.chatId] })],
);

export type BreakingLevel = "all" | "top" | "none";

/** What a reader wants of breaking items. */
export const breakingChoices = sqliteTable("breaking_choices", {
  subscriberId: integer("subscriber_id")
    .primaryKey()
    .references(() => subscribers.id, { onDelete: "cascade" }),
  level: text().$type<BreakingLevel>().notNull(),
  silent: integer({ mode: "boolean" }).notNull(),
  night: text().$type<"wait" | "ring">().notNull(),
  /** Under which message it was chosen. */
  broadcastId: integer("broadcast_id"),
  at: integer({ mode: "timestamp" }).notNull(),
});

export type Role = "owner" | "editor" | "viewer";

export const roles = sqliteTable("roles", {
  userId: integer("user_id").primaryKey(),
  role: text().$type<Role>().notNull(),
  name: text().notNull(),
  byId: integer("by_id").notNull(),
  at: integer({ mode: "timestamp" }).notNull(),
});

/** One-time links: the key itself is never kept. */
export const invites = sqliteTable("invites", {
  hash: text().primaryKey(),
  role: text().$type<Role>().notNull(),
  byId: integer("by_id").notNull(),
  until: integer({ mode: "timestamp" }).notNull(),
  usedBy: integer("used_by"),
});

export const audit = sqliteTable(
  "audit",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    at: integer({ mode: "timestamp" }).notNull(),
    userId: integer("user_id").notNull(),
    name: text().notNull(),
    act: text().notNull(),
    broadcastId: integer("broadcast_id"),
    detail: text().notNull().default(""),
  },
  (t) => [index("audit_broadcast").on(t.broadcastId).where(sql`broadcast_id IS NOT NULL`)],
);

/** What editors changed by hand in the digests to come. */
export const storyEdits = sqliteTable(
  "story_edits",
  {
    storyId: integer("story_id").primaryKey(),
    pinnedAt: integer("pinned_at", { mode: "timestamp" }),
    dropped: integer({ mode: "boolean" }).notNull().default(false),
    titles: text({ mode: "json" }).$type<Partial<Record<Language, string>>>().notNull(),
    until: integer({ mode: "timestamp" }).notNull(),
    at: integer({ mode: "timestamp" }).notNull(),
  },
  (t) => [index("story_edits_until").on(t.until)],
);

/** Stories that were proposed to the editors as breaking. */
export const proposals = sqliteTable("proposals", {
  storyId: integer("story_id").primaryKey(),
  at: integer({ mode: "timestamp" }).notNull(),
  /** Nobody wants to be asked about it again. */
  quiet: integer({ mode: "boolean" }).notNull().default(false),
});
