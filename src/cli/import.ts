import { constants, setPriority } from "node:os";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { type GenericBar, Presets, SingleBar } from "cli-progress";
import type { Command } from "commander";
import { UserError } from "../errors.ts";
import { createIngest, type Incoming, type Ingest, incomingMax, type Join } from "../jobs/ingest.ts";
import { checkpoint } from "../node/checkpoint.ts";
import { ingestApart } from "../node/ingest-apart.ts";
import { readArticles } from "../sources/read.ts";
import { articlesPerBatch } from "../store/articles.ts";
import { indexWaiting } from "../store/search-index.ts";
import { mergeAll, mergeIndex, pagesToMerge } from "../store/search-merge.ts";
import { rebuiltMax } from "../store/search-rebuild.ts";
import { keysWaitingMax, writeKeys } from "../store/story-keys.ts";
import { bytesOf, lengthOf, nameOf } from "./file-bytes.ts";
import type { Opened, Shell } from "./shell.ts";

/** After each write of merging the lock is left alone for so long, that a server beside us gets its turn. */
const pauseMs = 1;
/** Slices of an archive that are one segment of the index, of short texts: thirteen of those are one that stays. */
const slicesPerSegment = 100;
const articlesPerSegment = slicesPerSegment * articlesPerBatch;
/** Articles whose sketches are kept for joining, of an archive's last week or so; one is about 10 KB. */
const sketchesMax = 20_480;
/** What the thread that joins makes and drops at once: with more room it is cleared less often. */
const youngMegabytes = 48;
/** Slices that are stored and wait to be joined. */
const slicesWaitingMax = 48;
/** So often the log's length is looked at, and from so many pages (64 MB; 32 MB in an older file) on it is moved into the file. */
const slicesPerLook = 8;
const logPagesMax = 8_000;
/** With so many the other thread is waited for, so that the log begins anew. */
const logPagesTooMany = 4 * logPagesMax;
const triesToMove = 5;
/** From so many bytes on it is an archive: more articles a write, and at the end the index is merged as far as ever. */
const archiveBytesMin = 8 * 2 ** 20;
/** Bad lines that are reported one by one; the rest is counted. */
const failuresListedMax = 10_000;

const taken = "portal pages, JSON Lines, feeds or pages, also compressed (.gz)";

type Options = { json?: boolean; source?: string; zone?: string };
type Failure = { line: number; reason: string; file?: string };
type Counts = { imported: number; updated: number; unchanged: number; failed: Failure[] };

export function addImportCommand(program: Command, shell: () => Shell): void {
  program
    .command("import")
    .argument("<files...>", `${taken}; - is standard input`)
    .description("bring articles in from files")
    .option("--source <name>", "whose articles they are, where the file does not say (default: the file's name)")
    .option("--zone <zone>", "IANA zone of times that name none (default: DEFAULT_TIMEZONE)")
    .option("--json", "counts as JSON on standard output")
    .action((files: string[], options: Options) => importFiles(shell(), files, options));
}

async function importFiles(shell: Shell, files: string[], options: Options): Promise<void> {
  let total = 0;
  for (const file of files) total += await lengthOf(file);
  let bar: GenericBar | undefined;
  const counts: Counts = { imported: 0, updated: 0, unchanged: 0, failed: [] };
  let bytes = 0;
  const importing: Importing = {
    shell,
    options,
    counts,
    several: files.length > 1,
    isArchive: () => Math.max(total, bytes) >= archiveBytesMin,
    onBytes: (n) => {
      bytes += n;
      bar?.increment(n);
    },
    onAllRead: () => {
      if (bar === undefined) return;
      bar.stop();
      process.stderr.write("All articles are stored and searchable; the search index is being compacted.\n");
    },
  };
  try {
    await shell.withStore(
      (store) => {
        // Not before: opening a store may have something to say.
        bar = progressBar(total, options.json === true);
        return withIngest(store, importing, async (ingest) => {
          for (const file of files) await importFile(ingest, file, importing);
        });
      },
      { makes: true, durability: "normal", checkpoints: "apart" },
    );
  } finally {
    bar?.stop();
  }
  if (options.json) shell.print(JSON.stringify(counts));
  else report(shell, counts);
  // Nothing at all to read is a day without news.
  if (bytes > 0 && counts.failed.length > 0 && counts.imported + counts.updated + counts.unchanged === 0) {
    throw new UserError(`Nothing could be read: import takes ${taken}.`);
  }
}

type Importing = {
  shell: Shell;
  options: Options;
  counts: Counts;
  several: boolean;
  isArchive: () => boolean;
  onBytes: (bytes: number) => void;
  onAllRead: () => void;
};

/**
 * Two threads bring articles in: this one reads, stores and indexes them, another joins them to their stories. Between
 * writes the log is moved into the file.
 */
async function withIngest(
  { db, client }: Opened,
  { shell, isArchive, onAllRead }: Importing,
  work: (ingest: Ingest) => Promise<void>,
): Promise<void> {
  // At Cloudflare there is one way in.
  if (client === undefined) return work(createIngest(db, shell.now));
  giveWay();
  const thread = ingestApart(shell.file, shell.now, { sketches: sketchesMax, youngMegabytes, mergesWhenIdle: true });
  const joining = handOver(thread.join, slicesWaitingMax, () => mergeIndex(db, 1));
  const ingest = createIngest(db, shell.now, { join: joining.join, indexed: "later" });
  const moveLog = async (): Promise<void> => {
    const { pages, left } = checkpoint(client, Number.POSITIVE_INFINITY);
    if (left <= logPagesMax && pages <= logPagesTooMany) return;
    // What the other thread wrote meanwhile is left, and is little the next time.
    for (let tries = 0; tries < triesToMove; tries += 1) if (checkpoint(client, 0).left === 0) return;
    if (pages <= logPagesTooMany) return;
    await joining.settled();
    checkpoint(client, 0);
  };
  let slices = 0;
  try {
    await work(async (incoming) => {
      const saved = await ingest(incoming);
      if (saved.every((each) => each.outcome === "unchanged")) return saved;
      slices += 1;
      if (slices % slicesPerLook === 0) await moveLog();
      if (!isArchive() || slices % slicesPerSegment === 0) await indexAll(db);
      // The thread that joins has more to do than this one.
      await writeKeys(db, keysWaitingMax / 2);
      return saved;
    });
    await joining.settled();
  } finally {
    await indexAll(db);
    await thread.close();
    await writeKeys(db, 1);
  }
  if (!isArchive()) {
    // Whoever brings in a little each hour, and nothing else, has no other who merges.
    await mergeIndex(db, pagesToMerge(slices * incomingMax), { rebuilt: rebuiltMax });
    return;
  }
  onAllRead();
  await mergeAll(db, async () => {
    await moveLog();
    await pause(pauseMs);
  });
}

/** Makes all findable that is stored. */
async function indexAll(db: Opened["db"]): Promise<void> {
  while ((await indexWaiting(db, articlesPerSegment)) > 0);
}

/** Leaves the processor to a server beside us when both want it; threads that begin after this do so, too. */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Where it is not allowed, both get the same share.
  }
}

/** Lets this thread go on while another joins, so many slices ahead at the most; `meanwhile` says whether it did anything. */
function handOver(
  join: Join,
  most: number,
  meanwhile: () => Promise<boolean>,
): { join: Join; settled(): Promise<void> } {
  const running = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  const check = (): void => {
    if (failure !== undefined) throw failure.error;
  };
  return {
    join: async (articleIds) => {
      const one = join(articleIds)
        .catch((error) => {
          failure ??= { error };
        })
        .finally(() => running.delete(one));
      running.add(one);
      while (running.size >= most) {
        if (await meanwhile()) await turn();
        else await Promise.race(running);
      }
      check();
    },
    settled: async () => {
      await Promise.all(running);
      check();
    },
  };
}

/** One file, slice by slice: nothing but the slice at hand is in memory, and each write is short. */
async function importFile(ingest: Ingest, file: string, importing: Importing): Promise<void> {
  const { shell, options, counts, several, isArchive, onBytes } = importing;
  const name = options.source ?? nameOf(file);
  const zone = options.zone ?? shell.config.DEFAULT_TIMEZONE;
  let slice: Incoming[] = [];

  async function flush(): Promise<void> {
    for (const { outcome } of await ingest(slice)) counts[outcome] += 1;
    slice = [];
    // Reading the next ones takes milliseconds in which a server beside us may write.
    await turn();
  }

  for await (const read of readArticles(bytesOf(file, onBytes), { name, zone })) {
    if ("reason" in read) fail(counts, several ? { ...read, file } : read);
    else slice.push({ draft: read.draft, source: { name: read.source ?? name, kind: "file" } });
    if (slice.length >= (isArchive() ? articlesPerBatch : incomingMax)) await flush();
  }
  if (slice.length > 0) await flush();
}

function fail(counts: Counts, failure: Failure): void {
  if (counts.failed.length < failuresListedMax) counts.failed.push(failure);
  else if (counts.failed.length === failuresListedMax)
    counts.failed.push({ line: failure.line, reason: "and more lines after this one" });
}

/** Only for a person at a terminal who waits long enough to wonder. */
function progressBar(totalBytes: number, json: boolean): GenericBar | undefined {
  if (json || !process.stderr.isTTY || totalBytes === 0) return undefined;
  const bar = new SingleBar(
    { format: "{bar} {percentage}% · {eta_formatted} left", stream: process.stderr, hideCursor: true, etaBuffer: 50 },
    Presets.shades_classic,
  );
  bar.start(totalBytes, 0);
  return bar;
}

function report(shell: Shell, counts: Counts): void {
  for (const { file, line, reason } of counts.failed) {
    process.stderr.write(`${file === undefined ? "" : `${file}, `}line ${line}: ${reason}\n`);
  }
  const failed = counts.failed.length === 0 ? "" : `, ${counts.failed.length} not read`;
  shell.print(`${counts.imported} imported, ${counts.updated} updated, ${counts.unchanged} unchanged${failed}`);
}
