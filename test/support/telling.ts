import { eq } from "drizzle-orm";
import { type ArticleDraft, emptyDraft } from "../../src/news/article.ts";
import { saveArticles } from "../../src/store/articles.ts";
import type { Db } from "../../src/store/db.ts";
import { articles, stories } from "../../src/store/schema.ts";
import { ensureSource } from "../../src/store/sources.ts";
import { joinStories, storyMemory } from "../../src/store/stories.ts";

export const now = new Date("2026-11-22T08:00:00Z");

/** A story that several tests tell. */
export const storm = {
  title: "台风“白鹭”登陆松溪，五县停课停航",
  lead: "台风“白鹭”今天凌晨在松溪登陆，沿海五县停课停航，6.3万人转移到安置点，41列火车停运。",
};

export type Add = (hoursAgo: number, fields: Partial<ArticleDraft>, source?: string) => Promise<number>;

/**
 * Articles come in one after the other, as to a running program: what is remembered of one is there for the next. Each
 * is of a source of its own unless one is named.
 */
export function reader(db: Db): Add {
  const memory = storyMemory();
  let count = 0;
  return async (hoursAgo, fields, source) => {
    count += 1;
    const name = source ?? `澜江${count}报`;
    const { id: sourceId } = await ensureSource(db, name, { kind: "file", language: fields.language ?? "zh", now });
    const publishedAt = new Date(now.getTime() - hoursAgo * 3_600_000);
    const draft = { ...emptyDraft(""), publishedAt, externalId: String(count), ...fields };
    const [saved] = await saveArticles(db, [{ sourceId, draft }], { now });
    await joinStories(db, [saved!.id], { now, memory });
    return saved!.id;
  };
}

export async function storyOf(db: Db, articleId: number): Promise<number | null> {
  const [row] = await db.select({ storyId: articles.storyId }).from(articles).where(eq(articles.id, articleId));
  return row!.storyId;
}

/** How many articles a story's row says that it has. */
export async function countOf(db: Db, storyId: number): Promise<number> {
  const [row] = await db.select({ articles: stories.articles }).from(stories).where(eq(stories.id, storyId));
  return row!.articles;
}
