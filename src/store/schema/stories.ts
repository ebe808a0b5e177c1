import { customType, index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Bytes as both runtimes take them; D1 gives them back as a list of numbers. */
const bytes = customType<{ data: Uint8Array; driverData: Uint8Array | ArrayBuffer | number[] }>({
  dataType: () => "blob",
  fromDriver: (value) => (value instanceof Uint8Array ? value : new Uint8Array(value as ArrayBuffer)),
});

/** A story's id is the id of the article that founded it, and stays; a merged one redirects to the older. */
export const stories = sqliteTable("stories", {
  id: integer().primaryKey(),
  mergedInto: integer("merged_into"),
  /** Publication of its first and last article; null when none of them has a date. */
  firstAt: integer("first_at", { mode: "timestamp" }),
  lastAt: integer("last_at", { mode: "timestamp" }),
  articles: integer().notNull(),
  /** Independent families that tell it. */
  outlets: integer().notNull(),
  /** 1 Chinese, 2 English, 4 others, added up. */
  languages: integer().notNull(),
  /** How much it matters, without time: see news/rank. */
  heat: real().notNull(),
  /** Articles that only carry another's text, each with the one that it copies. */
  copies: text({ mode: "json" }).$type<[copy: number, original: number][]>().notNull(),
  /** When a person last divided or joined it; null when nobody did. Stories that people edited are never merged again. */
  editedAt: integer("edited_at", { mode: "timestamp" }),
});

/** Which stories have news on a day (since 1970, UTC), of all news (subject 0) and of each subject. */
export const storyDays = sqliteTable(
  "story_days",
  {
    storyId: integer("story_id").notNull(),
    day: integer().notNull(),
    subjectId: integer("subject_id").notNull(),
    languages: integer().notNull(),
    heat: real().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.storyId, t.day, t.subjectId] }),
    index("story_days_top").on(t.subjectId, t.languages, t.day, t.heat),
  ],
);

/** By which terms, of 23 bits, an article is found: see `story-keys`. */
export const storyKeys = sqliteTable("story_keys", { slot: integer().notNull(), article: integer().notNull() }, (t) => [
  primaryKey({ columns: [t.slot, t.article] }),
]);

/** Keys of articles that just came in: [article, term, term, …] of each. */
export const storyKeysWaiting = sqliteTable("story_keys_waiting", {
  n: integer().primaryKey({ autoIncrement: true }),
  keys: text({ mode: "json" }).$type<number[][]>().notNull(),
});

export const storyBackground = sqliteTable("story_background", {
  id: integer().primaryKey(),
  articles: integer().notNull(),
  counts: bytes().notNull(),
});

/** A name in both languages with a saved query and sources or their sections. */
export const subjects = sqliteTable("subjects", {
  id: integer().primaryKey(),
  slug: text().notNull().unique(),
  nameZh: text("name_zh").notNull(),
  nameEn: text("name_en").notNull(),
  query: text().notNull(),
  /** "source" or "source/section" each. */
  sources: text({ mode: "json" }).$type<string[]>().notNull(),
  /** Articles below this id are still to be held against the subject; null when all of the last weeks were. */
  backlogId: integer("backlog_id"),
});
