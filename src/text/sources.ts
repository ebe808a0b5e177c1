import type { Language } from "./dates.ts";

/** What keeps a source from being read, as `sources/fetch` names it; `detail` is its own words in English. */
export type SourceFailure = { code: string; detail: string };

/** A source's trouble, told to the owners once. */
export type SourceTrouble = { name: string; kind: "failing" | "silent"; days: number; failure: SourceFailure };

const failuresZh: Record<string, string> = {
  blocked: "地址在内网里，不让读",
  timeout: "没有在限定时间内答完",
  "too-large": "内容太大",
  redirects: "跳转太多，或跳到了别处",
  dns: "域名不存在",
  tls: "证书或加密有问题",
  connection: "连不上，或连接断了",
  broken: "回的不是新闻",
};

/** Why a source could not be read, in plain words: «answered 403», 「回了 403」. */
export function failureText(language: Language, { code, detail }: SourceFailure): string {
  if (language === "en") return detail;
  const status = /^answered (\d+)$/.exec(detail)?.[1];
  return status === undefined ? (failuresZh[code] ?? detail) : `回了 ${status}`;
}

/** One message to the owners. */
export function troubleText(language: Language, { name, kind, days, failure }: SourceTrouble): string {
  if (language === "zh") {
    if (kind === "silent") return `来源“${name}”已经 ${days} 天没有新文章了，平时不是这样。`;
    return `来源“${name}”已经 ${days} 天读不到了：${failureText("zh", failure)}。还会接着试，越试越少。`;
  }
  const since = days === 1 ? "a day" : `${days} days`;
  if (kind === "silent") return `Source “${name}” has had nothing new for ${since}, which is not its way.`;
  return `Source “${name}” could not be read for ${since}: it ${failureText("en", failure)}. It is tried on, less and less often.`;
}
