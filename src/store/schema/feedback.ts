import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Language } from "./readers.ts";

export type FeedbackReason = "" | "less" | "mixed" | "bait" | "old";

/** What readers think of stories: the last word of each chat on each story. */
export const feedback = sqliteTable(
  "feedback",
  {
    storyId: integer("story_id").notNull(),
    chatId: integer("chat_id").notNull(),
    /** 1 or -1. */
    vote: integer().notNull(),
    reason: text().$type<FeedbackReason>().notNull().default(""),
    at: integer({ mode: "timestamp" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.chatId, t.storyId] }), index("feedback_at").on(t.at)],
);

/** Chats that want to hear when there is any news at all. */
export const newsWaits = sqliteTable("news_waits", {
  chatId: integer("chat_id").primaryKey(),
  language: text().$type<Language>().notNull(),
});

/** How often the links to an article were followed on a day (since 1970, UTC); not by whom. */
export const clicks = sqliteTable(
  "clicks",
  { day: integer().notNull(), articleId: integer("article_id").notNull(), n: integer().notNull() },
  (t) => [primaryKey({ columns: [t.day, t.articleId] })],
);

/** What people wrote to those who run the bot while none of them could be reached. */
export const notes = sqliteTable("notes", {
  id: integer().primaryKey({ autoIncrement: true }),
  /** The update that it came with: handled twice, it is kept once. */
  origin: text().notNull().unique(),
  chatId: integer("chat_id").notNull(),
  body: text().notNull(),
  at: integer({ mode: "timestamp" }).notNull(),
});
