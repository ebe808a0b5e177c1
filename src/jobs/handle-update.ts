import type { Update } from "grammy/types";
import type { App } from "../app.ts";
import { describeError } from "../errors.ts";
import { gather } from "../store/gather.ts";
import { type ClaimedUpdate, claimUpdates, type SettledUpdate, settleUpdates } from "../store/updates.ts";

/** Updates that are claimed, or settled, in one commit. */
const updatesPerCommit = 100;
/** Characters of an error that are kept. */
const errorCharsMax = 500;

/** The least of a bot that a job needs. */
export type UpdateHandler = { handleUpdate(update: Update): Promise<void> };

type HandlingApp = Pick<App, "db" | "log" | "now" | "random">;

/**
 * Handles stored updates, each once: its row is claimed, handled and settled. A crash in between leaves the row, and it is
 * handled again when its lease runs out; what it made is keyed by the update's id, so that it is made once. Updates of
 * many chats at once share their commits.
 */
export function createUpdateHandler(app: HandlingApp, bot: UpdateHandler): (id: number) => Promise<void> {
  const claim = gather(async (ids: number[]): Promise<(ClaimedUpdate | undefined)[]> => {
    const token = app.random().toString(36).slice(2);
    const claimed = await claimUpdates(app.db, ids, { now: app.now(), token });
    const byId = new Map(claimed.map((each) => [each.id, each]));
    return ids.map((id) => {
      const mine = byId.get(id);
      byId.delete(id);
      return mine;
    });
  }, updatesPerCommit);
  const settle = gather(async (done: SettledUpdate[]): Promise<undefined[]> => {
    await settleUpdates(app.db, done);
    return [];
  }, updatesPerCommit);

  return async (id) => {
    const claimed = await claim(id);
    if (claimed === undefined) return;
    let error = "";
    try {
      await bot.handleUpdate(JSON.parse(claimed.body) as Update);
    } catch (thrown) {
      error = describeError(thrown).slice(0, errorCharsMax);
      app.log.error({ update: id, error: thrown }, "an update could not be handled");
    }
    await settle({ id, token: claimed.token, error });
  };
}

/** Whose queue an update belongs to: its chat, else its user, else 0. */
export function chatOf(update: Update): number {
  for (const value of Object.values(update)) {
    if (typeof value !== "object" || value === null) continue;
    const part = value as { chat?: { id?: number }; message?: { chat?: { id?: number } }; from?: { id?: number } };
    const id = part.chat?.id ?? part.message?.chat?.id ?? part.from?.id;
    if (typeof id === "number") return id;
  }
  return 0;
}
