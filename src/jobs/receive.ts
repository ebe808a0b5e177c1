import type { Update } from "grammy/types";
import { z } from "zod";
import type { App } from "../app.ts";
import { gather } from "../store/gather.ts";
import { storeUpdates } from "../store/updates.ts";
import { chatOf } from "./handle-update.ts";

/** Updates of one commit. */
const updatesPerBatch = 100;

const updateShape = z.looseObject({ update_id: z.int().min(0).max(Number.MAX_SAFE_INTEGER) });

/** Is this an update at all? What is in it stays hostile until a handler asks for it. */
export function asUpdate(value: unknown): Update | undefined {
  const parsed = updateShape.safeParse(value);
  return parsed.success ? (parsed.data as Update) : undefined;
}

/** Keeps an update durably, then queues it; resolves when it is kept, so that Telegram may forget it. */
export function createReceiver(app: Pick<App, "db" | "now" | "enqueue">): (update: Update) => Promise<void> {
  async function keep(received: Update[]): Promise<undefined[]> {
    const rows = received.map((update) => ({ id: update.update_id, body: JSON.stringify(update) }));
    const fresh = new Set(await storeUpdates(app.db, rows, app.now()));
    return received.map((update) => {
      if (fresh.delete(update.update_id)) app.enqueue({ kind: "update", id: update.update_id, chat: chatOf(update) });
      return undefined;
    });
  }
  return gather(keep, updatesPerBatch);
}
