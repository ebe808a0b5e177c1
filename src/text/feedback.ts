import type { Language } from "./dates.ts";

export type Reason = "less" | "mixed" | "bait" | "old";

const zh = {
  chosen: (label: string) => `✓ ${label}`,
  ofStory: (number: number, sign: string) => `第${number}条 ${sign}`,
  reasons: { less: "少看这类", mixed: "不是同一件事", bait: "标题党", old: "太旧" } as Record<Reason, string>,
  counts: (up: string, down: string, reasons: string) =>
    `读者7天的反馈：👍 ${up} · 👎 ${down}${reasons === "" ? "" : `（${reasons}）`}`,
  list: "，",
  tellMe: "有了告诉我",
  willTell: "好，有了新闻就告诉你。",
  thereIs: "有新闻了。",
};

const en: typeof zh = {
  chosen: (label) => `✓ ${label}`,
  ofStory: (number, sign) => `Story ${number} ${sign}`,
  reasons: { less: "Fewer like this", mixed: "Not one story", bait: "Clickbait", old: "Too old" },
  counts: (up, down, reasons) =>
    `Readers’ feedback in 7 days: 👍 ${up} · 👎 ${down}${reasons === "" ? "" : ` (${reasons})`}`,
  list: ", ",
  tellMe: "Tell me when there is some",
  willTell: "I will tell you when there is news.",
  thereIs: "There is news now.",
};

export function feedbackText(language: Language): typeof zh {
  return language === "zh" ? zh : en;
}
