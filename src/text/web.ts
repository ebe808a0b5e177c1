import type { Language } from "./dates.ts";

type WebText = {
  search: string;
  placeholder: string;
  top: string;
  empty: string;
  none: string;
  yesterday: string;
  notFound: string;
  found: (articles: string, stories: string) => string;
  nothing: (query: string) => string;
  newer: string;
  older: string;
  other: string;
};

/** Sentences of the web pages; what the chat says too is taken from there. */
export const webText: Record<Language, WebText> = {
  zh: {
    search: "搜索",
    placeholder: "比如：台风",
    top: "热门资讯",
    empty: "还没有新闻。",
    none: "这里没有新闻。",
    yesterday: "昨天",
    notFound: "没有这一页。",
    found: (articles, stories) => `${articles}篇，合成${stories}件事`,
    nothing: (query) => `没有找到 ${query}`,
    newer: "‹ 上一页",
    older: "下一页 ›",
    other: "English",
  },
  en: {
    search: "Search",
    placeholder: "For example: typhoon",
    top: "Top now",
    empty: "No news yet.",
    none: "There is no news here.",
    yesterday: "Yesterday",
    notFound: "There is no such page.",
    found: (articles, stories) =>
      `${articles} ${articles === "1" ? "article" : "articles"}, ${stories} ${stories === "1" ? "story" : "stories"}`,
    nothing: (query) => `Nothing found for ${query}`,
    newer: "‹ Previous",
    older: "Next ›",
    other: "中文",
  },
};
