import type { D1Database } from "@cloudflare/workers-types";
import { drizzle } from "drizzle-orm/d1";
import { type Db, keeper, type Statement } from "./db.ts";

/** The whole seam over D1. Its own `batch` is one transaction; `mayBeLost` means nothing here: D1 keeps what it answers. */
export function openD1(database: D1Database): Db {
  // Without the schema, which only relational queries want: an invocation would take it apart anew, which costs a millisecond.
  const db = drizzle(database);
  const batch = db.batch.bind(db) as unknown as (statements: readonly Statement[]) => Promise<unknown[]>;
  return Object.assign(db, {
    once: keeper(),
    batch: async (statements: readonly Statement[]) =>
      // A write without returning answers with D1's own account of it.
      (await batch(statements)).map((rows) => (Array.isArray(rows) ? rows : [])),
  }) as unknown as Db;
}
