import { and, eq, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { facts } from "./schema.ts";

/** How long the terminal's link may be opened. */
export const ownerLinkMs = 15 * 60_000;
/** People who run one bot. */
const ownersMax = 20;

const linkName = "owner_link";
const ownersName = "owners";

type Link = { hash: string; until: number };

/** Keeps what a one-time owner link is checked against: never the key itself. A newer link takes its place. */
export async function offerOwnerLink(db: Db, key: string, now: Date): Promise<void> {
  const link: Link = { hash: await hashOf(key), until: now.getTime() + ownerLinkMs };
  const value = JSON.stringify(link);
  await db.insert(facts).values({ name: linkName, value }).onConflictDoUpdate({ target: facts.name, set: { value } });
}

/** Uses up the link: true for the first who opens it in time. */
export async function claimOwnership(db: Db, claim: { key: string; userId: number; now: Date }): Promise<boolean> {
  const [row] = await db.select().from(facts).where(eq(facts.name, linkName)).limit(1);
  if (row === undefined) return false;
  const link = JSON.parse(row.value) as Link;
  if (link.until < claim.now.getTime() || link.hash !== (await hashOf(claim.key))) return false;
  // Whoever deletes the row has it: two who open the link at once are told apart here.
  const [taken] = await db
    .delete(facts)
    .where(and(eq(facts.name, linkName), eq(facts.value, row.value)))
    .returning({ name: facts.name });
  if (taken === undefined) return false;
  await addOwner(db, claim.userId);
  return true;
}

/** User ids of those who opened an owner link. */
export async function ownersOf(db: Db): Promise<number[]> {
  const [row] = await db.select().from(facts).where(eq(facts.name, ownersName)).limit(1);
  return row === undefined ? [] : (JSON.parse(row.value) as number[]);
}

async function addOwner(db: Db, userId: number): Promise<void> {
  const value = JSON.stringify([userId]);
  await db
    .insert(facts)
    .values({ name: ownersName, value })
    .onConflictDoUpdate({
      target: facts.name,
      set: {
        value: sql`(select json_group_array(value) from (select value from json_each(${facts.value})
          union select ${userId} limit ${ownersMax}))`,
      },
    });
}

async function hashOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
