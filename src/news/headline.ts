/** A headline of this many characters is read at a glance; longer ones are cut on a phone. */
const goodLength = { zh: 34, other: 75 };
const shoutMark = /[！!?？]{1,}|震惊|速看|重磅|刚刚|突发|快讯|BREAKING/iu;

/** Headlines of pieces that stand beside the news: advice, explainers, live pages, questions; no headline of the news itself. */
const beside = new RegExp(
  [
    "[\\d一二三四五六七八九十几]+(?:件事|个(?:问题|要点|看点|细节|瞬间)|大看点|问(?![世题])|张图)|怎么(?:办|算|看|回事)|为什么|为何|多少[？?]?$",
    "一文(?:读懂|看懂|了解)|图解|盘点|科普|攻略|问答|指南|特写|侧记|评论[：:｜|]|观察[：:｜|]|^(?:图集|组图|视频|直播|回顾|背景|解读)\\s?[｜|：:]",
    "^(?:explainer|analysis|opinion|comment|live|watch|video|in pictures|timeline|factbox|q ?(?:&|and) ?a)\\b ?[:|–—-]",
    "\\b(?:\\d+|two|three|four|five|six|seven|eight|nine|ten) (?:things|questions|ways|facts|takeaways)\\b",
    "\\bwhat (?:to know|we know|you need to know|it (?:means|does))\\b|\\bexplained$|^(?:how|why|what|who) [^?]*\\?$|^how to\\b",
  ].join("|"),
  "iu",
);

export function isBeside(title: string): boolean {
  return beside.test(title);
}

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
 * an address, of a trusted source, newer before older, sober and of a length that fits; never an explainer's while there is
 * the news.
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
      (isBeside(article.title) ? -5 : 0) +
      (article.url === null ? -1 : 0) +
      (article.hasText ? 0 : -0.5) +
      Math.min(2, article.weight) -
      Math.min(2, ageHours / 24) -
      Math.max(0, article.title.length - most) / 20 -
      (article.title.length < most / 4 ? 1 : 0) -
      (shoutMark.test(article.title) ? 0.5 : 0)
    );
  };
  const scored = from.map((article) => ({ article, score: score(article) }));
  return scored.sort((a, b) => b.score - a.score || b.article.id - a.article.id)[0]?.article;
}
