import type { App } from "../app.ts";
import { breathe } from "../breathe.ts";
import { createSlotCache, latestSlot, nextSlot, type SlotCache } from "../news/schedule.ts";
import {
  type DueSubscription,
  dueSubscriptions,
  type Planned,
  planSliceMax,
  planSlots,
} from "../store/subscriptions-due.ts";

/** A digest that comes later than this is of no use any more: it is skipped, and the next one says so. */
export const usefulMs = 6 * 3_600_000;

/**
 * Turns the digests whose time has come into ledger rows and gives each its next time, in slices between which others
 * get their turn. After a downtime one late digest comes if it is still of use; there is never a pile.
 */
export async function planDigests(
  app: Pick<App, "db" | "log" | "now" | "enqueue">,
  signal?: AbortSignal,
): Promise<number> {
  const cache = createSlotCache();
  let planned = 0;
  for (;;) {
    const now = app.now();
    const due = await dueSubscriptions(app.db, now);
    if (due.length === 0) break;
    await planSlots(
      app.db,
      due.map((each) => decide(each, { now, cache })),
      now,
    );
    if (planned === 0) app.enqueue({ kind: "deliver" });
    planned += due.length;
    if (due.length < planSliceMax || signal?.aborted) break;
    await breathe();
  }
  if (planned > 0) app.log.info({ planned }, "digests were planned");
  return planned;
}

function decide(due: DueSubscription, { now, cache }: { now: Date; cache: SlotCache }): Planned {
  const slot = new Date(due.slot * 1000);
  const { latest, missed, next } = latestSlot(due, slot, { now, cache });
  const base = { id: due.id, slot: due.slot, next: next.getTime() / 1000, send: null, missed: null };
  if (due.state === "gone") return { ...base, next: null };
  // Those who rest or paused are passed by: their digests go on when they are back, whoever noticed that.
  if (due.state !== "active") return base;
  const pausedUntil = due.pausedUntil === null ? null : new Date(due.pausedUntil * 1000);
  if (pausedUntil !== null && pausedUntil > latest) {
    return pausedUntil > now ? { ...base, next: afterPause(due, pausedUntil, cache) } : base;
  }
  const useful = now.getTime() - latest.getTime() <= usefulMs;
  if (!useful) return { ...base, missed: latest.getTime() / 1000 };
  return { ...base, send: latest.getTime() / 1000, missed: missed > 0 ? due.slot : null };
}

/** A pause without an end has no next time. */
function afterPause(due: DueSubscription, pausedUntil: Date, cache: SlotCache): number | null {
  const never = Date.UTC(9000, 0, 1);
  if (pausedUntil.getTime() >= never) return null;
  // A slot at the very end of the pause is in time.
  return nextSlot(due, new Date(pausedUntil.getTime() - 1), cache).getTime() / 1000;
}
