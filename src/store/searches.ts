import { and, eq, lt, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { asks, pages, searches, visits } from "./schema.ts";

export type KeptSearch = { token: string; query: string; chatId: number; userId: number };

/** Keeps a search's words behind its token; the same search again is the same token, as good as new. */
export async function keepSearch(db: Db, search: Omit<KeptSearch, "token">, now: Date): Promise<string> {
  const token = tokenOf(`${search.chatId} ${search.userId} ${search.query}`);
  await db
    .insert(searches)
    .values({ ...search, token, createdAt: now })
    .onConflictDoUpdate({ target: searches.token, set: { createdAt: now } });
  return token;
}

/** The search behind a token, only in its own chat: a forged or pruned one gives undefined. */
export async function findSearch(db: Db, token: string, chatId: number): Promise<KeptSearch | undefined> {
  const [row] = await db
    .select()
    .from(searches)
    .where(and(eq(searches.token, token), eq(searches.chatId, chatId)))
    .limit(1);
  return row;
}

/** Keeps a message as it is before something else is shown in its place. The first one kept stays. */
export async function keepPage(
  db: Db,
  page: { chatId: number; messageId: number; body: string },
  now: Date,
): Promise<void> {
  await db
    .insert(pages)
    .values({ ...page, createdAt: now })
    .onConflictDoUpdate({ target: [pages.chatId, pages.messageId], set: { body: page.body, createdAt: now } });
}

export async function findPage(db: Db, chatId: number, messageId: number): Promise<string | undefined> {
  const [row] = await db
    .select({ body: pages.body })
    .from(pages)
    .where(and(eq(pages.chatId, chatId), eq(pages.messageId, messageId)))
    .limit(1);
  return row?.body;
}

/** Searches, pages, open questions and counts older than `before` go: a few weeks are enough to go back. */
export async function pruneSearches(db: Db, before: Date): Promise<void> {
  await db.batch([
    db.delete(searches).where(lt(searches.createdAt, before)),
    db.delete(pages).where(lt(pages.createdAt, before)),
    db.delete(asks).where(lt(asks.at, before)),
    db.delete(visits).where(lt(visits.minute, Math.floor(before.getTime() / 60_000))),
  ]);
}

/** How many searches and pages a chat left here. */
export async function countKept(db: Db, chatId: number): Promise<{ searches: number; pages: number }> {
  const count = sql<number>`count(*)`;
  const [found] = await db.select({ n: count }).from(searches).where(eq(searches.chatId, chatId));
  const [kept] = await db.select({ n: count }).from(pages).where(eq(pages.chatId, chatId));
  return { searches: found?.n ?? 0, pages: kept?.n ?? 0 };
}

/** Ten characters that stand for a text: two FNV-1a hashes of it, 52 bits. */
function tokenOf(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i += 1) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(text.length - 1 - i), 0x85ebca6b);
  }
  const number = (a >>> 0) * 2 ** 20 + ((b >>> 0) % 2 ** 20);
  return number.toString(36).padStart(10, "0");
}
