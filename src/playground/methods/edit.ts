import { finishText, readCaption, readText } from "../formatted.ts";
import { checkMarkup, isInline, readMarkup } from "../keyboard.ts";
import { integer, json, object, type Params } from "../params.ts";
import { refuse } from "../rules.ts";
import type { InlineKeyboardJson, Kept, MessageJson } from "../types.ts";
import type { Chat, World } from "../world.ts";
import { findTarget, isGroup, type Method, told } from "./target.ts";

/** A message may be deleted for this long, by the news clock. */
const deleteHours = 48;
const deleteManyMax = 100;

const editMessageText: Method = (world, params) => {
  const source = readText(params);
  const markup = readMarkup(params);
  const { chat, message } = findOwn(world, params);
  if (message.text === undefined) throw refuse("edit-no-text");
  const { text, entities, quiet } = finishText(source);
  for (const rule of quiet) world.applied(rule);
  const preview = object(json(params, "link_preview_options"));
  const link_preview_options = preview ?? message.link_preview_options;
  return change(world, chat, message, {
    text,
    entities: entities.length > 0 ? entities : undefined,
    link_preview_options,
    reply_markup: inlineOrNone(markup),
  });
};

const editMessageCaption: Method = (world, params) => {
  const source = readCaption(params);
  const markup = readMarkup(params);
  const { chat, message } = findOwn(world, params);
  if (message.text !== undefined) throw refuse("edit-no-caption");
  const caption = source && finishText(source, { caption: true });
  return change(world, chat, message, {
    caption: caption?.text,
    caption_entities: caption && caption.entities.length > 0 ? caption.entities : undefined,
    reply_markup: inlineOrNone(markup),
  });
};

const editMessageReplyMarkup: Method = (world, params) => {
  const markup = readMarkup(params);
  const { chat, message } = findOwn(world, params);
  return change(world, chat, message, { reply_markup: inlineOrNone(markup) });
};

const deleteMessage: Method = (world, params) => {
  const chat = findTarget(world, params);
  const id = integer(params, "message_id");
  if (id === undefined) throw refuse("message-id-missing");
  const message = chat.messages.get(id);
  if (!message) throw refuse("delete-not-found");
  if (!mayDelete(world, chat, message)) throw refuse("delete-refused");
  world.forget(chat, [id]);
  return true;
};

const deleteMessages: Method = (world, params) => {
  const ids = json(params, "message_ids");
  if (!Array.isArray(ids) || ids.length === 0) throw refuse("delete-many-none");
  if (ids.length > deleteManyMax) throw refuse("delete-many-over");
  const chat = findTarget(world, params);
  const found = ids.map(Number).filter((id) => {
    const message = chat.messages.get(id);
    return message !== undefined && mayDelete(world, chat, message);
  });
  world.forget(chat, found);
  return true;
};

/** Methods that change or take away a message. */
export const editing: Readonly<Record<string, Method>> = {
  editMessageText,
  editMessageCaption,
  editMessageReplyMarkup,
  deleteMessage,
  deleteMessages,
};

function findOwn(world: World, params: Params): { chat: Chat; message: Kept } {
  const id = integer(params, "message_id");
  if (id === undefined) throw refuse("message-id-missing");
  const chat = findTarget(world, params);
  const message = chat.messages.get(id);
  if (!message) throw refuse("edit-not-found");
  const isOwn = message.from?.id === world.bot.id || (chat.json.type === "channel" && chat.bot === "administrator");
  if (!isOwn || message.forward_origin) throw refuse("edit-not-own");
  return { chat, message };
}

function change(world: World, chat: Chat, message: Kept, fields: Partial<MessageJson>): MessageJson {
  checkMarkup(fields.reply_markup);
  const changed = Object.entries(fields).some(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(message[name as keyof MessageJson]),
  );
  if (!changed) throw refuse("message-not-modified");
  world.flood.edit(chat.flood, { isGroup: isGroup(chat) });
  const edited: Kept = { ...message, ...fields, edit_date: world.seconds() };
  chat.messages.set(message.message_id, edited);
  world.emit({ type: "edit", chatId: chat.json.id, message: edited });
  return told(edited);
}

function inlineOrNone(markup: ReturnType<typeof readMarkup>): InlineKeyboardJson | undefined {
  return isInline(markup) && markup.inline_keyboard.length > 0 ? markup : undefined;
}

function mayDelete(world: World, chat: Chat, message: Kept): boolean {
  const ageHours = (world.seconds() - message.date) / 3_600;
  if (ageHours >= deleteHours) return false;
  return chat.person !== null || message.from?.id === world.bot.id || chat.bot === "administrator";
}
