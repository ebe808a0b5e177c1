import { type SQL, sql } from "drizzle-orm";

/** A list of any length as one bound parameter, for `in`: D1 takes at most 100 of them. */
export function jsonList(values: readonly (number | string)[]): SQL {
  return sql`(select value from json_each(${JSON.stringify(values)}))`;
}

/** A moment as SQL keeps it. */
export function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
