import { close, fdatasync, openSync } from "node:fs";
import { promisify } from "node:util";

/** Waits until what was written to this open file is on the disk. */
export type SyncFile = (fd: number) => Promise<void>;

export type Flush = {
  /** Resolves when all that was committed before this call outlives a power cut. */
  (): Promise<void>;
  close(): void;
};

/**
 * Makes commits durable without holding the thread that made them: SQLite would wait for the disk in the middle of the
 * commit, for milliseconds a time; here the same write-ahead log is synced in the thread pool, once for all commits that
 * were made while the last sync ran. (Only the database and its index are locked by SQLite, never the log, so a second
 * handle on it disturbs no lock.)
 */
export function createFlush(file: string, sync: SyncFile = promisify(fdatasync)): Flush {
  let fd: number | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function syncAfter(before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => undefined);
    running = next;
    next = undefined;
    // The log is there since the first commit.
    fd ??= openSync(`${file}-wal`, "r+");
    await sync(fd);
  }

  function flush(): Promise<void> {
    // One that runs may have begun before this commit.
    next ??= syncAfter(running);
    return next;
  }

  return Object.assign(flush, {
    close: () => {
      const last = next ?? running ?? Promise.resolve();
      const end = () => {
        if (fd !== undefined) close(fd, () => undefined);
      };
      last.then(end, end);
    },
  });
}
