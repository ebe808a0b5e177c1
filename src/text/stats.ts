import { duration, type Language } from "./dates.ts";

const zh = {
  readers: (days: number) => `读者怎么看（${days}天）`,
  nothing: "还没有人点 👍、👎 或链接。",
  sums: (up: string, down: string, clicks: string | null) =>
    `👍 ${up} · 👎 ${down}${clicks === null ? "" : ` · 点开 ${clicks} 次`}`,
  minutes: (hours: number, rate: string) => `要发的简报（${hours}小时内，每秒${rate}条）`,
  noMinutes: "没有。",
  minute: (when: string, digests: string, seconds: number) => `${when}　${digests} 份，${taking(seconds, "zh")}`,
};

const en: typeof zh = {
  readers: (days) => `What readers think (${days} days)`,
  nothing: "Nobody pressed 👍, 👎 or a link yet.",
  sums: (up, down, clicks) => `👍 ${up} · 👎 ${down}${clicks === null ? "" : ` · followed ${clicks}×`}`,
  minutes: (hours, rate) => `Digests to come (${hours} hours, ${rate} a second)`,
  noMinutes: "None.",
  minute: (when, digests, seconds) => `${when}  ${digests}, ${taking(seconds, "en")}`,
};

export function statsText(language: Language): typeof zh {
  return language === "zh" ? zh : en;
}

/** How long many digests take: 22分钟 · 22 min; less than a minute in seconds. */
function taking(seconds: number, language: Language): string {
  if (seconds >= 60) return duration(Math.round(seconds / 60), language);
  const whole = Math.max(1, Math.ceil(seconds));
  return language === "zh" ? `${whole}秒` : `${whole} s`;
}
