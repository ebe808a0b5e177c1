const minute = 60_000;
const day = 86_400_000;

/** A source is read no more often, and no less often, than this. */
export const intervalMinMs = 5 * minute;
export const intervalMaxMs = 12 * 3_600_000;
/** Until its rhythm is known. */
export const intervalFirstMs = 30 * minute;
const backoffFirstMs = 10 * minute;
const backoffMaxMs = day;
const backoffDoublingsMax = 10;
/** A source whose hub tells is asked so many times less often, to be sure. */
const pushedTimes = 6;
const pushedMinMs = 3_600_000;
/** The share of an interval by which reads are spread, so that a thousand sources are not read in one second. */
const spreadShare = 0.1;
const samplesMin = 3;
const silentGapsMin = 10;
const silentMinMs = 2 * day;

/** What is known of a source when its next read is set. */
export type Rhythm = {
  /** When its newest articles appeared, in any order; some twenty are enough. */
  publishedAt: readonly Date[];
  /** What the feed asks (ttl) and what the answer says (max-age); null when they say nothing. */
  ttlMinutes: number | null;
  maxAgeSeconds: number | null;
  /** What the operator set; null for the source's own rhythm. */
  intervalMinutes: number | null;
};

/**
 * How long to wait between two reads: half the usual gap between two articles, longer the longer nothing came, never
 * shorter than the source asks. The operator's own interval wins over all but the source's wish.
 */
export function readInterval(rhythm: Rhythm, now: Date): number {
  const wish = Math.max((rhythm.ttlMinutes ?? 0) * minute, (rhythm.maxAgeSeconds ?? 0) * 1000);
  if (rhythm.intervalMinutes !== null)
    return Math.max(intervalMinMs, rhythm.intervalMinutes * minute, Math.min(wish, intervalMaxMs));
  const gap = usualGap(rhythm.publishedAt);
  const newest = Math.max(...rhythm.publishedAt.map((date) => date.getTime()));
  const quiet = rhythm.publishedAt.length === 0 ? 0 : Math.max(0, now.getTime() - newest);
  const own = gap === null ? intervalFirstMs : Math.max(gap / 2, quiet / 10);
  return clamp(Math.max(own, Math.min(wish, intervalMaxMs)));
}

/** The interval of a source whose hub tells what is new. */
export function pushedInterval(intervalMs: number): number {
  return clamp(Math.max(pushedMinMs, intervalMs * pushedTimes));
}

/** When a source that was read is read again; `random` is in [0, 1). */
export function nextRead(now: Date, intervalMs: number, random: number): Date {
  return new Date(now.getTime() + Math.round(intervalMs * (1 + spreadShare * (2 * random - 1))));
}

/**
 * When a source that failed is tried again: twice as late each time, up to a day, anywhere in the later half of that
 * wait, and never before the server's own wish. `failures` counts those in a row, this one included.
 */
export function nextTry(
  now: Date,
  failure: { failures: number; retryAfterSeconds: number | null; random: number },
): Date {
  const doublings = Math.min(backoffDoublingsMax, Math.max(0, failure.failures - 1));
  const wait = Math.min(backoffMaxMs, backoffFirstMs * 2 ** doublings);
  const jittered = wait * (0.5 + failure.random / 2);
  const wish = (failure.retryAfterSeconds ?? 0) * 1000;
  // A wish is a moment that many were told: they are spread behind it.
  return new Date(now.getTime() + Math.round(Math.max(jittered, wish * (1 + spreadShare * failure.random))));
}

/** Articles a day over the time that the samples span; 0 when there are too few to tell. */
export function articlesPerDay(publishedAt: readonly Date[]): number {
  const gap = meanGap(publishedAt);
  return gap === null ? 0 : day / gap;
}

/** Whether a source has fallen silent against its own rhythm: ten of its gaps without news, and two days at least. */
export function isSilent(publishedAt: readonly Date[], lastNewAt: Date | null, now: Date): boolean {
  const gap = usualGap(publishedAt);
  if (gap === null || lastNewAt === null) return false;
  return now.getTime() - lastNewAt.getTime() > Math.max(silentMinMs, gap * silentGapsMin);
}

/** The median of the gaps between neighbours: bursts and holidays do not move it. */
function usualGap(publishedAt: readonly Date[]): number | null {
  if (publishedAt.length < samplesMin) return null;
  const times = publishedAt.map((date) => date.getTime()).sort((a, b) => a - b);
  const gaps = times
    .slice(1)
    .map((time, at) => time - times[at]!)
    .sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)]!;
}

function meanGap(publishedAt: readonly Date[]): number | null {
  if (publishedAt.length < samplesMin) return null;
  const times = publishedAt.map((date) => date.getTime());
  return Math.max(minute, (Math.max(...times) - Math.min(...times)) / (times.length - 1));
}

function clamp(intervalMs: number): number {
  return Math.round(Math.min(intervalMaxMs, Math.max(intervalMinMs, intervalMs)));
}
