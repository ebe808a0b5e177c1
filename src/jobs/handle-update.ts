import type { Update } from "grammy/types";
import type { App } from "../app.ts";
import { describeError } from "../errors.ts";
import { claimUpdate, settleUpdates } from "../store/updates.ts";

/** The least of a bot that a job needs. */
export type UpdateHandler = { handleUpdate(update: Update): Promise<void> };

/**
 * Handles one stored update, once: the row is claimed, handled and settled. A crash in between leaves the row, and it is
 * handled again when its lease runs out; what it made is keyed by the update's id, so that it is made once.
 */
export async function handleUpdate(app: Pick<App, "db" | "log" | "now" | "random">, bot: UpdateHandler, id: number) {
  const token = app.random().toString(36).slice(2);
  const claimed = await claimUpdate(app.db, id, { now: app.now(), token });
  if (claimed === undefined) return;
  let error = "";
  try {
    await bot.handleUpdate(JSON.parse(claimed.body) as Update);
  } catch (thrown) {
    error = describeError(thrown).slice(0, 500);
    app.log.error({ update: id, error: thrown }, "an update could not be handled");
  }
  await settleUpdates(app.db, [{ id, token, error }]);
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
