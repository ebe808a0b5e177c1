import type { App, Job } from "../app.ts";
import { createComposer } from "./compose-delivery.ts";
import { deliver } from "./deliver.ts";
import { handleUpdate, type UpdateHandler } from "./handle-update.ts";
import { joinLoose } from "./join-stories.ts";
import { planDigests } from "./plan-digests.ts";
import { prune } from "./prune.ts";

/** What each kind of job does. */
export function createWork(app: App, bot: UpdateHandler, signal?: AbortSignal): (job: Job) => Promise<void> {
  const compose = createComposer(app);
  return async (job) => {
    switch (job.kind) {
      case "update":
        return handleUpdate(app, bot, job.id);
      case "plan-digests":
        await planDigests(app);
        return;
      case "deliver":
        return deliver(app, { compose, signal });
      case "join-stories":
        return joinLoose(app);
      case "prune":
        return prune(app);
    }
  };
}
