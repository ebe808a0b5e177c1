// @ts-check
import { getJson } from "./api.js";
import { speak } from "./words.js";

/**
 * @typedef {import("../view.ts").View} View
 * @typedef {import("../view.ts").ChatView} ChatView
 * @typedef {import("../view.ts").PersonView} PersonView
 * @typedef {import("../types.ts").Kept} Message
 */

/** What the page shows now. One object, changed here only and by its owners in main.js. */
export const state = {
  /** @type {View | null} */
  view: null,
  /** The person that one is. */
  as: 0,
  /** The open chat. */
  chat: 0,
  /** The open topic; null is the general one.
   * @type {number | null} */
  thread: null,
  /** @type {Message[]} */
  messages: [],
  /** Message that the next text answers.
   * @type {Message | null} */
  replyTo: null,
  /** On a phone: the list of chats is open. */
  listOpen: false,
  /** Moved clock minus this machine's. */
  clockMs: 0,
  /** The first message that was unread when the chat was opened.
   * @type {number | null} */
  firstUnread: null,
  /** Presses that wait for an answer: query id to the button's key.
   * @type {Map<string, string>} */
  pressed: new Map(),
  /** When the bot was last seen typing in the open chat. */
  typingAt: 0,
};

/** @returns {ChatView | undefined} */
export function openChat() {
  return state.view?.chats.find((chat) => chat.id === state.chat);
}

/** @returns {PersonView | undefined} */
export function me() {
  return state.view?.people.find((person) => person.id === state.as);
}

/** The moved clock, in milliseconds. */
export function now() {
  return Date.now() + state.clockMs;
}

/** The zone of the person that one is. */
export function zone() {
  return me()?.zone ?? "UTC";
}

/**
 * A message's topic; null is the general one.
 * @param {Message} message
 */
export function threadOf(message) {
  return message.is_topic_message ? (message.message_thread_id ?? null) : null;
}

/** Messages of the open topic. */
export function shownMessages() {
  return openChat()?.isForum ? state.messages.filter((one) => threadOf(one) === state.thread) : state.messages;
}

/** Reads people, chats, profile and clock anew. */
export async function loadView() {
  const view = /** @type {View} */ (await getJson(`/playground/state?as=${state.as}`));
  state.view = view;
  state.clockMs = view.now - Date.now();
  if (!view.people.some((person) => person.id === state.as)) {
    const first = view.people[0];
    if (!first) return;
    state.as = first.id;
    return loadView();
  }
  if (!view.chats.some((chat) => chat.id === state.chat)) {
    state.chat = view.chats[0]?.id ?? 0;
    state.thread = null;
  }
  speak(chosenLanguage() ?? (me()?.language.startsWith("zh") ? "zh" : "en"));
}

/** Reads the open chat anew. */
export async function loadMessages() {
  const chat = state.chat;
  const { messages } = /** @type {{ messages: Message[] }} */ (await getJson(`/playground/messages?chat=${chat}`));
  if (chat === state.chat) state.messages = messages;
}

/**
 * What somebody chose by the switch; undefined follows the person.
 * @returns {"zh" | "en" | undefined}
 */
export function chosenLanguage() {
  const chosen = sessionStorage.getItem("language");
  return chosen === "zh" || chosen === "en" ? chosen : undefined;
}
