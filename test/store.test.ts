import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqlite } from "../src/store/sqlite.ts";
import { storeCases } from "./cases/store.ts";
import { openStore } from "./support/store.ts";

storeCases("better-sqlite3", openStore);

describe("a SQLite file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tidings-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is made with its folder, in WAL mode, with foreign keys, durable, and opened again", () => {
    const file = join(folder, "deep", "er", "a.db");
    const store = openSqlite(file);
    expect(store.client.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(store.client.pragma("foreign_keys", { simple: true })).toBe(1);
    expect(store.client.pragma("synchronous", { simple: true })).toBe(2);
    expect(store.client.pragma("busy_timeout", { simple: true })).toBeGreaterThan(0);
    store.close();
    openSqlite(file).close();
  });

  it("that is new has pages with room for several articles; one that is there keeps the pages that it has", () => {
    const pages = (file: string) => {
      const store = openSqlite(file);
      const bytes = store.client.pragma("page_size", { simple: true });
      store.close();
      return bytes;
    };
    expect(pages(join(folder, "new.db"))).toBe(8_192);
    const older = join(folder, "older.db");
    const made = new Database(older);
    made.exec("CREATE TABLE kept (id INTEGER)");
    made.close();
    expect(pages(older)).toBe(4_096);
  });

  it("from a newer version is refused in one clear line and left untouched", () => {
    const file = join(folder, "newer.db");
    const store = openSqlite(file);
    store.client.prepare("INSERT INTO d1_migrations (name) VALUES ('9999_future.sql')").run();
    store.client.pragma("wal_checkpoint(TRUNCATE)");
    store.close();
    const before = readFileSync(file);
    expect(() => openSqlite(file)).toThrow(/newer tidings \(9999_future.sql\)/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it("that is no database is refused in one clear line", () => {
    const file = join(folder, "notes.txt");
    writeFileSync(
      file,
      "these are my notes, not a database, and they are long enough to be read as a page\n".repeat(50),
    );
    expect(() => openSqlite(file)).toThrow(/is not a SQLite database/);
    expect(() => openSqlite(folder)).toThrow(/Cannot open the database/);
    expect(() => openSqlite(join(folder, "notes.txt", "below", "a.db"))).toThrow(/Cannot open the database/);
    expect(() => openSqlite("/proc/nowhere/a.db")).toThrow(/Cannot open the database/);
  });

  it("is migrated all or nothing", () => {
    const migrations = join(folder, "migrations");
    mkdirSync(migrations);
    writeFileSync(join(migrations, "0001_good.sql"), "CREATE TABLE good (id INTEGER);");
    writeFileSync(join(migrations, "0002_bad.sql"), "CREATE TABLE good (id INTEGER);");
    const file = join(folder, "half.db");
    expect(() => openSqlite(file, { migrations })).toThrow(/already exists/);
    const client = new Database(file);
    expect(client.prepare("SELECT name FROM sqlite_master").all()).toEqual([]);
    client.close();
  });
});
