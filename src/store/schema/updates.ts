import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What Telegram sent us: stored, acknowledged, handled once. */
export const updates = sqliteTable(
  "updates",
  {
    id: integer().primaryKey(),
    body: text().notNull(),
    receivedAt: integer("received_at", { mode: "timestamp" }).notNull(),
    /** When it may be taken (again); null once it is done. */
    dueAt: integer("due_at", { mode: "timestamp" }),
    leaseToken: text("lease_token"),
    attempts: integer().notNull().default(0),
    error: text().notNull().default(""),
  },
  (t) => [index("updates_due").on(t.dueAt)],
);

/** Single facts the program must remember: the bot's id, the webhook secret, who runs the jobs. */
export const facts = sqliteTable("facts", {
  name: text().primaryKey(),
  value: text().notNull(),
});
