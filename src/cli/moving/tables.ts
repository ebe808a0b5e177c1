import type Database from "better-sqlite3";
import { openSqlite } from "../../store/sqlite.ts";
import type { StoreTable } from "../../store/whole.ts";

/** Filled from other tables (older versions' too), or kept by SQLite, wrangler and D1 for themselves. */
const derived = /^(sqlite_|_cf_|d1_migrations$|search_(segments|pages|changed|waiting)$|search_(grams|signs))/;

/**
 * The tables of a store that these migrations made, parents before what refers to them. They are read from a database
 * made for the purpose, so that nothing need be asked of D1, and a new migration needs no word here.
 */
export function tablesOf(level: readonly string[]): StoreTable[] {
  const { client, close } = openSqlite(":memory:", { level });
  try {
    const names = client
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .pluck()
      .all() as string[];
    return inOrder(
      names.filter((name) => !derived.test(name)),
      client,
    ).map((name) => describe(name, client));
  } finally {
    close();
  }
}

type Column = { name: string; type: string; pk: number };

function describe(name: string, client: Database.Database): StoreTable {
  const columns = client.pragma(`table_info("${name}")`) as Column[];
  const key = columns.filter((column) => column.pk > 0).sort((a, b) => a.pk - b.pk);
  if (key.length === 0) throw new Error(`the table ${name} has no primary key: it cannot be read in slices`);
  return {
    name,
    columns: columns.map((column) => column.name),
    blobs: columns.filter((column) => column.type === "BLOB").map((column) => column.name),
    key: key.map((column) => column.name),
  };
}

/** Parents first. */
function inOrder(names: readonly string[], client: Database.Database): string[] {
  const ordered: string[] = [];
  const visit = (name: string) => {
    if (ordered.includes(name)) return;
    const parents = client.pragma(`foreign_key_list("${name}")`) as { table: string }[];
    for (const parent of parents) if (parent.table !== name) visit(parent.table);
    ordered.push(name);
  };
  for (const name of names) visit(name);
  return ordered;
}
