import { and, gt, inArray, isNull, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { articles, stories } from "./schema.ts";

/** Stories read at a time. */
const storiesPerPage = 500;

export type ListedStory = {
  storyId: number;
  title: string;
  firstAt: string | null;
  /** Its articles in order of publication: their source's own ids, else ours. */
  articles: (string | number)[];
};

/** All stories, single ones too, oldest first, a page at a time. */
export async function* listStories(db: Db): AsyncGenerator<ListedStory> {
  for (let last = 0; ; ) {
    const page = await db
      .select({ id: stories.id, firstAt: stories.firstAt })
      .from(stories)
      .where(and(gt(stories.id, last), isNull(stories.mergedInto)))
      .orderBy(stories.id)
      .limit(storiesPerPage);
    if (page.length === 0) return;
    last = page.at(-1)!.id;
    const ids = JSON.stringify(page.map((story) => story.id));
    const rows = await db
      .select({ id: articles.id, storyId: articles.storyId, title: articles.title, externalId: articles.externalId })
      .from(articles)
      .where(inArray(articles.storyId, sql`(select value from json_each(${ids}))`))
      .orderBy(articles.id);
    const byStory = Map.groupBy(rows, (row) => row.storyId);
    for (const story of page) {
      const members = byStory.get(story.id) ?? [];
      yield {
        storyId: story.id,
        title: members.find((row) => row.id === story.id)?.title ?? members[0]?.title ?? "",
        firstAt: story.firstAt?.toISOString() ?? null,
        articles: members.map((row) => row.externalId ?? row.id),
      };
    }
  }
}
