import type { App } from "../app.ts";
import { pruneMissed } from "../store/alerts.ts";
import { pruneFeedback } from "../store/feedback.ts";
import { pruneSearches } from "../store/searches.ts";
import { pruneSourceTasks } from "../store/source-tasks.ts";
import { pruneStopped } from "../store/subscribers.ts";
import { pruneUpdates } from "../store/updates.ts";

/** Telegram delivers an update again for a day; one that was handled is known for a little longer. */
const updatesKeptMs = 26 * 3_600_000;
/** Old searches can be paged through, and old pages gone back to, for so long. */
const searchesKeptMs = 42 * 86_400_000;

/** Forgets what nobody needs any more, a slice at a time. */
export async function prune(app: Pick<App, "db" | "now">): Promise<void> {
  const now = app.now();
  await pruneUpdates(app.db, new Date(now.getTime() - updatesKeptMs));
  await pruneSearches(app.db, new Date(now.getTime() - searchesKeptMs));
  await pruneStopped(app.db, now);
  await pruneFeedback(app.db, new Date(now.getTime() - searchesKeptMs));
  await pruneMissed(app.db, new Date(now.getTime() - searchesKeptMs));
  await pruneSourceTasks(app.db, new Date(now.getTime() - searchesKeptMs));
}
