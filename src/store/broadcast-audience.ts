import { and, asc, eq, gt, isNull, lte, ne, or, type SQL, sql } from "drizzle-orm";
import { breathe } from "../breathe.ts";
import { type Hours, morningAfter } from "../news/quiet.ts";
import { readWish } from "../news/wish.ts";
import { usualChoice } from "./breaking-choices.ts";
import { type Broadcast, wordingFor } from "./broadcasts.ts";
import type { Db } from "./db.ts";
import {
  type BreakingLevel,
  breakingChoices,
  type ChatKind,
  type Language,
  subscribers,
  subscriptions,
} from "./schema.ts";

/** Subscribers of one slice: a read and a write of a few milliseconds each. */
export const audienceSliceMax = 500;
/** Subscriptions whose words are counted in one statement. */
const countedMax = 2_000;

/** A reader whom a broadcast may be for, with what they want. */
export type AudienceMember = {
  id: number;
  kind: ChatKind;
  language: Language;
  timezone: string;
  level: BreakingLevel | null;
  silent: boolean | null;
  night: "wait" | "ring" | null;
  /** Their own quiet hours; null when they chose none. */
  quietFrom: number | null;
  quietTo: number | null;
};

/** Those who could get it at all, from after `afterId`: reachable, not paused, and of the audience that was chosen. */
export async function audienceSlice(
  db: Db,
  {
    audience,
    afterId,
    now,
    limit = audienceSliceMax,
  }: { audience: string; afterId: number; now: Date; limit?: number },
): Promise<AudienceMember[]> {
  return db
    .select({
      id: subscribers.id,
      kind: subscribers.kind,
      language: subscribers.language,
      timezone: subscribers.timezone,
      level: breakingChoices.level,
      silent: breakingChoices.silent,
      night: breakingChoices.night,
      quietFrom: subscribers.quietFrom,
      quietTo: subscribers.quietTo,
    })
    .from(subscribers)
    .leftJoin(breakingChoices, eq(breakingChoices.subscriberId, subscribers.id))
    .where(
      and(
        gt(subscribers.id, afterId),
        eq(subscribers.state, "active"),
        or(isNull(subscribers.pausedUntil), lte(subscribers.pausedUntil, now)),
        audienceOf(audience),
      ),
    )
    .orderBy(asc(subscribers.id))
    .limit(limit);
}

/** When it is quiet for a reader: as they chose, else as is usual. */
export function hoursOf(reader: Pick<AudienceMember, "quietFrom" | "quietTo">, usual: Hours): Hours {
  const { quietFrom: from, quietTo: to } = reader;
  return from === null || to === null ? usual : { from, to };
}

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
  const morning = morningAfter(now, { ...hoursOf(reader, night), timezone: reader.timezone }, mornings);
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
    await breathe();
  }
}

const anyText = { headline: "", body: "", by: "", at: null };

/** How many subscriptions ask for each subject and source: "subject:tech" → 40, "source:Harbour Post" → 3. */
export async function askedFor(db: Db): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const [newest] = await db.select({ id: sql<number | null>`max(${subscriptions.id})` }).from(subscriptions);
  for (let from = 0; from < (newest?.id ?? 0); from += countedMax) {
    const slice = and(
      gt(subscriptions.id, from),
      lte(subscriptions.id, from + countedMax),
      ne(subscriptions.query, ""),
    );
    for (const { query } of await db.select({ query: subscriptions.query }).from(subscriptions).where(slice)) {
      const { subjects, sources } = readWish(query);
      const named = [...subjects.map((slug) => `subject:${slug}`), ...sources.map((name) => `source:${name}`)];
      for (const each of new Set(named)) counts.set(each, (counts.get(each) ?? 0) + 1);
    }
    await breathe();
  }
  return counts;
}

/** By the reader's language, or by what one of their subscriptions asks for. */
function audienceOf(audience: string): SQL | undefined {
  if (audience === "all") return undefined;
  if (audience === "zh" || audience === "en") return eq(subscribers.language, audience);
  const at = audience.indexOf(":") + 1;
  const name = audience.slice(at).replaceAll('"', "");
  // Whole words of the query: neither a longer name nor "-source:…" is meant.
  const [bare, quoted] = [` ${audience.slice(0, at)}${name} `, ` ${audience.slice(0, at)}"${name}" `];
  return sql`exists (select 1 from subscriptions as s where s.subscriber_id = ${subscribers.id}
    and (instr(' ' || s.query || ' ', ${bare}) > 0 or instr(' ' || s.query || ' ', ${quoted}) > 0))`;
}
