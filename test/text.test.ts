import { describe, expect, test } from "vitest";
import {
  clock,
  comingAt,
  duration,
  editionName,
  fullDay,
  languageOf,
  moment,
  shortDate,
  span,
  textIn,
  toldDay,
  when,
  whenNamed,
} from "../src/text/index.ts";
import { findPlaces, isClock, placeName } from "../src/text/places.ts";
import { commandTexts, description, menus, shortDescription } from "../src/text/profile.ts";

const now = new Date("2026-11-22T06:32:00Z");
const zh = { language: "zh", timezone: "Asia/Shanghai", now } as const;
const en = { language: "en", timezone: "Europe/London", now } as const;

describe("dates are told in the reader's zone and language", () => {
  test.each([
    ["2026-11-21T21:50:00Z", "05:50", "Sat 21:50"],
    ["2026-11-21T13:15:00Z", "昨天 21:15", "Sat 13:15"],
    ["2026-11-22T06:00:00Z", "14:00", "06:00"],
    ["2026-10-30T01:00:00Z", "10月30日", "30 Oct"],
    ["2025-08-02T01:00:00Z", "2025年8月2日", "2 Aug 2025"],
    // Midnight there is another day here.
    ["2026-11-20T16:30:00Z", "昨天 00:30", "20 Nov"],
  ])("%s is %s and %s", (at, chinese, english) => {
    expect(when(new Date(at), zh)).toBe(chinese);
    expect(when(new Date(at), en)).toBe(english);
  });

  test("today is named where the layout names it", () => {
    expect(whenNamed(new Date("2026-11-22T04:04:00Z"), zh)).toBe("今天 12:04");
    expect(whenNamed(new Date("2026-11-22T04:04:00Z"), en)).toBe("today 04:04");
  });

  test("from first to last", () => {
    const [first, last] = [new Date("2026-11-21T06:10:00Z"), new Date("2026-11-21T23:05:00Z")];
    expect(span(first, last, zh)).toBe("昨天 14:10 – 今天 07:05");
    expect(span(first, last, { ...zh, language: "en" })).toBe("Sat 14:10 – Sun 07:05");
    expect(span(first, first, zh)).toBe("昨天 14:10");
    expect(span(last, new Date("2026-11-22T01:00:00Z"), zh)).toBe("今天 07:05 – 09:00");
    const old = new Date("2026-10-30T01:00:00Z");
    expect(span(old, new Date("2026-10-30T05:00:00Z"), zh)).toBe("10月30日");
  });

  test("a timeline's moments, what comes, and when one was told", () => {
    expect(moment(new Date("2026-11-21T06:10:00Z"), zh)).toBe("21日 14:10");
    expect(moment(new Date("2026-10-30T06:10:00Z"), zh)).toBe("10月30日 14:10");
    expect(moment(new Date("2026-11-21T14:10:00Z"), en)).toBe("21 Nov 14:10");
    expect(comingAt(new Date("2026-11-23T00:00:00Z"), zh)).toBe("明天 08:00");
    expect(comingAt(new Date("2026-11-24T08:00:00Z"), en)).toBe("Tue 08:00");
    expect(comingAt(new Date("2026-12-24T08:00:00Z"), en)).toBe("24 Dec 08:00");
    expect(toldDay(new Date("2026-11-20T00:00:00Z"), zh)).toBe("周五");
    expect(toldDay(new Date("2026-11-20T08:00:00Z"), en)).toBe("on Friday");
    expect(toldDay(new Date("2026-11-21T08:00:00Z"), en)).toBe("yesterday");
  });

  test("days, lengths and clocks", () => {
    expect(fullDay(now, zh)).toBe("11月22日 周日");
    expect(fullDay(now, en)).toBe("Sun 22 Nov");
    expect(shortDate(new Date("2027-01-01T00:00:00Z"), zh)).toBe("2027年1月1日");
    expect(duration(80, "zh")).toBe("1小时20分");
    expect(duration(80, "en")).toBe("1 h 20 min");
    expect(duration(15, "zh")).toBe("15分钟");
    expect(clock(now, "Asia/Kathmandu")).toBe("12:17");
  });

  test("editions by the hour", () => {
    const names = Array.from({ length: 24 }, (_, hour) => editionName(hour));
    expect(names.join()).toBe(
      [
        ...Array(5).fill("evening"),
        ...Array(6).fill("morning"),
        ...Array(3).fill("midday"),
        ...Array(4).fill("afternoon"),
        ...Array(6).fill("evening"),
      ].join(),
    );
  });
});

describe("both languages say everything", () => {
  test("no sentence is Chinese in English or English in Chinese", () => {
    const [chinese, english] = [leaves(textIn("zh")), leaves(textIn("en"))];
    expect(Object.keys(english)).toEqual(Object.keys(chinese));
    const own = /names\.zh|otherLanguage/;
    for (const [path, said] of Object.entries(english)) {
      if (!own.test(path)) expect(said, path).not.toMatch(/\p{Script=Han}/u);
    }
    const wordless = /^[\s\d\p{P}\p{S}a-z]*$/iu;
    const neutral =
      /names\.en|otherLanguage|^comma|part$|countChoice|^number|updatesAndMore|chosen|atMost|countsPlain|^minute|one$/;
    for (const [path, said] of Object.entries(chinese)) {
      if (!neutral.test(path) && !wordless.test(english[path] ?? "")) expect(said, path).toMatch(/\p{Script=Han}/u);
    }
  });

  test("house style: no exclamation marks, no 您, no Oops", () => {
    for (const said of [...Object.values(leaves(textIn("zh"))), ...Object.values(leaves(textIn("en")))]) {
      // "! " before a line is a sign that warns editors, no exclamation.
      expect(said.replace(/^! /gm, "")).not.toMatch(/[!！]|您|Oops|亲/);
    }
  });

  test("the profile fits Telegram's limits", () => {
    for (const language of ["zh", "en"] as const) {
      expect(description[language].length).toBeLessThanOrEqual(512);
      expect(shortDescription[language].length).toBeLessThanOrEqual(120);
      for (const said of Object.values(commandTexts)) expect(said[language].length).toBeLessThanOrEqual(60);
    }
    for (const menu of Object.values(menus)) expect(menu.length).toBeLessThanOrEqual(10);
  });

  test("every Telegram language finds one of ours", () => {
    for (const code of ["zh", "zh-hans", "zh-hant", "zh-CN", "zh-hant-tw", "yue"])
      expect(languageOf(code, "en")).toBe("zh");
    for (const code of ["en", "de", "pt-br", "zhx"]) expect(languageOf(code, "zh")).toBe("en");
    expect(languageOf(undefined, "zh")).toBe("zh");
    expect(languageOf(undefined, "en")).toBe("en");
  });
});

describe("places", () => {
  const find = async (said: string, language: "zh" | "en" = "en") =>
    (await findPlaces(said, { language, now })).map(({ timezone }) => timezone);

  test.each([
    ["伦敦", "Europe/London"],
    ["London", "Europe/London"],
    ["成都", "Asia/Shanghai"],
    ["Chengdu", "Asia/Shanghai"],
    ["new york", "America/New_York"],
    ["硅谷", "America/Los_Angeles"],
    ["Manchester", "Europe/London"],
    ["UTC+8", "+08:00"],
    ["+5:30", "+05:30"],
    ["东八区", "+08:00"],
    ["Asia/Chongqing", "Asia/Shanghai"],
    ["14:32", "Asia/Singapore"],
    ["2:32 pm", "Asia/Singapore"],
    ["下午2:32", "Asia/Singapore"],
    ["GMT", "UTC"],
    ["Munich, Germany", "Europe/Berlin"],
    ["London, Ontario", "America/Toronto"],
    ["London, UK", "Europe/London"],
    ["EST", "America/New_York"],
    ["it's 2:32pm", "Asia/Singapore"],
    ["It’s 10 pm", "America/Los_Angeles"],
    ["现在下午2点半", "Asia/Singapore"],
    ["现在是14点30了", "Asia/Singapore"],
  ])("%s is %s", async (said, zone) => {
    expect((await find(said))[0]).toBe(zone);
  });

  test("places are named in the reader's language", async () => {
    const names = async (said: string, language: "zh" | "en") =>
      (await findPlaces(said, { language, now })).map(({ name }) => name);
    expect(await names("东京", "en")).toEqual(["Tokyo"]);
    expect(await names("成都", "en")).toEqual(["Chengdu"]);
    expect(await names("旧金山", "en")).toEqual(["San Francisco"]);
    expect(await names("乌鲁木齐", "en")).toEqual(["Beijing time", "Xinjiang time"]);
    expect(await names("Chengdu", "zh")).toEqual(["成都"]);
    expect(await names("Tokyo", "zh")).toEqual(["东京"]);
    expect(await names("Mumbai, India", "zh")).toEqual(["孟买"]);
  });

  test("what is a clock, and what is none", () => {
    for (const said of ["25:00", "12:10", "5pm", "现在下午3点", "it's 5 pm"]) expect(isClock(said), said).toBe(true);
    for (const said of ["5", "台风", "London", "2026", "G20"]) expect(isClock(said), said).toBe(false);
  });

  test("one word for several places asks which", async () => {
    expect(await find("Springfield")).toEqual(["America/New_York", "America/Chicago", "America/Los_Angeles"]);
    expect(await find("乌鲁木齐")).toEqual(["Asia/Shanghai", "Asia/Urumqi"]);
    // At half past six in November London and Reykjavik agree; in July they do not.
    expect(await find("06:30")).toEqual(["Europe/London", "Atlantic/Reykjavik"]);
  });

  test.each(["", "nowhere at all", "25:99", "UTC+99", "<b>", "x".repeat(500), "Mars/Olympus"])(
    "%j is no place",
    async (said) => {
      expect(await find(said)).toEqual([]);
    },
  );

  test("a clock time is read by where readers of that language mostly are", async () => {
    expect(await find("14:32", "zh")).toEqual(["Asia/Shanghai"]);
  });

  test("a zone has a name in both languages", () => {
    expect(placeName("Europe/London", "zh")).toBe("伦敦");
    expect(placeName("Asia/Kolkata", "zh")).toBe("加尔各答");
    expect(placeName("America/New_York", "en")).toBe("New York");
    expect(placeName("+05:30", "zh")).toBe("UTC+5:30");
    for (const zone of Intl.supportedValuesOf("timeZone")) expect(placeName(zone, "zh")).not.toBe("");
  });
});

/** Every sentence by its path; functions are called with plain values, so that what they say counts too. */
function leaves(value: unknown, path = ""): Record<string, string> {
  if (typeof value === "string") return { [path]: value };
  if (typeof value === "function")
    return /^(coming|day|date|number|minute)$/.test(path) ? {} : { [path]: said(value as () => unknown) };
  const entries = Object.entries(value as object).flatMap(([key, each]) =>
    Object.entries(leaves(each, path === "" ? key : `${path}.${key}`)),
  );
  return Object.fromEntries(entries);
}

/** A sentence's words with neutral values put in: a number, a list of days, a date with its reader. */
function said(sentence: (...values: never[]) => unknown): string {
  const tries = [[2, 2, 2, 2, 2], ["7", "7", "7", "7", "7"], [[1, 3]], ["7", new Date("2026-11-20T00:00:00Z"), en]];
  for (const values of tries) {
    try {
      return String(sentence(...(values as never[])));
    } catch {}
  }
  throw new Error("a sentence that takes none of our values");
}
