import { GrammyError } from "grammy";
import { ownersOf } from "../store/owners.ts";
import type { Visit } from "./visit.ts";

export type Rights = "yes" | "no" | "unsure";

/**
 * May this person change what the chat gets? In private everybody; in a group its admins, also those who post as the
 * group. "unsure" is one who pressed a button and is not shown as a member: perhaps an anonymous admin.
 */
export async function mayManage(visit: Visit): Promise<Rights> {
  if (visit.kind === "private" || visit.anonymous) return "yes";
  if (visit.userId === null) return "no";
  return rightsIn(visit, visit.chatId, visit.userId);
}

/** Is this person an admin of that chat? */
export async function rightsIn(visit: Visit, chatId: number, userId: number): Promise<Rights> {
  try {
    const member = await visit.ctx.api.getChatMember(chatId, userId);
    if (member.status === "creator" || member.status === "administrator") return "yes";
    return member.status === "left" || member.status === "kicked" ? "unsure" : "no";
  } catch (error) {
    if (error instanceof GrammyError && (error.error_code === 400 || error.error_code === 403)) return "unsure";
    throw error;
  }
}

/** The people who run this bot. */
export async function isOperator({ app, kind, userId }: Visit): Promise<boolean> {
  if (kind !== "private" || userId === null) return false;
  return app.config.ADMIN_IDS.includes(userId) || (await ownersOf(app.db)).includes(userId);
}
