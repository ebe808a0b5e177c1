import type { Database } from "better-sqlite3";

/**
 * Moves what was written from SQLite's log into its file, once it is this many pages; waits for nobody who writes or
 * reads, and they do not wait for it.
 */
export function checkpoint(client: Database, pagesMin: number): Log {
  const log = checkpointed(client, "NOOP");
  return log.left < pagesMin ? log : checkpointed(client, "PASSIVE");
}

/** Pages in the log, and of them those that are not in the file yet. With none left the next write begins it anew. */
type Log = { pages: number; left: number };

function checkpointed(client: Database, mode: "NOOP" | "PASSIVE"): Log {
  const [state] = client.pragma(`wal_checkpoint(${mode})`) as { log: number; checkpointed: number }[];
  if (state === undefined) return { pages: 0, left: 0 };
  return { pages: state.log, left: state.log - Math.max(0, state.checkpointed) };
}
