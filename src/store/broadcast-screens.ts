import { and, eq, inArray } from "drizzle-orm";
import type { Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { broadcastScreens } from "./schema.ts";

export type Screen = typeof broadcastScreens.$inferSelect;

/** Remembers the message that shows an editor how it goes; one a chat. */
export async function keepScreen(db: Db, screen: Screen): Promise<void> {
  const { broadcastId: _, chatId: __, ...set } = screen;
  await db
    .insert(broadcastScreens)
    .values(screen)
    .onConflictDoUpdate({ target: [broadcastScreens.broadcastId, broadcastScreens.chatId], set });
}

/** Where an editor's chat shows it; undefined where it does not. */
export async function screenIn(db: Db, broadcastId: number, chatId: number): Promise<Screen | undefined> {
  const [row] = await db
    .select()
    .from(broadcastScreens)
    .where(and(eq(broadcastScreens.broadcastId, broadcastId), eq(broadcastScreens.chatId, chatId)));
  return row;
}

export async function screensOf(db: Db, broadcastIds: readonly number[]): Promise<Screen[]> {
  return db
    .select()
    .from(broadcastScreens)
    .where(inArray(broadcastScreens.broadcastId, jsonList(broadcastIds)));
}

export async function touchScreen(db: Db, screen: Screen, { shown, now }: { shown: string; now: Date }): Promise<void> {
  await db
    .update(broadcastScreens)
    .set({ shown, at: now })
    .where(
      and(
        eq(broadcastScreens.broadcastId, screen.broadcastId),
        eq(broadcastScreens.chatId, screen.chatId),
        eq(broadcastScreens.messageId, screen.messageId),
      ),
    );
}

export async function dropScreen(db: Db, { broadcastId, chatId }: Screen): Promise<void> {
  await db
    .delete(broadcastScreens)
    .where(and(eq(broadcastScreens.broadcastId, broadcastId), eq(broadcastScreens.chatId, chatId)));
}
