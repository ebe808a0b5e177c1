import { expect, test } from "vitest";
import {
  articlesPerDay,
  intervalMaxMs,
  intervalMinMs,
  isSilent,
  nextRead,
  nextTry,
  readInterval,
} from "../src/sources/rhythm.ts";

const now = new Date("2026-11-22T00:00:00Z");
const minute = 60_000;
const hour = 60 * minute;
const every = (ms: number, n = 20, since = 0) =>
  Array.from({ length: n }, (_, i) => new Date(now.getTime() - since - i * ms));
const nothing = { ttlMinutes: null, maxAgeSeconds: null, intervalMinutes: null };

const intervals: [name: string, rhythm: Parameters<typeof readInterval>[0], ms: number][] = [
  ["a new source", { ...nothing, publishedAt: [] }, 30 * minute],
  ["an article a minute", { ...nothing, publishedAt: every(minute) }, intervalMinMs],
  ["an article an hour", { ...nothing, publishedAt: every(hour) }, 30 * minute],
  ["an article a week", { ...nothing, publishedAt: every(7 * 24 * hour) }, intervalMaxMs],
  ["an article an hour, until twenty hours ago", { ...nothing, publishedAt: every(hour, 20, 20 * hour) }, 2 * hour],
  ["bursts at one moment", { ...nothing, publishedAt: every(0) }, intervalMinMs],
  ["a feed that asks for an hour", { ...nothing, publishedAt: every(minute), ttlMinutes: 60 }, hour],
  ["an answer that stays fresh for an hour", { ...nothing, publishedAt: every(minute), maxAgeSeconds: 3600 }, hour],
  ["a feed that asks for a year", { ...nothing, publishedAt: every(minute), ttlMinutes: 525_600 }, intervalMaxMs],
  ["the operator's own", { ...nothing, publishedAt: every(minute), intervalMinutes: 15 }, 15 * minute],
  [
    "the operator's, below the feed's wish",
    { ...nothing, publishedAt: every(minute), intervalMinutes: 15, ttlMinutes: 60 },
    hour,
  ],
  ["the operator's, too often", { ...nothing, publishedAt: [], intervalMinutes: 1 }, intervalMinMs],
];

test.each(intervals)("%s", (_name, rhythm, ms) => expect(readInterval(rhythm, now)).toBe(ms));

test("reads are spread by a tenth", () => {
  expect(nextRead(now, hour, 0)).toEqual(new Date(now.getTime() + 54 * minute));
  expect(nextRead(now, hour, 0.5)).toEqual(new Date(now.getTime() + hour));
  expect(nextRead(now, hour, 0.999).getTime()).toBeLessThan(now.getTime() + 66 * minute);
});

test("after failures: twice as late each time, up to a day, spread, never before the server's wish", () => {
  const wait = (failures: number, retryAfterSeconds: number | null = null, random = 0) =>
    (nextTry(now, { failures, retryAfterSeconds, random }).getTime() - now.getTime()) / minute;
  expect([1, 2, 3, 4].map((failures) => wait(failures))).toEqual([5, 10, 20, 40]);
  expect(wait(1, null, 0.999)).toBeCloseTo(10, 1);
  expect(wait(1_000)).toBe(12 * 60);
  expect(wait(1, 7200)).toBe(120);
  expect(wait(1, 7200, 0.5)).toBe(126);
});

test("articles a day", () => {
  expect(articlesPerDay(every(hour))).toBeCloseTo(24);
  expect(articlesPerDay(every(hour, 2))).toBe(0);
});

test("silent against its own rhythm", () => {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  expect(isSilent(every(hour), ago(47 * hour), now)).toBe(false);
  expect(isSilent(every(hour), ago(49 * hour), now)).toBe(true);
  expect(isSilent(every(24 * hour), ago(9 * 24 * hour), now)).toBe(false);
  expect(isSilent(every(24 * hour), ago(11 * 24 * hour), now)).toBe(true);
  expect(isSilent([], ago(1_000 * hour), now)).toBe(false);
  expect(isSilent(every(hour), null, now)).toBe(false);
});
