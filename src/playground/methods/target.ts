import { flag, integer, json, object, type Params, text } from "../params.ts";
import { refuse } from "../rules.ts";
import type { Kept, MessageJson } from "../types.ts";
import type { Chat, World } from "../world.ts";

/** The General topic of a forum, which is no thread for bots. */
const generalTopic = 1;

/** A method of the Bot API: parameters in, result out, refusals thrown. */
export type Method = (world: World, params: Params, signal?: AbortSignal) => unknown;

/** The chat that a call names by number or @username. */
export function findChat(world: World, params: Params, name = "chat_id"): Chat {
  const value = text(params, name);
  if (value === undefined || value.trim() === "") throw refuse("chat-id-empty");
  const chat = value.startsWith("@")
    ? world.byUsername.get(value.slice(1).toLowerCase())
    : world.chats.get(integer(params, name) ?? 0);
  if (!chat) throw refuse("chat-not-found");
  if (chat.person && !chat.person.known) throw refuse("chat-not-found");
  return chat;
}

/** The chat that one may write to, with the refusals of Telegram's table. */
export function findTarget(world: World, params: Params): Chat {
  const chat = findChat(world, params);
  mayWrite(chat);
  return chat;
}

/** Throws what keeps the bot from writing here. */
export function mayWrite(chat: Chat): void {
  const { person } = chat;
  if (person) {
    if (person.user.is_bot) throw refuse("to-a-bot");
    if (person.deactivated) throw refuse("user-deactivated");
    if (!person.started) throw refuse("user-never-started");
    if (person.blocked) throw refuse("bot-blocked");
    return;
  }
  if (chat.upgradedTo !== null) throw refuse("group-upgraded", {}, { migrate_to_chat_id: chat.upgradedTo });
  if (chat.deleted) throw refuse("group-deleted");
  const kind = chat.json.type;
  if (chat.bot === "kicked") throw refuse("bot-kicked", { kind });
  if (chat.bot === "left") throw refuse("bot-not-member", { kind });
  if (kind === "channel" && chat.bot !== "administrator") throw refuse("channel-admin-needed");
  if (!chat.botMaySend && chat.bot !== "administrator") throw refuse("rights-to-send");
}

/** Where in a chat a message goes: its topic and the message that it answers. */
export type Place = Pick<MessageJson, "message_thread_id" | "is_topic_message" | "reply_to_message">;

export function findPlace(chat: Chat, params: Params): Place {
  const reply = findReply(chat, params);
  const wished = integer(params, "message_thread_id");
  if (wished === undefined) {
    const thread = reply?.is_topic_message ? reply.message_thread_id : undefined;
    return { ...threadOf(thread), reply_to_message: reply };
  }
  const topic = chat.topics.get(wished);
  if (wished === generalTopic || !topic || topic.deleted) throw refuse("thread-not-found");
  if (topic.closed && chat.bot !== "administrator") throw refuse("topic-closed");
  return { ...threadOf(wished), reply_to_message: reply };
}

/** A message without what it answers, as Telegram nests it. */
export function asReply(message: Kept): MessageJson {
  const { reply_to_message: _reply, silent: _silent, ask: _ask, ...rest } = message;
  return rest;
}

/** A message as the bot is told: without what only the reader's client knows. */
export function told(message: Kept): MessageJson {
  if (message.silent === undefined && message.ask === undefined) return message;
  const { silent: _silent, ask: _ask, ...rest } = message;
  return rest;
}

/** Groups and supergroups, which Telegram limits by the minute. */
export function isGroup(chat: Chat): boolean {
  return chat.json.type === "group" || chat.json.type === "supergroup";
}

function threadOf(thread: number | undefined): Place {
  return thread === undefined ? {} : { message_thread_id: thread, is_topic_message: true };
}

function findReply(chat: Chat, params: Params): MessageJson | undefined {
  const wish = object(json(params, "reply_parameters"));
  const id = wish ? integer(wish, "message_id") : integer(params, "reply_to_message_id");
  if (id === undefined) return undefined;
  const message = chat.messages.get(id);
  if (message) return asReply(message);
  if (flag(wish ?? params, "allow_sending_without_reply")) return undefined;
  throw refuse("reply-not-found");
}
