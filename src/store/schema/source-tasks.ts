import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Language } from "./readers.ts";

/** try: what can be read at an address; list: the starter list's sources; file: a file that was sent to the bot. */
export type SourceTaskKind = "try" | "list" | "file";

/** What was asked, by the kind. */
export type SourceAsk = {
  url?: string;
  /** The language of the starter list, or "all". */
  list?: string;
  file?: { id: string; name: string; bytes: number };
};

/** What was found at an address, kept until somebody decides. */
export type FoundFacts = {
  url: string;
  kind: "feed" | "page";
  name: string;
  language: string;
  others: { url: string; title: string }[];
};

/** What an operator asked of the sources in the chat, and the message that shows how it goes. */
export const sourceTasks = sqliteTable(
  "source_tasks",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    origin: text().notNull().unique(),
    kind: text().$type<SourceTaskKind>().notNull(),
    chatId: integer("chat_id").notNull(),
    language: text().$type<Language>().notNull(),
    ask: text({ mode: "json" }).$type<SourceAsk>().notNull(),
    found: text({ mode: "json" }).$type<FoundFacts>(),
    messageId: integer("message_id"),
    /** When it may be taken (again); null once it is done. */
    dueAt: integer("due_at", { mode: "timestamp" }),
    leaseToken: text("lease_token"),
    attempts: integer().notNull().default(0),
    createdAt: integer("created_at", { mode: "timestamp" }).notNull(),
  },
  (t) => [index("source_tasks_due").on(t.dueAt).where(sql`due_at IS NOT NULL`)],
);
