import { gte, isNull, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { proposals, stories } from "./schema.ts";
import { membersOfStories } from "./story-view.ts";

/** Recent stories that are looked at, and articles of each. */
const storiesMax = 60;
const membersMax = 40;
/** A story that was proposed is not proposed again for so long. */
const againMs = 24 * 3_600_000;

/** A story that suddenly grew: who told it when, the first first. */
export type Rush = {
  storyId: number;
  title: string;
  language: string;
  minutes: number;
  told: { source: string; at: Date }[];
};

/** Stories of which `families` independent outlets told within `minutes`, up to now, and that nobody proposed or sent. */
export async function suddenStories(
  db: Db,
  { families, minutes, now }: { families: number; minutes: number; now: Date },
): Promise<Rush[]> {
  const since = new Date(now.getTime() - minutes * 60_000);
  const recent = await db
    .select({ id: stories.id })
    .from(stories)
    .where(
      sql`${isNull(stories.mergedInto)} and ${gte(stories.lastAt, since)} and ${gte(stories.outlets, families)}
        and not exists (select 1 from proposals as p where p.story_id = ${stories.id}
          and (p.quiet = 1 or p.at > ${Math.floor((now.getTime() - againMs) / 1000)}))
        and not exists (select 1 from broadcasts as b where b.story_id = ${stories.id} and b.started_at is not null)`,
    )
    .limit(storiesMax);
  const members = await membersOfStories(
    db,
    recent.map((row) => row.id),
    membersMax,
  );
  return [...members].flatMap(([storyId, articles]) => {
    const fresh = articles.filter(
      (each) =>
        each.publishedAt !== null && each.publishedAt >= since && each.publishedAt <= now && each.copyOf === null,
    );
    const first = new Map<string, (typeof fresh)[number]>();
    for (const each of fresh) if (!first.has(each.family)) first.set(each.family, each);
    if (first.size < families) return [];
    const told = [...first.values()].map((each) => ({ source: each.source, at: each.publishedAt! }));
    const [from, to] = [told[0]!.at, told.at(-1)!.at];
    const { title, language } = fresh[0]!;
    return [
      { storyId, title, language, minutes: Math.max(1, Math.ceil((to.getTime() - from.getTime()) / 60_000)), told },
    ];
  });
}

/** True for the one who proposes it. */
export async function claimProposal(db: Db, storyId: number, now: Date): Promise<boolean> {
  const before = new Date(now.getTime() - againMs);
  const rows = await db
    .insert(proposals)
    .values({ storyId, at: now })
    .onConflictDoUpdate({
      target: proposals.storyId,
      set: { at: now },
      setWhere: sql`${proposals.quiet} = 0 and ${proposals.at} <= ${Math.floor(before.getTime() / 1000)}`,
    })
    .returning({ storyId: proposals.storyId });
  return rows.length > 0;
}

/** Nobody is asked about it again. */
export async function quietProposal(db: Db, storyId: number, now: Date): Promise<void> {
  await db
    .insert(proposals)
    .values({ storyId, at: now, quiet: true })
    .onConflictDoUpdate({ target: proposals.storyId, set: { quiet: true } });
}
