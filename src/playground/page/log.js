// @ts-check
import { bubble } from "./bubble.js";
import { avatar, byId, h, icon } from "./dom.js";
import { now, openChat, shownMessages, state, zone } from "./state.js";
import { dayName, sayDay, word } from "./words.js";

/** Closer to the end than this, a new message scrolls the log along. */
const followPx = 160;
/** A message that fills so much of the log is shown from its beginning. */
const longShare = 0.75;

/** @typedef {import("./bubble.js").Handlers} Handlers */
/** @typedef {import("../types.ts").Kept} Message */

/** Whether the end is in sight: then it stays so, whatever grows. */
let isFollowing = true;

/** Where a long new message was put to its beginning; as long as nobody scrolls, the next one comes into sight too. */
let heldAt = -1;

/** Begins to follow the end of the log where the reader does. */
export function watchLog() {
  const log = byId("log");
  const jump = byId("jump");
  jump.append(icon("down"));
  jump.setAttribute("aria-label", word("newMessages"));
  jump.addEventListener("click", toEnd);
  log.addEventListener("scroll", () => {
    isFollowing = isAtEnd();
    if (isFollowing) jump.hidden = true;
  });
  document.addEventListener("grown", () => isFollowing && toEnd());
  // The composer, a keyboard and a turned phone change what is seen of the log.
  new ResizeObserver(() => isFollowing && toEnd()).observe(log);
}

/**
 * Draws the open chat from its beginning, at the first unread message or the end.
 * @param {Handlers} handlers
 */
export function drawLog(handlers) {
  const log = byId("log");
  const messages = shownMessages();
  if (messages.length === 0) {
    log.replaceChildren(...welcome());
    return;
  }
  const nodes = [];
  let day = "";
  for (const message of messages) {
    const today = dayName(message.date * 1_000, zone());
    if (today !== day) nodes.push(dayLine(message));
    day = today;
    if (message.message_id === state.firstUnread) nodes.push(h("div", { class: "unread" }, word("newMessages")));
    nodes.push(bubble(message, handlers));
  }
  log.replaceChildren(...nodes);
  const unread = log.querySelector(".unread");
  if (unread) unread.scrollIntoView({ block: "start" });
  else toEnd();
}

/**
 * Adds a message at the end.
 * @param {Message} message
 * @param {Handlers} handlers
 */
export function addMessage(message, handlers) {
  const log = byId("log");
  const isMine = message.from?.id === state.as;
  const follows = isMine || isFollowing || isAtEnd() || log.scrollTop === heldAt;
  const before = shownMessages().at(-2);
  if (!before) log.replaceChildren();
  if (!before || dayName(before.date * 1_000, zone()) !== dayName(message.date * 1_000, zone()))
    log.append(dayLine(message));
  const node = bubble(message, handlers);
  node.classList.add("new");
  log.append(node);
  if (!follows) byId("jump").hidden = false;
  else if (isMine || node.offsetHeight < log.clientHeight * longShare) toEnd();
  else {
    node.scrollIntoView({ block: "start" });
    heldAt = log.scrollTop;
    isFollowing = isAtEnd();
    byId("jump").hidden = isFollowing;
  }
}

/**
 * Draws one message anew where it stands.
 * @param {Message} message
 * @param {Handlers} handlers
 */
export function redrawMessage(message, handlers) {
  const old = byId("log").querySelector(`[data-id="${message.message_id}"]`);
  if (!old) return;
  const follows = isAtEnd();
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset["key"];
  const node = bubble(message, handlers);
  old.replaceWith(node);
  // Somebody who pages by keyboard stays on the same button.
  if (focused) /** @type {HTMLElement | null} */ (node.querySelector(`[data-key="${focused}"]`))?.focus();
  if (follows) toEnd();
}

/** @param {number[]} ids */
export function removeMessages(ids) {
  for (const id of ids) byId("log").querySelector(`[data-id="${id}"]`)?.remove();
}

export function toEnd() {
  const log = byId("log");
  isFollowing = true;
  byId("jump").hidden = true;
  log.scrollTop = log.scrollHeight;
}

function isAtEnd() {
  const log = byId("log");
  return log.scrollHeight - log.scrollTop - log.clientHeight < followPx;
}

/** @param {Message} message */
function dayLine(message) {
  return h("div", { class: "day" }, sayDay(message.date * 1_000, zone(), now()));
}

/** What an empty chat shows: in private the bot's own words, as before START. */
function welcome() {
  const chat = openChat();
  const bot = state.view?.bot;
  if (!chat || !bot) return [];
  if (chat.kind !== "private")
    return [h("div", { class: "empty" }, avatar(chat.title, chat.id, "large"), h("b", {}, chat.title))];
  const lines = (bot.description || bot.about).split("\n");
  return [
    h(
      "div",
      { class: "welcome" },
      avatar(bot.name, 0, "large bot"),
      h("b", {}, bot.name),
      h("small", {}, `@${bot.username}`),
      bot.description || bot.about
        ? h("div", { class: "card" }, h("b", {}, word("whatItDoes")), ...lines.map((line) => h("p", {}, line)))
        : null,
    ),
  ];
}
