import { eq } from "drizzle-orm";
import type { Db } from "./db.ts";
import { newsWaits } from "./schema.ts";

export type NewsWait = typeof newsWaits.$inferSelect;

export async function waitForNews(db: Db, wait: NewsWait): Promise<void> {
  await db
    .insert(newsWaits)
    .values(wait)
    .onConflictDoUpdate({ target: newsWaits.chatId, set: { language: wait.language } });
}

export async function waitingForNews(db: Db, limit: number): Promise<NewsWait[]> {
  return db.select().from(newsWaits).limit(limit);
}

/** Whoever gets the row tells the chat; nobody else does. */
export async function takeWait(db: Db, chatId: number): Promise<boolean> {
  const rows = await db.delete(newsWaits).where(eq(newsWaits.chatId, chatId)).returning({ chatId: newsWaits.chatId });
  return rows.length > 0;
}
