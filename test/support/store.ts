import { openStore } from "#runtime";
import type { Db } from "../../src/store/db.ts";

/** A store for one test, and how to be rid of it. Each runtime brings its own. */
export type OpenStore = () => Promise<{ db: Db; close(): Promise<void> }>;

export { openStore };

/** Opens a store, runs the test and cleans up, also when it fails. */
export async function withStore(open: OpenStore, test: (db: Db) => Promise<void>): Promise<void> {
  const { db, close } = await open();
  try {
    await test(db);
  } finally {
    await close();
  }
}
