/** For whom a page about news is made. */
export type Wanted = {
  /** Which articles they read. */
  news: "zh" | "en" | "both";
  now: Date;
  /** IANA zone. */
  timezone: string;
};

/** The one language that they read; null for both. */
export function languageOf({ news }: Pick<Wanted, "news">): string | null {
  return news === "both" ? null : news;
}
