import { eq, type SQL, sql } from "drizzle-orm";
import { UserError } from "../errors.ts";
import { batchAll, type Db, type Statement } from "./db.ts";
import { seconds } from "./json-list.ts";
import { facts } from "./schema.ts";

const name = "standstill";

/**
 * Why a store stands still: it was moved to another place, it is being read as a whole, or it is being filled. As long as
 * the fact is there, no update is taken in, no delivery is claimed, and a tick begins nothing.
 */
export type Standstill =
  | { why: "moved"; at: number }
  | { why: "exporting"; at: number }
  /** `file` is the export's id, `done` how many rows of each table are written; `whole` once all were counted. */
  | { why: "restoring"; at: number; file: string; done: Record<string, number>; whole?: boolean };

/** For a statement's `where`: true while the store does not stand still. One row by its key. */
export const isOpen: SQL = sql.raw(`not exists (select 1 from facts where name = '${name}')`);

export async function standstillOf(db: Db): Promise<Standstill | null> {
  const [row] = await db.select().from(facts).where(eq(facts.name, name)).limit(1);
  return row === undefined ? null : (JSON.parse(row.value) as Standstill);
}

/** A statement, so that a restore's progress is written in the batch that writes its rows. */
export function standStillStatement(db: Db, standstill: Standstill): Statement {
  const value = JSON.stringify(standstill);
  return db.insert(facts).values({ name, value }).onConflictDoUpdate({ target: facts.name, set: { value } });
}

export async function standStill(db: Db, standstill: Standstill): Promise<void> {
  await batchAll(db, [standStillStatement(db, standstill)]);
}

/** The store works again. */
export async function goOn(db: Db): Promise<void> {
  await db.delete(facts).where(eq(facts.name, name));
}

/** A server must not start on a store that stands still. */
export async function refuseStandstill(db: Db, place: string): Promise<void> {
  const standstill = await standstillOf(db);
  if (standstill === null) return;
  const since = new Date(standstill.at * 1000).toISOString().slice(0, 16).replace("T", " ");
  const fix = {
    moved: `It was moved to another place on ${since} UTC (export --move). If it was restored nowhere, "npm run -s tidings -- reopen" opens it again.`,
    exporting: `It has been exported since ${since} UTC. If no export runs any more, "npm run -s tidings -- reopen" opens it again.`,
    restoring: `It has been filled by a restore since ${since} UTC that did not end. Run the same restore again.`,
  }[standstill.why];
  throw new UserError(`${place} stands still. ${fix}`);
}

/** Does a job still hold a row? Nothing new is begun while the store stands still, so that ends. */
export async function isQuiet(db: Db, now: Date): Promise<boolean> {
  const held = (table: string) =>
    sql`exists (select 1 from ${sql.raw(table)} where due_at > ${seconds(now)} and lease_token is not null)`;
  const [row] = await db.all<{ busy: number }>(sql`select
    exists (select 1 from deliveries where state in ('claimed', 'sending') and due_at > ${seconds(now)})
    or ${held("readings")} or ${held("source_tasks")} or ${held("updates")} as busy`);
  return row?.busy === 0;
}
