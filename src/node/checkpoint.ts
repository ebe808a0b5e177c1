import type { Database } from "better-sqlite3";

/**
 * Moves what was written from SQLite's log into its file, once it is this many pages; waits for nobody who writes or
 * reads, and they do not wait for it. Says how many pages are left.
 */
export function checkpoint(client: Database, pagesMin: number): number {
  const left = pagesLeft(client, "NOOP");
  return left < pagesMin ? left : pagesLeft(client, "PASSIVE");
}

function pagesLeft(client: Database, mode: "NOOP" | "PASSIVE"): number {
  const [state] = client.pragma(`wal_checkpoint(${mode})`) as { log: number; checkpointed: number }[];
  return state === undefined ? 0 : state.log - Math.max(0, state.checkpointed);
}
