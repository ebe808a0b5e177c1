import type { App } from "../app.ts";
import { articlesPerJoin, joinStories, looseArticles } from "../store/stories.ts";

/** Articles that one run joins at the most; the next tick goes on. */
const articlesPerRun = 2_000;

/** Joins what a crash left without a story. */
export async function joinLoose(app: Pick<App, "db" | "now">): Promise<void> {
  for (let joined = 0; joined < articlesPerRun; joined += articlesPerJoin) {
    const loose = await looseArticles(app.db, articlesPerJoin);
    if (loose.length === 0) return;
    await joinStories(app.db, loose, { now: app.now() });
  }
}
