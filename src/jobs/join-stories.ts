import type { App } from "../app.ts";
import { breathe } from "../breathe.ts";
import { indexWaiting, isIndexLeft } from "../store/search-index.ts";
import { mergeIndex, pagesToMerge } from "../store/search-merge.ts";
import { articlesPerJoin, looseArticles } from "../store/stories.ts";
import { writeKeys } from "../store/story-keys.ts";
import { applySubject } from "../store/subject-backlog.ts";
import { type Join, joinHere } from "./ingest.ts";

/** Articles that one run joins at the most; the next tick goes on. */
const articlesPerRun = 2_000;
/** Articles that one run makes findable at the most, and at a time: some 8 ms. */
const indexedPerRun = 4_800;
const indexedPerSlice = 24;
const charsPerSlice = 24_000;
/** A minute's keys are written into their tree when they are of so many articles: of fewer each takes a page anyway. */
const keysWritten = 192;
/** Slices of recent articles that one run holds against a new subject. */
const subjectSlicesPerRun = 50;

/** An archive is being brought in when something is younger than this: thousands of its articles are one segment. */
const gatheredMs = 180_000;
/** What is younger than this is just being joined, by another thread or process. */
const looseMs = 60_000;

/**
 * Makes findable and joins what a crash, or an older version, left without an index or a story, and gives new subjects
 * their recent articles. `join` may be another thread's; `signal` ends it after a slice.
 */
export async function joinLoose(
  app: Pick<App, "db" | "now">,
  { join = joinHere(app), signal }: { join?: Join | undefined; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await indexLeft(app, signal);
  const before = new Date(app.now().getTime() - looseMs);
  for (let joined = 0; joined < articlesPerRun && signal?.aborted !== true; joined += articlesPerJoin) {
    const loose = await looseArticles(app.db, articlesPerJoin, before);
    if (loose.length === 0) break;
    await join(loose);
  }
  await writeKeys(app.db, keysWritten);
  for (let slice = 0; slice < subjectSlicesPerRun && signal?.aborted !== true; slice += 1) {
    if (!(await applySubject(app.db, app.now()))) return;
  }
}

async function indexLeft({ db, now }: Pick<App, "db" | "now">, signal: AbortSignal | undefined): Promise<void> {
  if (!(await isIndexLeft(db, new Date(now().getTime() - gatheredMs)))) return;
  for (let indexed = 0; indexed < indexedPerRun && signal?.aborted !== true; ) {
    const some = await indexWaiting(db, indexedPerSlice, charsPerSlice);
    if (some === 0) return;
    indexed += some;
    await mergeIndex(db, pagesToMerge(some));
    await breathe();
  }
}
