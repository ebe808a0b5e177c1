import { createRequire } from "node:module";
import { clockTime, createSlotCache, nextSlot } from "../../src/news/schedule.ts";

/**
 * Every zone of the IANA list over ten years of days, and every quarter of an hour of the days around each clock change,
 * against moment-timezone's own data: expected slots come from its offsets by RFC 5545's rules, never from `Intl`.
 */
const firstYear = 2020;
const years = 10;
const everyDayAt = 480;
const stepMinutes = 15;
const dayMs = 86_400_000;
const zoneDaysMs = 2 * dayMs;

type Offsets = { untils: readonly (number | null)[]; offsets: readonly number[]; name: string };
type Moment = { tz: { names(): string[]; zone(name: string): Offsets | null; dataVersion: string } };

export async function run(args: string[]): Promise<void> {
  const moment = createRequire(import.meta.url)("moment-timezone") as Moment;
  const zones = moment.tz.names().filter((name) => args.length === 0 || args.includes(name));
  const known = zones.filter(isKnown);
  const start = performance.now();
  let checked = 0;
  let wrong = 0;
  for (const name of known) {
    const data = moment.tz.zone(name)!;
    for (let minute = 0; minute < 24 * 60; minute += stepMinutes) {
      const days = minute === everyDayAt ? allDays() : daysOfChange(data);
      const result = checkMinute(data, name, { minute, days });
      checked += result.checked;
      wrong += result.wrong;
    }
  }
  const seconds = (performance.now() - start) / 1000;
  print(`time zone data: moment-timezone ${moment.tz.dataVersion}, Node ${process.versions.tz}`);
  print(
    `zones: ${known.length} of ${zones.length} (${zones.filter((name) => !isKnown(name)).join(", ") || "none"} unknown to Node)`,
  );
  print(
    `slots: ${checked.toLocaleString("en")} over ${years} years in ${seconds.toFixed(1)} s; wrong minutes: ${wrong}`,
  );
  speed();
  if (wrong > 0) process.exitCode = 1;
}

/** Walks a zone's slots of one minute: each must be the next of the expected ones. */
function checkMinute(
  data: Offsets,
  name: string,
  { minute, days }: { minute: number; days: readonly number[] },
): { checked: number; wrong: number } {
  const cache = createSlotCache();
  const slots = days.map((day) => expectedSlot(data, day + minute * 60_000));
  let wrong = 0;
  for (const [i, slot] of slots.entries()) {
    const previous = slots[i - 1];
    const isNextDay = previous !== undefined && days[i]! - days[i - 1]! === dayMs && previous < slot;
    const after = new Date(isNextDay ? previous : slot - 1);
    const found = nextSlot({ rule: "daily", minute, timezone: name }, after, cache);
    if (found.getTime() !== slot) {
      wrong += 1;
      if (wrong <= 3)
        print(`  ${name} ${clockTime(minute)}: ${found.toISOString()}, expected ${new Date(slot).toISOString()}`);
    }
  }
  return { checked: slots.length, wrong };
}

function allDays(): number[] {
  return Array.from({ length: years * 365 + 2 }, (_, n) => Date.UTC(firstYear, 0, 1 + n));
}

/** The day before each change, its day and the day after, as local dates may have them. */
function daysOfChange(data: Offsets): number[] {
  const changes = data.untils.filter((until) => until !== null && until >= Date.UTC(firstYear, 0, 1));
  const inTime = changes.filter((until) => until! < Date.UTC(firstYear + years, 0, 1));
  const days = inTime.flatMap((until) => [-1, 0, 1].map((n) => Math.floor(until! / dayMs) * dayMs + n * dayMs));
  return [...new Set(days)].sort((a, b) => a - b);
}

/** The moment at which the local clock shows `local` (as if it were UTC): the first one, else later by the gap. */
function expectedSlot(data: Offsets, local: number): number {
  const around = new Set<number>();
  for (let i = 0; i < data.untils.length; i += 1) {
    const from = data.untils[i - 1] ?? Number.NEGATIVE_INFINITY;
    const until = data.untils[i] ?? Number.POSITIVE_INFINITY;
    if (until < local - zoneDaysMs || from > local + zoneDaysMs) continue;
    const at = local + data.offsets[i]! * 60_000;
    if (at >= from && at < until) around.add(at);
  }
  if (around.size > 0) return Math.min(...around);
  // In a gap the offset before the change tells the moment (RFC 5545, 3.3.5).
  const change = data.untils.findIndex((until, i) => {
    const next = data.offsets[i + 1];
    return (
      until !== null &&
      next !== undefined &&
      local + data.offsets[i]! * 60_000 >= until &&
      local + next * 60_000 < until
    );
  });
  return local + data.offsets[change]! * 60_000;
}

function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function speed(): void {
  const cache = createSlotCache();
  const zones = Intl.supportedValuesOf("timeZone");
  const rows = 1_000_000;
  const start = performance.now();
  const after = new Date("2026-11-22T00:00:00Z");
  for (let i = 0; i < rows; i += 1) {
    nextSlot(
      { rule: i % 3 === 0 ? "workdays" : "daily", minute: 480, timezone: zones[i % zones.length]! },
      after,
      cache,
    );
  }
  print(
    `next slots of ${rows.toLocaleString("en")} rows with one cache: ${((performance.now() - start) / 1000).toFixed(2)} s`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
