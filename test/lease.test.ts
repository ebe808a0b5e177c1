import { describe, expect, it } from "vitest";
import { holdLease } from "../src/store/lease.ts";
import { openStore, withStore } from "./support/store.ts";

const start = Date.UTC(2026, 10, 22, 8);

describe("the lease of a database", () => {
  it("makes a second server wait until the first one ends", () =>
    withStore(openStore, async (db) => {
      const { signal } = new AbortController();
      const now = () => new Date(start);
      const first = await holdLease(db, { now, signal });
      const waits: Date[] = [];
      const second = holdLease(db, { now, signal, onWait: (until) => waits.push(until) });
      await first.release();
      const lease = await second;
      expect(waits).toEqual([new Date(start + 15_000)]);
      await lease.release();
    }));

  it("goes over when its holder died, or wrote it under another clock", () =>
    withStore(openStore, async (db) => {
      const { signal } = new AbortController();
      await holdLease(db, { now: () => new Date(start), signal });
      await holdLease(db, { now: () => new Date(start + 15_000), signal });
      await holdLease(db, { now: () => new Date(start - 3_600_000), signal });
    }));

  it("is not waited for by who is asked to stop", () =>
    withStore(openStore, async (db) => {
      const now = () => new Date(start);
      await holdLease(db, { now, signal: new AbortController().signal });
      const stopping = new AbortController();
      const waiting = holdLease(db, { now, signal: stopping.signal });
      stopping.abort(new Error("stopping"));
      await expect(waiting).rejects.toThrow("stopping");
    }));
});
