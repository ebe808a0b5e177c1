import type { App } from "../app.ts";
import { breathe } from "../breathe.ts";
import { createSlotCache, nextSlot, type SlotCache } from "../news/schedule.ts";
import { readFact, writeFact } from "../store/facts.ts";
import { type Ahead, bringForward, digestsAhead, readAgain } from "../store/set-back.ts";

/** A clock that is corrected by less was not wrong. */
const setBackMinMs = 60_000;

/**
 * Looks whether the clock was set back since the last look. What was done while it was ahead has its next time after
 * that: readers would hear nothing, and sources would not be read, until the time comes that it showed. They get the
 * times that the clock of now gives. What the ledger has was sent and does not come again.
 */
export async function watchClock(app: Pick<App, "db" | "log" | "now">): Promise<void> {
  const now = app.now();
  const seen = Number((await readFact(app.db, "clock_seen")) ?? 0);
  if (seen > now.getTime() + setBackMinMs) {
    app.log.warn({ seen: new Date(seen) }, "the clock was set back: what was put off until later comes in time again");
    await readAgain(app.db, now);
    await planAgain(app, now);
  }
  await writeFact(app.db, "clock_seen", String(now.getTime()));
}

async function planAgain({ db }: Pick<App, "db">, now: Date): Promise<void> {
  const cache = createSlotCache();
  for (let afterId = 0; ; ) {
    const ahead = await digestsAhead(db, now, afterId);
    const last = ahead.at(-1);
    if (last === undefined) return;
    afterId = last.id;
    await bringForward(
      db,
      ahead.flatMap((each) => {
        const next = firstFree(each, { now, cache });
        return next.getTime() / 1000 < each.slot ? [{ id: each.id, slot: each.slot, next }] : [];
      }),
      now,
    );
    await breathe();
  }
}

/** The first time from now on, from when it was made and from the end of a pause, for which nothing was sent. */
function firstFree(digest: Ahead, { now, cache }: { now: Date; cache: SlotCache }): Date {
  const taken = new Set(digest.taken);
  // A slot at the very end of a pause is in time.
  const pauseEnd = (digest.pausedUntil ?? 0) * 1000 - 1;
  let next = nextSlot(digest, new Date(Math.max(now.getTime(), digest.createdAt * 1000, pauseEnd)), cache);
  while (taken.has(next.getTime() / 1000)) next = nextSlot(digest, next, cache);
  return next;
}
