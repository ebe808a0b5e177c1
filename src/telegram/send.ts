import type { Api, Transformer } from "grammy";
import type { InlineKeyboardMarkup } from "grammy/types";
import { type Step, stepOf } from "./errors.ts";
import type { Gate } from "./gate.ts";
import { plainText, withoutLinks } from "./html.ts";
import type { Message } from "./message.ts";

/** Calls that one message may take: as it is, to a migrated group, without links, as plain text. */
const triesMax = 4;
/** An answer to a person waits no longer than this for its chat's turn. */
const replyWaitMaxMs = 3_000;

/** Where a message goes; thread 0 is the chat itself. */
export type Target = { chatId: number; threadId: number };

export type SendOptions = {
  silent: boolean;
  /** `allow_paid_broadcast`: beyond 30 a second, for Stars. */
  paid: boolean;
  /** The message that it answers, when that is still there. */
  replyTo?: number;
};

export type SendResult =
  /** `chatId` differs from the target's when the group was upgraded. */
  { messageId: number; chatId: number } | { step: Step };

/**
 * Sends one message, and does at once what Telegram's refusal asks for: the group's new id, no links where there are too
 * many, plain text where the markup cannot be parsed. Everything else is the caller's: waiting, resting, giving up.
 */
export async function send(
  api: Pick<Api, "sendMessage" | "sendPhoto">,
  target: Target,
  { message, silent, paid, replyTo }: SendOptions & { message: Message },
): Promise<SendResult> {
  let chatId = target.chatId;
  let text = message.html;
  let parsed = true;
  for (let tries = 1; ; tries += 1) {
    try {
      const options = {
        ...(parsed ? { parse_mode: "HTML" as const } : {}),
        ...(target.threadId === 0 ? {} : { message_thread_id: target.threadId }),
        ...(silent ? { disable_notification: true } : {}),
        ...(paid ? { allow_paid_broadcast: true } : {}),
        ...(replyTo === undefined
          ? {}
          : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
        ...keyboardOf(message),
      };
      const sent =
        message.photo === undefined
          ? await api.sendMessage(chatId, text, { ...options, link_preview_options: previewOf(message) })
          : await api.sendPhoto(chatId, message.photo, { ...options, caption: text });
      return { messageId: sent.message_id, chatId };
    } catch (error) {
      const step = stepOf(error);
      if (tries === triesMax) return { step };
      if (step.step === "migrate" && chatId === target.chatId) chatId = step.chatId;
      else if (step.step === "split" && parsed && withoutLinks(text) !== text) text = withoutLinks(text);
      else if (step.step === "plain-text" && parsed) {
        text = plainText(message.html);
        parsed = false;
      } else return { step };
    }
  }
}

/**
 * Answers to a person are not paced by the bucket of all; they keep to the chat's own second, minute and `retry_after`,
 * for a few seconds at most. Installed on a context's api, so that deliveries do not pass twice.
 */
export function pacedReplies(gate: Pick<Gate, "chats" | "answered">): Transformer {
  return async (call, method, payload, signal) => {
    const chatId = (payload as { chat_id?: unknown }).chat_id;
    if (typeof chatId !== "number" || !/^(?:send(?!ChatAction)|copy|forward)/.test(method)) {
      return call(method, payload, signal);
    }
    for (let waited = 0; ; ) {
      // Asked again after each wait: of several that waited, one goes, and it counts.
      const [waitMs = 0] = await gate.chats([chatId]);
      if (waitMs === 0) break;
      if (waited + waitMs > replyWaitMaxMs) return tooMany(waitMs);
      await pause(waitMs);
      waited += waitMs;
    }
    const answer = await call(method, payload, signal);
    const retryAfter = answer.ok ? null : (answer.parameters?.retry_after ?? null);
    if (retryAfter === null) return answer;
    await gate.answered([{ chatId, retryAfter }]);
    if (retryAfter * 1000 > replyWaitMaxMs) return answer;
    await pause(retryAfter * 1000);
    return call(method, payload, signal);
  };
}

function tooMany(waitMs: number) {
  const seconds = Math.ceil(waitMs / 1000);
  const description = `Too Many Requests: retry after ${seconds}`;
  return { ok: false as const, error_code: 429, description, parameters: { retry_after: seconds } };
}

function keyboardOf({ buttons }: Message): { reply_markup?: InlineKeyboardMarkup } {
  if (buttons.length === 0) return {};
  const rows = buttons.map((row) =>
    row.map((each) =>
      "url" in each ? { text: each.text, url: each.url } : { text: each.text, callback_data: each.action },
    ),
  );
  return { reply_markup: { inline_keyboard: rows } };
}

function previewOf({ preview }: Message) {
  return preview === null ? { is_disabled: true } : { url: preview, prefer_small_media: true };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
