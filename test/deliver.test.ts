import { Api } from "grammy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deliver } from "../src/jobs/deliver.ts";
import type { Composer } from "../src/jobs/deliver-prepare.ts";
import { TELEGRAM_FLOOD } from "../src/playground/flood.ts";
import { askForDigest, enqueueDeliveries, listDeliveries, priorityOf, tooLate } from "../src/store/deliveries.ts";
import { shown, subscribers, subscriptions } from "../src/store/schema.ts";
import { subscriberById } from "../src/store/subscribers.ts";
import { eventually } from "./support/eventually.ts";
import { composePlain, openSender, outgoing, type Sender, type SenderOptions, token } from "./support/sender.ts";

let sender: Sender;
beforeEach(async () => {
  sender = await openSender();
});
afterEach(() => sender.close());

async function reopen(options: SenderOptions) {
  await sender.close();
  sender = await openSender(options);
}

const run = (compose: Composer = composePlain) => deliver(sender.app, { compose });
const ended = async () => (await listDeliveries(sender.db)).map((row) => [row.chatId, row.state, row.error]);
const state = async (id: number) => (await subscriberById(sender.db, id))!.state;

describe("delivering", () => {
  it("each chat gets its own, once, and the ledger says so", async () => {
    for (let chatId = 1; chatId <= 90; chatId += 1) await sender.reader({ chatId });
    await Promise.all([run(), run()]);
    await run();
    const rows = await listDeliveries(sender.db);
    for (const row of rows) {
      expect(sender.texts(row.chatId!)).toEqual([`digest for ${row.chatId}`]);
      const [message] = sender.playground.botMessages(row.chatId!);
      expect(row).toMatchObject({ state: "sent", messageId: message!.message_id, error: "" });
    }
    expect(rows).toHaveLength(90);
    expect(await sender.db.select().from(shown)).toHaveLength(180);
    expect(sender.playground.counters.answers.get(429)).toBeUndefined();
  });

  it("keeps Telegram's limits without a single 429", async () => {
    await reopen({ rate: 30, flood: TELEGRAM_FLOOD });
    for (let chatId = 1; chatId <= 75; chatId += 1) await sender.reader({ chatId });
    const start = performance.now();
    await run();
    const seconds = (performance.now() - start) / 1000;
    expect(sender.playground.counters.answers.get(429)).toBeUndefined();
    expect(sender.playground.counters.sent).toBe(75);
    expect(seconds).toBeGreaterThan(2.2);
  });

  it("nothing new is skipped, and several parts come one after the other", async () => {
    const { subscriberId } = await sender.reader({ chatId: 1 });
    await sender.reader({ chatId: 2 });
    await run(async (due) => (due.subscriber.chatId === 2 ? [] : [outgoing("one", [1]), outgoing("two", [2])]));
    expect(sender.texts(1)).toEqual(["one", "two"]);
    expect(sender.texts(2)).toEqual([]);
    const rows = (await listDeliveries(sender.db)).map((row) => [row.chatId, row.part, row.state, row.error]);
    expect(rows).toEqual([
      [1, 1, "sent", ""],
      [2, 1, "skipped", "nothing new"],
      [1, 2, "sent", ""],
    ]);
    const had = await sender.db.select().from(shown);
    expect(had.map((row) => [row.subscriberId, row.articleId])).toEqual([
      [subscriberId, 1],
      [subscriberId, 2],
    ]);
  });

  it("what was removed or stopped is skipped; what was asked by hand is sent", async () => {
    await sender.reader({ chatId: 1 });
    const stopped = await sender.reader({ chatId: 2, state: "stopped" });
    await askForDigest(sender.db, { ...stopped, updateId: 5 }, new Date());
    await sender.db.delete(subscriptions);
    await run();
    expect(await ended()).toEqual([
      [1, "skipped", "the subscription was removed"],
      [2, "skipped", "the subscriber is stopped"],
      [2, "sent", ""],
    ]);
  });

  it("nothing goes to who deleted everything", async () => {
    await sender.reader({ chatId: 1 });
    await sender.db.delete(subscribers);
    await run();
    expect(await ended()).toEqual([[null, "skipped", "the subscriber left"]]);
  });

  it("a digest whose time is over is not sent any more", async () => {
    const now = new Date();
    const { subscriberId, subscriptionId: ref } = await sender.reader({ chatId: 1, queued: false });
    const slot = Math.floor(now.getTime() / 1000) - 7 * 3_600;
    const row = { kind: "digest", ref, slot, subscriberId, priority: priorityOf.digest, dueAt: now } as const;
    await enqueueDeliveries(sender.db, [row], now);
    await sender.reader({ chatId: 2, pausedUntil: new Date(now.getTime() + 60_000) });
    await run();
    expect(await ended()).toEqual([
      [1, "skipped", tooLate],
      [2, "skipped", "paused"],
    ]);
  });

  it("a breaking item overtakes a running digest", async () => {
    await reopen({ rate: 40 });
    for (let chatId = 1; chatId <= 40; chatId += 1) await sender.reader({ chatId });
    const order: string[] = [];
    sender.playground.listen((event) => {
      if (event.type === "message") order.push(event.message.text ?? "");
    });
    const running = run(async (due) => [outgoing(due.kind)]);
    await eventually("some digests", () => (order.length > 5 ? true : undefined));
    const now = new Date();
    const rows = [1, 2, 3].map((n) => {
      const row = { kind: "broadcast", ref: 9, slot: 0, subscriberId: 40 - n } as const;
      return { ...row, priority: priorityOf.breaking, dueAt: now };
    });
    const before = order.length;
    await enqueueDeliveries(sender.db, rows, now);
    await running;
    const positions = order.flatMap((text, i) => (text === "broadcast" ? [i - before] : []));
    expect(positions).toHaveLength(3);
    // Half a second of work at the most goes before it.
    expect(Math.max(...positions)).toBeLessThan(20);
    expect(order).toHaveLength(43);
  });

  it("asked to stop, it ends what is in flight and leaves the rest queued", async () => {
    await reopen({ rate: 40, latencyMs: 50 });
    for (let chatId = 1; chatId <= 40; chatId += 1) await sender.reader({ chatId });
    const stopping = new AbortController();
    const running = deliver(sender.app, { compose: composePlain, signal: stopping.signal });
    await eventually("some digests", () => (sender.playground.counters.sent > 5 ? true : undefined));
    stopping.abort();
    await running;
    const counts = Object.groupBy(await listDeliveries(sender.db), (row) => row.state);
    expect(Object.keys(counts).sort()).toEqual(["queued", "sent"]);
    expect(counts.sent).toHaveLength(sender.playground.counters.sent);
  });
});

describe("what Telegram refuses", () => {
  it("who blocked it rests, who is gone is gone, and nobody else is touched", async () => {
    const blocked = await sender.reader({ chatId: 1 });
    const fine = await sender.reader({ chatId: 2 });
    const gone = await sender.reader({ chatId: 3 });
    sender.playground.acts.block(1);
    sender.playground.fault({ kind: "refuse", chatId: 3, description: "Forbidden: user is deactivated" });
    await run();
    expect(await ended()).toEqual([
      [1, "failed", "Forbidden: bot was blocked by the user"],
      [2, "sent", ""],
      [3, "failed", "Forbidden: user is deactivated"],
    ]);
    expect(await Promise.all([blocked, fine, gone].map((each) => state(each.subscriberId)))).toEqual([
      "resting",
      "active",
      "gone",
    ]);
    expect((await sender.db.select().from(shown)).map((row) => row.subscriberId)).toEqual([2, 2]);
  });

  it("retry_after: the chat waits, others go on, all come once", async () => {
    for (let chatId = 1; chatId <= 20; chatId += 1) await sender.reader({ chatId });
    for (const chatId of [3, 12]) sender.playground.fault({ kind: "flood", chatId, retryAfter: 1 });
    await run();
    for (let chatId = 1; chatId <= 20; chatId += 1) expect(sender.texts(chatId)).toEqual([`digest for ${chatId}`]);
    expect(sender.playground.counters.answers.get(429)).toBe(2);
  });

  it("a stop of everybody: nothing is sent in it, then all of it", async () => {
    await reopen({ rate: 30 });
    for (let chatId = 1; chatId <= 40; chatId += 1) await sender.reader({ chatId });
    sender.playground.fault({ kind: "flood", retryAfter: 2, times: 4, after: 10 });
    const sentAt: number[] = [];
    sender.playground.listen((event) => {
      if (event.type === "message") sentAt.push(performance.now());
    });
    await run();
    expect(sentAt).toHaveLength(40);
    const gaps = sentAt.slice(1).map((at, i) => at - sentAt[i]!);
    expect(Math.max(...gaps)).toBeGreaterThan(1_500);
  });

  it("an upgraded group: the message goes to its new id, and so does everything after", async () => {
    sender.playground.addChat({ id: -50, type: "group", title: "Group", bot: "member" });
    const { subscriberId } = await sender.reader({ chatId: -50 });
    sender.playground.acts.upgradeGroup(-50, -1_000_000_000_050);
    await run();
    expect(sender.texts(-1_000_000_000_050)).toContain("digest for -50");
    expect((await subscriberById(sender.db, subscriberId))!.chatId).toBe(-1_000_000_000_050);
    expect((await ended()).map((row) => row[1])).toEqual(["sent"]);
  });

  it("a closed topic rests alone, and whoever set it up hears of it once", async () => {
    sender.playground.addPerson({ id: 8, firstName: "Admin", started: true });
    sender.playground.addChat({
      id: -1_000_000_000_060,
      type: "supergroup",
      title: "Forum",
      isForum: true,
      bot: "administrator",
      members: [{ id: 8, status: "creator" }],
    });
    const threadId = sender.playground.addTopic(-1_000_000_000_060, "Tech", 8);
    const topic = await sender.reader({ chatId: -1_000_000_000_060, threadId });
    await sender.db.update(subscribers).set({ setUpBy: 8, title: "Tech" });
    sender.playground.fault({ kind: "refuse", code: 400, description: "Bad Request: TOPIC_CLOSED" });
    await run();
    expect(await state(topic.subscriberId)).toBe("resting");
    expect(sender.texts(8)).toEqual(['The topic "Tech" is closed; its digest rests until it opens']);
  });

  it("markup that Telegram cannot parse goes as plain text, too many links go without", async () => {
    await sender.reader({ chatId: 1 });
    await sender.reader({ chatId: 2 });
    sender.playground.fault({ kind: "refuse", chatId: 2, code: 400, description: "Bad Request: ENTITIES_TOO_LONG" });
    await run(async (due) => [
      outgoing(due.subscriber.chatId === 1 ? "<p>one &amp; two</p>" : '<a href="https://a.example.org">link</a>'),
    ]);
    expect(sender.texts(1)).toEqual(["one & two"]);
    expect(sender.texts(2)).toEqual(["link"]);
    expect(sender.playground.botMessages(2)[0]!.entities ?? []).toEqual([]);
  });

  it("our own mistakes are logged and not repeated", async () => {
    await sender.reader({ chatId: 1 });
    await run(async () => [outgoing("")]);
    expect((await ended())[0]![1]).toBe("failed");
    expect(sender.logged.join()).toContain("Telegram does not take what we made");
  });

  it("a wrong token stops all work and loses nothing", async () => {
    for (let chatId = 1; chatId <= 5; chatId += 1) await sender.reader({ chatId });
    const apiRoot = (sender.app.api.options as { apiRoot: string }).apiRoot;
    const app = { ...sender.app, api: new Api("1000000002:another-token-0000000000", { apiRoot }) };
    await deliver(app, { compose: composePlain });
    expect((await ended()).every(([, each]) => each === "queued")).toBe(true);
    expect(sender.logged.join()).toContain("token");
  });
});

describe("networks", () => {
  it("a gateway's page, a reset, a timeout: unknown, and never sent again by itself", async () => {
    await reopen({ timeoutSeconds: 1 });
    for (let chatId = 1; chatId <= 6; chatId += 1) await sender.reader({ chatId });
    sender.playground.fault({ kind: "gateway", chatId: 1, delivered: true });
    sender.playground.fault({ kind: "gateway", chatId: 2 });
    sender.playground.fault({ kind: "reset", chatId: 3, delivered: true });
    sender.playground.fault({ kind: "slow", chatId: 4, ms: 2_000 });
    await run();
    await run();
    expect((await ended()).map((row) => row[1])).toEqual(["unknown", "unknown", "unknown", "unknown", "sent", "sent"]);
    expect([1, 2, 3].map((chatId) => sender.texts(chatId).length)).toEqual([1, 0, 1]);
    expect(await sender.db.select().from(shown)).toHaveLength(12);
  });

  it("Telegram out of reach: all wait, and all come when it is back", async () => {
    for (let chatId = 1; chatId <= 30; chatId += 1) await sender.reader({ chatId });
    const away = new Api(token, { apiRoot: "http://127.0.0.1:9" });
    const back = sender.app.api;
    const app = { ...sender.app, api: away };
    const running = deliver(app, { compose: composePlain });
    await new Promise((resolve) => setTimeout(resolve, 500));
    app.api = back;
    await running;
    expect(sender.playground.counters.sent).toBe(30);
    expect((await ended()).every(([, each]) => each === "sent")).toBe(true);
  });
});
