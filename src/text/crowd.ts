import type { Language } from "./dates.ts";

const zh = {
  busy: (time: string, digests: string, there: string) =>
    `${time} 有 ${digests} 份要发，一份接一份，你的大约 ${there} 到。`,
  earlier: (time: string, there: string) => `改到 ${time}，${there} 前到`,
  sooner: (time: string, there: string) => `改到 ${time}，大约 ${there} 到`,
};

const en: typeof zh = {
  busy: (time, digests, there) =>
    `${digests} digests go out at ${time}, one after the other; yours comes about ${there}.`,
  earlier: (time, there) => `${time} instead, there by ${there}`,
  sooner: (time, there) => `${time} instead, there about ${there}`,
};

/** What is said of a minute that many have chosen. */
export function crowdText(language: Language): typeof zh {
  return language === "zh" ? zh : en;
}
