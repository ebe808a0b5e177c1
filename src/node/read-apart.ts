import { Worker } from "node:worker_threads";
import type { DocumentReader, Reading } from "../sources/read.ts";
import type { Question } from "./reader.ts";

/** A document that takes longer to read than this is given up, and the thread with it. */
const readMs = 20_000;
const heapMegabytesMax = 512;

/**
 * Reads documents in a thread of their own, one after the other, so that a page of a megabyte holds up nobody's answer. The
 * thread starts with the first document; one that hangs or breaks it costs that document only.
 */
export function readApart(limits: { readMs?: number } = {}): { read: DocumentReader; close(): Promise<void> } {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function start(): Worker {
    const made = new Worker(new URL("./reader.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
    });
    // An idle thread keeps no program alive.
    made.unref();
    made.once("exit", () => {
      if (worker === made) worker = undefined;
    });
    return made;
  }

  function ask({ bytes, options }: Question): Promise<Reading> {
    worker ??= start();
    const thread = worker;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(new Error("the document takes too long to read")), limits.readMs ?? readMs);
      const end = (error: Error): void => {
        settle();
        if (worker === thread) worker = undefined;
        void thread.terminate();
        reject(error);
      };
      const onMessage = (reading: Reading): void => {
        settle();
        resolve(reading);
      };
      const onExit = (): void => end(new Error("the document broke its reader"));
      const settle = (): void => {
        clearTimeout(timer);
        thread.off("message", onMessage).off("error", end).off("exit", onExit);
      };
      thread.on("message", onMessage).on("error", end).on("exit", onExit);
      thread.postMessage({ bytes, options } satisfies Question);
    });
  }

  return {
    read: (bytes, options) => {
      const answer = last.then(() => ask({ bytes, options }));
      last = answer.catch(() => undefined);
      return answer;
    },
    close: async () => {
      await last;
      await worker?.terminate();
    },
  };
}
