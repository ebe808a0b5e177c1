import { getTableColumns, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Db, Statement } from "./db.ts";

/** Characters of one statement's rows; D1 takes texts of two million bytes. */
const boundCharsMax = 250_000;

/**
 * Statements that insert many rows, each with a value for every column: the same few words of SQL whatever their number,
 * which costs a fraction of a statement a row.
 */
export function insertRows<T extends SQLiteTable>(db: Db, table: T, rows: readonly T["$inferInsert"][]): Statement[] {
  const columns = Object.entries<SQLiteColumn>(getTableColumns(table)).filter(([, column]) => !column.generated);
  const values = sql.raw(columns.map((_, n) => `value ->> ${n}`).join(", "));
  const texts = rows.map((row) => {
    const given = row as Record<string, unknown>;
    return JSON.stringify(columns.map(([name, column]) => stored(column, given[name])));
  });
  return inParts(texts).map((part) =>
    db.insert(table).select(sql`select ${values} from json_each(${`[${part.join(",")}]`}) where true`),
  );
}

function stored(column: SQLiteColumn, value: unknown): unknown {
  return value === null || value === undefined ? null : column.mapToDriverValue(value);
}

/** As many together as one bound text may hold. */
function inParts(rows: readonly string[]): string[][] {
  const parts: string[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    chars += row.length;
    if (chars > boundCharsMax) {
      parts.push([]);
      chars = row.length;
    }
    parts.at(-1)!.push(row);
  }
  return parts;
}
