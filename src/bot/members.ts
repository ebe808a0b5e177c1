import type { Context } from "grammy";
import type { App } from "../app.ts";
import { moveChat, type Subscriber, setReach, subscribersOfChat } from "../store/subscribers.ts";
import { reschedule } from "../store/subscriptions.ts";
import { renderGroupStart } from "../telegram/start-message.ts";
import { tellKeeper, tellUpgraded } from "../telegram/tell-keeper.ts";
import { textIn } from "../text/index.ts";
import { keyboardOf } from "./answer.ts";

/** Our own place in a chat changed: blocked or let back, added, promoted, removed. */
export async function onMyMember(app: App, ctx: Context): Promise<void> {
  const change = ctx.myChatMember;
  if (change === undefined) return;
  const { chat, old_chat_member: before, new_chat_member: after } = change;
  const now = app.now();
  if (!isInside(after) || !mayWrite(after, chat.type)) {
    const awake = (await subscribersOfChat(app.db, chat.id)).filter(({ state }) => state === "active");
    await setReach(app.db, chat.id, { state: "resting", note: after.status, now });
    return tellSetUp(app, awake, { title: ctx.chat?.title ?? "", isInside: isInside(after) });
  }
  await setReach(app.db, chat.id, { state: "active", note: "", now });
  for (const each of await subscribersOfChat(app.db, chat.id)) await reschedule(app.db, each, now);
  const added = !isInside(before) && (chat.type === "group" || chat.type === "supergroup");
  if (added) await greet(app, ctx, chat.id);
}

/** Whoever set up what now rests hears of it, once each; a person who blocked us is not written to. */
async function tellSetUp(
  app: App,
  places: readonly Subscriber[],
  { title, isInside }: { title: string; isInside: boolean },
): Promise<void> {
  const people = Map.groupBy(places, ({ setUpBy }) => setUpBy);
  for (const [chatId, [place]] of people) {
    if (chatId === null || place === undefined || place.kind === "private") continue;
    const { small } = textIn(place.language);
    const line = isInside ? small.noRights(title) : small.removed(title);
    const failed = await tellKeeper(app.api, { setUpBy: chatId, chatId: null }, line);
    if (failed !== null) app.log.debug({ chatId }, `nobody could be told: ${failed}`);
  }
}

/** A group became a supergroup: its digests go on under the new id. Both sides of the move tell it; once is enough. */
export async function onMigration(app: App, ctx: Context): Promise<boolean> {
  const message = ctx.message;
  const [from, to] = [
    message?.migrate_from_chat_id ?? message?.chat.id,
    message?.migrate_to_chat_id ?? message?.chat.id,
  ];
  if (from === undefined || to === undefined || from === to) return false;
  await followChat(app, from, to);
  return true;
}

/** What is set up for a group goes on under its new id. */
export async function followChat(app: App, from: number, to: number): Promise<void> {
  const untold = await tellUpgraded(app.api, await moveChat(app.db, from, to), to);
  if (untold !== null) app.log.warn({ chat: to }, `nobody could be told: ${untold}`);
}

/** One short line and a button, then silence. */
async function greet(app: App, ctx: Context, chatId: number): Promise<void> {
  const language = app.config.DEFAULT_LANGUAGE;
  const hello = renderGroupStart({ language });
  const keyboard = keyboardOf(hello);
  try {
    await ctx.api.sendMessage(chatId, hello.html, {
      parse_mode: "HTML",
      ...(keyboard === undefined ? {} : { reply_markup: keyboard }),
    });
  } catch (error) {
    // Some groups let nobody write; their admins will look for us by themselves.
    app.log.debug({ chatId, error }, "a group could not be greeted");
  }
}

/** May we write there? In a channel only an admin who may post. */
function mayWrite(
  member: { status: string; can_post_messages?: boolean; can_send_messages?: boolean },
  type: string,
): boolean {
  if (member.status === "restricted") return member.can_send_messages !== false;
  if (type !== "channel" || member.status === "creator") return true;
  return member.status === "administrator" && member.can_post_messages !== false;
}

function isInside(member: { status: string; is_member?: boolean }): boolean {
  if (member.status === "restricted") return member.is_member === true;
  return member.status === "member" || member.status === "administrator" || member.status === "creator";
}
