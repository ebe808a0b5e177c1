import { Temporal } from "temporal-polyfill";

/** A day of a zone, from midnight to midnight. */
export type Day = { from: Date; to: Date };

export type Here = { now: Date; zone: string };

const daysAgo = new Map([
  ...["今天", "今日", "today"].map((word) => [word, 0] as const),
  ...["昨天", "昨日", "yesterday"].map((word) => [word, 1] as const),
  ["前天", 2] as const,
]);
/** 29 February comes again after eight years at most. */
const yearsBackMax = 8;
/** 2026-11-21, 2026/11/21, 2026年11月21日; without the year 11-21, 11/21, 11月21日. */
const numbers = /^(?:(\d{4})[-/])?(\d{1,2})[-/](\d{1,2})$|^(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号]?$/;

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** 28 Nov, 28th November, Nov 28. */
const english = new RegExp(
  `^(\\d{1,2})(?:st|nd|rd|th)? (${months.join("|")})[a-z]{0,6}$|^(${months.join("|")})[a-z]{0,6} (\\d{1,2})(?:st|nd|rd|th)?$`,
);

/** Reads a word that names a day: one without a year is the last that there was. Null when it names none. */
export function readDay(word: string, { now, zone }: Here): Day | null {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  const ago = daysAgo.get(word.toLowerCase());
  if (ago !== undefined) return between(today.subtract({ days: ago }), zone);
  const parts = partsOf(word.normalize("NFKC"));
  if (parts === null) return null;
  const [year, month, day] = parts;
  const years =
    year === undefined ? Array.from({ length: yearsBackMax + 1 }, (_, n) => today.year - n) : [Number(year)];
  const days = years.flatMap((each) => plainDay(each, Number(month), Number(day)) ?? []);
  const named = days.find((each) => year !== undefined || Temporal.PlainDate.compare(each, today) <= 0);
  return named === undefined ? null : between(named, zone);
}

/** Year (undefined where none is said), month and day. */
function partsOf(word: string): [string | undefined, string, string] | null {
  const said = english.exec(word.toLowerCase());
  if (said !== null) return [undefined, String(months.indexOf((said[2] ?? said[3])!) + 1), (said[1] ?? said[4])!];
  const found = numbers.exec(word);
  if (found === null) return null;
  const [year, month, day] = found[2] === undefined ? found.slice(4) : found.slice(1, 4);
  return [year, month!, day!];
}

/** The day that one of some words, or two together (28 Nov), name, and the other words. */
export function takeDay(words: string, here: Here): { day: Day | null; rest: string } {
  const each = words.trim().split(/\s+/u);
  for (const many of [2, 1]) {
    for (let n = 0; n + many <= each.length; n += 1) {
      const day = readDay(each.slice(n, n + many).join(" "), here);
      if (day !== null) return { day, rest: each.toSpliced(n, many).join(" ") };
    }
  }
  return { day: null, rest: each.join(" ") };
}

function plainDay(year: number, month: number, day: number): Temporal.PlainDate | null {
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: "reject" });
  } catch {
    return null;
  }
}

function between(day: Temporal.PlainDate, zone: string): Day {
  const midnight = (of: Temporal.PlainDate) => new Date(of.toZonedDateTime(zone).epochMilliseconds);
  return { from: midnight(day), to: midnight(day.add({ days: 1 })) };
}
