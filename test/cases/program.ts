import { like } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newsUpTo } from "#runtime";
import { createIngest, incomingMax } from "../../src/jobs/ingest.ts";
import type { Playground } from "../../src/playground/playground.ts";
import type { Db } from "../../src/store/db.ts";
import { listDeliveries } from "../../src/store/deliveries.ts";
import { subscribers, subscriptions } from "../../src/store/schema.ts";
import { addReader } from "../support/readers.ts";
import { broadcastCases } from "./program-broadcast.ts";
import { createHands, eventually } from "./program-hands.ts";
import { newsCases } from "./program-news.ts";

/** The whole program, served by webhook: what its runtime calls is what happens. */
export type Running = {
  url: string;
  secret: string;
  playground: Playground;
  /** The program's database, beside the program. */
  readonly db: Db;
  /** The minute's end. */
  tick(): Promise<void>;
  /**
   * Ends the program as a power cut does, whatever it is doing, and starts it again on what it had written. By then
   * Telegram answers at once, however far away it was.
   */
  kill(): Promise<void>;
  close(): Promise<void>;
};

export const programToken = "77:TEST-TOKEN-OF-NOBODY";
/** What the playground's getMe says. */
export const programBot = { id: 77, is_bot: true, first_name: "tidings", username: "tidings_bot" };
export const editor = 501;
export const openMs = 60_000;

/** Readers that are due in the same minute. */
const crowd = 45;

/** What the program does as a whole, on every runtime: one running program for all cases, in order. */
export function programCases(runtime: string, open: () => Promise<Running>): void {
  let running: Running;

  beforeAll(async () => {
    running = await open();
    for (const id of [editor, 502, 503]) running.playground.addPerson({ id, firstName: `P${id}`, language: "zh" });
    const ingest = createIngest(running.db, () => new Date());
    const news = await newsUpTo(new Date());
    for (let n = 0; n < news.length; n += incomingMax) await ingest(news.slice(n, n + incomingMax));
  }, openMs);
  afterAll(() => running?.close(), openMs);

  const hands = createHands(() => running);
  const { said, texts, find, post, ask, press } = hands;

  describe(`the program on ${runtime}: the webhook`, () => {
    it("lets nobody in without the secret, whatever the body", async () => {
      for (const given of [null, "", "wrong", `${running.secret}x`]) {
        expect((await post("not even JSON", given)).status).toBe(401);
      }
      expect((await fetch(`${running.url}/telegram`)).status).toBe(404);
      expect((await post("{")).status).toBe(400);
      expect((await post(JSON.stringify({ update_id: "7" }))).status).toBe(400);
    });

    it("does a redelivered update once, and answers what Telegram sends", async () => {
      running.playground.acts.start(502);
      await find(502, /每天一条消息/);
      const before = texts(502).length;
      const body = JSON.stringify(commandFrom(502, { id: 900_001, text: "/id" }));
      const sent = await Promise.all([post(body), post(body), post(body)]);
      expect(sent.map((response) => response.status)).toEqual([200, 200, 200]);
      await find(502, /502/);
      expect((await post(body)).status).toBe(200);
      await ask(502, "你好", /告诉你当天大事/);
      expect(texts(502)).toHaveLength(before + 2);
    });

    it("takes updates of kinds it does not know, and broken ones, and goes on", async () => {
      const odd = [
        { update_id: 910_001, business_message: { message_id: 1, chat: { id: 5 } } },
        { update_id: 910_003, message: null },
        { update_id: 910_004, message: { message_id: "x", chat: {}, text: 7 } },
        { update_id: 910_005, something_new: { deep: [{}] } },
      ];
      for (const update of odd) expect((await post(JSON.stringify(update))).status).toBe(200);
      await ask(502, "/id", /502/);
      const health = () =>
        fetch(`${running.url}/health`).then((told) => told.json() as Promise<Record<string, unknown>>);
      await eventually("nothing to wait", async () => ((await health()).updatesWaiting === 0 ? true : undefined));
      expect(await health()).toMatchObject({ status: "ok", way: "webhook", bot: { id: 77 } });
    });
  });

  describe(`the program on ${runtime}: a reader's way`, () => {
    it("two taps from START to the first news, and a search in two characters", async () => {
      running.playground.acts.start(503);
      await press(503, /每天 08:00/);
      await find(503, /^.+[早午晚]报/);
      await ask(503, "海堤", /^🔍.*海堤/);
      await press(503, /^2$/);
      await find(503, /家媒体/);
    });

    it("pages for a browser", async () => {
      const home = await (await fetch(`${running.url}/?lang=zh`)).text();
      expect(home).toContain("家媒体");
      expect(await (await fetch(`${running.url}/search?lang=zh&q=${encodeURIComponent("海堤")}`)).text()).toContain(
        "<mark>",
      );
      expect((await fetch(`${running.url}/nothing`)).status).toBe(404);
    });

    it("all who are due in a minute get theirs once, within Telegram's limits, however often the minute ends", async () => {
      const now = new Date();
      const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
      for (let chatId = 1_000; chatId < 1_000 + crowd; chatId += 1) {
        running.playground.addPerson({ id: chatId, firstName: `P${chatId}`, started: true });
        const minuteOfDay = minute.getUTCHours() * 60 + minute.getUTCMinutes();
        await addReader(running.db, { chatId, now, slot: minute, minute: minuteOfDay, timezone: "UTC" });
      }
      const chats = Array.from({ length: crowd }, (_, n) => 1_000 + n);
      await Promise.all([running.tick(), running.tick()]);
      await eventually("everybody's digest", () => (chats.every((chat) => said(chat).length > 0) ? true : undefined));
      await running.tick();
      await eventually("the ledger's end", async () => {
        const rows = await listDeliveries(running.db);
        return rows.every((row) => !["queued", "claimed", "sending"].includes(row.state)) ? true : undefined;
      });
      expect(chats.map((chat) => said(chat).length)).toEqual(chats.map(() => 1));
      const rows = (await listDeliveries(running.db)).filter((row) => chats.includes(row.chatId ?? 0));
      expect(rows).toHaveLength(crowd);
      expect(rows.every((row) => row.state === "sent")).toBe(true);
      expect(running.playground.counters.answers.get(429) ?? 0).toBe(0);
      const ofCrowd = like(subscriptions.origin, "test %");
      const next = await running.db.selectDistinct({ at: subscriptions.dueAt }).from(subscriptions).where(ofCrowd);
      expect(next).toEqual([{ at: new Date(minute.getTime() + 24 * 3_600_000) }]);
    });

    it("/forget leaves nothing", async () => {
      running.playground.acts.say(503, 503, "/forget");
      await press(503, /全部删掉/);
      await eventually("nothing to be left", async () => {
        const known = await running.db.select({ chatId: subscribers.chatId }).from(subscribers);
        return known.some((each) => each.chatId === 503) ? undefined : true;
      });
      const left = await running.db.select({ id: subscriptions.id }).from(subscriptions);
      expect(left).toHaveLength(crowd);
    });

    it("takes no body that is too large", async () => {
      expect((await post("x".repeat(2 * 1024 * 1024))).status).toBe(413);
    });
  });

  newsCases(runtime, hands);
  broadcastCases(runtime, hands);
}

function commandFrom(chat: number, { id, text }: { id: number; text: string }) {
  return {
    update_id: id,
    message: {
      ...{ message_id: id, date: 1_700_000_000, text },
      chat: { id: chat, type: "private", first_name: "Ann" },
      from: { id: chat, is_bot: false, first_name: "Ann", language_code: "zh" },
      entities: [{ type: "bot_command", offset: 0, length: text.length }],
    },
  };
}
