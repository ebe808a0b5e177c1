import { checkLink } from "./links.ts";
import type { Params } from "./params.ts";
import { json, object } from "./params.ts";
import { refuse } from "./rules.ts";
import type { ButtonJson, InlineKeyboardJson, MarkupJson, ReplyKeyboardJson } from "./types.ts";

/** UTF-8 bytes of a button's data. */
const dataBytesMax = 64;
const buttonsMax = 100;
const rowsMax = 100;
/** Buttons of one row; more are pushed down by Telegram's clients and refused by its server. */
const rowMax = 8;
/** UTF-8 bytes of the whole keyboard as JSON: undocumented, about ten thousand. */
const keyboardBytesMax = 10_000;
const copyTextMax = 256;

/** What makes a button do something; exactly these are taken from a bot. */
const ACTIONS = [
  "url",
  "callback_data",
  "copy_text",
  "web_app",
  "switch_inline_query",
  "switch_inline_query_current_chat",
  "switch_inline_query_chosen_chat",
  "login_url",
  "disabled",
  "pay",
  "callback_game",
] as const;

/** A call's `reply_markup`, checked; undefined when there is none. Telegram reads it before it looks at the chat. */
export function readMarkup(params: Params): MarkupJson | undefined {
  const value = json(params, "reply_markup", "markup-not-json");
  if (value === undefined || value === null) return undefined;
  const markup = object(value);
  if (!markup) throw refuse("markup-not-object");
  if ("inline_keyboard" in markup) return inline(markup);
  if ("keyboard" in markup) return replyKeyboard(markup);
  if (markup["remove_keyboard"] === true) return { remove_keyboard: true };
  if (markup["force_reply"] === true) return markup as MarkupJson;
  return undefined;
}

/** What Telegram's servers refuse, after the chat was found. */
export function checkMarkup(markup: MarkupJson | undefined): void {
  if (!markup || !isInline(markup)) return;
  const rows = markup.inline_keyboard;
  let count = 0;
  for (const row of rows) {
    count += row.length;
    if (row.length > rowMax) throw refuse("keyboard-too-long");
    for (const button of row) checkButton(button);
  }
  if (count > buttonsMax || rows.length > rowsMax) throw refuse("keyboard-too-long");
  if (count > 10 && Buffer.byteLength(JSON.stringify(markup)) > keyboardBytesMax) throw refuse("keyboard-too-long");
}

export function isInline(markup: MarkupJson | undefined): markup is InlineKeyboardJson {
  return markup !== undefined && "inline_keyboard" in markup;
}

/** A forwarded copy keeps link buttons and loses the others, and so do rows and keyboards that have none left. */
export function forwardedMarkup(markup: InlineKeyboardJson | undefined): InlineKeyboardJson | undefined {
  const rows = markup?.inline_keyboard
    .map((row) => row.filter((button) => button.url !== undefined))
    .filter((row) => row.length > 0);
  return rows && rows.length > 0 ? { inline_keyboard: rows } : undefined;
}

function inline(markup: Record<string, unknown>): InlineKeyboardJson {
  const rows = asRows(markup["inline_keyboard"], { field: "inline_keyboard", kind: "InlineKeyboardMarkup" });
  const kept = rows.map((row) => row.map(readButton)).filter((row) => row.length > 0);
  return { inline_keyboard: kept };
}

function replyKeyboard(markup: Record<string, unknown>): ReplyKeyboardJson {
  const rows = asRows(markup["keyboard"], { field: "keyboard", kind: "ReplyKeyboardMarkup" });
  const keyboard = rows.map((row) =>
    row.map((one) => {
      const button = typeof one === "string" ? { text: one } : object(one);
      if (typeof button?.["text"] !== "string") throw refuse("button-field", { field: "text" });
      return button as { text: string };
    }),
  );
  return { ...markup, keyboard };
}

function asRows(value: unknown, words: { field: string; kind: string }): unknown[][] {
  if (!Array.isArray(value)) throw refuse("keyboard-not-array", words);
  for (const row of value) if (!Array.isArray(row)) throw refuse("keyboard-not-rows", words);
  return value as unknown[][];
}

function readButton(value: unknown): ButtonJson {
  const button = object(value);
  if (!button) throw refuse("button-not-object");
  if (typeof button["text"] !== "string") throw refuse("button-field", { field: "text" });
  const action = ACTIONS.find((name) => name in button && button[name] !== "" && button[name] !== undefined);
  if (action === undefined && button["switch_inline_query"] === undefined) {
    if (button["switch_inline_query_current_chat"] === undefined) throw refuse("button-without-action");
  }
  if (typeof button["url"] === "string" && button["url"] !== "") {
    const checked = checkLink(button["url"]);
    if ("why" in checked) throw refuse("button-url", { url: button["url"], why: checked.why });
    return { ...button, url: checked.url } as ButtonJson;
  }
  const app = object(button["web_app"]);
  if (app && !/^https:\/\//i.test(String(app["url"]))) throw refuse("button-web-app-url", { url: String(app["url"]) });
  return button as ButtonJson;
}

function checkButton(button: ButtonJson): void {
  if (button.text.trim() === "") throw refuse("button-text-empty");
  const data = button.callback_data;
  if (data !== undefined && data.length * 3 > dataBytesMax && Buffer.byteLength(data) > dataBytesMax) {
    throw refuse("button-data-bytes");
  }
  if (button.copy_text !== undefined) {
    const length = [...String(button.copy_text.text ?? "")].length;
    if (length < 1 || length > copyTextMax) throw refuse("button-copy-text");
  }
  if ("pay" in button || "callback_game" in button) throw refuse("button-kind");
}
