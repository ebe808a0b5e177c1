import { followDaysMax, follows } from "../news/follow.ts";
import { askedTerms } from "../news/sketch.ts";
import { backgroundOf } from "./background.ts";
import type { Db } from "./db.ts";
import { findByTerms, sketchesOf, storyMemory } from "./sketches.ts";
import type { StoryCard } from "./story-view.ts";

/** Members of a story that are asked with whose matter they go on: its newest, and the one that stands for it. */
const askedMax = 3;
/** Articles found by the terms of each. */
const nearbyMax = 40;
const idsPerDay = 86_400 * 2 ** 20;

/** The stories of the week before with whose matter a story goes on: who was told of one reads this one as an update. */
export async function storiesBefore(db: Db, card: StoryCard): Promise<number[]> {
  const memory = storyMemory();
  const background = await backgroundOf(db, memory);
  const own = card.members.filter((member) => member.language === card.language).map((member) => member.id);
  const asked = [...new Set([card.articleId, ...own.slice(-askedMax)])];
  const sketches = [...(await sketchesOf(db, asked, { memory, background })).values()];
  const window = ({ id }: { id: number }) => ({ from: id - followDaysMax * idsPerDay, to: id - 1 });
  const looking = sketches.map((sketch) => ({ ...sketch, keys: askedTerms(sketch) }));
  const found = await findByTerms(db, looking, { window, limit: nearbyMax, least: 0 });
  const earlier = await sketchesOf(db, [...new Set([...found.values()].flat())], { memory, background });
  const before = sketches.flatMap((sketch) =>
    found
      .get(sketch.id)!
      .flatMap((id) => earlier.get(id) ?? [])
      .filter((other) => other.storyId !== card.id && follows(sketch, other)),
  );
  return [...new Set(before.flatMap(({ storyId }) => storyId ?? []))];
}
