import { followDaysMax, follows } from "../news/follow.ts";
import { surroundingsAmong } from "../news/likeness.ts";
import { askedTerms } from "../news/sketch.ts";
import { isOneMatter } from "../news/variety.ts";
import { backgroundOf } from "./background.ts";
import type { Db } from "./db.ts";
import { findByTerms, sketchesOf, storyMemory } from "./sketches.ts";
import type { StoryCard } from "./story-view.ts";

/** Members of a story that are asked with whose matter they go on: its newest, and the one that stands for it. */
const askedMax = 3;
/** Articles found by the terms of each. */
const nearbyMax = 40;
const idsPerDay = 86_400 * 2 ** 20;

/** Stories of the week before: those with whose matter one goes on, and those that it stands beside, of one matter. */
export type Earlier = { followed: number[]; beside: number[] };

/** What was told before a story of its matter: who was told of that reads this one as an update, or not at all. */
export async function storiesBefore(db: Db, card: StoryCard): Promise<Earlier> {
  const memory = storyMemory();
  const background = await backgroundOf(db, memory);
  const own = card.members.filter((member) => member.language === card.language).map((member) => member.id);
  const asked = [...new Set([card.articleId, ...own.slice(-askedMax)])];
  const sketches = [...(await sketchesOf(db, asked, { memory, background })).values()];
  const window = ({ id }: { id: number }) => ({ from: id - followDaysMax * idsPerDay, to: id - 1 });
  const looking = sketches.map((sketch) => ({ ...sketch, keys: askedTerms(sketch) }));
  const found = await findByTerms(db, looking, { window, limit: nearbyMax, least: 0 });
  const earlier = await sketchesOf(db, [...new Set([...found.values()].flat())], { memory, background });
  const around = surroundingsAmong([
    ...new Map([...sketches, ...earlier.values()].map((each) => [each.id, each])).values(),
  ]);
  const followed = new Set<number>();
  const beside = new Set<number>();
  for (const sketch of sketches) {
    const others = found.get(sketch.id)!.flatMap((id) => earlier.get(id) ?? []);
    // What stands beside a story is told by the article that stands for it.
    const surroundings = sketch.id === card.articleId ? around(sketch) : null;
    for (const other of others) {
      if (other.storyId === null || other.storyId === card.id) continue;
      if (follows(sketch, other)) followed.add(other.storyId);
      else if (surroundings !== null && isOneMatter(surroundings, other)) beside.add(other.storyId);
    }
  }
  return { followed: [...followed], beside: [...beside] };
}
