import { gt, lte, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { stops } from "./schema.ts";

export type KeptStop = typeof stops.$inferSelect;

/** What Telegram still wants us to wait for after a restart; what is over is forgotten. */
export async function liveStops(db: Db, now: Date): Promise<KeptStop[]> {
  await db.delete(stops).where(lte(stops.until, now));
  return db.select().from(stops).where(gt(stops.until, now));
}

/** Keeps a stop; the last word of Telegram counts. Rounded up, since the row holds whole seconds. */
export async function keepStop(db: Db, { chatId, until }: KeptStop): Promise<void> {
  const whole = new Date(Math.ceil(until.getTime() / 1000) * 1000);
  await db
    .insert(stops)
    .values({ chatId, until: whole })
    .onConflictDoUpdate({ target: stops.chatId, set: { until: sql`excluded.until` } });
}
