import { eq } from "drizzle-orm";
import { UserError } from "../errors.ts";
import type { Db } from "./db.ts";
import { facts } from "./schema.ts";

/**
 * Names of the single facts that the program remembers; `wishes_renamed` is the last new name of a source, and when,
 * `clock_shift` the milliseconds by which the playground's clock was moved, `clock_seen` what the clock last showed.
 */
export type FactName = "bot_id" | "webhook_secret" | "link_key" | "wishes_renamed" | "clock_shift" | "clock_seen";

export async function readFact(db: Db, name: FactName): Promise<string | undefined> {
  const [row] = await db.select().from(facts).where(eq(facts.name, name)).limit(1);
  return row?.value;
}

export async function writeFact(db: Db, name: FactName, value: string): Promise<void> {
  await db.insert(facts).values({ name, value }).onConflictDoUpdate({ target: facts.name, set: { value } });
}

/** The fact as it is, else `fresh` from now on; two who ask at once get the same. */
export async function rememberFact(db: Db, name: FactName, fresh: string): Promise<string> {
  await db.insert(facts).values({ name, value: fresh }).onConflictDoNothing();
  return (await readFact(db, name)) ?? fresh;
}

/** What short links are signed with: made once, so that old messages' links lead on. */
export async function linkKey(db: Db): Promise<string> {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return rememberFact(db, "link_key", [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
}

/** A database belongs to one bot: its readers' chat ids and message ids mean nothing to another. */
export async function claimForBot(db: Db, botId: number): Promise<void> {
  const owner = await rememberFact(db, "bot_id", String(botId));
  if (owner !== String(botId)) {
    throw new UserError(
      `This database belongs to bot ${owner}, and BOT_TOKEN is bot ${botId}'s. Set DATABASE_PATH to another file, or use the first bot's token.`,
    );
  }
}
