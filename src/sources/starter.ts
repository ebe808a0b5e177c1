/** A public feed by its name and address, nothing of its content. */
export type StarterSource = { title: string; url: string; language: "zh" | "en" };

/** Well-known public feeds to begin with. An address may have moved: each is tried before it is added. */
export const starterSources: readonly StarterSource[] = [
  { title: "联合国新闻", url: "https://news.un.org/feed/subscribe/zh/news/all/rss.xml", language: "zh" },
  { title: "BBC 中文", url: "https://feeds.bbci.co.uk/zhongwen/simp/rss.xml", language: "zh" },
  { title: "德国之声中文", url: "https://rss.dw.com/rdf/rss-chi-all", language: "zh" },
  { title: "法广中文", url: "https://www.rfi.fr/cn/rss", language: "zh" },
  { title: "中国新闻网", url: "https://www.chinanews.com.cn/rss/scroll-news.xml", language: "zh" },
  { title: "人民网", url: "http://www.people.com.cn/rss/politics.xml", language: "zh" },
  { title: "36氪", url: "https://36kr.com/feed", language: "zh" },
  { title: "IT之家", url: "https://www.ithome.com/rss/", language: "zh" },
  { title: "少数派", url: "https://sspai.com/feed", language: "zh" },
  { title: "Solidot", url: "https://www.solidot.org/index.rss", language: "zh" },
  { title: "UN News", url: "https://news.un.org/feed/subscribe/en/news/all/rss.xml", language: "en" },
  { title: "BBC News", url: "https://feeds.bbci.co.uk/news/rss.xml", language: "en" },
  { title: "The Guardian", url: "https://www.theguardian.com/world/rss", language: "en" },
  { title: "NPR", url: "https://feeds.npr.org/1001/rss.xml", language: "en" },
  { title: "Al Jazeera", url: "https://www.aljazeera.com/xml/rss/all.xml", language: "en" },
  { title: "Deutsche Welle", url: "https://rss.dw.com/rdf/rss-en-all", language: "en" },
  { title: "ABC News Australia", url: "https://www.abc.net.au/news/feed/51120/rss.xml", language: "en" },
  { title: "Ars Technica", url: "https://feeds.arstechnica.com/arstechnica/index", language: "en" },
  { title: "NASA", url: "https://www.nasa.gov/feed/", language: "en" },
];
