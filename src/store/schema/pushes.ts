import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** What a hub was asked to tell us of a source by itself (WebSub). The token names our callback and is all it takes. */
export const pushes = sqliteTable(
  "pushes",
  {
    token: text().primaryKey(),
    sourceId: integer("source_id").notNull(),
    hub: text().notNull(),
    topic: text().notNull(),
    /** The PUBLIC_URL that the hub was given: at another one it would not reach us. */
    base: text().notNull(),
    /** What the hub signs with. */
    secret: text().notNull(),
    /** The hub is to stop; the row goes when it says that it will. */
    ending: integer({ mode: "boolean" }).notNull().default(false),
    /** When the hub is asked (again): at once, after a failure, before the lease ends. */
    dueAt: integer("due_at", { mode: "timestamp" }).notNull(),
    /** Until when the hub promised to tell; null before it did. */
    leaseUntil: integer("lease_until", { mode: "timestamp" }),
    failures: integer().notNull().default(0),
    failureCode: text("failure_code").notNull().default(""),
    failure: text().notNull().default(""),
    /** When it last told something, and when a read last found what it should have told. */
    heardAt: integer("heard_at", { mode: "timestamp" }),
    missedAt: integer("missed_at", { mode: "timestamp" }),
    /** Digests of what came last: the same once more, by whomever, changes nothing. */
    seen: text({ mode: "json" }).$type<string[]>().notNull().default([]),
  },
  (t) => [uniqueIndex("pushes_source").on(t.sourceId).where(sql`ending = 0`), index("pushes_due").on(t.dueAt)],
);

/** What hubs sent and nobody has read yet; without a text it only says that there is something new. */
export const pushed = sqliteTable(
  "pushed",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    sourceId: integer("source_id").notNull(),
    text: text().notNull(),
    receivedAt: integer("received_at", { mode: "timestamp" }).notNull(),
  },
  (t) => [index("pushed_source").on(t.sourceId)],
);
