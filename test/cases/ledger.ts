import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { Db } from "../../src/store/db.ts";
import {
  askForDigest,
  claimDeliveries,
  enqueueDeliveries,
  listDeliveries,
  nextQueuedAt,
  priorityOf,
  readTally,
  tooLate,
  urgentPriority,
  withReaders,
} from "../../src/store/deliveries.ts";
import { markSending, type Outcome, recoverSending, settle } from "../../src/store/deliveries-settle.ts";
import { deliveries, shown, subscribers } from "../../src/store/schema.ts";
import { keepStop, liveStops } from "../../src/store/stops.ts";
import { addReader } from "../support/readers.ts";
import { type OpenStore, withStore } from "../support/store.ts";

const now = new Date("2026-11-22T08:00:00Z");
const later = (ms: number) => new Date(now.getTime() + ms);
const slot = now.getTime() / 1000;
const leaseMs = 60_000;

type Row = { id: number; subscriberId: number };

/** So many queued digests of as many readers. */
async function queue(db: Db, count: number, priority: number = priorityOf.digest): Promise<Row[]> {
  for (let n = 1; n <= count; n += 1) {
    const { subscriberId, subscriptionId: ref } = await addReader(db, {
      chatId: 100 + n,
      now,
      slot: later(86_400_000),
    });
    await enqueueDeliveries(db, [{ kind: "digest", ref, slot, subscriberId, priority, dueAt: now }], now);
  }
  return (await db.select().from(deliveries)).map(({ id, subscriberId }) => ({ id, subscriberId }));
}

const claim = (db: Db, token: string, at = now, limit = 100) =>
  claimDeliveries(db, { priority: priorityOf.digest, limit, now: at, leaseMs, token });

const mark = (db: Db, rows: readonly Row[], token: string, articleIds: number[] = []) =>
  markSending(
    db,
    rows.map((row) => ({ ...row, articleIds })),
    { token, now, leaseMs, parts: [], bodies: new Map() },
  );

const states = async (db: Db) => (await listDeliveries(db)).map((row) => row.state);

/** The ledger's contract: the same cases run on every runtime's database. */
export function ledgerCases(runtime: string, open: OpenStore): void {
  describe(`ledger on ${runtime}: taking rows`, () => {
    it("a row is one message: the same again changes nothing", () =>
      withStore(open, async (db) => {
        const [row] = await queue(db, 1);
        const again = {
          kind: "digest",
          ref: 1,
          slot,
          subscriberId: row!.subscriberId,
          priority: 0,
          dueAt: later(1),
        } as const;
        await enqueueDeliveries(db, [again, again], now);
        const asked = { subscriptionId: 1, subscriberId: row!.subscriberId, updateId: 77 };
        await askForDigest(db, asked, now);
        await askForDigest(db, asked, later(5_000));
        const rows = await listDeliveries(db);
        expect(rows.map((each) => [each.slot, each.priority, each.state, each.part, each.attempt])).toEqual([
          [slot, priorityOf.digest, "queued", 1, 1],
          [-77, priorityOf.asked, "queued", 1, 1],
        ]);
        expect(rows[0]!.chatId).toBe(101);
      }));

    it("is claimed by one, the longest due first, and again only after the lease", () =>
      withStore(open, async (db) => {
        const rows = await queue(db, 3);
        await db
          .update(deliveries)
          .set({ dueAt: later(-5_000) })
          .where(eq(deliveries.id, rows[2]!.id));
        expect((await claim(db, "a", now, 1)).map((row) => row.id)).toEqual([rows[2]!.id]);
        expect((await claim(db, "b")).map((row) => row.id)).toEqual([rows[0]!.id, rows[1]!.id]);
        expect(await claim(db, "c", later(leaseMs - 1_000))).toEqual([]);
        expect(await claim(db, "c", later(leaseMs))).toHaveLength(3);
      }));

    it("the most urgent go first, and later ones are not due", () =>
      withStore(open, async (db) => {
        expect(await urgentPriority(db, now)).toBeNull();
        expect(await nextQueuedAt(db)).toBeNull();
        const [row] = await queue(db, 1);
        const base = { kind: "broadcast", slot: 0, subscriberId: row!.subscriberId } as const;
        await enqueueDeliveries(db, [{ ...base, ref: 1, priority: priorityOf.breaking, dueAt: later(60_000) }], now);
        expect(await urgentPriority(db, now)).toBe(priorityOf.digest);
        expect(await urgentPriority(db, later(60_000))).toBe(priorityOf.breaking);
        await claim(db, "a");
        expect(await nextQueuedAt(db)).toEqual(later(60_000));
      }));

    it("comes with its reader, its subscription, and whether the one before was missed", () =>
      withStore(open, async (db) => {
        const [row] = await queue(db, 1);
        const before = { kind: "digest", ref: 1, slot: slot - 86_400, subscriberId: row!.subscriberId } as const;
        await db.insert(deliveries).values({ ...before, state: "skipped", error: tooLate, priority: 3, at: now });
        const [due] = await withReaders(db, await claim(db, "a"));
        expect(due!.subscriber!.chatId).toBe(101);
        expect(due!.subscription!.id).toBe(1);
        expect(due!.missedAt).toEqual(later(-86_400_000));
        // One that had nothing to tell told nobody of it either; one that came did.
        const between = { ...before, slot: slot - 3_600, priority: 3, at: now };
        await db.insert(deliveries).values({ ...between, state: "skipped", error: "nothing new" });
        expect((await withReaders(db, [due!]))[0]!.missedAt).toEqual(later(-86_400_000));
        await db.insert(deliveries).values({ ...between, slot: slot - 1_800, state: "sent" });
        expect((await withReaders(db, [due!]))[0]!.missedAt).toBeNull();
        await db.delete(subscribers);
        const [orphan] = await withReaders(db, [due!]);
        expect([orphan!.subscriber, orphan!.subscription]).toEqual([undefined, undefined]);
      }));
  });

  describe(`ledger on ${runtime}: what becomes of rows`, () => {
    it("sent: the message, what was shown, and the counts stand in one batch", () =>
      withStore(open, async (db) => {
        const rows = await queue(db, 2);
        await claim(db, "a");
        expect(await mark(db, rows, "a", [5, 6])).toEqual(new Set(rows.map((row) => row.id)));
        expect(await states(db)).toEqual(["sending", "sending"]);
        const sent: Outcome[] = rows.map(({ id }) => ({ id, state: "sent", messageId: 1_000 + id }));
        await settle(db, sent, { token: "a", now: later(2_000) });
        const [first] = await listDeliveries(db);
        expect(first).toMatchObject({
          state: "sent",
          messageId: 1_000 + rows[0]!.id,
          dueAt: null,
          error: "",
          body: null,
        });
        expect(await db.select().from(shown)).toHaveLength(4);
        expect(await readTally(db, { kind: "digest", slot })).toEqual({ sent: 2 });
        const [subscriber] = await db.select().from(subscribers);
        expect(subscriber!.digestsSeen).toBe(1);
      }));

    it("failed and given back: what was to be shown was not had", () =>
      withStore(open, async (db) => {
        const rows = await queue(db, 3);
        await db.insert(shown).values({ subscriberId: rows[0]!.subscriberId, articleId: 5, at: now, deliveryId: 99 });
        await claim(db, "a");
        await mark(db, rows, "a", [5, 6]);
        await settle(
          db,
          [
            { id: rows[0]!.id, state: "failed", error: "blocked" },
            { id: rows[1]!.id, state: "queued", dueAt: later(30_000), error: "retry after 30" },
            { id: rows[2]!.id, state: "unknown", error: "timeout" },
          ],
          { token: "a", now },
        );
        expect(await states(db)).toEqual(["failed", "queued", "unknown"]);
        const had = (await db.select().from(shown)).map((row) => [row.subscriberId, row.articleId]);
        // What an earlier delivery showed stays; an unknown one counts as had.
        expect(had).toEqual([[rows[0]!.subscriberId, 5], ...[5, 6].map((id) => [rows[2]!.subscriberId, id])]);
        expect(await readTally(db, { kind: "digest", slot })).toEqual({ failed: 1, unknown: 1 });
        expect(await claim(db, "b", later(29_000))).toEqual([]);
        expect(await claim(db, "b", later(30_000))).toHaveLength(1);
      }));

    it("who lost the lease sends nothing and settles nothing", () =>
      withStore(open, async (db) => {
        const rows = await queue(db, 1);
        await claim(db, "slow");
        await claim(db, "fast", later(leaseMs));
        expect(await mark(db, rows, "slow", [5])).toEqual(new Set());
        expect(await db.select().from(shown)).toEqual([]);
        await settle(db, [{ id: rows[0]!.id, state: "sent", messageId: 1 }], { token: "slow", now });
        expect(await states(db)).toEqual(["claimed"]);
        expect(await readTally(db, { kind: "digest", slot })).toEqual({});
      }));

    it("settling twice counts once", () =>
      withStore(open, async (db) => {
        const rows = await queue(db, 1);
        await claim(db, "a");
        await mark(db, rows, "a");
        const outcomes: Outcome[] = [{ id: rows[0]!.id, state: "sent", messageId: 1 }];
        await settle(db, outcomes, { token: "a", now });
        await settle(db, outcomes, { token: "a", now });
        expect(await readTally(db, { kind: "digest", slot })).toEqual({ sent: 1 });
      }));

    it("a crash while sending: unknown after the lease, had, and never sent again by itself", () =>
      withStore(open, async (db) => {
        const rows = await queue(db, 3);
        await claim(db, "a");
        await mark(db, rows.slice(0, 2), "a", [5]);
        expect(await recoverSending(db, later(leaseMs - 1_000))).toBe(0);
        expect(await recoverSending(db, later(leaseMs))).toBe(2);
        expect(await recoverSending(db, later(leaseMs))).toBe(0);
        expect(await states(db)).toEqual(["unknown", "unknown", "claimed"]);
        expect(await db.select().from(shown)).toHaveLength(2);
        expect(await readTally(db, { kind: "digest", slot })).toEqual({ unknown: 2 });
        expect((await claim(db, "b", later(leaseMs))).map((row) => row.id)).toEqual([rows[2]!.id]);
        expect(await listDeliveries(db, { state: "unknown" })).toHaveLength(2);
      }));

    it("parts: planned with the first one's sending, and of no use when it fails", () =>
      withStore(open, async (db) => {
        const rows = await queue(db, 2);
        await claim(db, "a");
        const parts = rows.map(({ subscriberId }, i) => {
          const part = { kind: "digest", ref: i + 1, slot, subscriberId, part: 2, body: "{}" } as const;
          return { ...part, priority: priorityOf.asked, dueAt: later(2_000) };
        });
        const bodies = new Map(rows.map(({ id }) => [id, `{"html":"${id}"}`]));
        const marked = rows.map((row) => ({ ...row, articleIds: [] }));
        await markSending(db, marked, { token: "a", now, leaseMs, parts, bodies });
        await settle(
          db,
          [
            { id: rows[0]!.id, state: "failed", error: "blocked" },
            { id: rows[1]!.id, state: "queued", dueAt: later(5_000), error: "" },
          ],
          { token: "a", now },
        );
        const list = await listDeliveries(db);
        expect(list.map((row) => [row.part, row.state, row.body])).toEqual([
          [1, "failed", null],
          [1, "queued", `{"html":"${rows[1]!.id}"}`],
          [2, "skipped", null],
          [2, "queued", "{}"],
        ]);
      }));

    it("is listed in slices, in order", () =>
      withStore(open, async (db) => {
        const rows = await queue(db, 5);
        const first = await listDeliveries(db, { limit: 3 });
        const rest = await listDeliveries(db, { afterId: first.at(-1)!.id, limit: 3 });
        expect([...first, ...rest].map((row) => row.id)).toEqual(rows.map((row) => row.id));
      }));
  });

  it(`stops on ${runtime} outlive a restart and are forgotten when they are over`, () =>
    withStore(open, async (db) => {
      await keepStop(db, { chatId: 0, until: later(5_500) });
      await keepStop(db, { chatId: 7, until: later(60_000) });
      await keepStop(db, { chatId: 7, until: later(30_000) });
      expect(await liveStops(db, later(5_000))).toEqual([
        { chatId: 0, until: later(6_000) },
        { chatId: 7, until: later(30_000) },
      ]);
      expect(await liveStops(db, later(6_000))).toEqual([{ chatId: 7, until: later(30_000) }]);
    }));
}
