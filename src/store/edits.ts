import { gt, sql } from "drizzle-orm";
import { type Actor, auditIfChanged } from "./audit.ts";
import type { Db } from "./db.ts";
import { stories, storyEdits } from "./schema.ts";

/** An edit holds for so long: the digests of a day and a night. */
const holdsMs = 36 * 3_600_000;
const editsMax = 500;

/** What editors changed by hand, by story as stories are merged now. */
export type StoryEdits = {
  dropped: ReadonlySet<number>;
  /** The one that was pinned first stands first. */
  pinned: readonly number[];
  titles: ReadonlyMap<number, { zh?: string; en?: string }>;
};

export async function storyEditsNow(db: Db, now: Date): Promise<StoryEdits> {
  const rows = await db
    .select({
      storyId: sql<number>`coalesce(${stories.mergedInto}, ${storyEdits.storyId})`,
      pinnedAt: storyEdits.pinnedAt,
      dropped: storyEdits.dropped,
      titles: storyEdits.titles,
    })
    .from(storyEdits)
    .leftJoin(stories, sql`${stories.id} = ${storyEdits.storyId}`)
    .where(gt(storyEdits.until, now))
    .limit(editsMax);
  const pinned = rows.filter((row) => row.pinnedAt !== null && !row.dropped);
  return {
    dropped: new Set(rows.filter((row) => row.dropped).map((row) => row.storyId)),
    pinned: pinned.toSorted((a, b) => a.pinnedAt!.getTime() - b.pinnedAt!.getTime()).map((row) => row.storyId),
    titles: new Map(rows.filter((row) => Object.keys(row.titles).length > 0).map((row) => [row.storyId, row.titles])),
  };
}

/** Stories as editors want them: dropped ones out, pinned ones first, with the headlines that were given by hand. */
export function arrange<T extends { id: number; title: string; language: string }>(
  cards: readonly T[],
  edits: StoryEdits,
): T[] {
  const rank = (card: T) => {
    const place = edits.pinned.indexOf(card.id);
    return place === -1 ? Number.POSITIVE_INFINITY : place;
  };
  return cards
    .filter((card) => !edits.dropped.has(card.id))
    .map((card) => {
      const title = edits.titles.get(card.id)?.[card.language === "zh" ? "zh" : "en"];
      return title === undefined ? card : { ...card, title };
    })
    .toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

export type EditChange =
  | { pinned: boolean }
  | { dropped: boolean }
  | { title: { language: "zh" | "en"; text: string } };

/** Changes one story by hand, with its entry in the audit. */
export async function editStory(
  db: Db,
  storyId: number,
  { change, actor, now }: { change: EditChange; actor: Actor; now: Date },
): Promise<void> {
  const until = new Date(now.getTime() + holdsMs);
  const set =
    "pinned" in change
      ? { pinnedAt: change.pinned ? now : null }
      : "dropped" in change
        ? { dropped: change.dropped }
        : { titles: sql`json_set(${storyEdits.titles}, ${`$.${change.title.language}`}, ${change.title.text})` };
  const titles = "title" in change ? { [change.title.language]: change.title.text } : {};
  const fresh = {
    storyId,
    pinnedAt: "pinned" in change && change.pinned ? now : null,
    dropped: "dropped" in change && change.dropped,
    titles,
  };
  await db.batch([
    db
      .insert(storyEdits)
      .values({ ...fresh, until, at: now })
      .onConflictDoUpdate({ target: storyEdits.storyId, set: { ...set, until, at: now } }),
    auditIfChanged(db, actor, { act: actOf(change), detail: storyId.toString(36), now }),
  ]);
}

function actOf(change: EditChange): string {
  if ("pinned" in change) return change.pinned ? "pinned" : "unpinned";
  if ("dropped" in change) return change.dropped ? "left_out" : "put_back";
  return "retitled";
}
