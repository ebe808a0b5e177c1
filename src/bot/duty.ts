import type { Actor } from "../store/audit.ts";
import { isAtLeast, roleOf } from "../store/roles.ts";
import type { Role } from "../store/schema.ts";
import type { Visit } from "./visit.ts";

const nameCharsMax = 40;

/** Does this person hold at least this role? Only in a private chat, where it is surely them. */
export async function hasRole(visit: Visit, wanted: Role): Promise<boolean> {
  const { app, kind, userId } = visit;
  if (kind !== "private" || userId === null) return false;
  return isAtLeast(await roleOf(app.db, userId, app.config.ADMIN_IDS), wanted);
}

/** A reason over the button, when the role does not reach. */
export async function refuseBelow(visit: Visit, wanted: Role): Promise<string | null> {
  return (await hasRole(visit, wanted)) ? null : visit.text.breaking.roles.notYours;
}

/** Who does it, as the audit and the screens name them. */
export function actorOf({ ctx, userId }: Visit): Actor {
  const name = [ctx.from?.first_name, ctx.from?.last_name].filter(Boolean).join(" ").slice(0, nameCharsMax);
  return { userId: userId ?? 0, name: name === "" ? String(userId) : name };
}
