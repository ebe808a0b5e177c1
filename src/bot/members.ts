import type { Context } from "grammy";
import type { App } from "../app.ts";
import { moveChat, setReach, subscribersOfChat } from "../store/subscribers.ts";
import { reschedule } from "../store/subscriptions.ts";
import { renderGroupStart } from "../telegram/start-message.ts";
import { keyboardOf } from "./answer.ts";

/** Our own place in a chat changed: blocked or let back, added, promoted, removed. */
export async function onMyMember(app: App, ctx: Context): Promise<void> {
  const change = ctx.myChatMember;
  if (change === undefined) return;
  const { chat, old_chat_member: before, new_chat_member: after } = change;
  const inside = isInside(after);
  const now = app.now();
  if (!inside) return setReach(app.db, chat.id, { state: "resting", note: after.status, now });
  await setReach(app.db, chat.id, { state: "active", note: "", now });
  for (const each of await subscribersOfChat(app.db, chat.id)) await reschedule(app.db, each, now);
  const added = !isInside(before) && (chat.type === "group" || chat.type === "supergroup");
  if (added) await greet(app, ctx, chat.id);
}

/** A group became a supergroup: its digests go on under the new id. Both sides of the move tell it; once is enough. */
export async function onMigration(app: App, ctx: Context): Promise<boolean> {
  const message = ctx.message;
  if (message?.migrate_to_chat_id !== undefined) await moveChat(app.db, message.chat.id, message.migrate_to_chat_id);
  else if (message?.migrate_from_chat_id !== undefined)
    await moveChat(app.db, message.migrate_from_chat_id, message.chat.id);
  else return false;
  return true;
}

/** One short line and a button, then silence. */
async function greet(app: App, ctx: Context, chatId: number): Promise<void> {
  const language = app.config.DEFAULT_LANGUAGE;
  const message = renderGroupStart({ language });
  const keyboard = keyboardOf(message);
  try {
    await ctx.api.sendMessage(chatId, message.html, {
      parse_mode: "HTML",
      ...(keyboard === undefined ? {} : { reply_markup: keyboard }),
    });
  } catch (error) {
    // Some groups let nobody write; their admins will look for us by themselves.
    app.log.debug({ chatId, error }, "a group could not be greeted");
  }
}

function isInside(member: { status: string; is_member?: boolean }): boolean {
  if (member.status === "restricted") return member.is_member === true;
  return member.status === "member" || member.status === "administrator" || member.status === "creator";
}
