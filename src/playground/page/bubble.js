// @ts-check
import { getJson } from "./api.js";
import { avatar, h, icon } from "./dom.js";
import { formatted } from "./entities.js";
import { openChat, state, zone } from "./state.js";
import { clockTime, word } from "./words.js";

/**
 * @typedef {import("../types.ts").Kept} Message
 * @typedef {import("../types.ts").ButtonJson} Button
 * @typedef {{
 *   onLink: (url: string) => void,
 *   onCommand: (command: string) => void,
 *   onPress: (message: Message, button: Button, key: string) => void,
 *   onMenu: (message: Message, anchor: HTMLElement) => void,
 * }} Handlers
 */

/**
 * A message: a bubble with its buttons, or a line in the middle for what Telegram says itself.
 * @param {Message} message
 * @param {Handlers} handlers
 * @returns {HTMLElement}
 */
export function bubble(message, handlers) {
  const said = serviceText(message);
  if (said !== null) return h("div", { class: "service", "data-id": message.message_id }, said);
  const isMine = message.from?.id === state.as;
  const chat = openChat();
  const isGroup = chat?.kind === "group" || chat?.kind === "supergroup";
  const name = message.sender_chat?.title ?? nameOf(message.from);
  const body = h(
    "div",
    { class: "body", tabIndex: 0, role: "article", onkeydown: onKey, ondblclick: openMenu, oncontextmenu: openMenu },
    isGroup && !isMine ? h("div", { class: `who n${Math.abs(message.from?.id ?? 0) % 6}` }, name) : null,
    ...forwardLine(message),
    ...replyLine(message),
    ...media(message),
    text(message, handlers),
    preview(message, handlers),
    meta(message),
    h("button", { class: "more", title: "⋯", "aria-label": "⋯", tabIndex: -1, onclick: openMenu }, icon("more")),
  );
  return h(
    "div",
    { class: `message ${isMine ? "mine" : "theirs"}`, "data-id": message.message_id },
    isGroup && !isMine
      ? avatar(name, message.from?.id ?? 0, message.from?.is_bot && !message.sender_chat ? "small bot" : "small")
      : null,
    h("div", { class: "stack" }, body, keyboard(message, handlers)),
  );

  /** @param {Event} event */
  function openMenu(event) {
    event.preventDefault();
    handlers.onMenu(message, body);
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.target !== body) return;
    if (event.key === "Enter") openMenu(event);
    const step =
      event.key === "ArrowUp" ? "previousElementSibling" : event.key === "ArrowDown" ? "nextElementSibling" : null;
    if (step === null) return;
    event.preventDefault();
    let next = body.closest(".message")?.[step];
    while (next && !next.querySelector(".body")) next = next[step];
    /** @type {HTMLElement | null | undefined} */ (next?.querySelector(".body"))?.focus();
  }
}

/**
 * What stands for a message where there is one line for it.
 * @param {Message} message
 */
export function oneLine(message) {
  const said = serviceText(message);
  if (said !== null) return said;
  if (message.document) return `📎 ${message.document.file_name ?? word("file")}`;
  if (message.photo) return `🖼 ${message.caption ?? ""}`;
  if (message.location) return `📍 ${word("location")}`;
  return (message.text ?? "").replace(/\s+/g, " ").slice(0, 120);
}

/** @param {import("../types.ts").UserJson | undefined} user */
export function nameOf(user) {
  return [user?.first_name, user?.last_name].filter(Boolean).join(" ");
}

/**
 * @param {Message} message
 * @param {Handlers} handlers
 */
function text(message, handlers) {
  const plain = message.text ?? message.caption;
  if (plain === undefined) return null;
  return h("div", { class: "text" }, formatted(plain, message.entities ?? message.caption_entities, handlers));
}

/** @param {Message} message */
function forwardLine(message) {
  const origin = /** @type {any} */ (message.forward_origin);
  if (!origin) return [];
  const from = origin.chat?.title ?? origin.sender_chat?.title ?? nameOf(origin.sender_user);
  return [h("div", { class: "forwarded" }, `${word("forwardedFrom")} `, h("b", {}, from))];
}

/** @param {Message} message */
function replyLine(message) {
  const reply = message.reply_to_message;
  if (!reply) return [];
  const jump = () => document.querySelector(`[data-id="${reply.message_id}"]`)?.scrollIntoView({ block: "center" });
  const name = reply.sender_chat?.title ?? nameOf(reply.from);
  return [h("button", { class: "quote", onclick: jump }, h("b", {}, name), h("span", {}, oneLine(reply)))];
}

/** @param {Message} message */
function media(message) {
  const made = [];
  const address = (/** @type {string} */ id) => `/playground/file?id=${encodeURIComponent(id)}`;
  if (message.document) {
    const { file_id, file_name = word("file"), file_size } = message.document;
    const size = file_size < 2_048 ? `${file_size} B` : `${Math.round(file_size / 1_024)} KB`;
    made.push(
      h(
        "a",
        { class: "file", href: address(file_id), download: file_name },
        h("span", { class: "paper" }, icon("clip")),
        h("span", {}, h("b", {}, file_name), h("small", {}, size)),
      ),
    );
  }
  const photo = message.photo?.at(-1);
  if (photo) {
    const width = Math.min(photo.width, 320);
    made.push(h("img", { class: "photo", src: address(photo.file_id), alt: message.caption ?? "", width }));
  }
  if (message.location) {
    const { latitude, longitude } = message.location;
    made.push(h("div", { class: "place" }, `📍 ${latitude.toFixed(2)}, ${longitude.toFixed(2)}`));
  }
  if (message.chat_shared)
    made.push(h("div", { class: "text" }, `${word("shared")} ${message.chat_shared.title ?? ""}`));
  return made;
}

/**
 * The card of a link, where the bot has not switched it off and the page is one of the sample's.
 * @param {Message} message
 * @param {Handlers} handlers
 */
function preview(message, handlers) {
  const options = /** @type {{ is_disabled?: boolean, url?: string } | undefined} */ (message.link_preview_options);
  if (options?.is_disabled || message.text === undefined) return null;
  const first = message.entities?.find((one) => one.type === "text_link" || one.type === "url");
  const url = options?.url ?? first?.url ?? (first && message.text.slice(first.offset, first.offset + first.length));
  if (!url) return null;
  const card = h("button", { class: "preview", hidden: true, onclick: () => handlers.onLink(url) });
  void getJson(`/playground/article?url=${encodeURIComponent(url)}`).then((found) => {
    const article = /** @type {import("../news.ts").SampleArticle | null} */ (found);
    if (!article) return;
    const { title, lead } = article.draft;
    card.append(h("small", {}, article.source.name), h("b", {}, title), h("span", {}, lead));
    card.hidden = false;
    document.dispatchEvent(new Event("grown"));
  });
  return card;
}

/** @param {Message} message */
function meta(message) {
  const time = clockTime((message.edit_date ?? message.date) * 1_000, zone());
  return h(
    "div",
    { class: "meta" },
    message.silent ? h("span", { title: word("silent") }, "🔕") : null,
    message.edit_date ? h("span", { class: "edited" }, word("edited")) : null,
    h("time", {}, time),
  );
}

/**
 * @param {Message} message
 * @param {Handlers} handlers
 */
function keyboard(message, handlers) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return h(
    "div",
    { class: "keyboard" },
    ...rows.map((row, y) => h("div", { class: "row" }, ...row.map((one, x) => button(one, y, x)))),
  );

  /**
   * @param {Button} one
   * @param {number} y
   * @param {number} x
   */
  function button(one, y, x) {
    const key = `${message.chat.id}:${message.message_id}:${y}:${x}`;
    const isWaiting = [...state.pressed.values()].includes(key);
    const press = () => handlers.onPress(message, one, key);
    const style = one.style ? ` ${one.style}` : "";
    const disabled = one.disabled !== undefined;
    return h(
      "button",
      { class: `key${isWaiting ? " waiting" : ""}${style}`, "data-key": key, disabled, onclick: press },
      h("span", {}, one.text),
      one.url ? icon("link") : null,
    );
  }
}

/**
 * What Telegram itself says about a change; null for a message of somebody.
 * @param {Message} message
 */
function serviceText(message) {
  if (message.forum_topic_created) return `${word("topicMade")} · ${message.forum_topic_created.name}`;
  if (message.forum_topic_closed) return word("topicClosed");
  if (message.forum_topic_reopened) return word("topicOpened");
  if (message.new_chat_members) return word("added");
  if (message.left_chat_member) return word("left");
  if (message.migrate_to_chat_id !== undefined || message.migrate_from_chat_id !== undefined) return "supergroup";
  return null;
}
