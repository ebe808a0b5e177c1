import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Db } from "../../src/store/db.ts";
import { openSqlite } from "../../src/store/sqlite.ts";

/** A store for one test, and how to be rid of it. Each runtime brings its own. */
export type OpenStore = () => Promise<{ db: Db; close(): Promise<void> }>;

/** A real SQLite file in a folder of its own. */
export const openNodeStore: OpenStore = async () => {
  const folder = mkdtempSync(join(tmpdir(), "tidings-"));
  const store = openSqlite(join(folder, "test.db"));
  return {
    db: store.db,
    close: async () => {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Opens a store, runs the test and cleans up, also when it fails. */
export async function withStore(open: OpenStore, test: (db: Db) => Promise<void>): Promise<void> {
  const { db, close } = await open();
  try {
    await test(db);
  } finally {
    await close();
  }
}
