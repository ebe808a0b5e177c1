// @ts-check
import { getJson, listen } from "./api.js";
import { drawSide, kindOf } from "./chat-list.js";
import { drawClock, tick } from "./clock.js";
import { act, answerTo, closeOverlays, drawComposer, focusInput, say } from "./composer.js";
import { alertBox, choose, showArticle, toast } from "./dialogs.js";
import { avatar, byId, h, icon } from "./dom.js";
import { addMessage, drawLog, redrawMessage, removeMessages } from "./log.js";
import { loadMessages, loadView, me, openChat, shownMessages, state, threadOf, zone } from "./state.js";
import { spoken, word } from "./words.js";

const answerWaitMs = 20_000;
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

/**
 * @param {string} queryId
 * @param {{ text: string, alert: boolean, url: string | null }} answer
 */
function answered(queryId, answer) {
  const key = state.pressed.get(queryId);
  if (key === undefined) return;
  state.pressed.delete(queryId);
  document.querySelector(`[data-key="${key}"]`)?.classList.remove("waiting");
  if (answer.url) onLink(answer.url);
  else if (answer.text !== "" && answer.alert) alertBox(answer.text, state.view?.bot.name ?? "");
  else if (answer.text !== "") toast(answer.text);
}

/**
 * @param {import("../types.ts").Kept} message
 * @param {import("../types.ts").ButtonJson} button
 * @param {string} key
 */
async function onPress(message, button, key) {
  if (button.url) return onLink(button.url);
  if (button.copy_text) return copy(button.copy_text.text);
  if (button.callback_data === undefined || [...state.pressed.values()].includes(key)) return;
  const waiting = `waiting-${key}`;
  state.pressed.set(waiting, key);
  document.querySelector(`[data-key="${key}"]`)?.classList.add("waiting");
  const done = await act({
    do: "press",
    chat: message.chat.id,
    message: message.message_id,
    data: button.callback_data,
  });
  state.pressed.delete(waiting);
  if (!done) return;
  const queryId = String(done["queryId"]);
  state.pressed.set(queryId, key);
  setTimeout(() => {
    if (!state.pressed.delete(queryId)) return;
    document.querySelector(`[data-key="${key}"]`)?.classList.remove("waiting");
    toast(word("noAnswer"));
  }, answerWaitMs);
}

/**
 * Links to the bot start it, links to the sample news open here, everything else in a new window.
 * @param {string} url
 */
async function onLink(url) {
  const bot = state.view?.bot.username.toLowerCase();
  const own = /^(?:https?:\/\/t\.me\/|tg:\/\/resolve\?domain=)([\w]+)(?:[?&]start=([\w-]{1,64}))?$/i.exec(url);
  if (own && own[1]?.toLowerCase() === bot) {
    await openIt(state.as, null);
    await act({ do: "say", chat: state.as, text: own[2] ? `/start ${own[2]}` : "/start" });
    return;
  }
  const found = await getJson(`/playground/article?url=${encodeURIComponent(url)}`).catch(() => null);
  if (found) return showArticle(/** @type {import("../news.ts").SampleArticle} */ (found), zone());
  if (/^https?:\/\/[\w.-]+\.example\.(org|com)\b/i.test(url)) return toast(word("outside"));
  if (/^https?:/i.test(url)) window.open(url, "_blank", "noopener,noreferrer");
}

/** @param {import("../types.ts").Kept} message */
async function onMenu(message) {
  const text = message.text ?? message.caption;
  const wish = await choose("", [
    { label: word("reply"), value: "reply" },
    { label: word("forward"), value: "forward" },
    ...(text === undefined ? [] : [{ label: word("copy"), value: "copy" }]),
  ]);
  if (wish === "reply") answerTo(message);
  if (wish === "copy" && text !== undefined) await copy(text);
  if (wish !== "forward") return;
  const chats = (state.view?.chats ?? []).filter((chat) => chat.kind !== "channel" || chat.isAdmin);
  const to = await choose(
    word("forwardTo"),
    chats.map((chat) => ({ label: chat.title, hint: kindOf(chat), value: chat.id })),
  );
  if (to === undefined) return;
  await act({ do: "forward", chat: message.chat.id, message: message.message_id, to });
  await openIt(to, null);
}

async function chatMenu() {
  const chat = openChat();
  if (!chat) return;
  const topic = chat.topics.find((one) => one.id === state.thread);
  /** @type {{ label: string, value: Parameters<typeof act>[0] }[]} */
  const wishes = [];
  if (chat.kind === "private") {
    const isBlocked = chat.bot === "kicked";
    wishes.push({ label: word(isBlocked ? "unblock" : "block"), value: { do: isBlocked ? "unblock" : "block" } });
  } else if (chat.isAdmin) {
    const set = (/** @type {string} */ status) => ({ do: "bot", chat: chat.id, status });
    const isIn = chat.bot === "member" || chat.bot === "administrator";
    const isChannel = chat.kind === "channel";
    if (!isIn)
      wishes.push({
        label: word(isChannel ? "addToChannel" : "addToGroup"),
        value: set(isChannel ? "administrator" : "member"),
      });
    if (isIn && !isChannel)
      wishes.push(
        chat.bot === "member"
          ? { label: word("promote"), value: set("administrator") }
          : { label: word("demote"), value: set("member") },
      );
    if (isIn) wishes.push({ label: word("removeBot"), value: set("kicked") });
    if (topic)
      wishes.push({
        label: word(topic.closed ? "openTopic" : "closeTopic"),
        value: { do: "topic", chat: chat.id, topic: topic.id, closed: !topic.closed },
      });
  }
  const wish = wishes.length > 0 ? await choose(chat.title, wishes) : undefined;
  if (wish) await act(wish);
}

/** @param {string} text */
async function copy(text) {
  await navigator.clipboard.writeText(text).then(
    () => toast(word("copied")),
    () => {},
  );
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
