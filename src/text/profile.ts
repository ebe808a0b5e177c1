import type { Language } from "./dates.ts";

type Both = Record<Language, string>;

/** What a command does, as Telegram's menu says it. */
export const commandTexts = {
  top: { zh: "现在最要紧的新闻", en: "What matters now" },
  digest: { zh: "现在就来一份简报", en: "Send me a digest now" },
  search: { zh: "找新闻（直接发词也行）", en: "Find news (or just type a word)" },
  subscribe: { zh: "每天定时收简报", en: "Get a digest every day" },
  alert: { zh: "出现某个词就告诉我", en: "Tell me when a word is in the news" },
  subscriptions: { zh: "我的简报和提醒", en: "My digests and alerts" },
  settings: { zh: "时间、语言、突发、免打扰", en: "Time, language, breaking, quiet hours" },
  pause: { zh: "先停一停", en: "Pause for a while" },
  help: { zh: "怎么用", en: "How it works" },
  stop: { zh: "退订", en: "Unsubscribe" },
  start: { zh: "开始", en: "Start" },
  resume: { zh: "继续接收", en: "Start again" },
  language: { zh: "语言", en: "Language" },
  timezone: { zh: "时区", en: "Time zone" },
  quiet: { zh: "免打扰时段", en: "Quiet hours" },
  preview: { zh: "下一份是什么样", en: "See the next one" },
  story: { zh: "打开一件事", en: "Open a story" },
  channel: { zh: "发到频道", en: "Post to a channel" },
  feedback: { zh: "给管理员留言", en: "Write to the people who run this" },
  privacy: { zh: "存了什么、怎么删", en: "What is kept, and deleting it" },
  forget: { zh: "删掉我的数据", en: "Delete my data" },
  id: { zh: "我的编号", en: "My id" },
  sources: { zh: "来源：添加、体检", en: "Sources: add, check" },
  breaking: { zh: "发突发", en: "Send breaking news" },
  broadcasts: { zh: "正在发的和发过的", en: "Sending and sent" },
  edition: { zh: "下一份简报：置顶、撤下", en: "The next digest: pin, drop" },
  status: { zh: "运行得怎样", en: "How it is running" },
  stats: { zh: "读者怎么看，几点发多少", en: "What readers think, and how long digests take" },
  admins: { zh: "谁能管，邀请", en: "Who may do what, invite" },
  audit: { zh: "谁做过什么", en: "Who did what" },
} satisfies Record<string, Both>;

export type CommandName = keyof typeof commandTexts;

/** Menus: ten at most in private, so that they fit a screen; the rest works when typed. */
export const menus = {
  private: ["top", "digest", "search", "subscribe", "alert", "subscriptions", "settings", "pause", "help", "stop"],
  group: ["top", "search", "help"],
  groupAdmins: ["top", "search", "help", "subscribe", "subscriptions", "settings", "pause"],
  operators: ["breaking", "broadcasts", "edition", "sources", "status", "stats", "admins", "audit"],
  editors: ["breaking", "broadcasts", "edition", "audit"],
  viewers: ["broadcasts"],
} as const satisfies Record<string, readonly CommandName[]>;

/** In a group's admins' menu the same commands are about the group. */
export const groupAdminTexts: Partial<Record<CommandName, Both>> = {
  search: { zh: "找新闻", en: "Find news" },
  subscribe: { zh: "给本群（本话题）定时发简报", en: "Send a digest to this group or topic" },
  subscriptions: { zh: "本群的简报", en: "This group's digests" },
  settings: { zh: "本群的设置", en: "This group's settings" },
  pause: { zh: "先停一停", en: "Pause" },
};

/** Before START: what this is, at most 512 characters. */
export const description: Both = {
  zh: "每天在你定的时间，一条消息看完当天大事。\n\n· 多家媒体的同一件事只说一次，说过的不再重复\n· 每件事都写明几家在报道\n· 直接发词就能查，两个字也行\n\n点“开始”，先看今天的。",
  en: "One message a day with the news that matters, at the time you choose.\n\n· Ten outlets telling one story count once, and nothing comes twice\n· Each story says how many report it\n· Type a word to search\n\nPress Start and read today’s first.",
};

/** Shown when the bot is shared, at most 120 characters. */
export const shortDescription: Both = {
  zh: "每天一条消息，看完当天大事。发个词就能查新闻。",
  en: "One message a day with the news that matters. Type a word to search.",
};
