import type { RunnableQuery } from "drizzle-orm/runnable-query";
import type { BaseSQLiteDatabase } from "drizzle-orm/sqlite-core";
import type * as schema from "./schema.ts";

type Queries = BaseSQLiteDatabase<"sync" | "async", unknown, typeof schema>;

/** What one batch takes: a statement made by the query builder (insert, update, delete, select), not yet run. */
// biome-ignore lint/suspicious/noExplicitAny: drizzle's own name for a statement of any result
export type Statement = RunnableQuery<any, "sqlite">;

/**
 * The store's seam, in the narrower runtime's words: queries are awaited, and several statements are one batch, all or
 * nothing. There is no interactive transaction, because D1 has none.
 */
export type Db = Omit<Queries, "transaction"> & {
  /** Runs the statements in order in one transaction and gives each one's rows ([] for a write without returning). */
  batch(statements: readonly [Statement, ...Statement[]], options?: BatchOptions): Promise<unknown[]>;
  /** What is made once for this store and lives as long: a query (that only reads) asked all the time, a shared commit. */
  once<T>(name: string, make: () => T): T;
};

export type BatchOptions = {
  /**
   * True when nobody is misled if a power cut takes this batch back: it is not waited for until it is on the disk, and
   * becomes durable with the next batch that is. A crash of the program alone takes nothing back.
   */
  mayBeLost?: boolean;
};

/** The `once` of a store. */
export function keeper(): Db["once"] {
  const kept = new Map<string, unknown>();
  return <T>(name: string, make: () => T): T => {
    if (!kept.has(name)) kept.set(name, make());
    return kept.get(name) as T;
  };
}

/** Statements gathered in a loop, as `batch` wants them; nothing to do is no batch. */
export async function batchAll(
  db: Db,
  statements: readonly Statement[],
  options: BatchOptions = {},
): Promise<unknown[]> {
  const [first, ...rest] = statements;
  return first === undefined ? [] : db.batch([first, ...rest], options);
}
