import { readClockTime } from "./clock-time.ts";
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

/** The hours that a reader chose, perhaps that there are none; null when they never did. */
export function chosenHours({ quietFrom: from, quietTo: to }: { quietFrom: number | null; quietTo: number | null }) {
  return from === null || to === null ? null : { from, to };
}

/** Reads what a person says: "23:00-07:00", "晚上11点到早上7点", "10 pm to 6:30"; null when it was not understood. */
export function readQuiet(said: string): Hours | null {
  const parts = said
    .normalize("NFKC")
    .toLowerCase()
    .replace(/^\s*(?:from|从)\s*/u, "")
    .split(/\s*(?:[-–—~～到至]|\bto\b|\buntil\b)\s*/u);
  const [from, to] = parts.map((part) => readClockTime(part));
  if (parts.length !== 2 || !from || !to || from.rule !== null || to.rule !== null) return null;
  return { from: from.minute, to: to.minute };
}

/** Does this minute of the local day fall into the hours? */
export function isWithin(minute: number, { from, to }: Hours): boolean {
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
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
