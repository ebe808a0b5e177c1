import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Ingest, Join } from "../jobs/ingest.ts";
import type { Saved } from "../store/articles.ts";
import type { Answered, Asked } from "./ingester.ts";

const heapMegabytesMax = 512;
/** Room for what is made and dropped at once, where a server has more to do than this; more of it stays resident. */
const youngMegabytesMax = 16;

/** News as it comes in, in a thread of its own. */
export type IngestThread = {
  /** Stores articles, makes them findable and joins them to their stories. */
  ingest: Ingest;
  /** Joins articles that are stored already. */
  join: Join;
  close(): Promise<void>;
};

type IngestOptions = { sketches?: number; youngMegabytes?: number; mergesWhenIdle?: boolean };
type Waiting = { resolve: (result: unknown) => void; reject: (error: unknown) => void };

/**
 * Starts with the first article. Should the thread end, what it was asked fails, and the next question starts another:
 * what was stored is joined by the next `join-stories`. `sketches` is how many are kept for joining, if not as many as
 * news that comes in live needs, `youngMegabytes` the room for what is made and dropped at once; `mergesWhenIdle`, it merges
 * the index where it has nothing else to do.
 */
export function ingestApart(
  file: string,
  now: () => Date,
  { youngMegabytes = youngMegabytesMax, ...options }: IngestOptions = {},
): IngestThread {
  let worker: Worker | undefined;
  /** Answers come in the order of the questions. */
  let waiting: Waiting[] = [];

  function start(): Worker {
    const made = new Worker(new URL("./ingester.ts", import.meta.url), {
      workerData: { file, ...options },
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax, maxYoungGenerationSizeMb: youngMegabytes },
    });
    const end = (error: unknown): void => {
      if (worker !== made) return;
      worker = undefined;
      const left = waiting;
      waiting = [];
      for (const each of left) each.reject(error);
    };
    made.on("message", (answered: Answered) => {
      const next = waiting.shift();
      if (waiting.length === 0) made.unref();
      if ("error" in answered) next?.reject(answered.error);
      else next?.resolve(answered.result);
    });
    made.on("error", end).on("exit", () => end(new Error("the thread that takes news in ended")));
    return made;
  }

  function ask(asked: Asked): Promise<unknown> {
    worker ??= start();
    // A thread that is asked nothing keeps no program alive.
    worker.ref();
    worker.postMessage(asked);
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  }

  return {
    ingest: async (incoming) => (await ask({ kind: "ingest", incoming, now: now() })) as Saved[],
    join: async (articleIds) => void (await ask({ kind: "join", articleIds, now: now() })),
    close: async () => {
      const ending = worker;
      if (ending === undefined) return;
      ending.ref();
      ending.postMessage("close");
      await once(ending, "exit");
    },
  };
}
