import { parentPort } from "node:worker_threads";
import { type ReadOptions, readDocument } from "../sources/read.ts";

/** What the thread is asked. */
export type Question = { bytes: Uint8Array; options: ReadOptions };

/** The thread in which documents are taken apart: one question in, one answer out. */
parentPort?.on("message", async ({ bytes, options }: Question) => {
  parentPort?.postMessage(await readDocument(bytes, options));
});
