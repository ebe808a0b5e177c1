import type { App } from "../app.ts";
import { breathe } from "../breathe.ts";
import { pruneMissed } from "../store/alerts.ts";
import { pruneClicks } from "../store/clicks.ts";
import { pruneFeedback } from "../store/feedback.ts";
import { pruneNotes } from "../store/notes.ts";
import { pruneArticles, pruneDeliveries, pruneKeys, pruneShown } from "../store/retention.ts";
import { mergeIndex } from "../store/search-merge.ts";
import { pruneSearches } from "../store/searches.ts";
import { pruneSourceTasks } from "../store/source-tasks.ts";
import { pruneStopped } from "../store/subscribers.ts";
import { pruneUpdates } from "../store/updates.ts";

/** Telegram delivers an update again for a day; one that was handled is known for a little longer. */
const updatesKeptMs = 26 * 3_600_000;
/** Old searches can be paged through, and old pages gone back to, for so long. */
const searchesKeptMs = 42 * 86_400_000;

/** Slices of RETENTION_DAYS that one minute does. */
const retentionSlicesMax = 50;
/** Slices of keys: they are many, and those of articles that are gone only take room. */
const keySlicesMax = 10;

/** Writes of merging the index. */
const mergeSlicesMax = 10;

/** Forgets what nobody needs any more, a slice at a time; `signal` ends it after a slice, and the next run goes on. */
export async function prune(app: Pick<App, "db" | "now" | "config">, signal?: AbortSignal): Promise<void> {
  const now = app.now();
  await pruneUpdates(app.db, new Date(now.getTime() - updatesKeptMs));
  await pruneSearches(app.db, new Date(now.getTime() - searchesKeptMs));
  await pruneStopped(app.db, now);
  await pruneFeedback(app.db, new Date(now.getTime() - searchesKeptMs));
  await pruneClicks(app.db, new Date(now.getTime() - searchesKeptMs));
  await pruneNotes(app.db, new Date(now.getTime() - searchesKeptMs));
  await pruneMissed(app.db, new Date(now.getTime() - searchesKeptMs));
  await pruneSourceTasks(app.db, new Date(now.getTime() - searchesKeptMs));
  await keepRetention(app, now, signal);
}

/** RETENTION_DAYS: so many slices a minute that even a long backlog is gone in a day, and others get their turn between. */
async function keepRetention(
  { db, config }: Pick<App, "db" | "config">,
  now: Date,
  signal: AbortSignal | undefined,
): Promise<void> {
  const retentionDays = config.RETENTION_DAYS;
  if (retentionDays === 0) return;
  const before = new Date(now.getTime() - retentionDays * 86_400_000);
  /** Until nothing is left to do, or the next minute goes on. */
  const inSlices = async (most: number, isMoreLeft: () => Promise<boolean>): Promise<void> => {
    for (let slice = 0; slice < most && signal?.aborted !== true && (await isMoreLeft()); slice += 1) {
      await breathe();
    }
  };
  await inSlices(
    retentionSlicesMax,
    async () => (await pruneDeliveries(db, before)) + (await pruneArticles(db, before)) > 0,
  );
  // What is gone is taken out of the index when it is merged; without news coming in, nobody else would.
  await inSlices(mergeSlicesMax, () => mergeIndex(db, 1));
  await inSlices(retentionSlicesMax, () => pruneShown(db, { now, retentionDays }));
  // Last, so that the keys of the articles that just went go with them.
  await inSlices(keySlicesMax, () => pruneKeys(db));
}
