import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { describeError, UserError } from "../errors.ts";
import { type BatchOptions, type Db, keeper, type Statement } from "./db.ts";
import type { FactName } from "./facts.ts";
import { createFlush, type Flush, type SyncFile } from "./flush.ts";
import { createPatience, makePatient, type Patiently, type Session } from "./patience.ts";
import * as schema from "./schema.ts";

/** How long a writer waits for another's write before it gives up. */
const waitMs = 5_000;
/** SQLite waits for a lock without letting go of the thread: so long at the most, then the thread goes on in between. */
const heldMs = 8;
/** SQLite's page cache of one connection. */
const cacheKiB = 48 * 1024;
/**
 * An article and its row's other fields take 2 to 3 KB: on SQLite's usual pages of 4 KiB each has one for itself, a third
 * of which is empty.
 */
const pageBytes = 8_192;
/** Pages (of 8 KiB, or half of it in an older file) that one automatic checkpoint may move: more hold the committer. */
const checkpointPages = 500;
/** The same where another thread looks after it (node/checkpointer): only if that one is gone. */
const checkpointPagesApart = 8_000;

/** Prepared statements that a connection keeps; there are a few hundred in all. */
const statementsMax = 1_000;

export const migrationsFolder = join(dirname(fileURLToPath(import.meta.url)), "../../migrations");

export type SqliteOptions = {
  /**
   * "full" survives a power cut (the ledger needs it); "normal" may lose the last commits of one, which suits an import
   * that can be run again.
   */
  durability?: "full" | "normal";
  migrations?: string;
  /** How long a write waits for another's, when not 5 s. */
  waitMs?: number;
  /** How the disk is waited for, when not by fdatasync. */
  sync?: SyncFile;
  /** Only these migrations: a store as an older version made it. */
  level?: readonly string[];
  /** "apart" where another thread or the caller moves what was written from the log into the file. */
  checkpoints?: "own" | "apart";
};

export type SqliteStore = { db: Db; client: Database.Database; close(): void };

/** Opens (or makes) the database file, brings its tables up to date, and refuses one that a newer version wrote. */
export function openSqlite(file: string, options: SqliteOptions = {}): SqliteStore {
  const client = openFile(file);
  try {
    client.pragma(`busy_timeout = ${waitMs}`);
    // Of a file that is new; one that is there keeps its own.
    client.pragma(`page_size = ${pageBytes}`);
    migrate(client, file, options);
    client.pragma("journal_mode = WAL");
    client.pragma("foreign_keys = ON");
    client.pragma(`synchronous = ${options.durability ?? "full"}`);
    client.pragma(`cache_size = -${cacheKiB}`);
    client.pragma(`wal_autocheckpoint = ${options.checkpoints === "apart" ? checkpointPagesApart : checkpointPages}`);
    client.pragma("temp_store = MEMORY");
    client.pragma(`busy_timeout = ${heldMs}`);
  } catch (error) {
    client.close();
    throw asUserError(error, file);
  }
  const flush = options.durability === "normal" || file === ":memory:" ? null : createFlush(file, options.sync);
  const close = () => {
    client.close();
    flush?.close();
  };
  const patiently = createPatience({ heldMs, waitMs: options.waitMs ?? waitMs });
  return { db: withBatch(client, flush, patiently), client, close };
}

/** One fact of a database that somebody else may be writing to. */
export function factOf(file: string, name: FactName): string | undefined {
  try {
    const client = new Database(file, { readonly: true, fileMustExist: true });
    try {
      const row = client.prepare("SELECT value FROM facts WHERE name = ?").get(name) as { value: string } | undefined;
      return row?.value;
    } finally {
      client.close();
    }
  } catch (error) {
    throw asUserError(error, file);
  }
}

/** What drizzle's own D1 batch relies on as well. */
type Preparable = { _prepare(): { execute(): { sync(): unknown } } };

/**
 * The whole seam over better-sqlite3: prepared statements are kept, and `batch` is one immediate transaction. It commits
 * without waiting for the disk; whoever may not lose it waits for `flush`, and nobody else does.
 */
function withBatch(client: Database.Database, flush: Flush | null, patiently: Patiently): Db {
  const wait = flush === null ? undefined : createWaiting(client);
  const keeping = keepingStatements(client, () => wait?.("full"));
  const db = drizzle({ client: keeping, schema });
  makePatient((db as unknown as { session: Session }).session, keeping, patiently);
  const run = client.transaction((statements: readonly Statement[]) =>
    statements.map((statement) => {
      const rows = (statement as unknown as Preparable)._prepare().execute().sync();
      return Array.isArray(rows) ? rows : [];
    }),
  );
  async function batch(statements: readonly Statement[], { mayBeLost = false }: BatchOptions = {}) {
    const rows = await patiently(() => {
      wait?.("normal");
      return run.immediate(statements);
    });
    if (!mayBeLost) await flush?.();
    return rows;
  }
  return Object.assign(db, { once: keeper(), batch }) as unknown as Db;
}

/**
 * In WAL mode "normal" commits without waiting for the disk, "full" waits. Switching costs as much as a short statement, so
 * it is done when the other is needed; within a transaction it stays as it is.
 */
function createWaiting(client: Database.Database): (level: "full" | "normal") => void {
  let current = "full";
  return (level) => {
    if (level === current || client.inTransaction) return;
    client.pragma(`synchronous = ${level}`);
    current = level;
  };
}

/** The seam for one who only reads: a batch would be refused by the connection itself. */
export function readingOnly(client: Database.Database): Db {
  return withBatch(client, null, createPatience({ heldMs, waitMs }));
}

/**
 * The same connection, which prepares each text of SQL once: half of a short statement's cost is its preparing. What stands
 * outside a batch is prepared just before it runs; when it writes, `beforeWrite` comes first.
 */
function keepingStatements(client: Database.Database, beforeWrite: () => void): Database.Database {
  const kept = new Map<string, Database.Statement>();
  return Object.create(client, {
    prepare: {
      value: (sql: string) => {
        const known = kept.get(sql);
        if (known !== undefined) {
          if (!known.readonly) beforeWrite();
          // drizzle asks for rows as arrays where it wants them so.
          if (known.reader) known.raw(false);
          return known;
        }
        if (kept.size >= statementsMax) kept.clear();
        const statement = client.prepare(sql);
        if (!statement.readonly) beforeWrite();
        kept.set(sql, statement);
        return statement;
      },
    },
  }) as Database.Database;
}

function openFile(file: string): Database.Database {
  try {
    if (file !== ":memory:") makeFolder(dirname(file));
    return new Database(file);
  } catch (error) {
    throw asUserError(error, file);
  }
}

/** One folder after the other: Node's recursive way never ends where none can be made (/proc). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** Migrations are recorded in wrangler's own table, so that a database can go from Node to D1 and back. */
function migrate(client: Database.Database, file: string, { migrations, level }: SqliteOptions): void {
  const folder = migrations ?? migrationsFolder;
  const known = knownMigrations(folder).filter((name) => level?.includes(name) ?? true);
  const applied = appliedMigrations(client);
  const newer = applied.filter((name) => !known.includes(name));
  if (newer.length > 0) {
    throw new UserError(
      `The database ${file} was written by a newer tidings (${newer.join(", ")}). Update tidings, or set DATABASE_PATH to another file. Nothing was changed.`,
    );
  }
  const pending = known.filter((name) => !applied.includes(name));
  if (pending.length === 0) return;
  const applyAll = client.transaction(() => {
    client.exec(
      "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
    );
    // Another process may have applied them between our look and this lock.
    const done = appliedMigrations(client);
    for (const name of pending.filter((each) => !done.includes(each))) {
      client.exec(readFileSync(join(folder, name), "utf8"));
      client.prepare("INSERT INTO d1_migrations (name) VALUES (?)").run(name);
    }
  });
  applyAll.immediate();
}

/** The names of all migrations there are, in their order. */
export function knownMigrations(folder: string = migrationsFolder): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();
}

function appliedMigrations(client: Database.Database): string[] {
  const table = client.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'd1_migrations'").get();
  if (table === undefined) return [];
  return (client.prepare("SELECT name FROM d1_migrations ORDER BY id").all() as { name: string }[]).map((r) => r.name);
}

function asUserError(error: unknown, file: string): unknown {
  if (error instanceof UserError) return error;
  const code = (error as { code?: string }).code ?? "";
  if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT") {
    return new UserError(
      `${file} is not a SQLite database, or is damaged. Set DATABASE_PATH to another file or restore a backup.`,
    );
  }
  if (/^(SQLITE_(CANTOPEN|READONLY|IOERR|PERM)|E(EXIST|NOTDIR|ACCES|PERM|NOENT|ROFS|ISDIR)$)/.test(code)) {
    return new UserError(
      `Cannot open the database ${file}: ${describeError(error)}. Check DATABASE_PATH and the folder's permissions.`,
    );
  }
  return error;
}

/** A short name for a set of migrations, for /health. */
export function schemaVersion(folder: string = migrationsFolder): string {
  return createHash("sha256").update(knownMigrations(folder).join()).digest("hex").slice(0, 8);
}
