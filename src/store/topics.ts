import { and, eq, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { subscribers, topics } from "./schema.ts";

/** Telegram's own limit. */
const nameCharsMax = 128;

export type Topic = { chatId: number; threadId: number };

/** What a forum topic is called; undefined when Telegram has not told since we are there. */
export async function topicName(db: Db, { chatId, threadId }: Topic): Promise<string | undefined> {
  const [row] = await db
    .select({ name: topics.name })
    .from(topics)
    .where(and(eq(topics.chatId, chatId), eq(topics.threadId, threadId)))
    .limit(1);
  return row?.name;
}

/** Remembers a topic's name, and calls its subscriber so; one that is `old` only fills a gap. */
export async function nameTopic(db: Db, topic: Topic & { name: string }, { old = false } = {}): Promise<void> {
  const { chatId, threadId } = topic;
  const name = [...topic.name].slice(0, nameCharsMax).join("");
  const row = db.insert(topics).values({ chatId, threadId, name });
  if (old) {
    await row.onConflictDoNothing();
    return;
  }
  await db.batch([
    row.onConflictDoUpdate({ target: [topics.chatId, topics.threadId], set: { name: sql`excluded.name` } }),
    db
      .update(subscribers)
      .set({ title: name })
      .where(and(eq(subscribers.chatId, chatId), eq(subscribers.threadId, threadId))),
  ]);
}
