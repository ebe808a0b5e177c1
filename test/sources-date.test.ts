import { expect, test } from "vitest";
import { dayIn, parseDate } from "../src/news/date.ts";

const moment = "2025-02-27T09:30:49.000Z";
const minute = "2025-02-27T09:30:00.000Z";
const midnight = "2025-02-26T16:00:00.000Z";

/** What is written, and the moment in Shanghai's zone where it names none. */
const written: [string, string | null][] = [
  ["2025-02-27 17:30:49", moment],
  ["2025-02-27T17:30:49+08:00", moment],
  ["2025-02-27T17:30:49.123456+0800", moment],
  ["2025-02-27T09:30:49Z", moment],
  ["2025-02-27t09:30:49z", moment],
  ["20250227T173049+0800", moment],
  ["2025-058T09:30:49Z", moment],
  ["2025-02-27 17:30:49 +0800", moment],
  ["2025-02-27 17:30:49 GMT+8", moment],
  ["2025-02-27T17:30:49+08:00[Asia/Shanghai]", moment],
  ["1740648649", moment],
  ["1740648649000", moment],
  ["Thu, 27 Feb 2025 09:30:49 GMT", moment],
  ["Thu, 27 Feb 2025 17:30:49 +0800", moment],
  ["Thu, 27 Feb 25 09:30:49 UT", moment],
  ["Mon, 27 Feb 2025 04:30:49 EST", moment],
  ["Thur, 27 February 2025 09:30:49 Z", moment],
  ["27 Feb 2025 9:30:49 GMT", moment],
  ["Thu Feb 27 09:30:49 GMT 2025", moment],
  ["Thu Feb 27 2025 17:30:49 GMT+0800 (China Standard Time)", moment],
  ["Thu, 27 févr. 2025 10:30:49 +0100", moment],
  ["27. Februar 2025, 10:30:49 MEZ", moment],
  ["Thu, 27 Feb 2025 09:30 GMT", minute],
  ["February 27, 2025 5:30 PM", minute],
  ["Feb. 27, 2025, 9:30 a.m. GMT", minute],
  ["27 февраля 2025, 12:30 MSK", minute],
  ["2025年2月27日 17:30", minute],
  ["2025年02月27日17时30分49秒", moment],
  ["发布时间：2025年2月27日 下午5:30", minute],
  ["2025년 2월 27일 오후 05:30", minute],
  ["2025-02-27 오후 5:30:49", moment],
  ["2025/2/27 17:30", minute],
  ["２０２５-０２-２７　１７:３０", minute],
  ["2025.02.27 17:30:49", moment],
  ["27.02.2025 17:30", minute],
  ["02/27/2025 5:30 PM", minute],
  ["27/02/2025 17:30", minute],
  ["2025-02-27 17:30", minute],
  ["2025-02-27", midnight],
  ["2025年2月27日", midnight],
  ["20250227", midnight],
  ["2025-02-26 24:00", midnight],
  ["2025-02", "2025-01-31T16:00:00.000Z"],
  ["2025", "2024-12-31T16:00:00.000Z"],
  ["2025-02-30 10:00", null],
  ["2025-13-01", null],
  ["2025-02-27 25:00", null],
  ["昨天 17:30", null],
  ["yesterday", null],
  ["may 2", null],
  ["", null],
  ["9".repeat(500), null],
  ["Thu, 32 Feb 2025 09:30:49 GMT", null],
];

test.each(written)("%s", (text, expected) => {
  expect(parseDate(text, "Asia/Shanghai")?.toISOString() ?? null).toBe(expected);
});

test("a zone that does not exist gives no time", () => {
  expect(parseDate("2025-02-27 17:30", "Mars/Olympus")).toBeNull();
  expect(parseDate("2025-02-27 17:30Z", "Mars/Olympus")?.toISOString()).toBe("2025-02-27T17:30:00.000Z");
});

test("a moment's day is the zone's day", () => {
  expect(dayIn(new Date("2025-02-26T16:00:00Z"), "Asia/Shanghai")).toEqual({ year: 2025, month: 2, day: 27 });
});

test("hostile texts cost nothing", () => {
  for (const text of ["1:".repeat(60), "+1".repeat(60), "Jan ".repeat(30), "-".repeat(120)]) {
    expect(parseDate(text)).toBeNull();
  }
});
