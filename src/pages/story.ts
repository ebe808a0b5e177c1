import type { StoryPage } from "../news/pages.ts";
import type { Db } from "../store/db.ts";
import { storiesAround } from "../store/related.ts";
import { currentStory, storyView } from "../store/story-view.ts";
import { topStories } from "../store/top.ts";
import { topCount } from "./top.ts";
import { languageOf, type Wanted } from "./wanted.ts";

const relatedCount = 3;
const topBesideCount = 2;

export async function isStory(db: Db, id: number): Promise<boolean> {
  return (await currentStory(db, id)) !== undefined;
}

/** One story with what belongs to it and what else matters; undefined when there is none such. */
export async function storyPage(db: Db, id: number, wanted: Wanted): Promise<StoryPage | undefined> {
  const language = languageOf(wanted);
  const view = await storyView(db, id, { now: wanted.now, language });
  if (view === undefined) return undefined;
  const around = await storiesAround(db, view, relatedCount);
  const related = around.map(({ storyId, title, url, reason }) => ({ storyId, title, url, reason }));
  const top = await topStories(db, { now: wanted.now, limit: topCount, language });
  const beside = top.stories
    .filter((card) => card.id !== view.id && related.every((each) => each.storyId !== card.id))
    .slice(0, topBesideCount)
    .map(({ id: storyId, title, url }) => ({ storyId, title, url }));
  const { title, url, outlets, timeline, reporters, members } = view;
  const summary = view.summary().join(view.language === "zh" ? "" : " ");
  const first = view.firstAt ?? wanted.now;
  const page = { storyId: view.id, title, url, summary, language: view.language, articles: members.length, outlets };
  return { ...page, first, last: view.lastAt ?? first, timeline, reporters, related, top: beside };
}
