import { type Language, minuteText } from "./dates.ts";

const zh = {
  title: "免打扰",
  titleOf: (channel: string) => `频道 ${channel} 的免打扰`,
  now: (hours: string) => `每天 ${hours}：`,
  none: "没有免打扰时段。提醒、简报、突发随时都会响。",
  unset: (night: string) => `还没有选。夜里（${night}）来的提醒不响铃，简报到点就响。`,
  alerts: (end: string) => `· 提醒攒着，${end} 一起告诉你`,
  digests: "· 简报照你定的钟点来，不响铃",
  breakingWait: (end: string) => `· 突发等到 ${end}`,
  breakingRing: "· 突发照样发",
  breakingNone: "· 不收突发",
  other: "别的时段",
  off: "不设",
  breaking: "突发怎么发…",
  ask: "几点到几点？发给我，比如 22:30-06:30。不要就发 关。",
  placeholder: "22:30-06:30",
  unclear: (words: string) => `没看懂“${words}”。像这样：22:30-06:30，或 关`,
  chosen: (label: string) => `✓ ${label}`,
  line: (hours: string) => `免打扰　${hours}`,
  lineNone: "没有",
  button: "免打扰",
  ring: "不响铃（在免打扰时段里）",
};

const en: typeof zh = {
  title: "Quiet hours",
  titleOf: (channel) => `Quiet hours of the channel ${channel}`,
  now: (hours) => `Every day, ${hours}:`,
  none: "No quiet hours. Alerts, digests and breaking news may ring at any time.",
  unset: (night) => `None chosen yet. At night (${night}) alerts come silently, and digests ring at their time.`,
  alerts: (end) => `· Alerts wait and are told together at ${end}`,
  digests: "· Digests come at the time you chose, silently",
  breakingWait: (end) => `· Breaking news waits until ${end}`,
  breakingRing: "· Breaking news comes all the same",
  breakingNone: "· No breaking news",
  other: "Other hours",
  off: "None",
  breaking: "Breaking news…",
  ask: "From when to when? Send it, for example 22:30-06:30. For none send off.",
  placeholder: "22:30-06:30",
  unclear: (words) => `I can’t read “${words}”. Like this: 22:30-06:30, or off`,
  chosen: (label) => `✓ ${label}`,
  line: (hours) => `Quiet hours: ${hours}`,
  lineNone: "none",
  button: "Quiet hours",
  ring: "Silent (in your quiet hours)",
};

export function quietText(language: Language): typeof zh {
  return language === "zh" ? zh : en;
}

/** 23:00–07:00. */
export function hoursText({ from, to }: { from: number; to: number }): string {
  return `${minuteText(from)}–${minuteText(to)}`;
}
