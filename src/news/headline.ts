/** A headline of this many characters is read at a glance; longer ones are cut on a phone. */
const goodLength = { zh: 34, other: 75 };
const shoutMark = /[！!?？]{1,}|震惊|速看|重磅|刚刚|突发|快讯|BREAKING/iu;

export type Headlined = {
  id: number;
  title: string;
  titleCut: boolean;
  language: string;
  url: string | null;
  /** More than the headline is known. */
  hasText: boolean;
  weight: number;
  publishedAt: Date | null;
};

/**
 * The article whose headline stands for the story, in the wanted language if there is one: complete before cut, with
 * an address, of a trusted source, newer before older, sober and of a length that fits.
 */
export function bestHeadline<T extends Headlined>(articles: readonly T[], language: string | null): T | undefined {
  const inLanguage = articles.filter((article) => language === null || article.language === language);
  const from = inLanguage.length > 0 ? inLanguage : articles;
  const newest = Math.max(...from.map((article) => article.publishedAt?.getTime() ?? 0));
  const score = (article: T) => {
    const most = article.language === "zh" ? goodLength.zh : goodLength.other;
    const ageHours = (newest - (article.publishedAt?.getTime() ?? 0)) / 3_600_000;
    return (
      (article.titleCut ? -10 : 0) +
      (article.url === null ? -1 : 0) +
      (article.hasText ? 0 : -0.5) +
      Math.min(2, article.weight) -
      Math.min(2, ageHours / 24) -
      Math.max(0, article.title.length - most) / 20 -
      (article.title.length < most / 4 ? 1 : 0) -
      (shoutMark.test(article.title) ? 0.5 : 0)
    );
  };
  return [...from].sort((a, b) => score(b) - score(a) || b.id - a.id)[0];
}
