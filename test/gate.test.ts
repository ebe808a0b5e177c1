import { describe, expect, it } from "vitest";
import { createGate, type Gate, type Priority, type Stop } from "../src/telegram/gate.ts";

/** A gate and the clock that it lives by. */
function setUp(rate = 30, stops: Stop[] = []) {
  let ms = Date.UTC(2026, 10, 22, 8);
  const kept: Stop[] = [];
  const gate = createGate({ rate, now: () => new Date(ms), stops, keep: async (stop) => void kept.push(stop) });
  return {
    gate,
    kept,
    now: () => new Date(ms),
    pass: (forMs: number) => {
      ms += forMs;
    },
  };
}

/** Takes as often as the gate says for so long; how many were granted, and the most within any second. */
async function drain(clock: ReturnType<typeof setUp>, forMs: number, priority: Priority = "digest") {
  const end = clock.now().getTime() + forMs;
  const grants: { at: number; granted: number }[] = [];
  while (clock.now().getTime() < end) {
    const { granted, againInMs } = await clock.gate.take(500, priority);
    grants.push({ at: clock.now().getTime(), granted });
    clock.pass(Math.min(Math.max(1, againInMs), end - clock.now().getTime()));
  }
  const within = (from: number) =>
    grants.filter(({ at }) => at >= from && at < from + 1000).reduce((sum, { granted }) => sum + granted, 0);
  return {
    total: grants.reduce((sum, { granted }) => sum + granted, 0),
    peak: Math.max(...grants.map(({ at }) => within(at))),
  };
}

async function chat(gate: Gate, chatId: number): Promise<number> {
  return (await gate.chats([chatId]))[0]!;
}

describe("the gate's rate", () => {
  it.each([1, 25, 30, 1000])("%i a second: all of it, and no more", async (rate) => {
    const clock = setUp(rate);
    const { total, peak } = await drain(clock, 20_000);
    expect(total).toBeGreaterThanOrEqual(rate * 20 * 0.99);
    expect(total).toBeLessThanOrEqual(rate * 20 * 1.01 + 1 + rate * 0.1);
    expect(peak).toBeLessThanOrEqual(Math.ceil(rate * 1.11) + 1);
  });

  it("makes up for a hiccup, not for idling", async () => {
    const clock = setUp(30);
    await drain(clock, 5_000);
    clock.pass(400);
    expect((await clock.gate.take(500, "digest")).granted).toBeGreaterThanOrEqual(12);
    clock.pass(60_000);
    expect((await clock.gate.take(500, "digest")).granted).toBeLessThanOrEqual(3);
  });

  it("takes back what was not used", async () => {
    const { gate } = setUp(100);
    const first = await gate.take(10, "digest");
    await gate.giveBack(first.granted);
    expect((await gate.take(10, "digest")).granted).toBe(first.granted);
  });

  it("lets those of higher priority go first", async () => {
    const clock = setUp(30);
    await drain(clock, 2_000);
    await clock.gate.take(500, "breaking");
    expect((await clock.gate.take(3, "breaking")).granted).toBe(0);
    clock.pass(40);
    expect((await clock.gate.take(1, "digest")).granted).toBe(0);
    clock.pass(60);
    expect((await clock.gate.take(3, "breaking")).granted).toBeGreaterThan(0);
    clock.pass(2_000);
    expect((await clock.gate.take(1, "digest")).granted).toBe(1);
  });

  it("outlives a clock that jumps back and ahead", async () => {
    const clock = setUp(30);
    await drain(clock, 1_000);
    clock.pass(-3_600_000);
    expect((await drain(clock, 2_000)).total).toBeGreaterThan(55);
    clock.pass(7_200_000);
    expect((await drain(clock, 2_000)).total).toBeLessThan(66);
  });
});

describe("a chat's rate", () => {
  it("one a second to a chat, and others are not held up", async () => {
    const clock = setUp();
    expect(await clock.gate.chats([7, 8, 7])).toEqual([0, 0, 1_050]);
    clock.pass(500);
    expect(await chat(clock.gate, 7)).toBe(550);
    clock.pass(550);
    expect(await chat(clock.gate, 7)).toBe(0);
  });

  it("twenty a minute to a group", async () => {
    const clock = setUp();
    for (let n = 0; n < 20; n += 1) {
      expect(await chat(clock.gate, -100)).toBe(0);
      clock.pass(1_100);
    }
    const wait = await chat(clock.gate, -100);
    expect(wait).toBe(60_500 - 20 * 1_100);
    clock.pass(wait);
    expect(await chat(clock.gate, -100)).toBe(0);
  });
});

describe("retry_after", () => {
  it("stops the chat, and nobody else", async () => {
    const clock = setUp();
    await clock.gate.answered([{ chatId: 7, retryAfter: 20 }]);
    expect(await clock.gate.chats([7, 8])).toEqual([20_000, 0]);
    expect(await clock.gate.stoppedUntil()).toBeNull();
    clock.pass(20_000);
    expect(await chat(clock.gate, 7)).toBe(0);
    expect(clock.kept).toEqual([{ chatId: 7, until: new Date(clock.now()) }]);
  });

  it("of two chats within a second pauses all, of a third stops all; then it runs at full speed", async () => {
    const clock = setUp();
    await drain(clock, 2_000);
    await clock.gate.answered([1, 2].map((chatId) => ({ chatId, retryAfter: 5 })));
    expect(await clock.gate.stoppedUntil()).toEqual(new Date(clock.now().getTime() + 1_000));
    await clock.gate.answered([{ chatId: 3, retryAfter: 5 }]);
    const until = new Date(clock.now().getTime() + 5_000);
    expect(await clock.gate.stoppedUntil()).toEqual(until);
    expect((await drain(clock, 4_990)).total).toBe(0);
    clock.pass(10);
    const probe = await clock.gate.take(500, "digest");
    expect(probe.granted).toBe(1);
    expect((await clock.gate.take(500, "digest")).granted).toBe(0);
    clock.pass(40);
    await clock.gate.answered([{ chatId: 4, retryAfter: null }]);
    expect((await drain(clock, 1_000)).total).toBeGreaterThanOrEqual(30);
    expect(clock.kept.at(-1)).toEqual({ chatId: 0, until });
  });

  it("of chats that are refused now and then stops nobody else", async () => {
    const clock = setUp();
    for (let n = 1; n <= 20; n += 1) {
      await clock.gate.answered([
        { chatId: n, retryAfter: 3_600 },
        { chatId: 100 + n, retryAfter: null },
      ]);
      clock.pass(100);
    }
    expect(await clock.gate.stoppedUntil()).toBeNull();
  });

  it("a refused probe stops all again", async () => {
    const clock = setUp();
    await clock.gate.answered([1, 2].map((chatId) => ({ chatId, retryAfter: 30 })));
    clock.pass(1_001);
    expect((await clock.gate.take(10, "digest")).granted).toBe(1);
    await clock.gate.answered([{ chatId: 3, retryAfter: 29 }]);
    expect(await clock.gate.stoppedUntil()).toEqual(new Date(clock.now().getTime() + 29_000));
  });

  it("is remembered after a restart", async () => {
    const before = setUp();
    const until = new Date(before.now().getTime() + 8_000);
    const after = setUp(30, [
      { chatId: 0, until },
      { chatId: 7, until },
    ]);
    expect(await after.gate.take(1, "breaking")).toEqual({ granted: 0, againInMs: 1_000 });
    expect(await chat(after.gate, 7)).toBe(8_000);
    after.pass(8_000);
    expect((await after.gate.take(1, "breaking")).granted).toBe(1);
  });

  it("lasts as long as Telegram said, also when the clock jumps back", async () => {
    const clock = setUp();
    await clock.gate.answered([{ chatId: 7, retryAfter: 10 }]);
    clock.pass(-3_600_000);
    expect(await chat(clock.gate, 7)).toBe(10_000);
    clock.pass(10_000);
    expect(await chat(clock.gate, 7)).toBe(0);
  });
});

it("waits longer each time Telegram cannot be reached", async () => {
  const clock = setUp();
  const waits: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    await clock.gate.unreachable();
    await clock.gate.unreachable();
    const until = (await clock.gate.stoppedUntil())!;
    waits.push((until.getTime() - clock.now().getTime()) / 1000);
    clock.pass(until.getTime() - clock.now().getTime());
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
  await clock.gate.answered([{ chatId: 1, retryAfter: null }]);
  await clock.gate.unreachable();
  expect((await clock.gate.stoppedUntil())!.getTime() - clock.now().getTime()).toBe(1_000);
});
