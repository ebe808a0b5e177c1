import { Temporal } from "temporal-polyfill";

/** How far ahead a next slot is looked for: every rule comes round within two months, and a bit. */
const daysAheadMax = 100;
/** Slots that a cache keeps before it starts again. */
const cacheSlotsMax = 100_000;
const minutesADay = 24 * 60;

/**
 * When something comes: on which days ("daily", "workdays", "weekly:1,3" with 1 = Monday, "monthly:1,15"), at which
 * minute of the local day (0–1439), in which IANA zone.
 */
export type Schedule = { rule: string; minute: number; timezone: string };

type Days =
  | { kind: "daily" }
  | { kind: "weekly"; weekdays: readonly number[] }
  | { kind: "monthly"; days: readonly number[] };

/** Slots that were computed before: a million subscribers share a few hundred schedules. */
export type SlotCache = { slots: Map<string, number>; rules: Map<string, Days> };

export function createSlotCache(): SlotCache {
  return { slots: new Map(), rules: new Map() };
}

/** Is this a rule that `nextSlot` understands? */
export function isRule(rule: string): boolean {
  return readDays(rule) !== null;
}

export function isTimezone(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}

/**
 * The first slot after `after`. As RFC 5545 has it: a minute that a clock change leaves out comes later by as much as was
 * left out, one that comes twice is taken the first time. A month without its 31st takes its last day.
 */
export function nextSlot(schedule: Schedule, after: Date, cache: SlotCache = createSlotCache()): Date {
  const key = `${schedule.rule} ${schedule.minute} ${schedule.timezone} ${after.getTime()}`;
  const known = cache.slots.get(key);
  if (known !== undefined) return new Date(known);
  const found = findSlot(schedule, after, cache);
  if (cache.slots.size >= cacheSlotsMax) cache.slots.clear();
  cache.slots.set(key, found);
  return new Date(found);
}

/** The next `count` slots after `after`, in order. */
export function nextSlots(schedule: Schedule, after: Date, count: number): Date[] {
  const cache = createSlotCache();
  const slots: Date[] = [];
  for (let last = after; slots.length < count; ) {
    last = nextSlot(schedule, last, cache);
    slots.push(last);
  }
  return slots;
}

/**
 * The newest slot that is not after `now`, when slots were missed since `slot`, and how many were passed over on the way
 * to it. Nobody gets a pile of old digests.
 */
export function latestSlot(
  schedule: Schedule,
  slot: Date,
  { now, cache = createSlotCache() }: { now: Date; cache?: SlotCache },
): { latest: Date; missed: number; next: Date } {
  const longAgo = new Date(now.getTime() - daysAheadMax * 86_400_000);
  // After months of downtime there is no use in counting every slot.
  let latest = slot < longAgo ? nextSlot(schedule, longAgo, cache) : slot;
  let missed = latest > slot ? 1 : 0;
  let next = nextSlot(schedule, latest, cache);
  while (next <= now) {
    latest = next;
    next = nextSlot(schedule, latest, cache);
    missed += 1;
  }
  return { latest, missed, next };
}

/** A moment as a clock and a calendar on the wall show it there. */
export type LocalTime = {
  year: number;
  month: number;
  day: number;
  /** 1 is Monday. */
  weekday: number;
  /** Minute of the day, 0–1439. */
  minute: number;
};

export function localTime(at: Date, timezone: string): LocalTime {
  const local = zoned(at, timezone);
  const { year, month, day, dayOfWeek } = local;
  return { year, month, day, weekday: dayOfWeek, minute: local.hour * 60 + local.minute };
}

/** A minute of the day as people write it: 08:05. */
export function clockTime(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** From which minute of the local day to which nothing may ring; the same minute twice means never. May pass midnight. */
export type QuietHours = { from: number; to: number; timezone: string };

/** When the quiet hours end that `at` falls into; null when it falls into none. */
export function quietUntil(at: Date, { from, to, timezone }: QuietHours): Date | null {
  if (from === to) return null;
  const { minute } = localTime(at, timezone);
  const inside = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!inside) return null;
  return nextSlot({ rule: "daily", minute: to, timezone }, at);
}

function findSlot({ rule, minute, timezone }: Schedule, after: Date, cache: SlotCache): number {
  const days = knownDays(rule, cache);
  const time = Temporal.PlainTime.from({ hour: Math.floor(minute / 60) % 24, minute: minute % 60 });
  // From the day before: where a clock change left out a whole day, yesterday's slot stands in today.
  let date = zoned(after, timezone).toPlainDate().subtract({ days: 1 });
  for (let day = 0; day < daysAheadMax; day += 1) {
    if (falls(days, date)) {
      // "compatible" is RFC 5545's way through gaps and overlaps.
      const at = date.toZonedDateTime({ timeZone: timezone, plainTime: time }).epochMilliseconds;
      if (at > after.getTime()) return at;
    }
    date = date.add({ days: 1 });
  }
  throw new RangeError(`the rule ${rule} never comes round`);
}

function falls(days: Days, date: Temporal.PlainDate): boolean {
  if (days.kind === "daily") return true;
  if (days.kind === "weekly") return days.weekdays.includes(date.dayOfWeek);
  return days.days.includes(date.day) || (date.day === date.daysInMonth && days.days.some((day) => day > date.day));
}

function knownDays(rule: string, cache: SlotCache): Days {
  const known = cache.rules.get(rule);
  if (known !== undefined) return known;
  const days = readDays(rule);
  if (days === null) throw new RangeError(`not a rule: ${rule}`);
  cache.rules.set(rule, days);
  return days;
}

function readDays(rule: string): Days | null {
  if (rule === "daily") return { kind: "daily" };
  if (rule === "workdays") return { kind: "weekly", weekdays: [1, 2, 3, 4, 5] };
  const match = /^(weekly|monthly):(\d{1,2}(?:,\d{1,2}){0,30})$/.exec(rule);
  if (match === null) return null;
  const numbers = match[2]!.split(",").map(Number);
  const max = match[1] === "weekly" ? 7 : 31;
  if (numbers.some((each) => each < 1 || each > max)) return null;
  return match[1] === "weekly" ? { kind: "weekly", weekdays: numbers } : { kind: "monthly", days: numbers };
}

function zoned(at: Date, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timezone);
}

/** Is this a minute of a day? */
export function isMinute(minute: number): boolean {
  return Number.isInteger(minute) && minute >= 0 && minute < minutesADay;
}
