import type { Context } from "grammy";
import type { Chat, User } from "grammy/types";
import type { App } from "../app.ts";
import { settings } from "../config.ts";
import { ensureSubscriber, findSubscriber, type Subscriber } from "../store/subscribers.ts";
import { topicName } from "../store/topics.ts";
import type { Button } from "../telegram/message.ts";
import { type Language, languageOf, type Reading, type Text, textIn } from "../text/index.ts";

export type ChatKind = Chat["type"];

/** A forum's General topic is the chat itself: Telegram refuses its id. */
export const generalTopic = 1;

/** One update as the commands see it: who says something where, and what we know of that chat. */
export type Visit = {
  app: App;
  ctx: Context;
  updateId: number;
  chatId: number;
  /** The forum topic that counts as a chat of its own; 0 is the chat itself. */
  threadId: number;
  kind: ChatKind;
  /** A topic's own name, where it is known. */
  title: string;
  /** Who it is; null for a channel, and for a group's admins who post as the group. */
  userId: number | null;
  /** The group speaks for itself: only its admins can do that. */
  anonymous: boolean;
  now: Date;
  language: Language;
  text: Text;
  /** The subscriber of this chat or topic; undefined before anything was set. */
  known: Subscriber | undefined;
  /** Buttons that the next message carries as well; it takes them. */
  extra: Button[];
};

/** What a visit is about; undefined for updates without a chat. */
export async function openVisit(app: App, ctx: Context): Promise<Visit | undefined> {
  const chat = ctx.chat;
  if (chat === undefined) return undefined;
  const message = ctx.msg;
  const isTopic = message !== undefined && "is_topic_message" in message && message.is_topic_message === true;
  const topic = isTopic && chat.type === "supergroup" ? (message.message_thread_id ?? 0) : 0;
  const threadId = topic === generalTopic ? 0 : topic;
  const known = await findSubscriber(app.db, chat.id, threadId);
  const anonymous = ctx.callbackQuery === undefined && ctx.senderChat?.id === chat.id;
  const language = known?.language ?? languageFor(app, chat.type, ctx.from);
  return {
    app,
    ctx,
    updateId: ctx.update.update_id,
    chatId: chat.id,
    threadId,
    kind: chat.type,
    title: (threadId === 0 ? undefined : await topicName(app.db, { chatId: chat.id, threadId })) ?? chat.title ?? "",
    userId: anonymous ? null : (ctx.from?.id ?? null),
    anonymous,
    now: app.now(),
    language,
    text: textIn(language),
    known,
    extra: [],
  };
}

/** The subscriber of this chat or topic, made when it is needed for the first time. */
export async function ensureKnown(visit: Visit): Promise<Subscriber> {
  const { app, chatId, threadId, kind, title, language, now } = visit;
  visit.known ??= await ensureSubscriber(
    app.db,
    { chatId, threadId, kind, title, language, newsLanguages: language, timezone: timezoneOf(visit) },
    now,
  );
  return visit.known;
}

/** Reads the subscriber again after it was changed. */
export async function refreshed(visit: Visit): Promise<Visit> {
  const known = await findSubscriber(visit.app.db, visit.chatId, visit.threadId);
  const language = known?.language ?? visit.language;
  return { ...visit, known, language, text: textIn(language) };
}

export function readingOf(visit: Visit): Reading {
  return { language: visit.language, timezone: timezoneOf(visit), now: visit.now };
}

export function timezoneOf(visit: Visit): string {
  return visit.known?.timezone ?? visit.app.config.DEFAULT_TIMEZONE;
}

/** Where the reader likely is: what they said, else the operator's zone for who reads the operator's language. */
export function zoneGuess(visit: Visit): string | null {
  if (visit.known?.timezoneKnown === true) return visit.known.timezone;
  const { DEFAULT_TIMEZONE: zone, DEFAULT_LANGUAGE: language } = visit.app.config;
  const isSet = zone !== settings.DEFAULT_TIMEZONE.schema.parse(undefined);
  return visit.language === language && (language === "zh" || isSet) ? zone : null;
}

export function isPrivate(visit: Visit): boolean {
  return visit.kind === "private";
}

/** What names an effect of this update, so that handling it again makes nothing twice. */
export function originOf(visit: Visit, part = ""): string {
  return `u${visit.updateId}:${visit.chatId}${part}`;
}

function languageFor(app: App, kind: ChatKind, from: User | undefined): Language {
  // A group speaks the operator's language until its admins choose one; a person their own.
  return kind === "private"
    ? languageOf(from?.language_code, app.config.DEFAULT_LANGUAGE)
    : app.config.DEFAULT_LANGUAGE;
}
