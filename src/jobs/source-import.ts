import { decodeBytes } from "../sources/encoding.ts";
import { findSource } from "../sources/find-source.ts";
import { readOpml } from "../sources/opml.ts";
import { isJsonl, readArticles } from "../sources/read.ts";
import { addSource } from "../store/add-source.ts";
import { readingAt } from "../store/readings.ts";
import { finishSourceTask, type SourceTask } from "../store/source-tasks.ts";
import { downloadFile, fileBytesMax } from "../telegram/files.ts";
import { lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { failuresShownMax, type ImportCounts, renderImportDone, renderListDone } from "../telegram/sources-message.ts";
import { deskText } from "../text/desk.ts";
import { number } from "../text/index.ts";
import type { SourceFailure } from "../text/sources.ts";
import type { WebTools } from "./complete-articles.ts";
import { type Incoming, incomingMax } from "./ingest.ts";
import type { TaskApp, TaskTools } from "./source-task.ts";
import { openTaskScreen, type TaskScreen } from "./task-screen.ts";

/** Sources that are tried side by side. */
const lanesMax = 4;
/** Sources of one list that are tried. */
const outlinesMax = 500;
/** After each write the serving thread is left to others for so long. */
const pauseMs = 2;
/** Bytes of a file that is handed on at a time. */
const chunkBytes = 64 * 1024;
const headBytes = 4_096;

type Trying = { task: SourceTask; screen: TaskScreen; outlines: readonly Listed[] };

/** A source as a list names it, and what the list files it under. */
type Listed = { title: string; url: string; sections?: readonly string[] };

/** Tries each source of a list and adds those that can be read, under the list's names for them. */
export async function trySources(
  app: TaskApp,
  { web, signal }: { web: WebTools; signal: AbortSignal | undefined },
  { task, screen, outlines }: Trying,
): Promise<void> {
  const text = deskText(task.language);
  const waiting = outlines.slice(0, outlinesMax);
  const all = waiting.length;
  const counts = { added: 0, known: 0, failed: [] as { name: string; failure: SourceFailure }[] };
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && signal?.aborted !== true; next = waiting.shift()) {
      const result = await tryOne(app, web, next);
      if (typeof result === "string") counts[result] += 1;
      else counts.failed.push({ name: next.title || next.url, failure: result });
      done += 1;
      await screen.progress(text.listProgress(done, all, counts.added));
    }
  };
  await Promise.all(Array.from({ length: lanesMax }, lane));
  // Stopped in between, the same list is tried again at the next start: what is there is known then.
  if (signal?.aborted === true) return;
  if (counts.added > 0) app.enqueue({ kind: "refresh-sources" });
  await screen.end(renderListDone({ ...counts, cut: outlines.length > all ? all : null }, task.language));
  await finishSourceTask(app.db, task);
}

async function tryOne(
  app: TaskApp,
  web: WebTools,
  { title, url, sections = [] }: Listed,
): Promise<"added" | "known" | SourceFailure> {
  if ((await readingAt(app.db, url)) !== undefined) return "known";
  const now = app.now();
  const found = await findSource(web.dial, url, { ...web, now });
  if ("reason" in found) return { code: found.code, detail: found.reason };
  const { kind, reading } = found;
  const wanted = { url: found.url, kind, name: title || found.name, language: reading.language, sections };
  const { isNew } = await addSource(app.db, wanted, { now });
  return isNew ? "added" : "known";
}

/** A file that was sent to the bot: a list of sources is tried, articles are brought in. */
export async function readSentFile(app: TaskApp, tools: TaskTools, task: SourceTask): Promise<void> {
  const text = deskText(task.language);
  const { id, name, bytes: size } = task.ask.file ?? { id: "", name: "", bytes: 0 };
  const screen = await openTaskScreen(app, task, text.fileBegins(name));
  const got =
    tools.fetchFile === undefined
      ? ({ failed: "lost" } as const)
      : await downloadFile(app.api, tools.fetchFile, { id, bytes: size });
  if ("failed" in got) {
    const why = got.failed === "too-large" ? text.fileTooLarge(name, fileBytesMax / 1024 / 1024) : text.fileLost(name);
    await screen.end(message(lines(why)));
    return finishSourceTask(app.db, task);
  }
  const opml = isJsonl(got.bytes.subarray(0, headBytes), name) ? null : readOpml(decodeBytes(got.bytes).text);
  if (opml !== null && tools.web !== undefined) {
    return trySources(app, { ...tools, web: tools.web }, { task, screen, outlines: opml.outlines });
  }
  const counts: ImportCounts = { imported: 0, updated: 0, unchanged: 0, failed: [], failures: 0 };
  let slice: Incoming[] = [];
  let read = 0;
  const flush = async (): Promise<void> => {
    for (const { outcome } of await tools.ingest(slice)) counts[outcome] += 1;
    slice = [];
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await screen.progress(text.fileProgress(Math.floor((read * 100) / got.bytes.length), number(counts.imported)));
  };
  const chunks = chunksOf(got.bytes, (bytes) => {
    read += bytes;
  });
  const source = name.replace(/\.[^.]+$/, "") || "file";
  for await (const each of readArticles(chunks, { name, zone: app.config.DEFAULT_TIMEZONE })) {
    if ("reason" in each) {
      counts.failures += 1;
      if (counts.failed.length < failuresShownMax) counts.failed.push(each);
    } else slice.push({ draft: each.draft, source: { name: each.source ?? source, kind: "file" } });
    if (slice.length >= incomingMax) await flush();
    // Asked to stop: importing the same again later changes nothing that is there.
    if (tools.signal?.aborted === true) return;
  }
  if (slice.length > 0) await flush();
  await screen.end(renderImportDone(counts, task.language));
  await finishSourceTask(app.db, task);
}

async function* chunksOf(bytes: Uint8Array, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    onBytes(chunk.length);
    yield chunk;
  }
}
