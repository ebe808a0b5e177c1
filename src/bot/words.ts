/** Whole messages that mean a command in a private chat, in any case. */
const meanings: Record<string, readonly string[]> = {
  top: ["热门", "头条", "热点", "top", "headlines"],
  digest: ["早报", "午报", "晚报", "简报", "日报", "digest"],
  subscribe: ["订阅", "訂閱", "subscribe"],
  alert: ["提醒", "alert", "alerts"],
  settings: ["设置", "設定", "settings"],
  quiet: ["免打扰", "免打擾", "quiet hours", "do not disturb"],
  pause: ["暂停", "暫停", "pause"],
  resume: ["继续", "恢复", "繼續", "恢復", "resume"],
  stop: ["退订", "退訂", "取消订阅", "取消訂閱", "td", "unsubscribe", "stop"],
  help: ["帮助", "幫助", "?", "help"],
  language: ["语言", "語言", "language"],
  timezone: ["时区", "時區", "timezone", "time zone"],
  subscriptions: ["我的简报", "我的订阅", "subscriptions"],
  start: ["开始", "開始", "start"],
};
const greetings = ["你好", "您好", "hi", "hello", "hey", "在吗", "在嗎", "hallo"];
const thankings = ["谢谢", "謝謝", "thanks", "thank you", "thx", "ok", "okay", "好的", "好", "👍", "🙏"];

export type PlainWords = { command: string } | "hello" | "thanks";

/** What a whole message means besides a search; null when it is one. */
export function plainWords(text: string): PlainWords | null {
  const word = text
    .normalize("NFKC")
    .toLowerCase()
    .trim()
    .replace(/[!！。.~～]+$/u, "");
  for (const [command, words] of Object.entries(meanings)) if (words.includes(word)) return { command };
  if (greetings.includes(word)) return "hello";
  return thankings.includes(word) ? "thanks" : null;
}

export type Spoken = { name: string; words: string; addressed: boolean };

/**
 * The command that a text begins with: "/top", "/Top@our_bot", "/search 人工智能", and "/search人工智能", which Telegram does
 * not see as one. null when there is none, or it is another bot's.
 */
export function readCommand(text: string, username: string): Spoken | null {
  const match = /^\/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?=$|[^A-Za-z0-9_@])\s*([\s\S]*)$/u.exec(text.trim());
  if (match === null) return null;
  const [, name, to, words] = match;
  if (to !== undefined && to.toLowerCase() !== username.toLowerCase()) return null;
  return { name: name!.toLowerCase(), words: words!.trim(), addressed: to !== undefined };
}
