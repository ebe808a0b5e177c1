import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

export type SourceKind = "feed" | "page" | "file";

export const sources = sqliteTable("sources", {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
  kind: text().$type<SourceKind>().notNull(),
  url: text(),
  language: text().notNull().default("zh"),
  /** Independent voices are counted by family: a wire's copies on ten sites are one. */
  family: text().notNull(),
  weight: real().notNull().default(1),
  /** Sections that an operator files it under: all its articles are of them, too. */
  sections: text({ mode: "json" }).$type<string[]>().notNull().default([]),
  createdAt: integer("created_at", { mode: "timestamp" }).notNull(),
});

export const articles = sqliteTable(
  "articles",
  {
    /** Seconds of publication × 2^20 + n, so that the largest id is the newest (see store/articles). */
    id: integer().primaryKey(),
    sourceId: integer("source_id")
      .notNull()
      .references(() => sources.id),
    externalId: text("external_id"),
    url: text(),
    title: text().notNull(),
    titleCut: integer("title_cut", { mode: "boolean" }).notNull(),
    /** The first characters of the body, or one of its own. */
    leadChars: integer("lead_chars").notNull(),
    ownLead: text("own_lead").notNull(),
    lead: text()
      .notNull()
      .generatedAlwaysAs(sql`CASE WHEN lead_chars > 0 THEN substr(body, 1, lead_chars) ELSE own_lead END`),
    body: text().notNull(),
    credits: text().notNull(),
    author: text().notNull(),
    dateline: text().notNull(),
    reporter: text().notNull(),
    photoCredit: text("photo_credit").notNull(),
    image: text(),
    publishedAt: integer("published_at", { mode: "timestamp" }),
    language: text().notNull(),
    rank: integer(),
    sections: text({ mode: "json" }).$type<string[]>().notNull(),
    receivedAt: integer("received_at", { mode: "timestamp" }).notNull(),
    storyId: integer("story_id"),
  },
  (t) => [index("articles_story").on(t.storyId), index("articles_source").on(t.sourceId, t.id)],
);

/** By what an article is known again: x:<source>:<externalId>, u:<canonical url>, h:<source>:<day>:<headline>. */
export const articleKeys = sqliteTable(
  "article_keys",
  {
    key: text().primaryKey(),
    articleId: integer("article_id")
      .notNull()
      .references(() => articles.id, { onDelete: "cascade" }),
  },
  (t) => [index("article_keys_article").on(t.articleId)],
);

/** Headlines that an article had before, each until when. */
export const articleTitles = sqliteTable(
  "article_titles",
  {
    articleId: integer("article_id")
      .notNull()
      .references(() => articles.id, { onDelete: "cascade" }),
    title: text().notNull(),
    until: integer({ mode: "timestamp" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.articleId, t.until, t.title] })],
);
