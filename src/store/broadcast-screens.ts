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

/**
 * Changes a screen, unless something else was put there since it was read; the screen as it is then, or undefined.
 */
export async function changeScreen(
  db: Db,
  screen: Screen,
  change: Partial<Pick<Screen, "at" | "shown">>,
): Promise<Screen | undefined> {
  const [changed] = await db.update(broadcastScreens).set(change).where(isStill(screen)).returning();
  return changed;
}

export async function dropScreen(db: Db, screen: Screen): Promise<void> {
  await db.delete(broadcastScreens).where(isStill(screen));
}

function isStill({ broadcastId, chatId, messageId, at }: Screen) {
  return and(
    eq(broadcastScreens.broadcastId, broadcastId),
    eq(broadcastScreens.chatId, chatId),
    eq(broadcastScreens.messageId, messageId),
    eq(broadcastScreens.at, at),
  );
}
