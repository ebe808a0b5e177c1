import type { Language } from "./dates.ts";
import { en } from "./en.ts";
import { type Text, zh } from "./zh.ts";

export * from "./dates.ts";
export type { Text } from "./zh.ts";

/** Every sentence, in the reader's language. */
export function textIn(language: Language): Text {
  return language === "zh" ? zh : en;
}

/** What Telegram calls Chinese in its many ways is Chinese; every other language reads English. */
export function languageOf(telegram: string | undefined, fallback: Language): Language {
  if (telegram === undefined || telegram === "") return fallback;
  return /^(zh|yue|wuu|cmn)\b/i.test(telegram) ? "zh" : "en";
}

export type EditionName = "morning" | "midday" | "afternoon" | "evening";

/** What a digest of this hour is called: 早报 5–10, 午报 11–13, 下午报 14–17, 晚报 18–4. */
export function editionName(hour: number): EditionName {
  if (hour >= 5 && hour <= 10) return "morning";
  if (hour >= 11 && hour <= 13) return "midday";
  return hour >= 14 && hour <= 17 ? "afternoon" : "evening";
}
