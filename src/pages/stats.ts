import { countClicks } from "../store/clicks.ts";
import type { Db } from "../store/db.ts";
import { countFeedback, type FeedbackCounts, type StoryFeedback, storyFeedback } from "../store/feedback.ts";
import { membersOfStories, storyCards } from "../store/story-view.ts";
import { type PopularMinute, popularMinutes } from "../store/subscriptions-due.ts";

/** Digests that are told of are due within this time. */
export const aheadHours = 24;
/** Articles of a story that its headline is chosen from. */
const membersMax = 20;

export type Stats = {
  sums: FeedbackCounts & { clicks: number };
  /** Those of which readers said most first. */
  stories: (StoryFeedback & { title: string; url: string | null })[];
  /** The fullest minutes to come first. */
  minutes: PopularMinute[];
};

/** What readers thought of what they got in the last days, and the fullest minutes to come. */
export async function statsOf(
  db: Db,
  { now, days, limit }: { now: Date; days: number; limit: number },
): Promise<Stats> {
  const since = new Date(now.getTime() - days * 86_400_000);
  const until = new Date(now.getTime() + aheadHours * 3_600_000);
  const said = await storyFeedback(db, since, limit);
  const ids = said.map(({ storyId }) => storyId);
  const members = await membersOfStories(db, ids, membersMax);
  const told = said.flatMap((each) => {
    const own = members.get(each.storyId) ?? [];
    return own.length === 0 ? [] : [{ each, own }];
  });
  const cards = await storyCards(
    db,
    told.map(({ own }) => own),
    null,
  );
  return {
    sums: { ...(await countFeedback(db, since)), clicks: await countClicks(db, since) },
    stories: told.map(({ each }, n) => ({ ...each, title: cards[n]!.title, url: cards[n]!.url })),
    minutes: await popularMinutes(db, { now, until, limit }),
  };
}
