// @ts-check
import { answered, chatMenu, onLink, onMenu, onPress } from "./actions.js";
import { listen } from "./api.js";
import { drawSide, kindOf } from "./chat-list.js";
import { drawClock, tick } from "./clock.js";
import { act, answerTo, closeOverlays, drawComposer, focusInput, say } from "./composer.js";
import { toast } from "./dialogs.js";
import { avatar, byId, h, icon } from "./dom.js";
import { addMessage, drawLog, redrawMessage, removeMessages, watchLog } from "./log.js";
import { loadMessages, loadView, me, openChat, shownMessages, state, threadOf } from "./state.js";
import { spoken, word } from "./words.js";

const typingMs = 5_000;
const pollMs = 20_000;

/**
 * Events come one by one and may ask for reading anew; they are taken in order.
 * @type {Promise<void>}
 */
let line = Promise.resolve();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let refreshTimer;
/** The last message that was told as read. @type {number | undefined} */
let lastRead;

/** @type {import("./bubble.js").Handlers} */
const handlers = { onLink, onCommand: (command) => void say(command), onPress, onMenu };
const sideHandlers = { onPerson, onChat, onLanguage, onTheme };

await begin();

async function begin() {
  const theme =
    localStorage.getItem("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset["theme"] = theme;
  state.as = Number(sessionStorage.getItem("as") ?? 0);
  watchLog();
  document.addEventListener("open-chat", (event) => {
    void openIt(/** @type {CustomEvent<number>} */ (event).detail, null);
  });
  await loadView();
  await openIt(state.chat, null);
  listen(onEvent, (isOpen) => !isOpen && toast(word("lost")));
  setInterval(tick, 1_000);
  setInterval(drawAside, pollMs);
  document.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", markRead);
}

/**
 * Opens a chat and, in a forum, a topic.
 * @param {number} chat
 * @param {number | null} thread
 */
async function openIt(chat, thread) {
  state.chat = chat;
  state.thread = thread;
  state.replyTo = null;
  await loadMessages();
  const unread = openChat()?.unread ?? 0;
  const others = shownMessages().filter((one) => one.from?.id !== state.as);
  state.firstUnread = unread > 0 && unread < others.length ? (others.at(-unread)?.message_id ?? null) : null;
  drawAll();
  state.firstUnread = null;
  await markRead();
}

function drawAll() {
  byId("app").classList.toggle("list-open", state.listOpen);
  drawAside();
  drawHead();
  drawTopics();
  drawLog(handlers);
  drawComposer();
}

function drawAside() {
  drawSide(sideHandlers);
  drawClock();
  const unread = (state.view?.chats ?? []).reduce((sum, chat) => sum + chat.unread, 0);
  document.title = `${unread > 0 ? `(${unread}) ` : ""}tidings · playground`;
}

function drawHead() {
  const chat = openChat();
  if (!chat) return;
  const isTyping = Date.now() - state.typingAt < typingMs;
  const person = me();
  byId("head").replaceChildren(
    h(
      "button",
      { class: "plain round back", title: word("chats"), "aria-label": word("chats"), onclick: () => openList(true) },
      icon("back"),
    ),
    avatar(chat.title, chat.kind === "private" ? 0 : chat.id, chat.kind === "private" ? "bot" : ""),
    h("span", { class: "lines" }, h("b", {}, chat.title), h("small", {}, isTyping ? word("typing") : kindOf(chat))),
    h("span", { class: "gap" }),
    person
      ? h(
          "button",
          { class: "me", title: person.name, "aria-label": person.name, onclick: () => openList(true) },
          avatar(person.name, person.id),
        )
      : "",
    h("button", { id: "menu", class: "plain round", title: "⋯", "aria-label": "⋯", onclick: chatMenu }, icon("more")),
  );
}

function drawTopics() {
  const chat = openChat();
  const bar = byId("topics");
  bar.hidden = !chat?.isForum;
  if (!chat?.isForum) return;
  const tabs = [{ id: null, name: word("general"), closed: false, unread: 0 }, ...chat.topics];
  bar.replaceChildren(
    ...tabs.map((topic) =>
      h(
        "button",
        {
          role: "tab",
          class: topic.id === state.thread ? "chosen" : "",
          "aria-selected": String(topic.id === state.thread),
          onclick: () => openIt(chat.id, topic.id),
        },
        `${topic.closed ? "🔒 " : ""}${topic.name}`,
        topic.unread > 0 && topic.id !== state.thread ? h("span", { class: "badge" }, String(topic.unread)) : null,
      ),
    ),
  );
}

/** @param {boolean} isOpen */
function openList(isOpen) {
  state.listOpen = isOpen;
  byId("app").classList.toggle("list-open", isOpen);
  if (isOpen) byId("chats").querySelector("button")?.focus();
}

/** @param {number} id */
async function onPerson(id) {
  const same = openChat();
  state.as = id;
  sessionStorage.setItem("as", String(id));
  // In private everybody has an own chat with the bot; a group stays open.
  state.chat = !same || same.kind === "private" ? id : same.id;
  await loadView();
  await openIt(state.chat, state.chat === same?.id ? state.thread : null);
}

/** @param {number} id */
async function onChat(id) {
  state.listOpen = false;
  await openIt(id, null);
  focusInput();
}

async function onLanguage() {
  sessionStorage.setItem("language", spoken() === "zh" ? "en" : "zh");
  await loadView();
  drawAll();
}

function onTheme() {
  const theme = document.documentElement.dataset["theme"] === "dark" ? "light" : "dark";
  document.documentElement.dataset["theme"] = theme;
  localStorage.setItem("theme", theme);
  drawAside();
}

/** @param {Record<string, any> & { type: string }} event */
function onEvent(event) {
  line = line.then(() => take(event)).catch((error) => toast(String(error)));
}

/** @param {Record<string, any> & { type: string }} event */
async function take(event) {
  if (event.type === "resync") {
    await loadView();
    await loadMessages();
    drawAll();
    return markRead();
  }
  if (event.type === "answer") return answered(event["queryId"], event["answer"]);
  if (event.type === "message" && event["chatId"] === state.chat) arrived(event["message"]);
  if (event.type === "edit" && event["chatId"] === state.chat) edited(event["message"]);
  if (event.type === "delete" && event["chatId"] === state.chat) {
    state.messages = state.messages.filter((one) => !event["messageIds"].includes(one.message_id));
    removeMessages(event["messageIds"]);
  }
  if (event.type === "action") {
    if (event["chatId"] !== state.chat) return;
    state.typingAt = Date.now();
    drawHead();
    setTimeout(drawHead, typingMs + 100);
    return;
  }
  refreshSoon();
}

/** Reads the view anew a moment after the last of several changes. */
function refreshSoon() {
  if (refreshTimer !== undefined) return;
  refreshTimer = setTimeout(async () => {
    refreshTimer = undefined;
    const before = JSON.stringify(openChat());
    const language = spoken();
    await markRead();
    await loadView();
    drawAside();
    if (spoken() !== language) drawAll();
    else if (JSON.stringify(openChat()) !== before) {
      drawHead();
      drawTopics();
      if (state.messages.length === 0) drawLog(handlers);
      if (document.activeElement?.id !== "input") drawComposer();
    }
  }, 60);
}

/** @param {import("../types.ts").Kept} message */
function arrived(message) {
  const wasEmpty = state.messages.length === 0;
  state.messages.push(message);
  if (openChat()?.isForum && threadOf(message) !== state.thread) return;
  addMessage(message, handlers);
  if (message.from?.id !== state.as) {
    state.typingAt = 0;
    drawHead();
  }
  const isAsked = message.ask && "force_reply" in message.ask;
  if (isAsked) answerTo(message);
  else if (wasEmpty || message.ask) {
    drawComposer();
    if (wasEmpty) focusInput();
  }
}

/** @param {import("../types.ts").Kept} message */
function edited(message) {
  state.messages = state.messages.map((one) => (one.message_id === message.message_id ? message : one));
  redrawMessage(message, handlers);
}

/** What is seen is read. */
async function markRead() {
  const last = shownMessages().at(-1);
  const chat = openChat();
  if (!last || !chat || document.hidden) return;
  const topic = chat.topics.find((one) => one.id === state.thread);
  const known = topic ? topic.unread : chat.unread;
  if (known === 0 && last.message_id === lastRead) return;
  lastRead = last.message_id;
  if (topic) topic.unread = 0;
  else if (!chat.isForum) chat.unread = 0;
  await act({ do: "read", chat: chat.id, thread: state.thread, message: last.message_id });
  drawAside();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (closeOverlays()) return focusInput();
  if (state.listOpen) return openList(false);
  if (document.activeElement?.closest("#log")) return focusInput();
  openList(true);
}
