import type { App } from "../app.ts";
import { findSource } from "../sources/find-source.ts";
import { starterSources } from "../sources/starter.ts";
import { readingAt } from "../store/readings.ts";
import { claimSourceTask, finishSourceTask, type SourceTask } from "../store/source-tasks.ts";
import { findSubscriber } from "../store/subscribers.ts";
import type { FetchFile } from "../telegram/files.ts";
import { lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { renderFound, renderNotRead } from "../telegram/sources-message.ts";
import { deskText } from "../text/desk.ts";
import type { WebTools } from "./complete-articles.ts";
import type { Ingest } from "./ingest.ts";
import { readSentFile, trySources } from "./source-import.ts";
import { openTaskScreen } from "./task-screen.ts";

/** A task that broke so often is given up. */
const attemptsMax = 3;
/** What is kept of a site's other feeds. */
const othersKeptMax = 10;

export type TaskTools = {
  web: WebTools | undefined;
  ingest: Ingest;
  fetchFile: FetchFile | undefined;
  signal: AbortSignal | undefined;
};
export type TaskApp = Pick<App, "api" | "config" | "db" | "enqueue" | "log" | "now">;

/** What an operator asked of the sources: done here, shown in the one message that the task speaks through. */
export async function runSourceTask(app: TaskApp, tools: TaskTools, id: number): Promise<void> {
  const task = await claimSourceTask(app.db, id, { now: app.now(), token: crypto.randomUUID() });
  if (task === undefined) return;
  const text = deskText(task.language);
  if (task.attempts > attemptsMax) {
    const screen = await openTaskScreen(app, task, text.gaveUp);
    await screen.end(message(lines(text.gaveUp)));
    return finishSourceTask(app.db, task);
  }
  if (task.kind === "file") return readSentFile(app, tools, task);
  if (tools.web === undefined) {
    const screen = await openTaskScreen(app, task, text.noWeb);
    await screen.end(message(lines(text.noWeb)));
    return finishSourceTask(app.db, task);
  }
  if (task.kind === "list") {
    const wanted = starterSources.filter(({ language }) => task.ask.list === "all" || task.ask.list === language);
    const screen = await openTaskScreen(app, task, text.listBegins(wanted.length));
    return trySources(app, { ...tools, web: tools.web }, { task, screen, outlines: wanted });
  }
  return tryAddress(app, tools.web, task);
}

async function tryAddress(app: TaskApp, web: WebTools, task: SourceTask): Promise<void> {
  const url = task.ask.url ?? "";
  const now = app.now();
  const reading = {
    language: task.language,
    timezone: (await findSubscriber(app.db, task.chatId, 0))?.timezone ?? app.config.DEFAULT_TIMEZONE,
    now,
  };
  const screen = await openTaskScreen(app, task, deskText(task.language).trying(url));
  const found = await findSource(web.dial, url, { ...web, now });
  if ("reason" in found) {
    await screen.end(
      renderNotRead({ url, failure: { code: found.code, detail: found.reason }, taskId: task.id }, reading),
    );
    return finishSourceTask(app.db, task);
  }
  const { kind, name, reading: document } = found;
  const others = found.others.slice(0, othersKeptMax);
  const known = await readingAt(app.db, found.url);
  const items = document.articles
    .map(({ title, url: address, publishedAt: at }) => ({ title, url: address, at }))
    .toSorted((a, b) => (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0));
  const facts = { url: found.url, kind, name, language: document.language, others };
  // What a button adds must be there before the button is.
  await finishSourceTask(app.db, task, facts);
  await screen.end(renderFound({ ...facts, taskId: task.id, items, known: known?.name ?? null }, reading));
}
