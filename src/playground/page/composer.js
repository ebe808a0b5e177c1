// @ts-check
import { doAct, uploadFile } from "./api.js";
import { nameOf, oneLine } from "./bubble.js";
import { choose, toast } from "./dialogs.js";
import { byId, h, icon } from "./dom.js";
import { me, openChat, shownMessages, state } from "./state.js";
import { spoken, word } from "./words.js";

const rowsMax = 6;
const rowPx = 22;

/** Where a person shares a place from, so that a bot can tell the zone. */
const PLACES = { zh: { latitude: 31.23, longitude: 121.47 }, en: { latitude: 51.51, longitude: -0.13 } };

/** What is typed and not sent, by chat and topic. @type {Map<string, string>} */
const drafts = new Map();

/**
 * Does something and says why it cannot be done.
 * @param {Parameters<typeof doAct>[1]} wish
 */
export async function act(wish) {
  try {
    return await doAct(state.as, wish);
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error));
    return null;
  }
}

/** The foot of a chat: what one can do there. */
export function drawComposer() {
  const chat = openChat();
  const foot = byId("composer");
  if (!chat) return foot.replaceChildren();
  if (chat.kind === "private" && chat.bot === "kicked") {
    return foot.replaceChildren(wide(word("unblock"), () => act({ do: "unblock" })));
  }
  if (chat.kind === "private" && state.messages.length === 0) {
    const start = wide(word("start"), () => act({ do: "say", chat: chat.id, text: "/start" }));
    start.id = "start";
    foot.replaceChildren(start);
    if (!state.listOpen) start.focus();
    return;
  }
  if (chat.kind === "channel" && !chat.isAdmin)
    return foot.replaceChildren(h("div", { class: "note" }, word("readOnly")));
  foot.replaceChildren(...[banner(), replyBar(), ...inputLine(), replyKeyboard()].filter((one) => one !== null));
  fit();
}

/** Puts the cursor where one writes. */
export function focusInput() {
  if (matchMedia("(pointer: fine)").matches) input()?.focus();
}

/**
 * The message that the next text answers.
 * @param {import("../types.ts").Kept | null} message
 */
export function answerTo(message) {
  state.replyTo = message;
  drawComposer();
  input()?.focus();
}

/**
 * Sends a text to the open chat, as a tap on a command or a keyboard does.
 * @param {string} text
 */
export async function say(text) {
  const chat = openChat();
  if (!chat) return;
  const replyTo = state.replyTo?.message_id;
  state.replyTo = null;
  const place = { chat: chat.id, ...(state.thread !== null && { thread: state.thread }) };
  await act({ do: "say", ...place, text, ...(replyTo !== undefined && { replyTo }) });
}

/** Closes what lies over the input; true when there was something. */
export function closeOverlays() {
  const list = document.getElementById("commands");
  if (list && !list.hidden) {
    list.hidden = true;
    return true;
  }
  if (state.replyTo === null) return false;
  state.replyTo = null;
  drawComposer();
  return true;
}

function inputLine() {
  const chat = /** @type {import("../view.ts").ChatView} */ (openChat());
  const key = draftKey();
  const field = h("textarea", {
    id: "input",
    rows: 1,
    maxLength: 4096,
    placeholder: placeholder(chat),
    "aria-label": placeholder(chat),
    value: drafts.get(key) ?? "",
    oninput: () => {
      drafts.set(key, field.value);
      fit();
      showCommands(/^\/\w*$/.test(field.value) ? field.value.slice(1) : null);
    },
    onkeydown: (/** @type {KeyboardEvent} */ event) => onKey(event, field),
  });
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === "") return;
    field.value = "";
    drafts.delete(key);
    showCommands(null);
    await say(text);
    drawComposer();
    input()?.focus();
  };
  const toggle = () => {
    showCommands(document.getElementById("commands")?.hidden ? "" : null);
    document.querySelector(/** @type {"button"} */ ("#commands button"))?.focus();
  };
  return [
    h("div", { id: "commands", role: "listbox", hidden: true }),
    h(
      "form",
      { class: "line", onsubmit: send },
      chat.commands.length > 0
        ? h(
            "button",
            { type: "button", class: "slash", title: word("menu"), "aria-label": word("menu"), onclick: toggle },
            "/",
          )
        : null,
      attach(chat),
      field,
      h("button", { type: "submit", class: "send", title: word("send"), "aria-label": word("send") }, icon("send")),
    ),
  ];
}

/** @param {import("../view.ts").ChatView} chat */
function attach(chat) {
  const file = h("input", { type: "file", hidden: true });
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (chosen) void send(chosen);
  });
  return h(
    "button",
    {
      type: "button",
      class: "plain round",
      title: word("attach"),
      "aria-label": word("attach"),
      onclick: () => file.click(),
    },
    icon("clip"),
    file,
  );

  /** @param {File} chosen */
  async function send(chosen) {
    try {
      await uploadFile({ as: state.as, chat: chat.id, thread: state.thread, file: chosen });
    } catch (error) {
      toast(String(error));
    }
  }
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLTextAreaElement} field
 */
function onKey(event, field) {
  const list = document.getElementById("commands");
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    field.form?.requestSubmit();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && list && !list.hidden) {
    event.preventDefault();
    const buttons = list.querySelectorAll("button");
    buttons[event.key === "ArrowDown" ? 0 : buttons.length - 1]?.focus();
  } else if (event.key === "ArrowUp" && field.value === "") {
    event.preventDefault();
    const bodies = /** @type {NodeListOf<HTMLElement>} */ (byId("log").querySelectorAll(".body"));
    bodies[bodies.length - 1]?.focus();
  }
}

/**
 * The command menu; null hides it, letters narrow it.
 * @param {string | null} letters
 */
function showCommands(letters) {
  const list = document.getElementById("commands");
  const chat = openChat();
  if (!list || !chat) return;
  const found = letters === null ? [] : chat.commands.filter((one) => one.command.startsWith(letters.toLowerCase()));
  list.hidden = found.length === 0;
  list.replaceChildren(
    ...found.map(({ command, description }) =>
      h(
        "button",
        { type: "button", role: "option", onclick: () => pick(command), onkeydown: onMove },
        h("b", {}, `/${command}`),
        h("span", {}, description),
      ),
    ),
  );

  /** @param {string} command */
  function pick(command) {
    drafts.delete(draftKey());
    void say(chat?.kind === "private" ? `/${command}` : `/${command}@${state.view?.bot.username}`);
    drawComposer();
    focusInput();
  }

  /** @param {KeyboardEvent} event */
  function onMove(event) {
    const at = /** @type {HTMLElement} */ (event.currentTarget);
    const next =
      event.key === "ArrowDown" ? at.nextElementSibling : event.key === "ArrowUp" ? at.previousElementSibling : null;
    if (!next) return;
    event.preventDefault();
    /** @type {HTMLElement} */ (next).focus();
  }
}

function banner() {
  const chat = openChat();
  if (!chat || chat.kind === "private" || chat.bot === "member" || chat.bot === "administrator") return null;
  const isChannel = chat.kind === "channel";
  const status = isChannel ? "administrator" : "member";
  const label = isChannel ? word("addToChannel") : word("addToGroup");
  return h("button", { class: "banner", onclick: () => act({ do: "bot", chat: chat.id, status }) }, label);
}

function replyBar() {
  const message = state.replyTo;
  if (!message) return null;
  return h(
    "div",
    { class: "replying" },
    icon("reply"),
    h("span", {}, h("b", {}, message.sender_chat?.title ?? nameOf(message.from)), h("small", {}, oneLine(message))),
    h("button", { class: "plain round", "aria-label": word("cancel"), onclick: () => answerTo(null) }, icon("close")),
  );
}

/** The keyboard that the bot put below the input field, until it takes it away. */
function replyKeyboard() {
  const last = [...shownMessages()].reverse().find((one) => one.ask && !("force_reply" in one.ask));
  if (!last?.ask || !("keyboard" in last.ask)) return null;
  const used =
    last.ask.one_time_keyboard &&
    shownMessages().some((one) => one.message_id > last.message_id && one.from?.id === state.as);
  if (used) return null;
  return h(
    "div",
    { class: "keys" },
    ...last.ask.keyboard.map((row) =>
      h(
        "div",
        { class: "row" },
        ...row.map((one) => h("button", { class: "key", onclick: () => press(one) }, one.text)),
      ),
    ),
  );
}

/** @param {import("../types.ts").ReplyButtonJson} button */
async function press(button) {
  if (button.request_location) return act({ do: "location", ...PLACES[me()?.zone === "Europe/London" ? "en" : "zh"] });
  if (!button.request_chat) return say(button.text);
  const { request_id, chat_is_channel } = button.request_chat;
  const fitting = (state.view?.chats ?? []).filter(
    (chat) => chat.isAdmin && (chat.kind === "channel") === chat_is_channel,
  );
  if (fitting.length === 0) return toast(word("nothingToPick"));
  const chat = await choose(
    word("pick"),
    fitting.map((one) => ({ label: one.title, value: one })),
  );
  if (!chat) return undefined;
  if (chat.bot !== "administrator") await act({ do: "bot", chat: chat.id, status: "administrator" });
  return act({ do: "share", requestId: request_id, chat: chat.id });
}

/** @param {import("../view.ts").ChatView} chat */
function placeholder(chat) {
  if (chat.kind === "channel") return word("writeChannel");
  const ask = [...shownMessages()].at(-1)?.ask;
  if (ask && "input_field_placeholder" in ask && ask.input_field_placeholder) return ask.input_field_placeholder;
  return chat.isAnonymous ? word("writeAnonymous") : word("write");
}

/**
 * @param {string} label
 * @param {() => unknown} onclick
 */
function wide(label, onclick) {
  return h("button", { class: "wide", lang: spoken(), onclick }, label);
}

function input() {
  return /** @type {HTMLTextAreaElement | null} */ (document.getElementById("input"));
}

function draftKey() {
  return `${state.as}:${state.chat}:${state.thread}`;
}

/** The field grows with its text. */
function fit() {
  const field = input();
  if (!field) return;
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, rowsMax * rowPx + 20)}px`;
}
