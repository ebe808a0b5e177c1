import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { App, Job } from "../src/app.ts";
import { planDigests } from "../src/jobs/plan-digests.ts";
import { silentLog } from "../src/log.ts";
import type { Db } from "../src/store/db.ts";
import { listDeliveries, tooLate } from "../src/store/deliveries.ts";
import { subscriptions } from "../src/store/schema.ts";
import { changeSubscriber } from "../src/store/subscribers.ts";
import {
  minuteLoad,
  minuteReaders,
  nextDueAt,
  nextDueIn,
  planSliceMax,
  planSlots,
  popularMinutes,
} from "../src/store/subscriptions-due.ts";
import { addReader } from "./support/readers.ts";
import { openStore, withStore } from "./support/store.ts";

const slot = new Date("2026-11-22T08:00:00Z");
const hours = (n: number) => new Date(slot.getTime() + n * 3_600_000);
const seconds = (at: Date) => at.getTime() / 1000;

function planner(db: Db, now: Date): Pick<App, "db" | "log" | "now" | "enqueue"> & { jobs: Job[] } {
  const jobs: Job[] = [];
  return { db, log: silentLog, now: () => now, enqueue: (job) => jobs.push(job), jobs };
}

async function ledger(db: Db) {
  return (await listDeliveries(db)).map((row) => [row.slot, row.state, row.error]);
}

async function dueAt(db: Db): Promise<Date | null> {
  const [row] = await db.select({ dueAt: subscriptions.dueAt, slotAt: subscriptions.slotAt }).from(subscriptions);
  expect(row!.slotAt).toEqual(row!.dueAt);
  return row!.dueAt;
}

describe("planning digests", () => {
  it("writes one row a subscription and slot, and the next time", () =>
    withStore(openStore, async (db) => {
      await addReader(db, { chatId: 1, now: slot, slot });
      const app = planner(db, hours(0.01));
      expect(await planDigests(app)).toBe(1);
      expect(await planDigests(app)).toBe(0);
      expect(await ledger(db)).toEqual([[seconds(slot), "queued", ""]]);
      expect(await dueAt(db)).toEqual(hours(24));
      expect(app.jobs).toEqual([{ kind: "deliver" }]);
    }));

  it("does nothing before the time", () =>
    withStore(openStore, async (db) => {
      await addReader(db, { chatId: 1, now: slot, slot });
      const app = planner(db, hours(-0.01));
      expect(await planDigests(app)).toBe(0);
      expect(app.jobs).toEqual([]);
      expect(await nextDueAt(db)).toEqual(slot);
      expect(await nextDueIn(db)).toEqual({ chatId: 1, threadId: 0 });
    }));

  it("after a downtime sends one late digest, and says what was missed", () =>
    withStore(openStore, async (db) => {
      await addReader(db, { chatId: 1, now: slot, slot });
      await planDigests(planner(db, hours(3 * 24 + 5)));
      expect(await ledger(db)).toEqual([
        [seconds(hours(72)), "queued", ""],
        [seconds(slot), "skipped", tooLate],
      ]);
      expect(await dueAt(db)).toEqual(hours(96));
    }));

  it("after more than six hours skips it", () =>
    withStore(openStore, async (db) => {
      await addReader(db, { chatId: 1, now: slot, slot });
      await planDigests(planner(db, hours(6.01)));
      expect(await ledger(db)).toEqual([[seconds(slot), "skipped", tooLate]]);
      expect(await dueAt(db)).toEqual(hours(24));
    }));

  it("passes by who paused, rests or left, and goes on when they are back", () =>
    withStore(openStore, async (db) => {
      const { subscriberId } = await addReader(db, { chatId: 1, now: slot, slot, pausedUntil: hours(30) });
      await planDigests(planner(db, hours(0)));
      expect(await dueAt(db)).toEqual(hours(48));
      await changeSubscriber(db, subscriberId, { state: "resting", pausedUntil: null });
      await planDigests(planner(db, hours(48)));
      expect(await dueAt(db)).toEqual(hours(72));
      expect(await ledger(db)).toEqual([]);
      await changeSubscriber(db, subscriberId, { state: "active" });
      await planDigests(planner(db, hours(72)));
      expect(await ledger(db)).toEqual([[seconds(hours(72)), "queued", ""]]);
      await changeSubscriber(db, subscriberId, { state: "gone" });
      await planDigests(planner(db, hours(96)));
      expect(await dueAt(db)).toBeNull();
    }));

  it("never writes over a change that was made meanwhile", () =>
    withStore(openStore, async (db) => {
      const { subscriptionId: id } = await addReader(db, { chatId: 1, now: slot, slot });
      await db.update(subscriptions).set({ dueAt: hours(1), slotAt: hours(1) });
      const stale = { id, slot: seconds(slot), next: seconds(hours(24)), send: seconds(slot), missed: null };
      await planSlots(db, [stale], slot);
      expect(await ledger(db)).toEqual([]);
      expect(await dueAt(db)).toEqual(hours(1));
    }));

  it("plans more than a slice, and by two planners at once each digest once", () =>
    withStore(openStore, async (db) => {
      const count = planSliceMax + 50;
      for (let n = 1; n <= count; n += 1) await addReader(db, { chatId: n, now: slot, slot });
      await Promise.all([planDigests(planner(db, slot)), planDigests(planner(db, slot))]);
      const rows = [...(await listDeliveries(db)), ...(await listDeliveries(db, { afterId: 500 }))];
      expect(new Set(rows.map((row) => row.subscriberId)).size).toBe(count);
      expect(rows).toHaveLength(count);
    }));

  it("knows how full a minute is", () =>
    withStore(openStore, async (db) => {
      for (let n = 1; n <= 5; n += 1) await addReader(db, { chatId: n, now: slot, slot: n < 4 ? slot : hours(1) });
      expect(await minuteLoad(db, slot)).toBe(3);
      expect(await minuteLoad(db, slot, 2)).toBe(2);
      expect(await popularMinutes(db, { now: hours(-1), until: hours(24), limit: 5 })).toEqual([
        { at: slot, digests: 3 },
        { at: hours(1), digests: 2 },
      ]);
      expect(await minuteReaders(db, slot)).toEqual([{ news: "both", wishes: false, digests: 3 }]);
      await db.update(subscriptions).set({ query: "subject:tech" }).where(eq(subscriptions.id, 2));
      expect(new Set(await minuteReaders(db, slot))).toEqual(
        new Set([
          { news: "both", wishes: false, digests: 2 },
          { news: "both", wishes: true, digests: 1 },
        ]),
      );
    }));
});
