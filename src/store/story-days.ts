import { inArray, type SQL, sql } from "drizzle-orm";
import type { Db, Statement } from "./db.ts";
import { storyDays } from "./schema.ts";
import { compiledSubjects, subjectsOfStored } from "./subjects.ts";

const daySeconds = 86_400;
/** An article's id is its second × 2^20 + n. */
const idsPerDay = daySeconds * 2 ** 20;

type DayOf = { articleId: number; publishedAt: Date | null; storyId: number };

/** On which days, under which subjects, these articles' stories have news: read anew from the articles. */
export async function dayStatements(db: Db, told: readonly DayOf[]): Promise<Statement[]> {
  const { compiled } = await compiledSubjects(db);
  const ids = told.map(({ articleId }) => articleId);
  const subjects = await subjectsOfStored(db, ids, compiled);
  const rows = told.flatMap(({ articleId, publishedAt, storyId }) =>
    publishedAt === null
      ? []
      : [0, ...(subjects.get(articleId) ?? [])].map((subject) => [
          storyId,
          Math.floor(publishedAt.getTime() / 1000 / daySeconds),
          subject,
        ]),
  );
  return [
    db
      .insert(storyDays)
      .select(
        sql`select value ->> 0, value ->> 1, value ->> 2, 0, 0.0 from json_each(${JSON.stringify(rows)}) where true`,
      )
      .onConflictDoNothing(),
  ];
}

/** Takes these stories off the days on which no article of theirs is left: it moved to another story, or is gone. */
export function emptyDays(db: Db, storyIds: SQL): Statement {
  const first = sql`${storyDays.day} * ${sql.raw(String(idsPerDay))}`;
  return db.delete(storyDays).where(
    sql`${inArray(storyDays.storyId, storyIds)} and not exists (select 1 from articles where story_id = ${storyDays.storyId}
        and articles.id >= ${first} and articles.id < ${first} + ${sql.raw(String(idsPerDay))})`,
  );
}
