import type { Edition } from "../news/edition.ts";
import { nextSlot } from "../news/schedule.ts";
import type { Db } from "../store/db.ts";
import { countSourcesIn } from "../store/sources.ts";
import type { Subscriber } from "../store/subscribers.ts";
import type { Subscription } from "../store/subscriptions.ts";
import { candidates, type Top, topStories } from "../store/top.ts";
import { choose } from "./choose.ts";
import { type Profile, profileOf } from "./profile.ts";
import { once, type Shared } from "./shared.ts";

/** A story that just missed the last digest may still come in this one. */
const graceHours = 6;
/** A digest looks at least so far back, and at most. */
const windowHoursMin = 24;
const windowHoursMax = 31 * 24;
/** Below so many minutes nobody calls it late. */
const lateMinutesMin = 10;
/** With fewer sources in its language that brought something in so many days, a short digest says so. */
const enoughSources = 3;
const sourceDays = 14;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export type DigestOf = {
  subscriber: Pick<Subscriber, "id" | "timezone" | "newsLanguages">;
  subscription: Pick<Subscription, "rule" | "minute" | "count" | "query" | "summaries">;
  /** The minute it is for. */
  slot: Date;
  now: Date;
  /** The slot before was missed: what it would have told is this one's news, too. */
  missedAt?: Date | null;
  /** The first digest of a chat shows the newest day there is when nothing is recent. */
  first?: boolean;
  /** Shared by the digests of one run: what is ranked and looked up once serves all. */
  shared?: Shared;
};

/** What this chat gets now: the hot stories of its profile, without what it had, or with what is new in it. */
export async function composeDigest(db: Db, digest: DigestOf): Promise<Edition> {
  const { subscriber, subscription, slot, now, missedAt = null, shared = new Map() } = digest;
  const query = `profile ${subscriber.newsLanguages} ${subscription.count} ${subscription.query}`;
  const profile = await once(shared, query, () => profileOf(db, subscriber, subscription));
  const from = missedAt ?? slot;
  const when = `slot before ${from.getTime()} ${subscription.rule} ${subscription.minute} ${subscriber.timezone}`;
  const last = await once(shared, when, async () => previousSlot({ ...digest, slot: from }));
  const since = windowStart(slot, last);
  const lateMinutes = Math.max(0, Math.floor((now.getTime() - slot.getTime()) / 60_000));
  // All digests of a minute are ranked as of that minute; one that comes late tells what is news when it comes.
  const at = lateMinutes < lateMinutesMin ? slot : new Date(slot.getTime() + lateMinutes * 60_000);
  const key = `candidates ${JSON.stringify(profile)} ${since.getTime()} ${at.getTime()}`;
  const ranked = await once(shared, key, () => candidates(db, { ...profile, now: at, since }));

  const edition: Edition = {
    at: slot,
    timezone: subscriber.timezone,
    count: subscription.count,
    summaries: subscription.summaries,
    subjectNames: profile.subjectNames,
    stories: [],
    lateMinutes,
    missedAt,
    newestDay: null,
    since: last,
  };
  edition.stories = await choose(db, ranked, { digest, profile, shared });
  if (edition.stories.length === 0 && digest.first === true) {
    const newest = await newestOf(db, profile, at);
    edition.stories = await choose(db, newest.stories, { digest, profile, shared });
    edition.newestDay = edition.stories.length > 0 ? newest.newestDay : null;
  }
  // What a chat had already is no matter of sources: only a list that is short itself is.
  if (ranked.length < profile.count && edition.newestDay === null)
    edition.fewSources = await fewSourcesOf(db, profile, { slot, shared });
  return edition;
}

/** How many sources tell news in the one language of a profile, when they are too few; null when that is no reason. */
async function fewSourcesOf(
  db: Db,
  { language, sources }: Profile,
  { slot, shared }: { slot: Date; shared: Shared },
): Promise<NonNullable<Edition["fewSources"]> | null> {
  // Who named sources knows how many.
  if (language === null || sources.length > 0) return null;
  const since = new Date((Math.floor(slot.getTime() / dayMs) - sourceDays) * dayMs);
  const count = (of: string | null) =>
    once(shared, `sources of ${of} since ${since.getTime()}`, () =>
      countSourcesIn(db, of, { since, most: enoughSources }),
    );
  const found = await count(language);
  // Where nobody tells anything in any language, it is no matter of languages.
  if (found >= enoughSources || (found === 0 && (await count(null)) === 0)) return null;
  return { language, sources: found };
}

/** The newest day with anything of this profile: of each of its subjects and sources, the newest of all. */
async function newestOf(db: Db, profile: Profile, now: Date): Promise<Top> {
  const { language, without, withoutSubjects, count } = profile;
  const parts = [...profile.subjects.map((subject) => ({ subject })), ...profile.sources.map((source) => ({ source }))];
  let best: Top = { stories: [], newestDay: null };
  for (const part of parts.length === 0 ? [{}] : parts) {
    const top = await topStories(db, { language, without, withoutSubjects, now, limit: count * 3, ...part });
    const isNewer = top.newestDay === null || (best.newestDay !== null && top.newestDay > best.newestDay);
    if (top.stories.length > 0 && (best.stories.length === 0 || isNewer)) best = top;
  }
  return best;
}

/** The slot before this one: what happened since is this digest's news. */
function previousSlot({ subscription, subscriber, slot }: DigestOf): Date {
  const schedule = { ...subscription, timezone: subscriber.timezone };
  for (const days of [1.1, 4, 8, 32]) {
    let last = nextSlot(schedule, new Date(slot.getTime() - days * 24 * hourMs));
    if (last >= slot) continue;
    for (let next = nextSlot(schedule, last); next < slot; next = nextSlot(schedule, last)) last = next;
    return last;
  }
  return new Date(slot.getTime() - windowHoursMax * hourMs);
}

function windowStart(slot: Date, last: Date): Date {
  const hours = (slot.getTime() - last.getTime()) / hourMs + graceHours;
  return new Date(slot.getTime() - Math.min(windowHoursMax, Math.max(windowHoursMin, hours)) * hourMs);
}
