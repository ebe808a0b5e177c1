import type { Edition, EditionStory } from "../news/edition.ts";
import { isBeside } from "../news/headline.ts";
import { quotaOf, someShared } from "../news/rank.ts";
import { nextSlot } from "../news/schedule.ts";
import { idsPerSecond } from "../store/article-ids.ts";
import type { Db } from "../store/db.ts";
import { arrange, storyEditsNow } from "../store/edits.ts";
import { storiesBefore } from "../store/follow.ts";
import { type Had, hadStories } from "../store/had.ts";
import { type Around, storiesAround } from "../store/related.ts";
import { countSourcesIn } from "../store/sources.ts";
import { grownSince, type StoryCard } from "../store/story-view.ts";
import type { Subscriber } from "../store/subscribers.ts";
import type { Subscription } from "../store/subscriptions.ts";
import { candidates, type Top, topStories } from "../store/top.ts";
import { type Profile, profileOf } from "./profile.ts";

/** A story that just missed the last digest may still come in this one. */
const graceHours = 6;
/** A digest looks at least so far back, and at most. */
const windowHoursMin = 24;
const windowHoursMax = 31 * 24;
/** Below so many minutes nobody calls it late. */
const lateMinutesMin = 10;
/** Told stories carry up to so many related lines: the first, the second, the third. */
const relatedLines = [2, 1, 1];
/** Those that are known for them: some are told themselves, or were. */
const aroundMax = 24;
/** With fewer sources in its language that brought something in so many days, a short digest says so. */
const enoughSources = 3;
const sourceDays = 14;
/** Sentences of a told story. */
const sentencesMax = 2;
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

/** What many digests of one minute have in common. */
export type Shared = Map<string, Promise<unknown>>;

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

type Choosing = { digest: DigestOf; profile: Profile; shared: Shared };

/**
 * Subtracts what the chat had; a story it had comes again only with what is new in it, and so does one that goes on with
 * the matter of one it had. Each matter has one place, and no source floods what is left.
 */
async function choose(
  db: Db,
  ranked: readonly StoryCard[],
  { digest, profile, shared }: Choosing,
): Promise<EditionStory[]> {
  const had = await hadStories(db, digest.subscriber.id, Math.min(oldestId(ranked), remembered(digest.now)));
  const chosen: { card: StoryCard; update: EditionStory["update"] }[] = [];
  // What an editor dropped, pinned or retitled a moment ago holds for this digest already.
  const edits = await once(shared, "edits", () => storyEditsNow(db, digest.now));
  // Who leaves a story out does not want the pieces beside it in its place.
  const matters = new Set(ranked.filter(({ id }) => edits.dropped.has(id)).map(({ matter }) => matter));
  const hadOf = hadMatters(ranked, had);
  const quota = profile.sources.length > 0 || !someShared(ranked) ? null : quotaOf(profile.count);
  for (const card of arrange(ranked, edits)) {
    if (chosen.length >= profile.count) break;
    const isPinned = edits.pinned.includes(card.id);
    if (!isPinned && (matters.has(card.matter) || quota?.admits(card.members) === false)) continue;
    const own = had.get(card.id);
    const { followed, beside } = await hadBefore(db, card, { had, shared });
    const told = hadOf.get(card.matter) ?? [];
    const before = joinHad([...(own ? [own] : []), ...followed, ...(isPinned ? [] : [...beside, ...told])]);
    // An explainer or a live page of what was told by another story brings no news.
    if (own === undefined && before !== undefined && !isPinned && isBeside(card.title)) continue;
    const isFollowing = own === undefined && followed.length > 0;
    const update =
      before && (await updateOf(db, card, { own, before, isFollowing, language: profile.language, shared }));
    // Told before, and nothing is new.
    if (update === null) continue;
    chosen.push({ card, update: update ?? null });
    matters.add(card.matter);
    quota?.take(card.members);
  }
  // What the digest tells, what was told before and what stands under another story is no news under this one.
  const used = new Set([...chosen.map(({ card }) => card.id), ...had.keys()]);
  const stories: EditionStory[] = [];
  for (const [n, { card, update }] of chosen.entries()) {
    const wanted = digest.subscription.summaries ? (relatedLines[n] ?? 0) : 0;
    const around =
      wanted === 0 ? [] : await once(shared, `related ${card.articleId}`, () => storiesAround(db, card, aroundMax));
    const free = around.filter((line) => !used.has(line.storyId) && !edits.dropped.has(line.storyId));
    const related = free.slice(0, wanted);
    for (const line of related) used.add(line.storyId);
    stories.push(storyOf(card, update, related));
  }
  return stories;
}

/** What the chat had of each matter in a list: a story beside one that was told is no news by itself. */
function hadMatters(ranked: readonly StoryCard[], had: ReadonlyMap<number, Had>): Map<number, Had[]> {
  const told = new Map<number, Had[]>();
  for (const { id, matter } of ranked) {
    const before = had.get(id);
    if (before !== undefined) told.set(matter, [...(told.get(matter) ?? []), before]);
  }
  return told;
}

/** What the chat had of earlier stories with whose matter this one goes on, or that it stands beside. */
async function hadBefore(
  db: Db,
  card: StoryCard,
  { had, shared }: { had: ReadonlyMap<number, Had>; shared: Shared },
): Promise<{ followed: Had[]; beside: Had[] }> {
  if (had.size === 0) return { followed: [], beside: [] };
  const earlier = await once(shared, `before ${card.id} ${card.articleId}`, () => storiesBefore(db, card));
  const hadOf = (ids: readonly number[]) => ids.flatMap((id) => had.get(id) ?? []);
  return { followed: hadOf(earlier.followed), beside: hadOf(earlier.beside) };
}

function joinHad(all: readonly Had[]): Had | undefined {
  if (all.length === 0) return undefined;
  return {
    articleIds: [...new Set(all.flatMap((each) => each.articleIds))],
    at: new Date(Math.max(...all.map((each) => each.at.getTime()))),
  };
}

type UpdateOptions = {
  own: Had | undefined;
  before: Had;
  isFollowing: boolean;
  language: string | null;
  shared: Shared;
};

/** What is new in a story since this chat was told of it; null when nothing is: then it is not told again. */
async function updateOf(
  db: Db,
  card: StoryCard,
  { own, before, isFollowing, language, shared }: UpdateOptions,
): Promise<EditionStory["update"]> {
  const newest = card.members.at(-1);
  // The usual case, without a look at any text: nothing was published since.
  if (newest === undefined || newest.id <= Math.max(...(own ?? before).articleIds)) return null;
  const key = `grown ${card.id} ${language} ${isFollowing} ${before.articleIds.join()}`;
  const options = { had: before.articleIds, isFollowing, language };
  const grown = await once(shared, key, () => grownSince(db, card.id, options));
  if (grown === null) return null;
  const { sentence, lastTold, lastTitle } = grown;
  return { sentence, lastTold, lastTitle, lastAt: before.at };
}

function storyOf(card: StoryCard, update: EditionStory["update"], related: Around[]): EditionStory {
  const newest = card.members.at(-1)?.id ?? card.articleId;
  return {
    storyId: card.id,
    // What was told, and how far the story had come: only what is published later can be new.
    articleIds: [...new Set([card.articleId, newest, ...related.map((line) => line.articleId)])],
    title: card.title,
    url: card.url,
    summary: joined(card.summary.slice(0, sentencesMax), card.language),
    outlets: card.outlets,
    rush: card.rush,
    at: card.lastAt ?? new Date(0),
    update,
    related,
  };
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

/** Of the last month everything that was had is known: it does not stand under another story either. */
function remembered(now: Date): number {
  return Math.floor(now.getTime() / 1000 - windowHoursMax * 3_600) * idsPerSecond;
}

/** No article of these stories has a smaller id. */
function oldestId(cards: readonly StoryCard[]): number {
  const first = Math.min(...cards.map((card) => card.firstAt?.getTime() ?? 0));
  return Number.isFinite(first) ? Math.floor(first / 1000) * idsPerSecond : 0;
}

function joined(sentences: readonly string[], language: string): string {
  return sentences.join(language === "zh" ? "" : " ");
}

/** The first who asks computes; all others wait for the same answer. */
function once<T>(shared: Shared, key: string, compute: () => Promise<T>): Promise<T> {
  const known = shared.get(key) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const computing = compute();
  shared.set(key, computing);
  return computing;
}
