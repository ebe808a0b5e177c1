import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Which row of the index is which article; the index's rows are dense, and the newest is the largest. */
export const searchRows = sqliteTable("search_rows", {
  row: integer().primaryKey(),
  articleId: integer("article_id").notNull().unique(),
});

/** FTS5, contentless: what is written cannot be read, only matched. */
export const searchGrams = sqliteTable("search_grams", { rowid: integer().primaryKey(), text: text() });
export const searchSigns = sqliteTable("search_signs", { rowid: integer().primaryKey(), text: text() });

/** The same tables as they take commands. Columns are named, because drizzle remembers unnamed ones by their table. */
export const searchGramsWork = sqliteTable("search_grams", { command: text("search_grams"), rank: integer("rank") });
export const searchSignsWork = sqliteTable("search_signs", { command: text("search_signs"), rank: integer("rank") });
