import { type ChildProcess, fork } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { Api } from "grammy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHttp } from "../src/http.ts";
import { deliver } from "../src/jobs/deliver.ts";
import type { Composer } from "../src/jobs/deliver-prepare.ts";
import { createUpdateHandler } from "../src/jobs/handle-update.ts";
import { planDigests } from "../src/jobs/plan-digests.ts";
import { asUpdate, createReceiver } from "../src/jobs/receive.ts";
import { watchClock } from "../src/jobs/watch-clock.ts";
import { silentLog } from "../src/log.ts";
import { addSource } from "../src/store/add-source.ts";
import { tooLate } from "../src/store/deliveries.ts";
import { endLeases } from "../src/store/deliveries-settle.ts";
import { deliveries, readings, subscriptions } from "../src/store/schema.ts";
import { openSqlite, type SqliteStore } from "../src/store/sqlite.ts";
import { createGate } from "../src/telegram/gate.ts";
import { tempFolder } from "./support/host.ts";
import { addReader } from "./support/readers.ts";
import { composePlain, openSender, outgoing, queueDigest, type Sender, token } from "./support/sender.ts";

const dayMs = 86_400_000;
const chats = 120;
const secret = "a-secret-of-a-test";

let folder: ReturnType<typeof tempFolder>;
let sender: Sender;
let store: SqliteStore;
/** Milliseconds by which the program's clock is ahead. */
let aheadMs: number;
let app: Sender["app"];

beforeEach(async () => {
  folder = tempFolder();
  sender = await openSender({ latencyMs: 5 });
  aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);
  const file = join(folder.path, "live.db");
  const filling = openSqlite(file, { durability: "normal" });
  for (let chatId = 1; chatId <= chats; chatId += 1) {
    sender.playground.addPerson({ id: chatId, firstName: `P${chatId}`, started: true });
    await queueDigest(filling.db, { chatId, now: now() });
  }
  filling.close();
  store = openSqlite(file);
  app = { ...sender.app, db: store.db, now, gate: createGate({ rate: 100_000, now }) };
});
afterEach(async () => {
  store.close();
  await sender.close();
  folder.remove();
});

const run = (inFlight = 40) => deliver(app, { compose: composePlain, inFlight });
const rows = () => store.db.select().from(deliveries);

/** How many messages each chat got, and who got none though nobody lists them. */
async function account() {
  const listed = new Set((await rows()).filter((row) => row.state === "unknown").map((row) => row.subscriberId));
  const got = Array.from({ length: chats }, (_, n) => sender.texts(n + 1).length);
  return {
    twice: got.filter((n) => n > 1).length,
    lost: got.flatMap((n, i) => (n === 0 && !listed.has(i + 1) ? [i + 1] : [])),
    unknown: listed.size,
  };
}

describe("the disk is full", () => {
  const fill = (room: number) => {
    const used = store.client.pragma("page_count", { simple: true }) as number;
    store.client.pragma(`max_page_count = ${used + room}`);
  };
  const empty = () => store.client.pragma("max_page_count = 1000000");

  it("nothing goes out that cannot be written down; with room again all come, once", async () => {
    fill(4);
    const articleIds = Array.from({ length: 40 }, (_, n) => 1_873_000_000_000_000 + n);
    const compose: Composer = async (due) => [outgoing(`digest for ${due.subscriber.chatId}`, articleIds)];
    let reason = "";
    const running = deliver(app, { compose, inFlight: 40 }).catch((error) => {
      reason = String(error);
    });
    await Promise.race([running, after(2_000)]);
    const state = new Map((await rows()).map((row) => [row.subscriberId, row.state]));
    for (let chatId = 1; chatId <= chats; chatId += 1) {
      if (sender.texts(chatId).length > 0) expect(["sending", "sent"]).toContain(state.get(chatId));
    }
    expect(sender.playground.counters.sent).toBeLessThan(chats);
    empty();
    await running;
    expect(reason).toContain("full");
    await endLeases(store.db, app.now());
    await run();
    expect(await account()).toMatchObject({ twice: 0, lost: [] });
  });

  it("an update that cannot be kept is Telegram's to bring again, and is then handled once", async () => {
    const handled: number[] = [];
    const handle = createUpdateHandler(app, { handleUpdate: async (update) => void handled.push(update.update_id) });
    const jobs: Promise<void>[] = [];
    const enqueue = (job: { kind: string; id?: number }) => void jobs.push(handle(job.id!));
    const http = createHttp({
      webhookSecret: () => secret,
      asUpdate,
      receive: createReceiver({ db: store.db, now: app.now, enqueue }),
      health: async () => ({ status: "ok", problems: [] }),
      site: { db: () => undefined, now: app.now, language: "en", timezone: "UTC" },
      onError: () => undefined,
    });
    const post = (n: number) =>
      http.request("/telegram", {
        method: "POST",
        headers: { "x-telegram-bot-api-secret-token": secret },
        body: JSON.stringify({ update_id: n, message: { text: "x".repeat(7_000), chat: { id: 1 } } }),
      });
    fill(1);
    const statuses: number[] = [];
    for (let n = 1; n <= 10; n += 1) statuses.push((await post(n)).status);
    expect(statuses).toContain(503);
    empty();
    for (let n = 1; n <= 10; n += 1) expect((await post(n)).status).toBe(200);
    await Promise.all(jobs);
    expect(handled.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe("another process holds the database", () => {
  let other: ChildProcess;
  beforeEach(async () => {
    other = fork(join(import.meta.dirname, "support/lock-database.ts"), [join(folder.path, "live.db")]);
    await said(other);
  });
  afterEach(() => {
    other.disconnect();
  });
  const hold = (ms: number) => {
    const held = said(other);
    other.send(ms);
    return held;
  };

  it("for a second: it is waited for", async () => {
    await hold(1_000);
    await run();
    expect(await account()).toEqual({ twice: 0, lost: [], unknown: 0 });
  });

  it("for longer than is waited: what was sent is written down afterwards, the rest is sent", async () => {
    store.close();
    store = openSqlite(join(folder.path, "live.db"), { waitMs: 100 });
    app = { ...app, db: store.db };
    const first = new Promise<void>((resolve) => {
      sender.playground.listen((event) => {
        if (event.type === "message") resolve();
      });
    });
    const running = run().catch(() => "failed");
    await first;
    await hold(1_500);
    await running;
    await said(other);
    await endLeases(store.db, app.now());
    await run();
    expect(await account()).toEqual({ twice: 0, lost: [], unknown: 0 });
    expect(sender.logged).toContain("what was sent cannot be written down yet");
  });
});

describe("Telegram is away", () => {
  it("for an hour: all come when it is back, once; for seven, they are skipped as too late", async () => {
    const back = app.api;
    app.api = new Api(token, { apiRoot: "http://127.0.0.1:9" });
    const running = run();
    await after(400);
    aheadMs = 3_600_000;
    await after(400);
    app.api = back;
    aheadMs += 60_000;
    await running;
    expect(await account()).toEqual({ twice: 0, lost: [], unknown: 0 });

    const { subscriberId } = await queueDigest(store.db, { chatId: 9_001, now: new Date() });
    aheadMs = 7 * 3_600_000;
    await run();
    const late = (await rows()).find((row) => row.subscriberId === subscriberId);
    expect(late).toMatchObject({ state: "skipped", error: tooLate });
  });

  it("answering with a gateway's page: what it swallows is listed, and is not everything", async () => {
    const gateway = createServer((_, answer) => {
      answer.writeHead(502, { "content-type": "text/html" }).end("<html><h1>502 Bad Gateway</h1></html>");
    });
    await new Promise<void>((done) => gateway.listen(0, "127.0.0.1", () => done()));
    const back = app.api;
    app.api = new Api(token, { apiRoot: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}` });
    const running = run(20);
    // An hour of it, in steps in which each stop ends.
    for (let n = 0; n < 12; n += 1) {
      await after(60);
      aheadMs += 300_000;
    }
    app.api = back;
    aheadMs += 60_000;
    await running;
    gateway.close();
    const { twice, lost, unknown } = await account();
    expect({ twice, lost }).toEqual({ twice: 0, lost: [] });
    // Those in flight when it began, and one at a time after that.
    expect(unknown).toBeGreaterThan(4);
    expect(unknown).toBeLessThanOrEqual(20 + 13);
    expect(sender.playground.counters.sent).toBe(chats - unknown);
  });
});

describe("the clock jumps", () => {
  // Only these tests' own readers, whatever the time of the day.
  beforeEach(async () => {
    await store.db.delete(deliveries);
    await store.db.delete(subscriptions);
  });

  it("back and forth: each digest of each day comes once at the most, and the next day's comes", async () => {
    const start = Math.floor(Date.now() / 60_000) * 60_000;
    const readers = [9_001, 9_002, 9_003];
    for (const chatId of readers) {
      sender.playground.addPerson({ id: chatId, firstName: "P", started: true });
      const minute = new Date(start).getUTCHours() * 60 + new Date(start).getUTCMinutes();
      await addReader(store.db, { chatId, now: new Date(start), slot: new Date(start), minute });
    }
    for (const jumpMs of [0, 60_000, -dayMs, dayMs, 0, dayMs + 1_000, -7 * dayMs, 3_600_000, dayMs, 2 * dayMs, 0]) {
      aheadMs = jumpMs;
      await planDigests({ ...app, log: silentLog, enqueue: () => undefined });
      await run();
    }
    const sent = (await rows()).filter((row) => row.state === "sent");
    const keys = sent.map((row) => `${row.slot} ${row.subscriberId}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const chatId of readers) expect(sender.texts(chatId)).toHaveLength(3);
    expect(new Set(sent.map((row) => (row.slot * 1000 - start) / dayMs))).toEqual(new Set([0, 1, 2]));
  });

  it("a month ahead and back: tomorrow's digest comes tomorrow, and sources are read again", async () => {
    const start = Math.floor(Date.now() / 60_000) * 60_000;
    const at = new Date(start);
    const minute = at.getUTCHours() * 60 + at.getUTCMinutes();
    sender.playground.addPerson({ id: 9_001, firstName: "P", started: true });
    await addReader(store.db, { chatId: 9_001, now: at, slot: at, minute });
    await addReader(store.db, { chatId: 9_002, now: at, slot: at, minute, pausedUntil: new Date(start + 60 * dayMs) });
    const look = async (days: number) => {
      aheadMs = days * dayMs;
      const clock = { ...app, log: silentLog, enqueue: () => undefined };
      await watchClock(clock);
      await planDigests(clock);
      await run();
    };
    await look(0);
    const url = "https://beian.example.org/feed";
    const { source } = await addSource(
      store.db,
      { url, kind: "feed", name: "北岸日报", language: "zh", sections: [] },
      { now: at },
    );
    await look(30);
    const read = new Date(start + 30 * dayMs);
    await store.db.update(readings).set({ lastReadAt: read, dueAt: new Date(read.getTime() + 900_000) });
    for (const days of [0, 1, 2]) await look(days);
    const sent = (await rows()).filter((row) => row.state === "sent").map((row) => (row.slot * 1000 - start) / dayMs);
    expect(sent.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 30]);
    const [reading] = await store.db.select().from(readings).where(eq(readings.sourceId, source.id));
    expect(reading!.dueAt.getTime()).toBeLessThan(start + dayMs);
    const [, paused] = await store.db.select().from(subscriptions).where(eq(subscriptions.minute, minute));
    expect(paused!.dueAt!.getTime()).toBe(start + 60 * dayMs);
    // Its own time ahead is none that was sent, and is not lost either.
    await look(30);
    expect(sender.texts(9_001)).toHaveLength(4);
  });
});

function said(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once("message", resolve));
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
