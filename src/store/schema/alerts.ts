import { index, integer, primaryKey, sqliteTable } from "drizzle-orm/sqlite-core";
import { subscriptions } from "./readers.ts";

/** Articles that were published just now and are to be held against the alerts. */
export const alertQueue = sqliteTable("alert_queue", { articleId: integer("article_id").primaryKey() });

/** Stories beyond an alert's limit of an hour: counted, and shown when somebody asks. */
export const alertMissed = sqliteTable(
  "alert_missed",
  {
    subscriptionId: integer("subscription_id")
      .notNull()
      .references(() => subscriptions.id, { onDelete: "cascade" }),
    storyId: integer("story_id").notNull(),
    at: integer({ mode: "timestamp" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.subscriptionId, t.storyId] }), index("alert_missed_at").on(t.at)],
);
