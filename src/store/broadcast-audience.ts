import { type Hours, morningAfter } from "../news/quiet.ts";
import { usualChoice } from "./breaking-choices.ts";
import { type AudienceMember, audienceSlice, audienceSliceMax } from "./broadcast-rows.ts";
import { type Broadcast, wordingFor } from "./broadcasts.ts";
import type { Db } from "./db.ts";
import type { Language } from "./schema.ts";

/** What of a broadcast decides who gets it when. */
export type Aimed = Pick<Broadcast, "texts" | "missing" | "level" | "asleep">;

/** When this reader gets it; null when they do not. */
export function dueFor(
  broadcast: Aimed,
  reader: AudienceMember,
  { now, night, mornings }: { now: Date; night: Hours; mornings: Map<string, Date | null> },
): Date | null {
  const usual = usualChoice(reader.kind);
  const level = reader.level ?? usual.level;
  if (level === "none" || (level === "top" && broadcast.level !== "top")) return null;
  if (wordingFor(broadcast, reader.language) === undefined) return null;
  if ((reader.night ?? usual.night) === "ring") return now;
  const morning = morningAfter(now, { ...night, timezone: reader.timezone }, mornings);
  if (morning === null) return now;
  return broadcast.asleep === "skip" ? null : morning;
}

export type Estimate = {
  /** All who want breaking items of this kind. */
  readers: number;
  /** Who gets it at once, by the language that they read. */
  now: Record<Language, number>;
  asleep: number;
  /** Those for whom there is no text yet and nothing was decided. */
  without: Record<Language, number>;
};

/** How many a broadcast would reach, in slices between which others get their turn. */
export async function estimateAudience(
  db: Db,
  broadcast: Aimed & Pick<Broadcast, "audience">,
  { now, night }: { now: Date; night: Hours },
): Promise<Estimate> {
  const estimate: Estimate = { readers: 0, now: { zh: 0, en: 0 }, asleep: 0, without: { zh: 0, en: 0 } };
  const mornings = new Map<string, Date | null>();
  const toAll: Aimed = { ...broadcast, asleep: "wait", texts: { zh: anyText, en: anyText } };
  for (let afterId = 0; ; ) {
    const slice = await audienceSlice(db, { audience: broadcast.audience, afterId, now });
    for (const reader of slice) {
      const dueAt = dueFor(toAll, reader, { now, night, mornings });
      if (dueAt === null) continue;
      estimate.readers += 1;
      if (wordingFor(broadcast, reader.language) === undefined) estimate.without[reader.language] += 1;
      else if (dueAt > now) estimate.asleep += 1;
      else estimate.now[reader.language] += 1;
    }
    if (slice.length < audienceSliceMax) return estimate;
    afterId = slice.at(-1)!.id;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

const anyText = { headline: "", body: "", by: "", at: null };
