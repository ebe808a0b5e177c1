import { and, eq, notInArray, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { subscribers } from "./schema.ts";

/** Telegram says that a chat, with all its topics, cannot be reached now, or never again. Who asked to stop stays so. */
export async function restChat(
  db: Db,
  chatId: number,
  { state, note, now }: { state: "resting" | "gone"; note: string; now: Date },
): Promise<void> {
  await db
    .update(subscribers)
    .set({ state, note, stateAt: now })
    .where(
      and(
        eq(subscribers.chatId, chatId),
        notInArray(subscribers.state, state === "gone" ? ["gone"] : ["gone", "stopped", state]),
      ),
    );
}

/** One place (a topic, perhaps) refuses. True when that is news, so that it is told once. */
export async function restPlace(db: Db, id: number, { note, now }: { note: string; now: Date }): Promise<boolean> {
  const changed = await db
    .update(subscribers)
    .set({ state: "resting", note, stateAt: now })
    .where(and(eq(subscribers.id, id), eq(subscribers.state, "active")))
    .returning({ one: sql`1` });
  return changed.length > 0;
}
