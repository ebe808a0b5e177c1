import { Temporal } from "temporal-polyfill";

/** The night, where the reader is. */
export const nightFromHour = 23;
export const nightToHour = 7;
/** Zones that a cache keeps: there are about 600. */
const zonesMax = 1_000;

/** The end of the night there; null when it is no night now. */
export function morningAfter(now: Date, timezone: string, cache: Map<string, Date | null> = new Map()): Date | null {
  const known = cache.get(timezone);
  if (known !== undefined) return known;
  if (cache.size >= zonesMax) cache.clear();
  const found = findMorning(now, timezone);
  cache.set(timezone, found);
  return found;
}

function findMorning(now: Date, timezone: string): Date | null {
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timezone);
  if (local.hour >= nightToHour && local.hour < nightFromHour) return null;
  const day = local.hour >= nightFromHour ? local.toPlainDate().add({ days: 1 }) : local.toPlainDate();
  const morning = day.toZonedDateTime({ timeZone: timezone, plainTime: { hour: nightToHour } });
  return new Date(morning.epochMilliseconds);
}
