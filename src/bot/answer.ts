import { GrammyError } from "grammy";
import type { ForceReply, InlineKeyboardMarkup } from "grammy/types";
import { rememberAsk } from "../store/visits.ts";
import type { Button, Message } from "../telegram/message.ts";
import { attempt } from "./attempt.ts";
import { generalTopic, type Visit } from "./visit.ts";

/** Characters of a notice over a pressed button. */
const toastCharsMax = 200;

/** Sends a message into the chat or topic that the visit came from; in groups as an answer to who asked. */
export async function say(visit: Visit, message: Message): Promise<void> {
  const whole = withExtra(visit, message);
  await send(visit, whole, keyboardOf(whole));
}

/** Asks a question whose answer are the person's next words; `what` says what they will mean. */
export async function ask(visit: Visit, question: Message, what: string, placeholder?: string): Promise<void> {
  const message = withExtra(visit, question);
  await rememberAsk(visit.app.db, { chatId: visit.chatId, userId: visit.userId ?? 0, what }, visit.now);
  const keyboard = keyboardOf(message);
  // Buttons and a forced reply exclude each other: in a group only replies reach us, so they matter more there.
  const forced: ForceReply = { force_reply: true, selective: true };
  if (placeholder !== undefined) forced.input_field_placeholder = placeholder;
  await send(visit, message, visit.kind === "private" && keyboard !== undefined ? keyboard : forced);
}

/** Shows a message in place of the one whose button was pressed; a new one when that is not possible. */
export async function show(visit: Visit, message: Message): Promise<void> {
  const pressed = visit.ctx.callbackQuery?.message;
  if (pressed === undefined || pressed.date === 0) return say(visit, message);
  const keyboard = keyboardOf(message) ?? { inline_keyboard: [] };
  const attempted = await attempt(visit, message, (text, parsed) =>
    visit.ctx.api.editMessageText(visit.chatId, pressed.message_id, text, {
      ...(parsed ? { parse_mode: "HTML" as const } : {}),
      link_preview_options: previewOf(message),
      reply_markup: keyboard,
    }),
  );
  if (attempted === "not-there") await say(visit, message);
}

/** Changes only the buttons of the message whose button was pressed; its text stays as it is. */
export async function showButtons(visit: Visit, buttons: Button[][]): Promise<void> {
  const pressed = visit.ctx.callbackQuery?.message;
  if (pressed === undefined || pressed.date === 0) return;
  const keyboard = { html: "", buttons: buttons.filter((row) => row.length > 0), preview: null };
  await attempt(visit, keyboard, () =>
    visit.ctx.api.editMessageReplyMarkup(visit.chatId, pressed.message_id, {
      reply_markup: keyboardOf(keyboard) ?? { inline_keyboard: [] },
    }),
  );
}

/** The buttons of the message whose button was pressed. */
export function pressedButtons({ ctx }: Visit): Button[][] {
  const pressed = ctx.callbackQuery?.message;
  const rows = pressed !== undefined && "reply_markup" in pressed ? pressed.reply_markup?.inline_keyboard : undefined;
  return (rows ?? []).map((row) =>
    row.flatMap((button): Button[] => {
      if ("url" in button) return [{ text: button.text, url: button.url }];
      return "callback_data" in button ? [{ text: button.text, action: button.callback_data }] : [];
    }),
  );
}

/** Tells whoever pressed a button something; it must come first, or the button keeps turning. */
export async function toast(visit: Visit, text = "", alert = false): Promise<void> {
  try {
    await visit.ctx.answerCallbackQuery(text === "" ? {} : { text: text.slice(0, toastCharsMax), show_alert: alert });
  } catch (error) {
    // A query that waited too long cannot be answered; what was asked for can still be done.
    if (!isRefusal(error, /query/i)) throw error;
  }
}

function withExtra(visit: Visit, message: Message): Message {
  const row = visit.extra.splice(0);
  return row.length === 0 ? message : { ...message, buttons: [...message.buttons, row] };
}

export function keyboardOf(message: Message): InlineKeyboardMarkup | undefined {
  if (message.buttons.length === 0) return undefined;
  return {
    inline_keyboard: message.buttons.map((row) =>
      row.map((button) =>
        "url" in button ? { text: button.text, url: button.url } : { text: button.text, callback_data: button.action },
      ),
    ),
  };
}

export function isRefusal(error: unknown, pattern: RegExp): boolean {
  return error instanceof GrammyError && error.error_code === 400 && pattern.test(error.description);
}

async function send(visit: Visit, message: Message, markup: InlineKeyboardMarkup | ForceReply | undefined) {
  const { ctx, chatId, kind } = visit;
  const source = ctx.callbackQuery === undefined ? ctx.msg : undefined;
  const thread = threadOf(visit);
  await attempt(visit, message, (html, parsed) =>
    ctx.api.sendMessage(chatId, html, {
      ...(parsed ? { parse_mode: "HTML" as const } : {}),
      link_preview_options: previewOf(message),
      ...(thread === undefined ? {} : { message_thread_id: thread }),
      ...(kind !== "private" && source !== undefined
        ? { reply_parameters: { message_id: source.message_id, allow_sending_without_reply: true } }
        : {}),
      ...(markup === undefined ? {} : { reply_markup: markup }),
    }),
  );
}

/** The topic to answer in, in a forum or in a private chat that has some. */
function threadOf({ ctx }: Visit): number | undefined {
  const message = ctx.msg;
  if (message === undefined || !("is_topic_message" in message) || message.is_topic_message !== true) return undefined;
  return message.message_thread_id === generalTopic ? undefined : message.message_thread_id;
}

function previewOf(message: Message) {
  return message.preview === null ? { is_disabled: true } : { url: message.preview, prefer_small_media: true };
}
