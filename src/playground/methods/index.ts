import { checkLink } from "../links.ts";
import { flag, json, object, type Params, text } from "../params.ts";
import { refuse } from "../rules.ts";
import { chatMethods } from "./chats.ts";
import { editing } from "./edit.ts";
import { sending } from "./send.ts";
import type { Method } from "./target.ts";

/** Code points of the notice that answers a press. */
const answerTextMax = 200;
/** A press can be answered for this long, in real time. */
export const queryLifeMs = 60_000;
const inlineResultsMax = 50;
const inlineIdBytesMax = 64;

const getMe: Method = (world) => ({
  ...world.bot,
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: true,
  can_connect_to_business: false,
  has_main_web_app: false,
});

const answerCallbackQuery: Method = (world, params) => {
  const notice = text(params, "text") ?? "";
  const url = text(params, "url") ?? "";
  const query = world.queries.get(text(params, "callback_query_id") ?? "");
  if (!query || world.clock() - query.at > queryLifeMs) throw refuse("callback-too-old");
  if ([...notice].length > answerTextMax) throw refuse("callback-text-long");
  if (url !== "" && !isOwnLink(url, world.bot.username ?? "")) throw refuse("callback-url");
  const answer = { text: notice, alert: flag(params, "show_alert"), url: url === "" ? null : url };
  if (query.answer === null) {
    query.answer = answer;
    query.settle(answer);
    world.emit({ type: "answer", queryId: query.id, userId: query.userId, answer });
  }
  return true;
};

const answerInlineQuery: Method = (world, params) => {
  const results = json(params, "results");
  const list = Array.isArray(results) ? results : [];
  if (list.length > inlineResultsMax) throw refuse("inline-too-many");
  for (const one of list) {
    const id = String(object(one)?.["id"] ?? "");
    if (id === "" || Buffer.byteLength(id) > inlineIdBytesMax) throw refuse("inline-id");
  }
  const query = world.queries.get(text(params, "inline_query_id") ?? "");
  if (!query || world.clock() - query.at > queryLifeMs) throw refuse("callback-too-old");
  query.settle({ text: JSON.stringify(list), alert: false, url: null });
  return true;
};

const setter = (set: (params: Params, world: Parameters<Method>[0]) => void): Method => {
  return (world, params) => {
    set(params, world);
    world.emit({ type: "profile" });
    return true;
  };
};

/** All methods by their names in small letters, as Telegram does not mind the case. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    getMe,
    getUpdates: ((world, params, signal) => world.updates.poll(params, signal)) satisfies Method,
    setWebhook: ((world, params) => {
      world.updates.setWebhook(params);
      return true;
    }) satisfies Method,
    deleteWebhook: ((world, params) => {
      world.updates.deleteWebhook(params);
      return true;
    }) satisfies Method,
    getWebhookInfo: ((world) => world.updates.webhookInfo()) satisfies Method,
    logOut: ((world) => {
      world.loggedOut = true;
      return true;
    }) satisfies Method,
    close: (() => true) satisfies Method,
    answerCallbackQuery,
    answerInlineQuery,
    setMyCommands: setter((params, world) => world.profile.setCommands(params)),
    deleteMyCommands: setter((params, world) => world.profile.deleteCommands(params)),
    getMyCommands: ((world, params) => world.profile.getCommands(params)) satisfies Method,
    setMyName: setter((params, world) => world.profile.setText("name", params)),
    getMyName: ((world, params) => ({
      name: world.profile.getText("name", params) || world.bot.first_name,
    })) satisfies Method,
    setMyDescription: setter((params, world) => world.profile.setText("description", params)),
    getMyDescription: ((world, params) => ({
      description: world.profile.getText("description", params),
    })) satisfies Method,
    setMyShortDescription: setter((params, world) => world.profile.setText("short_description", params)),
    getMyShortDescription: ((world, params) => ({
      short_description: world.profile.getText("short_description", params),
    })) satisfies Method,
    setChatMenuButton: setter((params, world) => world.profile.setMenuButton(params)),
    getChatMenuButton: ((world, params) => world.profile.getMenuButton(params)) satisfies Method,
    getMyStarBalance: ((world) => ({ amount: Math.floor(world.stars) })) satisfies Method,
    ...sending,
    ...editing,
    ...chatMethods,
  }).map(([name, method]) => [name.toLowerCase(), method as Method]),
);

/** A notice may open nothing but the bot itself. */
function isOwnLink(url: string, username: string): boolean {
  const checked = checkLink(url);
  if ("why" in checked) return false;
  const link = checked.url.toLowerCase();
  return link.startsWith(`https://t.me/${username.toLowerCase()}?start=`) || link.startsWith("tg://");
}
