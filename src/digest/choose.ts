import type { EditionStory } from "../news/edition.ts";
import { isBeside } from "../news/headline.ts";
import { quotaOf, someShared } from "../news/rank.ts";
import { idsPerSecond } from "../store/article-ids.ts";
import type { Db } from "../store/db.ts";
import { arrange, storyEditsNow } from "../store/edits.ts";
import { storiesBefore } from "../store/follow.ts";
import { type Had, hadStories } from "../store/had.ts";
import { type Around, storiesAround } from "../store/related.ts";
import { grownSince, type StoryCard } from "../store/story-view.ts";
import type { DigestOf } from "./compose.ts";
import type { Profile } from "./profile.ts";
import { once, type Shared } from "./shared.ts";

/** Told stories carry up to so many related lines: the first, the second, the third. */
const relatedLines = [2, 1, 1];
/** Those that are known for them: some are told themselves, or were. */
const aroundMax = 24;
/** Sentences of a told story. */
const sentencesMax = 2;
/** Everything that was had within so many days is known: it does not stand under another story either. */
const rememberedDays = 31;

type Choosing = { digest: DigestOf; profile: Profile; shared: Shared };

/**
 * Subtracts what the chat had; a story it had comes again only with what is new in it, and so does one that goes on with
 * the matter of one it had. Each matter has one place, and no source floods what is left.
 */
export async function choose(
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
    const update = await updateOf(db, card, { had, beside: isPinned ? null : hadOf, profile, shared });
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
  had: ReadonlyMap<number, Had>;
  /** What was had of each matter; null for what an editor wants told whatever stood beside it. */
  beside: ReadonlyMap<number, Had[]> | null;
  profile: Profile;
  shared: Shared;
};

/**
 * What is new in a story since this chat was told of it, or of its matter by another story; null when nothing is: then it
 * is not told again. undefined when the chat was told nothing of it.
 */
async function updateOf(
  db: Db,
  card: StoryCard,
  { had, beside, profile: { language }, shared }: UpdateOptions,
): Promise<EditionStory["update"] | undefined> {
  const own = had.get(card.id);
  const earlier = await hadBefore(db, card, { had, shared });
  const others = beside === null ? [] : [...earlier.beside, ...(beside.get(card.matter) ?? [])];
  const before = joinHad([...(own === undefined ? [] : [own]), ...earlier.followed, ...others]);
  if (before === undefined) return undefined;
  // An explainer or a live page of what was told by another story brings no news.
  if (own === undefined && beside !== null && isBeside(card.title)) return null;
  const newest = card.members.at(-1);
  // The usual case, without a look at any text: nothing was published since.
  if (newest === undefined || newest.id <= Math.max(...(own ?? before).articleIds)) return null;
  const isFollowing = own === undefined && earlier.followed.length > 0;
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
    summary: joined(card.summary().slice(0, sentencesMax), card.language),
    outlets: card.outlets,
    rush: card.rush,
    at: card.lastAt ?? new Date(0),
    update,
    related,
  };
}

function remembered(now: Date): number {
  return Math.floor(now.getTime() / 1000 - rememberedDays * 86_400) * idsPerSecond;
}

/** No article of these stories has a smaller id. */
function oldestId(cards: readonly StoryCard[]): number {
  const first = Math.min(...cards.map((card) => card.firstAt?.getTime() ?? 0));
  return Number.isFinite(first) ? Math.floor(first / 1000) * idsPerSecond : 0;
}

function joined(sentences: readonly string[], language: string): string {
  return sentences.join(language === "zh" ? "" : " ");
}
