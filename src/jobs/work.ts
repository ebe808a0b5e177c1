import type { App, Job } from "../app.ts";
import type { FetchFile } from "../telegram/files.ts";
import { runBroadcasts } from "./broadcast.ts";
import { runRounds } from "./broadcast-round.ts";
import type { WebTools } from "./complete-articles.ts";
import { createComposer } from "./compose-delivery.ts";
import { deliver, inFlightMax } from "./deliver.ts";
import { followHubs } from "./follow-hubs.ts";
import { createUpdateHandler, type UpdateHandler } from "./handle-update.ts";
import { createIngest, type Ingest, type Join } from "./ingest.ts";
import { joinLoose } from "./join-stories.ts";
import { createAlertMatcher } from "./match-alerts.ts";
import { planDigests } from "./plan-digests.ts";
import { proposeBreaking } from "./propose-breaking.ts";
import { prune } from "./prune.ts";
import { refreshSources } from "./refresh-sources.ts";
import { runSourceTask } from "./source-task.ts";
import { tellNews } from "./tell-news.ts";
import { tellTrouble } from "./tell-trouble.ts";

/**
 * Without a `web` nothing is read: a bot that is only fed by hand. `apart` takes news in and joins it elsewhere than in
 * this thread.
 */
export type WorkOptions = {
  signal?: AbortSignal;
  web?: WebTools;
  fetchFile?: FetchFile;
  /** Messages on their way at once. */
  inFlight?: number;
  apart?: { ingest: Ingest; join: Join };
};

/** What each kind of job does. */
export function createWork(app: App, bot: UpdateHandler, options: WorkOptions = {}): (job: Job) => Promise<void> {
  const { signal, inFlight = inFlightMax } = options;
  const compose = createComposer(app);
  const handle = createUpdateHandler(app, bot);
  let matchAlerts: ReturnType<typeof createAlertMatcher> | undefined;
  const ingest = alerting(app, options.apart?.ingest ?? createIngest(app.db, app.now));
  return async (job) => {
    switch (job.kind) {
      case "update":
        return handle(job.id);
      case "plan-digests":
        await planDigests(app, signal);
        return;
      case "deliver":
        return deliver(app, { compose, signal, inFlight });
      case "broadcast":
        return runBroadcasts(app, signal);
      case "broadcast-round":
        return runRounds(app, signal);
      case "propose":
        return proposeBreaking(app);
      case "join-stories":
        return joinLoose(app, { join: options.apart?.join, signal });
      case "refresh-sources":
        if (options.web === undefined) return;
        return refreshSources(app, {
          ...options.web,
          ingest,
          signal,
          onTrouble: (trouble) => tellTrouble(app, trouble),
        });
      case "follow-hubs":
        if (options.web === undefined) return;
        return followHubs(app, options.web, signal);
      case "source-task":
        return runSourceTask(app, { web: options.web, ingest, fetchFile: options.fetchFile, signal }, job.id);
      case "alerts":
        matchAlerts ??= createAlertMatcher(app);
        return matchAlerts(signal);
      case "tell-news":
        return tellNews(app);
      case "prune":
        return prune(app, signal);
    }
  };
}

/** What just came in is held against the alerts at once, and seen by whoever asks next. */
function alerting(app: Pick<App, "enqueue" | "shared">, ingest: Ingest): Ingest {
  return async (incoming) => {
    const saved = await ingest(incoming);
    if (saved.some((each) => each.outcome !== "unchanged")) app.shared.forget();
    if (saved.some((each) => each.outcome === "imported")) app.enqueue({ kind: "alerts" });
    return saved;
  };
}
