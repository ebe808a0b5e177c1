import { expect, test } from "vitest";
import { usualFeeds } from "../src/sources/discover.ts";
import { readPage } from "../src/sources/page.ts";

const url = "https://nangang.example/2026/11/21/lake.html?utm_source=x";
const zone = "Asia/Shanghai";
const read = (html: string) => readPage(html, { url, zone })!;

const sentences = [
  "长湖的水从11月初开始退，到21日已经退到二十米线以下，渔民把船拖上了岸。",
  "水务局说，今年的降水比往年少三成，上游两座水库又在检修，湖面缩小了十二平方公里。",
  "“我们把网晒了，等开春再说。”渔民老何说，他在湖上打了四十年鱼，只见过一次这么低的水。",
  "环保部门在湖东岸新设了六个观测点，每天公布水位、水温和含氧量，候鸟的数目也在其中。",
];
const paragraphs = sentences.map((one) => `<p>　　${one}</p>`).join("\n");

/** The HTML form of a portal page. */
const portal = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>长湖的水退了_南港网</title>
<meta property="og:site_name" content="南港网"><link rel="canonical" href="/2026/11/21/lake.html">
<link rel="alternate" type="application/rss+xml" title="南港网" href="/feed.xml"><meta property="og:image" content="/p/lake.jpg"></head><body>
<nav><a href="/">首页</a><a href="/news">新闻</a></nav>
<div class="main"><h1>长湖的水退了</h1><div class="info"><span>高岩</span> <span>2026-11-21 08:05:09</span> <span>0</span></div>
<div class="article-content">${paragraphs}<p>策划：陈一帆</p><p>南港网出品</p></div>
<div class="share"><a href="#">分享到微博</a></div>
<div class="xg"><h3>相关内容</h3><ul></ul></div>
<div class="rm"><h3>热门资讯</h3><ul>
${Array.from({ length: 20 }, (_, i) => `<li><a href="/hot/${i + 1}.html">热门新闻第${i + 1}条 渔民上岸晒...</a><p>南港网北岸11月21日电 (记者 白露)第${i + 1}条新闻说，湖面缩小以后渔民上岸晒网，等到开春...</p></li>`).join("\n")}
</ul></div></div><footer>版权所有 南港网</footer></body></html>`;

test("the portal page's HTML: article, credits, lists in their order with addresses", () => {
  const page = read(portal);
  expect(page.article).toMatchObject({
    ...{ title: "长湖的水退了", url: "https://nangang.example/2026/11/21/lake.html", language: "zh", titleCut: false },
    ...{
      body: sentences.join("\n\n"),
      credits: "策划：陈一帆\n南港网出品",
      lead: sentences[0],
      image: "https://nangang.example/p/lake.jpg",
    },
    publishedAt: new Date("2026-11-21T00:05:09Z"),
  });
  expect(page).toMatchObject({
    title: "南港网",
    language: "zh",
    related: [],
    feeds: [{ url: "https://nangang.example/feed.xml", title: "南港网" }],
  });
  expect(page.hot).toHaveLength(20);
  expect(page.hot[6]).toMatchObject({
    ...{ title: "热门新闻第7条 渔民上岸晒...", titleCut: true, rank: 7, url: "https://nangang.example/hot/7.html" },
    ...{
      dateline: "南港网北岸11月21日电",
      reporter: "白露",
      lead: "第7条新闻说，湖面缩小以后渔民上岸晒网，等到开春...",
    },
  });
  expect(page.lists.hot.map((item) => item.url)).toEqual(
    Array.from({ length: 20 }, (_, i) => `https://nangang.example/hot/${i + 1}.html`),
  );
});

const around: [name: string, extra: string][] = [
  [
    "a list of links under its heading",
    '<div><h4>相关新闻</h4><ul><li><a href="/1">别处的新闻一条</a></li><li><a href="/2">别处的新闻两条</a></li></ul></div>',
  ],
  [
    "a heading in a wrapper",
    '<div class="hd"><span>猜你喜欢</span></div><div><a href="/1">别处的新闻一条</a><a href="/2">别处的新闻两条</a></div>',
  ],
  [
    "a heading as a paragraph",
    '<p>延伸阅读：</p><p><a href="/1">别处的新闻一条</a></p><p><a href="/2">别处的新闻两条</a></p>',
  ],
  [
    "most read, in English",
    '<section><h2>Most read</h2><ol><li><a href="/1">别处的新闻一条</a></li><li><a href="/2">别处的新闻两条</a></li></ol></section>',
  ],
  [
    "a box by its name",
    '<div class="recommend-box"><a href="/1">别处的新闻一条</a><a href="/2">别处的新闻两条</a></div>',
  ],
  ["comments", '<div id="comments"><p>别处的新闻，网友甲说：真低啊，我上次去的时候也没有这么低。</p></div>'],
];

test.each(around)("not in the text: %s", (_name, extra) => {
  const html = `<html><head><title>长湖的水退了</title></head><body><h1>长湖的水退了</h1><div class="content">${paragraphs}${extra}</div></body></html>`;
  expect(read(html).article!.body).toBe(sentences.join("\n\n"));
});

test("the page's furniture at both ends is cut", () => {
  const html = `<title>长湖的水退了</title><div><h1>长湖的水退了</h1></div><div id="content"><p>长湖的水退了</p><p>2026-11-21 08:05 来源：南港网</p>
    <p>字号：大 中 小</p>${paragraphs}<p>（责任编辑：丁一）</p><p>版权声明：未经授权不得转载。</p><p>返回首页</p></div>`;
  expect(read(html).article).toMatchObject({
    body: sentences.join("\n\n"),
    publishedAt: new Date("2026-11-21T00:05:00Z"),
  });
});

test("a text that scripts show is shown", () => {
  const html = `<html><head><title>长湖的水退了</title></head><body><div id="js_content" style="visibility:hidden;opacity:0">${paragraphs}</div></body></html>`;
  expect(read(html).article!.body).toBe(sentences.join("\n\n"));
});

test("of two articles on one page, the one of the headline", () => {
  const other =
    "<p>北岸的马拉松有三万人参加，起点在会展中心，终点在体育公园，沿途设了十二个补给站，医疗队全程跟随。</p>".repeat(
      12,
    );
  const html = `<html><head><title>长湖的水退了</title></head><body><div class="wrap"><div class="article-content">${paragraphs}</div>
    <div class="next"><h2>马拉松开跑</h2><div class="article-content">${other}</div></div></div></body></html>`;
  expect(read(html).article!.body).toBe(sentences.join("\n\n"));
});

test("JSON-LD and Open Graph say who, when and what", () => {
  const data = {
    "@context": "https://schema.org",
    "@graph": [
      { "@type": "WebSite", name: "Linlan Post" },
      {
        "@type": "NewsArticle",
        headline: "The lake is low",
        datePublished: "2026-11-20T22:00:00Z",
        author: [{ name: "A. Reed" }, { name: "B. Stone" }],
        image: ["https://linlan.example/l.jpg"],
        articleSection: "Coast",
        publisher: { name: "Linlan Post" },
      },
    ],
  };
  const prose =
    "<p>The lake has been falling since the first days of November, and the boats are ashore, said the water board on Friday.</p>".repeat(
      4,
    );
  const page = readPage(
    `<html lang="en"><head><title>The lake is low | Linlan Post</title><script type="application/ld+json">${JSON.stringify(data)}</script></head><body><article><h1>The lake is low</h1>${prose}</article></body></html>`,
    { url: "https://linlan.example/lake", zone },
  )!;
  expect(page.article).toMatchObject({
    ...{
      title: "The lake is low",
      author: "A. Reed, B. Stone",
      image: "https://linlan.example/l.jpg",
      language: "en",
      sections: ["Coast"],
    },
    publishedAt: new Date("2026-11-20T22:00:00Z"),
  });
  expect(page.site).toBe("Linlan Post");
});

const titles: [window: string, h1: string, title: string][] = [
  ["长湖的水退了_南港网", "南港网", "长湖的水退了"],
  ["长湖的水退了 - 南港网 - 新闻", "", "长湖的水退了"],
  ["长湖的水退了，渔民上岸|长湖|渔民_南港新闻", "全部导航", "长湖的水退了，渔民上岸"],
  ["长湖的水退了，渔民都上岸...", "长湖的水退了，渔民都上岸晒网", "长湖的水退了，渔民都上岸晒网"],
  ["长湖的水退了，渔民上岸", "长湖的水退了，渔民上岸听播报", "长湖的水退了，渔民上岸"],
  ["The lake is low - and will stay so | Linlan Post", "", "The lake is low - and will stay so"],
];

test.each(titles)("headline of «%s» with h1 «%s»", (window, h1, title) => {
  expect(
    read(
      `<html><head><title>${window}</title></head><body><h1>${h1}</h1><div class="content">${paragraphs}</div></body></html>`,
    ).article!.title,
  ).toBe(title);
});

test("a front page has links and no article", () => {
  const links = Array.from(
    { length: 60 },
    (_, i) => `<li><a href="/a/${i}">长湖的水退了，第${i}条新闻的标题在这里</a></li>`,
  ).join("");
  const page = read(
    `<html><head><title>南港网</title></head><body><ul>${links}</ul><a href="/rss">RSS</a></body></html>`,
  );
  expect(page.article).toBeNull();
  expect(page.feeds).toEqual([{ url: "https://nangang.example/rss", title: "RSS" }]);
});

test("a declared front page as canonical address is not believed", () => {
  const html = `<html><head><title>长湖的水退了</title><link rel="canonical" href="https://nangang.example/"></head><body><div class="content">${paragraphs}</div></body></html>`;
  expect(read(html).article!.url).toBe(url);
});

test("pages made to break readers give nothing, soon", () => {
  // The runner ends a test that takes more than 20 s.
  for (const html of [
    "",
    "text",
    "<div>".repeat(100_000),
    `${"<p>".repeat(2_000)}x`,
    "<a href=".repeat(50_000),
    `<table>${"<tr><td>".repeat(20_000)}`,
    `<script>${"x".repeat(1_000_000)}`,
  ]) {
    expect(readPage(html, { url, zone })?.article ?? null).toBeNull();
  }
});

test("where feeds commonly are", () => {
  expect(usualFeeds("https://nangang.example/a/b")).toContain("https://nangang.example/feed");
});
