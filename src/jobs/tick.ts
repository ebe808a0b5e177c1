import type { Update } from "grammy/types";
import type { App } from "../app.ts";
import { dueSourceTasks } from "../store/source-tasks.ts";
import { standstillOf } from "../store/standstill.ts";
import { unfinishedUpdates } from "../store/updates.ts";
import { chatOf } from "./handle-update.ts";

/** Once a minute: what is due is put in the queue. Nothing is done here, so a tick is short and may be repeated. */
export async function tick(app: Pick<App, "db" | "now" | "enqueue">): Promise<void> {
  if ((await standstillOf(app.db)) !== null) return;
  app.enqueue({ kind: "plan-digests" });
  app.enqueue({ kind: "deliver" });
  app.enqueue({ kind: "broadcast" });
  app.enqueue({ kind: "broadcast-round" });
  app.enqueue({ kind: "propose" });
  app.enqueue({ kind: "join-stories" });
  app.enqueue({ kind: "refresh-sources" });
  app.enqueue({ kind: "follow-hubs" });
  app.enqueue({ kind: "alerts" });
  app.enqueue({ kind: "tell-news" });
  app.enqueue({ kind: "prune" });
  for (const id of await dueSourceTasks(app.db, app.now())) app.enqueue({ kind: "source-task", id });
  for (const { id, body } of await unfinishedUpdates(app.db, app.now())) {
    app.enqueue({ kind: "update", id, chat: chatOf(JSON.parse(body) as Update) });
  }
}
