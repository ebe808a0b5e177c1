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
