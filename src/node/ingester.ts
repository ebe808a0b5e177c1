import { parentPort, workerData } from "node:worker_threads";
import { createIngest, type Incoming, joinHere } from "../jobs/ingest.ts";
import { articlesPerBatch, type Saved } from "../store/articles.ts";
import { mergeIndex } from "../store/search-merge.ts";
import { rebuiltMax } from "../store/search-rebuild.ts";
import { openSqlite } from "../store/sqlite.ts";

/** What the thread is asked: articles to take in, or articles that are stored to join to their stories. */
export type Asked = { now: Date } & (
  | { kind: "ingest"; incoming: readonly Incoming[] }
  | { kind: "join"; articleIds: readonly number[] }
);
export type Answered = { result: unknown } | { error: Error };

/** The thread in which news comes in, with a connection of its own: each question is answered, in their order. */
const { db, close } = openSqlite(workerData.file as string, { durability: "normal", checkpoints: "apart" });
let now = new Date(0);
const join = joinHere({ db, now: () => now, sketches: workerData.sketches as number | undefined });
const ingest = createIngest(db, () => now, { join, rebuilt: rebuiltMax });
const waiting: (Asked | "close")[] = [];
let working = false;

parentPort?.on("message", (asked: Asked | "close") => {
  waiting.push(asked);
  if (!working) void work();
});

async function work(): Promise<void> {
  working = true;
  for (let asked = waiting.shift(); asked !== undefined; asked = waiting.shift()) {
    if (asked === "close") {
      close();
      parentPort?.close();
      return;
    }
    now = asked.now;
    if (asked.kind === "join") answer(await outcome(join(asked.articleIds)));
    else for (const each of await ingestTogether([asked.incoming, ...moreWaiting(asked)])) answer(each);
  }
  working = false;
  if (workerData.mergesWhenIdle === true) await merge();
}

let merging = false;

/** Merges the index write by write (some 30 ms each), as long as nothing is asked. */
async function merge(): Promise<void> {
  if (merging) return;
  merging = true;
  try {
    while (waiting.length === 0 && (await mergeIndex(db, 1))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  } catch {
    // Whoever brings articles in merges what is left.
  } finally {
    merging = false;
  }
}

/** What others brought meanwhile, as much as goes into the same write: the more wait, the less each costs. */
function moreWaiting({ incoming }: Asked & { kind: "ingest" }): (readonly Incoming[])[] {
  const more: (readonly Incoming[])[] = [];
  for (let room = articlesPerBatch - incoming.length; ; ) {
    const [next] = waiting;
    if (next === undefined || next === "close" || next.kind !== "ingest" || next.incoming.length > room) return more;
    waiting.shift();
    room -= next.incoming.length;
    more.push(next.incoming);
  }
}

/** An answer for each; when together they fail, each by itself, so that nobody's error is another's. */
async function ingestTogether(all: (readonly Incoming[])[]): Promise<Answered[]> {
  const together = await outcome(ingest(all.flat()));
  if (all.length === 1) return [together];
  if ("error" in together) {
    const answers: Answered[] = [];
    for (const each of all) answers.push(await outcome(ingest(each)));
    return answers;
  }
  const saved = [...(together.result as Saved[])];
  return all.map(({ length }) => ({ result: saved.splice(0, length) }));
}

function outcome(work: Promise<unknown>): Promise<Answered> {
  return work.then(
    (result) => ({ result }),
    (error) => ({ error }),
  );
}

function answer(answered: Answered): void {
  parentPort?.postMessage(answered);
}
