import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import { checkpoint } from "./checkpoint.ts";

/** What the thread is given. */
export type CheckpointerData = { file: string };

/** How often the log is looked at. */
const everyMs = 500;
/** Pages in it from which on they are moved: 4 MB, in an older file of smaller pages half of it. */
const pagesMin = 500;

/**
 * The thread that moves what was written from SQLite's log into its file, which waits for the disk. It waits for nobody
 * and nobody waits for it.
 */
const client = new Database((workerData as CheckpointerData).file, { timeout: 0 });
client.pragma("synchronous = normal");

const timer = setInterval(() => {
  checkpoint(client, pagesMin);
}, everyMs);

parentPort?.once("message", () => {
  clearInterval(timer);
  client.close();
  parentPort?.close();
});
