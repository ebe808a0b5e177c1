import { expect, it } from "vitest";
import { readDay, takeDay } from "../src/news/day.ts";

const now = new Date("2026-11-22T18:00:00Z");
const shanghai = { now, zone: "Asia/Shanghai" };

// In Shanghai it is the 23rd already.
it.each([
  ["今天", "2026-11-22T16:00:00Z"],
  ["today", "2026-11-22T16:00:00Z"],
  ["昨天", "2026-11-21T16:00:00Z"],
  ["Yesterday", "2026-11-21T16:00:00Z"],
  ["前天", "2026-11-20T16:00:00Z"],
  ["2026-11-02", "2026-11-01T16:00:00Z"],
  ["2026/3/1", "2026-02-28T16:00:00Z"],
  ["2025年12月1日", "2025-11-30T16:00:00Z"],
  ["11月23日", "2026-11-22T16:00:00Z"],
  ["11月24号", "2025-11-23T16:00:00Z"],
  ["１１-２１", "2026-11-20T16:00:00Z"],
  ["28 Nov", "2025-11-27T16:00:00Z"],
  ["November 21st", "2026-11-20T16:00:00Z"],
  ["2/29", "2024-02-28T16:00:00Z"],
  ["2/30", null],
  ["constructor", null],
  ["__proto__", null],
  ["2026.11-21", null],
  ["2024-02-29", "2024-02-28T16:00:00Z"],
  ["13-40", null],
  ["科技", null],
  ["24", null],
])("%s begins at %s", (word, from) => {
  expect(readDay(word, shanghai)?.from.toISOString() ?? null).toBe(from === null ? null : new Date(from).toISOString());
});

it("a day with a clock change has its own length", () => {
  const { from, to } = readDay("2026-10-25", { now, zone: "Europe/London" })!;
  expect(to.getTime() - from.getTime()).toBe(25 * 3_600_000);
});

it("a day is told from the other words", () => {
  expect(takeDay("科技 昨天", shanghai)).toMatchObject({
    rest: "科技",
    day: { from: new Date("2026-11-21T16:00:00Z") },
  });
  expect(takeDay("  Harbour   Post ", shanghai)).toEqual({ rest: "Harbour Post", day: null });
  expect(takeDay("Harbour Post 21 Nov", shanghai)).toMatchObject({
    rest: "Harbour Post",
    day: { from: new Date("2026-11-20T16:00:00Z") },
  });
  expect(takeDay("", shanghai)).toEqual({ rest: "", day: null });
});
