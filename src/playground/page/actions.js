// @ts-check
import { getJson } from "./api.js";
import { kindOf } from "./chat-list.js";
import { act, answerTo } from "./composer.js";
import { alertBox, choose, showArticle, toast } from "./dialogs.js";
import { me, openChat, state, zone } from "./state.js";
import { word } from "./words.js";

/** A button that got no answer for so long stops turning. */
const answerWaitMs = 20_000;
/** Answers that came before their press was known: ours within moments, other windows' never. */
const earlyMax = 20;
const readersAdded = 5_000;
/** @type {Map<string, { text: string, alert: boolean, url: string | null }>} */
const early = new Map();

/**
 * @param {string} queryId
 * @param {{ text: string, alert: boolean, url: string | null }} answer
 */
export function answered(queryId, answer) {
  const key = state.pressed.get(queryId);
  if (key === undefined) {
    // The bot may answer before we are told the press's id.
    early.set(queryId, answer);
    if (early.size > earlyMax) early.delete([...early.keys()][0] ?? "");
    return;
  }
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
export async function onPress(message, button, key) {
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
  const soon = early.get(queryId);
  if (soon !== undefined) {
    early.delete(queryId);
    return answered(queryId, soon);
  }
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
export async function onLink(url) {
  const bot = state.view?.bot.username.toLowerCase();
  const own = /^(?:https?:\/\/t\.me\/|tg:\/\/resolve\?domain=)([\w]+)(?:[?&]start=([\w-]{1,64}))?$/i.exec(url);
  if (own && own[1]?.toLowerCase() === bot) {
    showChat(state.as);
    await act({ do: "say", chat: state.as, text: own[2] ? `/start ${own[2]}` : "/start" });
    return;
  }
  const found = await getJson(`/playground/article?url=${encodeURIComponent(url)}`).catch(() => null);
  if (found) return showArticle(/** @type {import("../news.ts").SampleArticle} */ (found), zone());
  if (/^https?:\/\/[\w.-]+\.example\.(org|com)\b/i.test(url)) return toast(word("outside"));
  if (/^https?:/i.test(url)) window.open(url, "_blank", "noopener,noreferrer");
}

/** @param {import("../types.ts").Kept} message */
export async function onMenu(message) {
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
  showChat(to);
}

export async function chatMenu() {
  const chat = openChat();
  if (!chat) return;
  const topic = chat.topics.find((one) => one.id === state.thread);
  /** @type {{ label: string, value: Parameters<typeof act>[0] }[]} */
  const wishes = [];
  if (chat.kind === "private") {
    const isBlocked = chat.bot === "kicked";
    wishes.push({ label: word(isBlocked ? "unblock" : "block"), value: { do: isBlocked ? "unblock" : "block" } });
    // Who runs the bot may want somebody to send to.
    if (me()?.role) wishes.push({ label: word("readers"), value: { do: "readers", count: readersAdded } });
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

/**
 * Asks for another chat to be opened.
 * @param {number} id
 */
function showChat(id) {
  document.dispatchEvent(new CustomEvent("open-chat", { detail: id }));
}
