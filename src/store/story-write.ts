import { eq, inArray, sql } from "drizzle-orm";
import type { Background } from "../news/background.ts";
import { heat, languageBit, outletsOf } from "../news/rank.ts";
import { saveBackground } from "./background.ts";
import { batchAll, type Db, type Statement } from "./db.ts";
import { articles, stories, storyDays, storyTerms } from "./schema.ts";
import { type StoredSketch, termsText } from "./sketches.ts";
import { membersOfStories } from "./story-view.ts";

/** Newest members that a story's heat is worked out from; one that more tell is hot enough. */
const membersCountedMax = 120;

export type Joined = {
  /** The newcomers, each with its story. */
  loose: StoredSketch[];
  /** Stories that have new articles. */
  changed: Set<number>;
  /** Stories that became part of another. */
  merged: Map<number, number>;
  /** Set when it has counted more articles. */
  background: Background | null;
};

/** Writes down what was decided for a slice: the articles' stories and terms, then what is known of each story. */
export async function writeJoined(db: Db, { loose, changed, merged, background }: Joined): Promise<void> {
  const home = (id: number): number => (merged.has(id) ? home(merged.get(id)!) : id);
  const assigned = Object.fromEntries(loose.map((sketch) => [sketch.id, home(sketch.storyId!)]));
  const ids = loose.map((sketch) => sketch.id);
  const statements: Statement[] = [
    db
      .update(articles)
      .set({ storyId: sql`json_extract(${JSON.stringify(assigned)}, '$."' || ${articles.id} || '"')` })
      .where(inArray(articles.id, listed(ids))),
    db.delete(storyTerms).where(inArray(storyTerms.rowid, listed(ids))),
    ...loose.map((sketch) => db.insert(storyTerms).values({ rowid: sketch.id, terms: termsText(sketch) })),
    ...[...merged].flatMap(([from, to]) => mergeStatements(db, from, home(to))),
    ...loose.map((sketch) => dayStatement(db, sketch, home(sketch.storyId!))).filter((each) => each !== null),
  ];
  if (background !== null) statements.push(saveBackground(db, background));
  await batchAll(db, statements);
  await refreshStories(db, [...new Set([...changed].map(home))]);
}

/** Works out anew what is known of these stories from their articles. */
export async function refreshStories(db: Db, storyIds: readonly number[]): Promise<void> {
  const byStory = await membersOfStories(db, storyIds, membersCountedMax);
  const statements: Statement[] = [];
  for (const [id, members] of byStory) {
    const dated = members.flatMap((member) => member.publishedAt ?? []);
    const row = {
      firstAt: dated[0] ?? null,
      lastAt: dated.at(-1) ?? null,
      articles: members.length,
      outlets: outletsOf(members),
      languages: members.reduce((bits, { language }) => bits | languageBit(language), 0),
      heat: heat(members),
    };
    const { languages, heat: warmth } = row;
    statements.push(
      db
        .insert(stories)
        .values({ id, mergedInto: null, ...row })
        .onConflictDoUpdate({ target: stories.id, set: row }),
      db.update(storyDays).set({ languages, heat: warmth }).where(eq(storyDays.storyId, id)),
    );
  }
  await batchAll(db, statements);
}

/** The story has news on the article's day, of all news and of the article's subjects. Undated articles are no news. */
function dayStatement(db: Db, { day, subjects }: StoredSketch, storyId: number): Statement | null {
  if (day === null) return null;
  const rows = [0, ...subjects].map((subjectId) => ({ storyId, day, subjectId, languages: 0, heat: 0 }));
  return db.insert(storyDays).values(rows).onConflictDoNothing();
}

/** The loser redirects, and so do those that redirected to it; its articles and days are the winner's. */
function mergeStatements(db: Db, from: number, to: number): Statement[] {
  return [
    db.update(articles).set({ storyId: to }).where(eq(articles.storyId, from)),
    db.update(stories).set({ mergedInto: to }).where(eq(stories.mergedInto, from)),
    db.update(stories).set({ mergedInto: to }).where(eq(stories.id, from)),
    db
      .insert(storyDays)
      .select(
        db
          .select({
            storyId: sql<number>`${to}`.as("story_id"),
            day: storyDays.day,
            subjectId: storyDays.subjectId,
            languages: storyDays.languages,
            heat: storyDays.heat,
          })
          .from(storyDays)
          .where(eq(storyDays.storyId, from)),
      )
      .onConflictDoNothing(),
    db.delete(storyDays).where(eq(storyDays.storyId, from)),
  ];
}

function listed(ids: readonly number[]) {
  return sql`(select value from json_each(${JSON.stringify(ids)}))`;
}
