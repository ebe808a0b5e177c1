/** Digests by the second at which they are due. */
export type Loads = ReadonlyMap<number, number>;

/** An earlier minute is looked for within the hour before, in steps of so many minutes. */
const stepMinutes = 5;
const stepsMax = 12;

/** When the last digest of the second `at` goes out, sent in order at `rate` a second: what is due before comes first. */
export function lastSentAt(loads: Loads, at: number, rate: number): number {
  let end = 0;
  for (const [due, digests] of [...loads].sort(([a], [b]) => a - b)) {
    if (due > at) break;
    end = Math.max(end, due) + digests / rate;
  }
  return Math.max(end, at);
}

/**
 * The latest of the minutes before from which a digest is there by `at`, whatever else is due; when there is none, the
 * one whose digest comes first. Null when that is no earlier than to stay. All in seconds.
 */
export function earlierMinute(loads: Loads, at: number, rate: number): { at: number; there: number } | null {
  const choices = Array.from({ length: stepsMax }, (_, n) => {
    const due = at - (n + 1) * stepMinutes * 60;
    return { at: due, there: lastSentAt(loads, due, rate) };
  });
  const inTime = choices.find((choice) => choice.there <= at);
  const best = inTime ?? choices.reduce((first, choice) => (choice.there < first.there ? choice : first));
  return best.there < lastSentAt(loads, at, rate) ? best : null;
}

/** How long before `at` the counting must begin, in seconds, so that what is still being sent then is known. */
export const lookBackSeconds = 2 * stepsMax * stepMinutes * 60;
