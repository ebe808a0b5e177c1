import type { App } from "../app.ts";
import { pruneUpdates } from "../store/updates.ts";

/** Telegram delivers an update again for a day; one that was handled is known for a little longer. */
const updatesKeptMs = 26 * 3_600_000;

/** Forgets what nobody needs any more, a slice at a time. */
export async function prune(app: Pick<App, "db" | "now">): Promise<void> {
  await pruneUpdates(app.db, new Date(app.now().getTime() - updatesKeptMs));
}
