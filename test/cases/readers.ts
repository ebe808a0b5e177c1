import { describe, expect, it } from "vitest";
import type { Db } from "../../src/store/db.ts";
import { claimOwnership, offerOwnerLink, ownersOf } from "../../src/store/owners.ts";
import { asks, pages, searches, subscribers, subscriptions, visits } from "../../src/store/schema.ts";
import { countKept, findPage, findSearch, keepPage, keepSearch, pruneSearches } from "../../src/store/searches.ts";
import {
  changeSubscriber,
  ensureSubscriber,
  forgetChat,
  moveChat,
  pruneStopped,
  setReach,
  subscribersOfChat,
} from "../../src/store/subscribers.ts";
import {
  addSubscription,
  changeSubscription,
  findSubscription,
  pauseOpenEnd,
  pauseSubscription,
  reschedule,
} from "../../src/store/subscriptions.ts";
import { closeAsk, countVisit, openAsk, rememberAsk } from "../../src/store/visits.ts";
import { type OpenStore, withStore } from "../support/store.ts";

const now = new Date("2026-11-22T06:32:00Z");
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);

function reader(db: Db, chatId: number, threadId = 0) {
  const fresh = { chatId, threadId, kind: "private" as const, title: "", language: "zh" as const };
  return ensureSubscriber(db, { ...fresh, newsLanguages: "zh", timezone: "Asia/Shanghai" }, now);
}

const daily = { minute: 480, rule: "daily", count: 8, silent: false };

/** What the store promises about readers, whatever database it stands on. */
export function readersCases(open: OpenStore): void {
  const test = (name: string, run: (db: Db) => Promise<void>) => it(name, () => withStore(open, run));

  describe("subscribers", () => {
    test("are one a chat and topic, however often they are made", async (db) => {
      const made = await Promise.all([reader(db, 1), reader(db, 1), reader(db, 1, 7)]);
      expect(made[0]!.id).toBe(made[1]!.id);
      expect(made[2]!.id).not.toBe(made[0]!.id);
    });

    test("stay stopped when the chat is blocked and unblocked; others rest and return", async (db) => {
      const stopped = await reader(db, 1);
      await changeSubscriber(db, stopped.id, { state: "stopped" });
      await reader(db, 1, 7);
      await setReach(db, 1, { state: "resting", note: "kicked", now });
      expect((await subscribersOfChat(db, 1)).map((each) => each.state)).toEqual(["stopped", "resting"]);
      await setReach(db, 1, { state: "active", note: "", now });
      expect((await subscribersOfChat(db, 1)).map((each) => each.state)).toEqual(["stopped", "active"]);
    });

    test("move with their group, and never onto one that is there", async (db) => {
      await reader(db, -1);
      await reader(db, -1, 7);
      await reader(db, -100, 7);
      await moveChat(db, -1, -100);
      await moveChat(db, -1, -100);
      expect((await subscribersOfChat(db, -100)).map((each) => each.threadId)).toEqual([0, 7]);
      expect((await subscribersOfChat(db, -1)).map((each) => each.threadId)).toEqual([7]);
    });

    test("who left go after thirty days, with everything of theirs", async (db) => {
      const left = await reader(db, 1);
      await addSubscription(db, left, { fresh: { ...daily, origin: "a" }, now });
      await changeSubscriber(db, left.id, { state: "stopped", stateAt: now });
      await reader(db, 2);
      expect(await pruneStopped(db, later(29))).toBe(0);
      expect(await pruneStopped(db, later(31))).toBe(1);
      expect(await db.select().from(subscriptions)).toEqual([]);
      expect((await db.select().from(subscribers)).map((each) => each.chatId)).toEqual([2]);
    });

    test("are forgotten wholly", async (db) => {
      const own = await reader(db, 1);
      await addSubscription(db, own, { fresh: { ...daily, origin: "a" }, now });
      await keepSearch(db, { query: "海堤", chatId: 1, userId: 1 }, now);
      await keepPage(db, { chatId: 1, messageId: 5, body: "{}" }, now);
      await rememberAsk(db, { chatId: 1, userId: 1, what: "search" }, now);
      await countVisit(db, "u1", now);
      await forgetChat(db, 1);
      const left = [subscribers, subscriptions, searches, pages, asks, visits].map((table) => db.select().from(table));
      expect((await Promise.all(left)).flat()).toEqual([]);
    });
  });

  describe("subscriptions", () => {
    test("are made once for their origin", async (db) => {
      const own = await reader(db, 1);
      const first = await addSubscription(db, own, { fresh: { ...daily, origin: "a" }, now });
      const again = await addSubscription(db, own, { fresh: { ...daily, minute: 500, origin: "a" }, now });
      expect(again).toEqual(first);
    });

    test("follow their subscriber's zone and pauses; one paused by itself stays so", async (db) => {
      const own = await reader(db, 1);
      const runs = await addSubscription(db, own, { fresh: { ...daily, origin: "a" }, now });
      const rests = await addSubscription(db, own, { fresh: { ...daily, minute: 1200, origin: "b" }, now });
      await pauseSubscription(db, rests.id);
      const dueOf = async (id: number) => (await findSubscription(db, id))?.subscription.dueAt ?? null;
      expect(await reschedule(db, { ...own, timezone: "Europe/London" }, now)).toEqual(
        new Date("2026-11-22T08:00:00Z"),
      );
      expect(await dueOf(rests.id)).toBeNull();
      await reschedule(db, { ...own, pausedUntil: pauseOpenEnd }, now);
      expect(await dueOf(runs.id)).toBeNull();
      await changeSubscription(
        db,
        (await findSubscription(db, runs.id).then((found) => ({
          ...found!,
          subscriber: { ...own, pausedUntil: pauseOpenEnd },
        })))!,
        { change: { minute: 490 }, now },
      );
      expect(await dueOf(runs.id)).toBeNull();
      await reschedule(db, { ...own, pausedUntil: later(7) }, now);
      expect(await dueOf(runs.id)).toEqual(new Date("2026-11-30T00:10:00Z"));
      expect(await reschedule(db, { ...own, state: "stopped" }, now)).toBeNull();
      expect(await dueOf(runs.id)).toBeNull();
      await reschedule(db, own, now);
      expect(await dueOf(runs.id)).toEqual(new Date("2026-11-23T00:10:00Z"));
      expect(await dueOf(rests.id)).toBeNull();
    });
  });

  describe("searches, pages and questions", () => {
    test("a token is the same for the same words, and means nothing in another chat", async (db) => {
      const token = await keepSearch(db, { query: "海堤", chatId: 1, userId: 1 }, now);
      expect(await keepSearch(db, { query: "海堤", chatId: 1, userId: 1 }, later(1))).toBe(token);
      expect(await keepSearch(db, { query: "海堤", chatId: 2, userId: 1 }, now)).not.toBe(token);
      expect(token).toMatch(/^[0-9a-z]{10,11}$/);
      expect(await findSearch(db, token, 1)).toMatchObject({ query: "海堤" });
      expect(await findSearch(db, token, 2)).toBeUndefined();
    });

    test("old ones go, young ones stay", async (db) => {
      await keepSearch(db, { query: "old", chatId: 1, userId: 1 }, now);
      await keepPage(db, { chatId: 1, messageId: 1, body: "old" }, now);
      await keepSearch(db, { query: "young", chatId: 1, userId: 1 }, later(2));
      await keepPage(db, { chatId: 1, messageId: 2, body: "young" }, later(2));
      await pruneSearches(db, later(1));
      expect(await countKept(db, 1)).toEqual({ searches: 1, pages: 1 });
      expect(await findPage(db, 1, 1)).toBeUndefined();
      expect(await findPage(db, 1, 2)).toBe("young");
    });

    test("a question is open for ten minutes, the newest one only", async (db) => {
      await rememberAsk(db, { chatId: 1, userId: 1, what: "zone" }, now);
      await rememberAsk(db, { chatId: 1, userId: 1, what: "time" }, now);
      expect(await openAsk(db, 1, 1, now)).toBe("time");
      expect(await openAsk(db, 1, 2, now)).toBeUndefined();
      expect(await openAsk(db, 1, 1, new Date(now.getTime() + 11 * 60_000))).toBeUndefined();
      await closeAsk(db, 1, 1);
      expect(await openAsk(db, 1, 1, now)).toBeUndefined();
    });

    test("visits are counted by the minute", async (db) => {
      expect([
        await countVisit(db, "u1", now),
        await countVisit(db, "u1", now),
        await countVisit(db, "u2", now),
      ]).toEqual([1, 2, 1]);
      expect(await countVisit(db, "u1", new Date(now.getTime() + 60_000))).toBe(1);
    });
  });

  describe("owners", () => {
    test("two who open the link at once: one of them", async (db) => {
      await offerOwnerLink(db, "key", now);
      const claims = [7, 8, 9].map((userId) => claimOwnership(db, { key: "key", userId, now }));
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
      expect(await ownersOf(db)).toHaveLength(1);
      expect(await claimOwnership(db, { key: "key", userId: 7, now })).toBe(false);
      await offerOwnerLink(db, "second", now);
      await claimOwnership(db, { key: "second", userId: 99, now });
      expect(await ownersOf(db)).toHaveLength(2);
    });
  });
}
