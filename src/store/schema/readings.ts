import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { sources } from "./news.ts";

export type ReadingState = "active" | "paused";
/** What the owners were told of a source last; "" while there is nothing to tell. */
export type ReadingTold = "" | "failing" | "silent";

/** How a source is read, and how that went: a row for each source that has an address. */
export const readings = sqliteTable(
  "readings",
  {
    sourceId: integer("source_id")
      .primaryKey()
      .references(() => sources.id, { onDelete: "cascade" }),
    /** Where it is read: the address that was added, moved as far as permanent redirects went. */
    url: text().notNull(),
    state: text().$type<ReadingState>().notNull().default("active"),
    /** The operator's interval; null for the source's own rhythm. */
    intervalMinutes: integer("interval_minutes"),
    dueAt: integer("due_at", { mode: "timestamp" }).notNull(),
    leaseToken: text("lease_token"),
    etag: text(),
    lastModified: text("last_modified"),
    /** SHA-256 of the last document: the same bytes again are not parsed again. */
    digest: text().notNull().default(""),
    ttlMinutes: integer("ttl_minutes"),
    maxAgeSeconds: integer("max_age_seconds"),
    /** The WebSub hub that tells of news by itself, and under what address it knows the feed. */
    hub: text(),
    topic: text(),
    lastReadAt: integer("last_read_at", { mode: "timestamp" }),
    lastNewAt: integer("last_new_at", { mode: "timestamp" }),
    /** Failures in a row, since when, and the last one's reason, for programs and for people. */
    failures: integer().notNull().default(0),
    failingSince: integer("failing_since", { mode: "timestamp" }),
    failureCode: text("failure_code").notNull().default(""),
    failure: text().notNull().default(""),
    told: text().$type<ReadingTold>().notNull().default(""),
  },
  (t) => [index("readings_due").on(t.dueAt), index("readings_hub").on(t.sourceId).where(sql`hub IS NOT NULL`)],
);
