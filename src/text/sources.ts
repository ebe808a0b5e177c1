import type { Language } from "./dates.ts";

/** What keeps a source from being read, as `sources/fetch` names it; `detail` is its own words in English. */
export type SourceFailure = { code: string; detail: string };

/** A source's trouble, told to the owners once. */
export type SourceTrouble = { name: string; kind: "failing" | "silent"; days: number; failure: SourceFailure };

const failuresZh: Record<string, string> = {
  blocked: "这样的地址不读",
  timeout: "没有在限定时间内答完",
  "too-large": "内容太大",
  redirects: "跳转太多，或跳到了别处",
  dns: "域名不存在",
  "no-address": "域名没有地址",
  "dns-later": "域名暂时查不到",
  tls: "证书或加密有问题",
  connection: "连不上，或连接断了",
  broken: "回的不是新闻",
  unconfirmed: "没有确认",
  refused: "不肯推送",
};

/** Why a source could not be read, in plain words: «answered 403», 「回了 403」; and the setting that would allow it. */
export function failureText(language: Language, { code, detail }: SourceFailure): string {
  if (code === "blocked" && detail.endsWith("is inside a network")) {
    return language === "zh"
      ? "地址在内网里，不让读（设置 SOURCE_HOSTS 里写上就读）"
      : `${detail} (SOURCE_HOSTS allows it)`;
  }
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

/** How reading a source goes, as the store knows it. */
export type SourceHealthFacts = {
  reading: {
    state: "active" | "paused";
    lastReadAt: Date | null;
    lastNewAt: Date | null;
    dueAt: Date;
    failingSince: Date | null;
    failureCode: string;
    failure: string;
    intervalMinutes: number | null;
  } | null;
  /** The hub that was asked to tell by itself, if there is one. */
  push?: {
    hub: string;
    leaseUntil: Date | null;
    heardAt: Date | null;
    missedAt: Date | null;
    failures: number;
    failureCode: string;
    failure: string;
  } | null;
  articlesInWeek: number;
  now: Date;
};

/** One line on a source's health: «answered 403 for 2 days · next read in 40 min». */
export function healthText(language: Language, facts: SourceHealthFacts): string {
  const { reading, push = null, articlesInWeek, now } = facts;
  const zh = language === "zh";
  const perDay = articlesInWeek / 7;
  const daily = perDay >= 1 ? Math.round(perDay) : Math.round(perDay * 10) / 10;
  const parts = [zh ? `每天 ${daily} 篇` : `${daily} a day`];
  if (reading === null) return [...parts, zh ? "导入的文件" : "imported"].join(" · ");
  const ago = (at: Date) => span(language, now.getTime() - at.getTime());
  if (reading.failingSince !== null) {
    const words = failureText(language, { code: reading.failureCode, detail: reading.failure });
    parts.unshift(zh ? `读不到已 ${ago(reading.failingSince)}：${words}` : `${words} for ${ago(reading.failingSince)}`);
  }
  if (reading.lastReadAt === null) parts.push(zh ? "还没读过" : "not read yet");
  else parts.push(zh ? `${ago(reading.lastReadAt)}前读过` : `read ${ago(reading.lastReadAt)} ago`);
  if (reading.lastNewAt !== null) {
    parts.push(zh ? `最新文章在 ${ago(reading.lastNewAt)}前` : `last news ${ago(reading.lastNewAt)} ago`);
  }
  if (push !== null && reading.state === "active") parts.push(...pushText(language, push, now));
  if (reading.state === "paused") parts.push(zh ? "已暂停" : "paused");
  else {
    const wait = span(language, Math.max(0, reading.dueAt.getTime() - now.getTime()));
    parts.push(zh ? `${wait}后再读` : `next in ${wait}`);
  }
  return parts.join(" · ");
}

/** What a hub does for a source: «pushed by hub.example, last 5 min ago»; nothing while it was only just asked. */
function pushText(language: Language, push: NonNullable<SourceHealthFacts["push"]>, now: Date): string[] {
  const zh = language === "zh";
  const { heardAt, missedAt, leaseUntil } = push;
  const host = URL.parse(push.hub)?.host ?? push.hub;
  if (leaseUntil === null || leaseUntil <= now) {
    if (push.failures === 0) return [];
    const words = failureText(language, { code: push.failureCode, detail: push.failure });
    return [zh ? `推送没接上：${words}` : `its hub ${words}`];
  }
  if (heardAt === null) return [zh ? `有 ${host} 推送` : `pushed by ${host}`];
  if (missedAt !== null && missedAt >= heardAt)
    return [zh ? `${host} 推送不灵，照常去读` : `its hub ${host} has fallen silent`];
  const ago = span(language, now.getTime() - heardAt.getTime());
  return [zh ? `有 ${host} 推送，${ago}前来过` : `pushed by ${host}, last ${ago} ago`];
}

/** A stretch of time, roughly: minutes, hours or days. */
function span(language: Language, ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return language === "zh" ? `${minutes} 分钟` : `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return language === "zh" ? `${hours} 小时` : `${hours} h`;
  const days = Math.round(hours / 24);
  return language === "zh" ? `${days} 天` : `${days} days`;
}
