import { Temporal } from "temporal-polyfill";

export type Language = "zh" | "en";
/** Where and when the reader is: without both, no time can be told. */
export type Reading = { language: Language; timezone: string; now: Date };

const weekdays = {
  zh: ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
  en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
};
const longWeekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The local clock and calendar of a moment. */
export function localTime(at: Date, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timezone);
}

/** 08:00, as it is on the wall there. */
export function clock(at: Date, timezone: string): string {
  const local = localTime(at, timezone);
  return `${two(local.hour)}:${two(local.minute)}`;
}

/** 08:00 for the 480th minute of a day. */
export function minuteText(minute: number): string {
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** 11月22日 周日 · Sun 22 Nov; with its year when that is not this one. */
export function fullDay(at: Date, { language, timezone, now }: Reading): string {
  const day = localTime(at, timezone);
  const weekday = weekdays[language][day.dayOfWeek - 1];
  const date = shortDate(at, { language, timezone, now });
  return language === "zh" ? `${date} ${weekday}` : `${weekday} ${date}`;
}

/** 10月30日 · 30 Oct; with its year when that is not this one. */
export function shortDate(at: Date, { language, timezone, now }: Reading): string {
  const day = localTime(at, timezone);
  const thisYear = day.year === localTime(now, timezone).year;
  if (language === "zh") return `${thisYear ? "" : `${day.year}年`}${day.month}月${day.day}日`;
  return `${day.day} ${months[day.month - 1]}${thisYear ? "" : ` ${day.year}`}`;
}

/** Absolute, because the message stays in the chat: 05:50, 昨天 21:15 · Sat 21:15, 10月30日 · 30 Oct. */
export function when(at: Date, reading: Reading): string {
  const ago = daysAgo(at, reading);
  if (ago === 0) return clock(at, reading.timezone);
  if (ago === 1) return `${weekdayOf(at, reading)} ${clock(at, reading.timezone)}`;
  return shortDate(at, reading);
}

/** As `when`, with the day named in any case: 今天 22:04 · today 22:04. */
export function whenNamed(at: Date, reading: Reading): string {
  const today = reading.language === "zh" ? "今天" : "today";
  return daysAgo(at, reading) === 0 ? `${today} ${clock(at, reading.timezone)}` : when(at, reading);
}

/** From the first to the last: 昨天 14:10 – 今天 07:05 · Sat 14:10 – Sun 07:05; one day or one moment is named once. */
export function span(first: Date, last: Date, reading: Reading): string {
  const named = reading.language === "zh" ? whenNamed : whenByWeekday;
  if (first.getTime() === last.getTime()) return named(last, reading);
  const days = [first, last].map((at) => shortDate(at, reading));
  const ago = daysAgo(last, reading);
  if (days[0] !== days[1]) return `${named(first, reading)} – ${named(last, reading)}`;
  if (ago > 1) return named(last, reading);
  return `${named(first, reading)} – ${clock(last, reading.timezone)}`;
}

/** A line of a timeline: 21日 14:10 · 21 Nov 14:10; another month or year is named. */
export function moment(at: Date, reading: Reading): string {
  const day = localTime(at, reading.timezone);
  const now = localTime(reading.now, reading.timezone);
  const near = day.year === now.year && day.month === now.month;
  const date = reading.language === "zh" && near ? `${day.day}日` : shortDate(at, reading);
  return `${date} ${clock(at, reading.timezone)}`;
}

/** When a reader was told: 今天 08:00, 昨天, 周五, 10月30日 · at 08:00, yesterday, on Friday, on 30 Oct. */
export function toldDay(at: Date, reading: Reading): string {
  const ago = daysAgo(at, reading);
  const { language, timezone } = reading;
  if (language === "zh") {
    if (ago === 0) return `今天 ${clock(at, timezone)} `;
    if (ago === 1) return "昨天";
    return ago < 7 ? weekdays.zh[localTime(at, timezone).dayOfWeek - 1]! : shortDate(at, reading);
  }
  if (ago === 0) return `at ${clock(at, timezone)}`;
  if (ago === 1) return "yesterday";
  return `on ${ago < 7 ? longWeekdays[localTime(at, timezone).dayOfWeek - 1] : shortDate(at, reading)}`;
}

/** When something comes next: 今天 20:00, 明天 08:00, 周一 08:00, 12月3日 08:00 · today, tomorrow, Mon, 3 Dec. */
export function comingAt(at: Date, reading: Reading): string {
  const ahead = -daysAgo(at, reading);
  const names = { zh: ["今天", "明天"], en: ["today", "tomorrow"] }[reading.language];
  const weekday = weekdays[reading.language][localTime(at, reading.timezone).dayOfWeek - 1]!;
  const day = names[ahead] ?? (ahead < 7 ? weekday : shortDate(at, reading));
  return `${day} ${clock(at, reading.timezone)}`;
}

export function weekdayName(day: number, language: Language): string {
  return weekdays[language][day - 1] ?? "";
}

/** 1小时20分 · 1 h 20 min. */
export function duration(minutes: number, language: Language): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts =
    language === "zh"
      ? [hours > 0 && `${hours}小时`, (rest > 0 || hours === 0) && `${rest}分${hours > 0 ? "" : "钟"}`]
      : [hours > 0 && `${hours} h`, (rest > 0 || hours === 0) && `${rest} min`];
  return parts.filter((part) => part !== false).join(language === "zh" ? "" : " ");
}

/** 41,273 in both languages. */
export function number(n: number): string {
  return new Intl.NumberFormat("en").format(n);
}

function whenByWeekday(at: Date, reading: Reading): string {
  const ago = daysAgo(at, reading);
  if (ago < 0 || ago > 6) return shortDate(at, reading);
  return `${weekdays.en[localTime(at, reading.timezone).dayOfWeek - 1]} ${clock(at, reading.timezone)}`;
}

function weekdayOf(at: Date, { language, timezone }: Reading): string {
  return language === "zh" ? "昨天" : weekdays.en[localTime(at, timezone).dayOfWeek - 1]!;
}

/** Calendar days between then and now, where the reader is; negative ahead. */
function daysAgo(at: Date, { timezone, now }: Reading): number {
  const then = localTime(at, timezone).toPlainDate();
  return then.until(localTime(now, timezone).toPlainDate(), { largestUnit: "days" }).days;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

/** 1st, 2nd, 3rd, 4th … 31st. */
export function ordinal(day: number): string {
  const suffixes: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };
  return `${day}${suffixes[new Intl.PluralRules("en", { type: "ordinal" }).select(day)] ?? "th"}`;
}
