import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import { type Actor, auditIfChanged } from "./audit.ts";
import type { Db } from "./db.ts";
import { seconds } from "./json-list.ts";
import { ownersOf } from "./owners.ts";
import { invites, type Role, roles } from "./schema.ts";

/** How long an invitation may be opened. */
export const inviteMs = 24 * 3_600_000;
/** People with a role. */
const rolesMax = 100;

export type RoleHolder = typeof roles.$inferSelect;

/** May one with `has` do what asks for `wanted`? */
export function isAtLeast(has: Role | undefined, wanted: Role): boolean {
  const order: readonly Role[] = ["viewer", "editor", "owner"];
  return has !== undefined && order.indexOf(has) >= order.indexOf(wanted);
}

/** What this person is, by the settings, by the owner's link or by an invitation. */
export async function roleOf(db: Db, userId: number, adminIds: readonly number[]): Promise<Role | undefined> {
  if (adminIds.includes(userId) || (await ownersOf(db)).includes(userId)) return "owner";
  const [row] = await db.select({ role: roles.role }).from(roles).where(eq(roles.userId, userId)).limit(1);
  return row?.role;
}

/** Those who were invited, the first first. */
export async function listRoles(db: Db): Promise<RoleHolder[]> {
  return db.select().from(roles).orderBy(asc(roles.at)).limit(rolesMax);
}

/** Everybody who is told of proposals: owners and editors. */
export async function editorsOf(db: Db, adminIds: readonly number[]): Promise<number[]> {
  const editors = (await listRoles(db)).filter((each) => each.role !== "viewer").map((each) => each.userId);
  return [...new Set([...adminIds, ...(await ownersOf(db)), ...editors])];
}

/** Keeps what a one-time link is checked against: never the key itself. */
export async function offerInvite(
  db: Db,
  { key, role, actor, now }: { key: string; role: Role; actor: Actor; now: Date },
): Promise<void> {
  const hash = await hashOf(key);
  await db.batch([
    db
      .insert(invites)
      .values({ hash, role, byId: actor.userId, until: new Date(now.getTime() + inviteMs) })
      .onConflictDoNothing(),
    auditIfChanged(db, actor, { act: "invited", detail: role, now }),
  ]);
}

/** Uses an invitation up: the role for the first who opens it in time, and for them again; undefined for others. */
export async function claimInvite(db: Db, claim: { key: string; actor: Actor; now: Date }): Promise<Role | undefined> {
  const { actor, now } = claim;
  const hash = await hashOf(claim.key);
  const [taken] = (await db.batch([
    db
      .update(invites)
      .set({ usedBy: actor.userId })
      .where(and(eq(invites.hash, hash), isNull(invites.usedBy), gt(invites.until, now)))
      .returning(),
    db
      .insert(roles)
      .select(
        sql`select ${actor.userId}, role, ${actor.name}, by_id, ${seconds(now)} from invites
          where hash = ${hash} and changes() > 0`,
      )
      .onConflictDoUpdate({ target: roles.userId, set: { role: sql`excluded.role`, name: sql`excluded.name` } }),
    auditIfChanged(db, actor, { act: "joined", now }),
  ])) as [(typeof invites.$inferSelect)[]];
  if (taken[0] !== undefined) return taken[0].role;
  const [mine] = await db
    .select()
    .from(invites)
    .where(and(eq(invites.hash, hash), eq(invites.usedBy, actor.userId)))
    .limit(1);
  return mine === undefined ? undefined : roleOf(db, actor.userId, []);
}

export async function removeRole(
  db: Db,
  userId: number,
  { actor, now }: { actor: Actor; now: Date },
): Promise<boolean> {
  const [gone] = (await db.batch([
    db.delete(roles).where(eq(roles.userId, userId)).returning({ name: roles.name }),
    auditIfChanged(db, actor, { act: "removed", detail: String(userId), now }),
  ])) as [{ name: string }[]];
  return gone.length > 0;
}

/** A key that nobody guesses, fit for a link. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

async function hashOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
