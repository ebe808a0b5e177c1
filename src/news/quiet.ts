import { quietUntil } from "./schedule.ts";

/** Zones, with their hours, that a cache keeps: there are about 600 zones. */
const zonesMax = 2_000;

/** From which minute of the local day to which it is quiet; the same twice means never. */
export type Hours = { from: number; to: number };

/** Reads "23:00-07:00", as the settings have it. */
export function readHours(text: string): Hours {
  const [from, to] = text.split("-").map((time) => {
    const [hour, minute] = time.split(":").map(Number);
    return hour! * 60 + minute!;
  });
  return { from: from!, to: to! };
}

/** The end of the quiet hours there; null when it is none now. */
export function morningAfter(
  now: Date,
  { timezone, from, to }: Hours & { timezone: string },
  cache: Map<string, Date | null> = new Map(),
): Date | null {
  const key = `${timezone} ${from} ${to}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (cache.size >= zonesMax) cache.clear();
  const found = quietUntil(now, { from, to, timezone });
  cache.set(key, found);
  return found;
}
