import type { Language } from "./dates.ts";

const zh = {
  ask: "出现哪个词就告诉你？发给我，比如：台风 -娱乐",
  askGroup: "这里要盯哪个词？回复这条，比如：台风 -娱乐",
  placeholder: "台风 -娱乐",
  unclear: "这样我不知道要盯什么。写一个词，不要的前面加减号：台风 -娱乐",
  done: (words: string, perHour: number) => `好，出现“${words}”就告诉你，每小时最多${perHour}条。`,
  exists: (words: string) => `“${words}”已经有提醒了。`,
  week: (articles: string) => `过去7天有 ${articles} 篇。`,
  weekNone: "过去7天没有出现过。",
  tooMany: (most: number) => `最多${most}个提醒，先在 /subscriptions 里去掉一个。`,
  title: (words: string) => `提醒　${words}`,
  line: (words: string, perHour: number) => `提醒　${words} · 每小时最多${perHour}条`,
  head: (words: string) => `🔔 ${words}`,
  not: (words: string) => `不含${words}`,
  comma: "，",
  list: "、",
  add: "＋ 提醒",
  off: "🔕 不再提醒",
  offDone: (words: string) => `好，“${words}”不再提醒。`,
  undo: "撤销",
  story: "看这件事",
  look: "看最近的",
  remove: "去掉",
  removed: (words: string) => `“${words}”的提醒去掉了。`,
  gone: "这个提醒已经不在了。",
  full: (told: number, more: number) => `这一小时已告诉你${told}次，还有${more}件事：`,
  see: "看看",
  seeAll: "都看看",
  kept: (all: number, shown: number) =>
    shown < all ? `免打扰时有${all}件事，最新的${shown}件：` : `免打扰时有${all}件事：`,
  quiet: (hours: string) => `免打扰（${hours}）时来的，过后一起告诉你。`,
  missed: (words: string) => `“${words}”没有单独发的`,
  more: "🔔 有新的就告诉我",
  appears: "🔔 出现了就告诉我",
  about: (word: string) => `🔔 提醒 ${word}`,
};

type AlertText = typeof zh;

const en: AlertText = {
  ask: "Which word? Send it, for example: typhoon -film",
  askGroup: "Which word shall I watch here? Reply to this, for example: typhoon -film",
  placeholder: "typhoon -film",
  unclear: "I can’t tell what to watch. Write a word, with a minus before what you don’t want: typhoon -film",
  done: (words, perHour) => `Done: I tell you when “${words}” is in the news, ${perHour} an hour at most.`,
  exists: (words) => `There is an alert on “${words}” already.`,
  week: (articles) => `${articles} articles in the last 7 days.`,
  weekNone: "None in the last 7 days.",
  tooMany: (most) => `${most} alerts is the most; remove one in /subscriptions first.`,
  title: (words) => `Alert: ${words}`,
  line: (words, perHour) => `Alert: ${words} · ${perHour} an hour at most`,
  head: (words) => `🔔 ${words}`,
  not: (words) => `without ${words}`,
  comma: ", ",
  list: ", ",
  add: "+ Alert",
  off: "🔕 No more of these",
  offDone: (words) => `No more alerts on “${words}”.`,
  undo: "Undo",
  story: "This story",
  look: "See the latest",
  remove: "Remove",
  removed: (words) => `The alert on “${words}” is removed.`,
  gone: "This alert is no longer there.",
  full: (told, more) => `${told} alerts this hour, ${more} more ${more === 1 ? "story" : "stories"}:`,
  see: "See",
  seeAll: "See all",
  kept: (all, shown) =>
    shown < all ? `${all} stories in your quiet hours, the newest ${shown}:` : `${all} stories in your quiet hours:`,
  quiet: (hours) => `What comes in your quiet hours (${hours}) is told when they end.`,
  missed: (words) => `Not sent one by one: “${words}”`,
  more: "🔔 Tell me when there is more",
  appears: "🔔 Tell me when there is some",
  about: (word) => `🔔 Alert on ${word}`,
};

export function alertText(language: Language): AlertText {
  return language === "zh" ? zh : en;
}

/** 台风，不含娱乐、电影: an alert's words as a person says them. */
export function alertWords(query: string, language: Language): string {
  const text = alertText(language);
  const words = query.split(/\s+/u).filter((word) => word !== "");
  const out = words.filter((word) => /^[-－]./u.test(word)).map((word) => word.slice(1));
  const wanted = words.filter((word) => !/^[-－]./u.test(word)).join(" ");
  return out.length === 0 ? wanted : `${wanted}${text.comma}${text.not(out.join(text.list))}`;
}
