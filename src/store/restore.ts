import { sql } from "drizzle-orm";
import { nextSlot } from "../news/schedule.ts";
import type { Db } from "./db.ts";
import { leaveUnknown } from "./deliveries-settle.ts";
import { seconds } from "./json-list.ts";
import { updates } from "./schema.ts";
import { dueSubscriptions, planSlots } from "./subscriptions-due.ts";

/** Rows of one slice. */
const sliceMax = 300;

export type Restored = { unknown: number; passed: number; updates: number };

/**
 * Makes a database that was restored from a backup fit to run: what happened between the backup and now nobody remembers,
 * so nothing that was due in that time is sent. What was waiting is `unknown` (it may have been sent after the backup was
 * made), digests go on with their next time, and updates that waited are not answered again. In slices; may be repeated.
 */
export async function settleRestored(db: Db, now: Date): Promise<Restored> {
  const restored = { unknown: 0, passed: 0, updates: 0 };
  for (let n = -1; n !== 0; restored.unknown += n) n = await endWaiting(db, now);
  for (let n = -1; n !== 0; restored.passed += n) n = await passDue(db, now);
  for (let n = -1; n !== 0; restored.updates += n) n = await endUpdates(db);
  return restored;
}

async function endWaiting(db: Db, now: Date): Promise<number> {
  const waiting = sql`select id from deliveries where due_at is not null order by priority, due_at limit ${sliceMax}`;
  return leaveUnknown(db, waiting, { now, error: "waited in a restored backup" });
}

async function passDue(db: Db, now: Date): Promise<number> {
  const due = await dueSubscriptions(db, now, sliceMax);
  const passed = due.map((each) => {
    const next = each.state === "gone" ? null : seconds(nextSlot(each, now));
    return { id: each.id, slot: each.slot, next, send: null, missed: null };
  });
  await planSlots(db, passed, now);
  return due.length;
}

async function endUpdates(db: Db): Promise<number> {
  const done = await db
    .update(updates)
    .set({ dueAt: null, leaseToken: null })
    .where(sql`${updates.id} in (select id from updates where due_at is not null limit ${sliceMax})`)
    .returning({ id: updates.id });
  return done.length;
}
