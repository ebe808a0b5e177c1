// @ts-check
import { oneLine } from "./bubble.js";
import { avatar, byId, h, icon } from "./dom.js";
import { me, now, state, zone } from "./state.js";
import { clockTime, dayName, spoken, word } from "./words.js";

/**
 * @typedef {{
 *   onPerson: (id: number) => void,
 *   onChat: (id: number) => void,
 *   onLanguage: () => void,
 *   onTheme: () => void,
 * }} Handlers
 */

/**
 * The left side: the switches, the people that one can be, and their chats.
 * @param {Handlers} handlers
 */
export function drawSide(handlers) {
  const isDark = document.documentElement.dataset["theme"] === "dark";
  byId("brand").replaceChildren(
    h("b", {}, "tidings"),
    h("span", { class: "tag" }, "playground"),
    h("span", { class: "gap" }),
    h("button", { class: "plain", onclick: handlers.onLanguage }, word("language")),
    h(
      "button",
      { class: "plain round", title: word("theme"), "aria-label": word("theme"), onclick: handlers.onTheme },
      icon(isDark ? "sun" : "moon"),
    ),
  );
  byId("people").replaceChildren(...(state.view?.people ?? []).map((person) => personButton(person, handlers)));
  byId("chats").replaceChildren(...(state.view?.chats ?? []).map((chat) => chatRow(chat, handlers)));
}

/**
 * @param {import("../view.ts").PersonView} person
 * @param {Handlers} handlers
 */
function personButton(person, { onPerson }) {
  const isMe = person.id === me()?.id;
  const label = (person.role ?? person.city)[spoken()];
  return h(
    "button",
    { class: `person${isMe ? " chosen" : ""}`, "aria-pressed": String(isMe), onclick: () => onPerson(person.id) },
    avatar(person.name, person.id),
    h("b", {}, person.name),
    h("small", {}, `${label} ${clockTime(now(), person.zone)}`),
  );
}

/**
 * @param {import("../view.ts").ChatView} chat
 * @param {Handlers} handlers
 */
function chatRow(chat, { onChat }) {
  const isOpen = chat.id === state.chat;
  const { last } = chat;
  return h(
    "button",
    {
      class: `chat${isOpen ? " chosen" : ""}`,
      "aria-current": isOpen ? "true" : undefined,
      onclick: () => onChat(chat.id),
    },
    avatar(chat.title, chat.kind === "private" ? 0 : chat.id, chat.kind === "private" ? "bot" : ""),
    h(
      "span",
      { class: "lines" },
      h(
        "span",
        { class: "line" },
        h("b", {}, chat.title),
        h("small", {}, kindOf(chat)),
        h("span", { class: "gap" }),
        last ? h("time", {}, timeOf(last.date * 1_000)) : null,
      ),
      h(
        "span",
        { class: "line" },
        h(
          "span",
          { class: "last" },
          last ? oneLine(last) : state.view?.bot.about && chat.kind === "private" ? state.view.bot.about : "",
        ),
        chat.unread > 0 ? h("span", { class: "badge" }, String(chat.unread)) : null,
      ),
    ),
  );
}

/** @param {import("../view.ts").ChatView} chat */
export function kindOf(chat) {
  if (chat.kind === "private") return word("bot");
  return chat.kind === "channel" ? word("channel") : word("group");
}

/** @param {number} ms */
function timeOf(ms) {
  return dayName(ms, zone()) === dayName(now(), zone()) ? clockTime(ms, zone()) : dayName(ms, zone());
}
