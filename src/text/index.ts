import { type Language, type Reading, when } from "./dates.ts";
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

/** 7家媒体，其中6家在3小时内 · 05:50: the reason why a story stands where it does, never a score. */
export function whoAndWhen(
  { outlets, rush, at }: { outlets: number; rush: { outlets: number; hours: number } | null; at: Date },
  reading: Reading,
): string {
  const text = textIn(reading.language).digest;
  const within = rush !== null && rush.outlets > 1 ? text.rush(rush.outlets, rush.hours, outlets) : "";
  return `${text.outlets(outlets)}${within} · ${when(at, reading)}`;
}

type Reason = { kind: "also"; name: string } | { kind: "background" | "later" | "same-story" };

/** Why a story stands beside another, where the page's own times say the rest. */
export function reasonWord(reason: Reason, language: Language): string {
  const { digest, story } = textIn(language);
  if (reason.kind === "also") return digest.reasonAlso(reason.name);
  if (reason.kind === "same-story") return digest.reasonSame;
  return reason.kind === "background" ? story.background : story.later;
}
