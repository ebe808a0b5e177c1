import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { CheckpointerData } from "./checkpointer.ts";

const heapMegabytesMax = 32;

/**
 * Moves what is written from the database's log into its file, in a thread of its own: a commit then never waits for
 * that. Should the thread end, the connections do it themselves, a little later.
 */
export function checkpointApart(file: string): { close(): Promise<void> } {
  const worker = new Worker(new URL("./checkpointer.ts", import.meta.url), {
    workerData: { file } satisfies CheckpointerData,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
  });
  worker.unref();
  let ended = false;
  worker.once("exit", () => {
    ended = true;
  });
  // Without a listener its failure would be the program's.
  worker.on("error", () => undefined);
  return {
    close: async () => {
      if (ended) return;
      worker.postMessage("close");
      worker.ref();
      await once(worker, "exit");
    },
  };
}
