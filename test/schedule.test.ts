import { describe, expect, it } from "vitest";
import { nearTimes, readClockTime } from "../src/news/clock-time.ts";
import { clockTime, isRule, latestSlot, localTime, nextSlot, nextSlots, quietUntil } from "../src/news/schedule.ts";

type Case = [what: string, rule: string, time: string, timezone: string, after: string, expected: string];

const cases: Case[] = [
  ["today, still to come", "daily", "08:00", "Asia/Shanghai", "2026-11-21T23:59:59Z", "2026-11-22T00:00:00Z"],
  [
    "at the minute itself, the next day",
    "daily",
    "08:00",
    "Asia/Shanghai",
    "2026-11-22T00:00:00Z",
    "2026-11-23T00:00:00Z",
  ],
  [
    "workdays pass the weekend over",
    "workdays",
    "08:00",
    "Asia/Shanghai",
    "2026-11-20T00:00:00Z",
    "2026-11-23T00:00:00Z",
  ],
  ["the local weekday counts", "weekly:1", "00:30", "Pacific/Auckland", "2026-11-20T00:00:00Z", "2026-11-22T11:30:00Z"],
  ["two weekdays", "weekly:1,3", "09:00", "UTC", "2026-11-23T09:00:00Z", "2026-11-25T09:00:00Z"],
  ["the first of the month", "monthly:1", "07:00", "UTC", "2026-11-22T00:00:00Z", "2026-12-01T07:00:00Z"],
  ["the 29th in a leap year", "monthly:29", "07:00", "UTC", "2028-02-01T00:00:00Z", "2028-02-29T07:00:00Z"],
  [
    "the 31st in a short month is its last day",
    "monthly:31",
    "07:00",
    "UTC",
    "2027-02-01T00:00:00Z",
    "2027-02-28T07:00:00Z",
  ],
  ["a gap: later by the gap", "daily", "02:30", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"],
  ["an overlap: the first", "daily", "02:30", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"],
  ["an overlap comes once", "daily", "02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
  ["a gap of half an hour", "daily", "02:15", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-03T15:45:00Z"],
  ["a gap at midnight", "daily", "00:00", "Africa/Cairo", "2026-04-23T12:00:00Z", "2026-04-23T22:00:00Z"],
  ["a day that was left out", "daily", "08:00", "Pacific/Apia", "2011-12-29T18:00:00Z", "2011-12-30T18:00:00Z"],
];

describe("schedule", () => {
  it.each(cases)("%s", (_, rule, time, timezone, after, expected) => {
    const [hour, minute] = time.split(":").map(Number) as [number, number];
    expect(nextSlot({ rule, minute: hour * 60 + minute, timezone }, new Date(after)).toISOString()).toBe(
      new Date(expected).toISOString(),
    );
  });

  it("gives the next times in order", () => {
    const slots = nextSlots(
      { rule: "monthly:1,31", minute: 480, timezone: "UTC" },
      new Date("2027-01-15T00:00:00Z"),
      4,
    );
    expect(slots.map((slot) => slot.toISOString().slice(0, 10))).toEqual([
      "2027-01-31",
      "2027-02-01",
      "2027-02-28",
      "2027-03-01",
    ]);
  });

  it("knows the rules that it does not know", () => {
    const wrong = ["", "hourly", "weekly:", "weekly:0", "weekly:8", "monthly:32", "weekly:1,", "daily:1"];
    expect(wrong.filter(isRule)).toEqual([]);
    expect(() => nextSlot({ rule: "hourly", minute: 0, timezone: "UTC" }, new Date(0))).toThrow("hourly");
  });

  it("finds the newest missed slot, and only that", () => {
    const daily = { rule: "daily", minute: 480, timezone: "UTC" };
    const found = latestSlot(daily, new Date("2026-11-19T08:00:00Z"), { now: new Date("2026-11-22T09:20:00Z") });
    expect(found).toEqual({
      latest: new Date("2026-11-22T08:00:00Z"),
      next: new Date("2026-11-23T08:00:00Z"),
      missed: 3,
    });
    const years = latestSlot(daily, new Date("2016-11-19T08:00:00Z"), { now: new Date("2026-11-22T09:20:00Z") });
    expect(years.latest).toEqual(found.latest);
    expect(years.missed).toBeGreaterThan(0);
    const inTime = latestSlot(daily, new Date("2026-11-22T08:00:00Z"), { now: new Date("2026-11-22T08:00:30Z") });
    expect(inTime).toEqual({ latest: new Date("2026-11-22T08:00:00Z"), next: found.next, missed: 0 });
  });

  it("tells what the clock on the wall shows", () => {
    expect(localTime(new Date("2026-11-22T00:05:00Z"), "Asia/Kathmandu")).toEqual({
      year: 2026,
      month: 11,
      day: 22,
      weekday: 7,
      minute: 350,
    });
    expect(clockTime(350)).toBe("05:50");
  });

  it("keeps quiet hours, over midnight too; the same minute twice means none", () => {
    const night = { from: 23 * 60, to: 7 * 60, timezone: "Asia/Shanghai" };
    const at = (time: string) => new Date(`2026-11-22T${time}:00+08:00`);
    expect(quietUntil(at("23:00"), night)).toEqual(new Date("2026-11-23T07:00:00+08:00"));
    expect(quietUntil(at("06:59"), night)).toEqual(at("07:00"));
    expect(quietUntil(at("07:00"), night)).toBeNull();
    expect(quietUntil(at("22:59"), night)).toBeNull();
    expect(quietUntil(at("13:00"), { from: 720, to: 840, timezone: "Asia/Shanghai" })).toEqual(at("14:00"));
    expect(quietUntil(at("03:00"), { from: 420, to: 420, timezone: "Asia/Shanghai" })).toBeNull();
  });
});

describe("clock time", () => {
  it.each([
    ["08:00", 480, null],
    ["8:05", 485, null],
    ["8：30", 510, null],
    ["0730", 450, null],
    ["8", 480, null],
    ["24:00", 0, null],
    ["8点", 480, null],
    ["8点半", 510, null],
    ["8點15", 495, null],
    ["八点半", 510, null],
    ["八点钟", 480, null],
    ["十二点", 720, null],
    ["二十点一刻", 1215, null],
    ["二十三点五十五分", 1435, null],
    ["早上7点", 420, null],
    ["下午3点半", 930, null],
    ["晚上9点", 1260, null],
    ["晚上12点", 0, null],
    ["中午12点", 720, null],
    ["中午1点", 780, null],
    ["凌晨12点半", 30, null],
    ["8pm", 1200, null],
    ["8:30 a.m.", 510, null],
    ["12 am", 0, null],
    ["noon", 720, null],
    ["08:00 工作日", 480, "workdays"],
    ["工作日 08:00", 480, "workdays"],
    ["08:00 weekdays", 480, "workdays"],
    ["周一到周五 8点", 480, "workdays"],
    ["mon-fri 8am", 480, "workdays"],
    ["每天早上8点", 480, "daily"],
    ["every day at 07:15", 435, "daily"],
    ["周末 10:00", 600, "weekly:6,7"],
    ["每周一八点", 480, "weekly:1"],
    ["周一、三、五 9点", 540, "weekly:1,3,5"],
    ["星期天晚上8点", 1200, "weekly:7"],
    ["mondays at 9", 540, "weekly:1"],
    ["Mon, Wed 9:00", 540, "weekly:1,3"],
    ["每月1号 9点", 540, "monthly:1"],
    ["每月1日和15日 08:00", 480, "monthly:1,15"],
    ["1st and 15th 8am", 480, "monthly:1,15"],
  ])("%s", (said, minute, rule) => {
    expect(readClockTime(said)).toEqual({ minute, rule });
  });

  it.each([
    "",
    "八点钟左右",
    "around eight",
    "25:00",
    "8:60",
    "13pm",
    "0 am",
    "24:01",
    "周一 每天 8点",
    "每月32号 8点",
    "8点 9点",
    "工作日",
    "x".repeat(90),
  ])("does not guess at %j", (said) => {
    expect(readClockTime(said)).toBeNull();
  });

  it.each([
    ["八点钟左右", [480, 510, 540], null, ""],
    ["around eight", [480, 510, 540], null, ""],
    ["工作日 晚上8点多", [1200, 1230, 1260], "workdays", "多"],
    ["台风 8点", [480, 510, 540], null, "台风"],
    ["typhoon 8pm", [1200, 1230, 1260], null, "typhoon"],
    ["11:75 pm", [1380, 1410, 0], null, ""],
    ["25:00", [], null, ""],
    ["海堤", [], null, "海堤"],
    ["三只羊", [], null, "三只羊"],
  ])("what %j may have meant", (said, minutes, rule, rest) => {
    expect(nearTimes(said)).toEqual({ minutes, rule, rest });
  });
});
