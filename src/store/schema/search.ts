import { blob, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Parts of the search index, each with articles of its own; what is in one never changes. */
export const searchSegments = sqliteTable("search_segments", {
  id: integer().primaryKey({ autoIncrement: true }),
  state: text({ enum: ["live", "filling", "making", "gone"] }).notNull(),
  docs: integer().notNull(),
  /** Ids of its newest and its oldest article. */
  newest: integer().notNull(),
  oldest: integer().notNull(),
  /** Of one that is being made: the ids of the segments that it is made of. */
  inputs: text({ mode: "json" }).$type<number[]>(),
  nextTerm: integer("next_term").notNull(),
});

/** Pages of segments (postings/page-writer), in the order of their terms. */
export const searchPages = sqliteTable("search_pages", {
  id: integer().primaryKey(),
  segment: integer().notNull(),
  term: integer().notNull(),
  doc: integer().notNull(),
  data: blob({ mode: "buffer" }).notNull(),
});

/** Articles that were changed or removed: what segments `before` that one have of them counts no more. */
export const searchChanged = sqliteTable("search_changed", {
  n: integer().primaryKey({ autoIncrement: true }),
  articleId: integer("article_id").notNull().unique(),
  before: integer().notNull(),
});

/** Articles in no segment yet. */
export const searchWaiting = sqliteTable("search_waiting", {
  n: integer().primaryKey({ autoIncrement: true }),
  articleId: integer("article_id").notNull().unique(),
});
