import { expect, test } from "vitest";
import { readFeed } from "../src/sources/feed.ts";
import { readJsonFeed } from "../src/sources/json-feed.ts";
import { readOpml, writeOpml } from "../src/sources/opml.ts";

const base = "https://nangang.example/feeds/all.xml";
const zone = "Asia/Shanghai";
const read = (xml: string) => readFeed(xml, { base, zone });
const item = (inner: string) =>
  read(`<rss version="2.0"><channel><title>南港网</title><item>${inner}</item></channel></rss>`)!.items[0]!;

const rss = `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:d="http://purl.org/dc/elements/1.1/"
  xmlns:atom="http://www.w3.org/2005/Atom" xmlns:m="http://search.yahoo.com/mrss/">
<channel><title>南港网 &amp; 北岸</title><link>https://nangang.example/</link><language>zh-cn</language><ttl>30</ttl>
<atom:link rel="self" href="https://nangang.example/feeds/all.xml"/><atom:link rel="hub" href="https://hub.example/"/>
<image><title>标志</title><url>/logo.png</url><link>/</link></image>
<item><title>长湖的水退了</title><link>/a/1?utm_source=rss</link><guid isPermaLink="false">nangang-1</guid>
<pubDate>Sat, 21 Nov 2026 08:05:00 +0800</pubDate><d:creator>高岩</d:creator><d:creator>白露</d:creator>
<category>环境</category><category><![CDATA[长湖]]></category><m:thumbnail url="/p/1.jpg"/>
<description>南港网长湖11月21日电 (记者 高岩)长湖的水退了。</description>
<content:encoded><![CDATA[<p>长湖的水退了。</p><p>渔民<b>上岸</b>。&nbsp;明天开渔。</p><script>alert(1)</script>]]></content:encoded>
</item></channel></rss>`;

test("RSS 2.0 with its modules, under prefixes of the feed's own", () => {
  const feed = read(rss)!;
  expect(feed).toMatchObject({
    ...{ title: "南港网 & 北岸", link: "https://nangang.example/", language: "zh", ttlMinutes: 30 },
    ...{ self: "https://nangang.example/feeds/all.xml", hubs: ["https://hub.example/"] },
  });
  expect(feed.items).toHaveLength(1);
  expect(feed.items[0]).toMatchObject({
    ...{
      title: "长湖的水退了",
      url: "https://nangang.example/a/1?utm_source=rss",
      externalId: "nangang-1",
      author: "高岩, 白露",
    },
    ...{
      lead: "长湖的水退了。",
      dateline: "南港网长湖11月21日电",
      reporter: "高岩",
      body: "长湖的水退了。\n\n渔民上岸。 明天开渔。",
    },
    ...{
      publishedAt: new Date("2026-11-21T00:05:00Z"),
      sections: ["环境", "长湖"],
      image: "https://nangang.example/p/1.jpg",
    },
    ...{ language: "zh", rank: null, titleCut: false },
  });
});

test("Atom 1.0: texts by their type, links by their relation, xml:base, the feed's author for all", () => {
  const feed = read(`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://linlan.example/blog/" xml:lang="en">
    <title type="html">Linlan &amp;amp; coast</title><link href="./"/><author><name>A. Reed</name><email>a@linlan.example</email></author>
    <entry><title type="text">Sea wall: 5 &lt; 6</title><id>tag:linlan.example,2026:1</id>
    <link rel="enclosure" href="x.mp3"/><link rel="alternate" type="text/html" href="2026/wall.html"/>
    <published>2026-11-20T08:00:00Z</published><updated>2026-11-21T08:00:00Z</updated>
    <summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">The <em>wall</em> passed.</div></summary>
    <content type="html" xml:base="https://cdn.linlan.example/">&lt;p&gt;The wall passed.&lt;/p&gt;&lt;p&gt;It is high.&lt;/p&gt;&lt;img src="w.jpg"&gt;</content>
    <category term="coast" label="Coast"/></entry></feed>`)!;
  expect(feed).toMatchObject({ title: "Linlan & coast", link: "https://linlan.example/blog/", language: "en" });
  expect(feed.items[0]).toMatchObject({
    ...{
      title: "Sea wall: 5 < 6",
      url: "https://linlan.example/blog/2026/wall.html",
      externalId: "tag:linlan.example,2026:1",
    },
    ...{ author: "A. Reed", lead: "The wall passed.", body: "The wall passed.\n\nIt is high.", sections: ["Coast"] },
    publishedAt: new Date("2026-11-20T08:00:00Z"),
  });
});

test("RSS 1.0: items beside the channel", () => {
  const feed = read(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
    <channel rdf:about="https://nangang.example/"><title>南港网</title><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel>
    <item rdf:about="https://nangang.example/a/2"><title>储能电站</title><dc:date>2026-11-21T08:05+08:00</dc:date></item></rdf:RDF>`)!;
  expect(feed).toMatchObject({ title: "南港网", ttlMinutes: 15 });
  expect(feed.items[0]).toMatchObject({
    ...{ title: "储能电站", url: "https://nangang.example/a/2", externalId: "https://nangang.example/a/2" },
    publishedAt: new Date("2026-11-21T00:05:00Z"),
  });
});

test("Atom 0.3 with Base64 and escaped texts", () => {
  const words = btoa("<p>The wall passed.</p>");
  const feed = read(`<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title mode="escaped">Linlan</title>
    <entry><title>Wall</title><issued>2026-11-20T08:00:00Z</issued><content type="text/html" mode="base64">${words}</content></entry></feed>`)!;
  expect(feed.items[0]).toMatchObject({ title: "Wall", body: "The wall passed." });
});

test("JSON Feed", () => {
  const feed = readJsonFeed(
    JSON.stringify({
      ...{
        version: "https://jsonfeed.org/version/1.1",
        title: "Linlan",
        home_page_url: "https://linlan.example/",
        language: "en",
      },
      items: [
        {
          id: "1",
          url: "/w",
          title: "Wall",
          content_html: "<p>The wall passed.</p><p>It is high.</p>",
          image: "/w.jpg",
          tags: ["coast"],
          date_published: "2026-11-20T08:00:00Z",
          authors: [{ name: "A. Reed" }],
        },
        { id: "2", content_text: "A short message without a title." },
      ],
    }),
    { base: "https://linlan.example/feed.json", zone },
  )!;
  expect(feed.items).toMatchObject([
    {
      ...{
        externalId: "1",
        url: "https://linlan.example/w",
        title: "Wall",
        body: "The wall passed.\n\nIt is high.",
        author: "A. Reed",
      },
      ...{ image: "https://linlan.example/w.jpg", sections: ["coast"], publishedAt: new Date("2026-11-20T08:00:00Z") },
    },
    { externalId: "2", title: "A short message without a title." },
  ]);
  const rss = {
    rss: {
      version: "2.0",
      channel: { title: "Linlan", item: [{ title: "A & B", link: "https://a.example/1", guid: "1" }, {}] },
    },
  };
  const inJson = readJsonFeed(JSON.stringify(rss), { base, zone })!;
  expect(inJson).toMatchObject({
    title: "Linlan",
    items: [{ title: "A & B", url: "https://a.example/1", externalId: "1" }, { title: "" }],
  });
  for (const text of ["{}", "[]", "null", '{"items":5}', "{", '{"version":"2","items":[]}']) {
    expect(readJsonFeed(text, { base, zone })).toBeNull();
  }
});

const broken: [name: string, xml: string, titles: string[]][] = [
  [
    "unclosed elements",
    "<rss><channel><title>t</title><item><title>a</title><description>b<item><title>c</title></item>",
    ["a", "c"],
  ],
  [
    "bare ampersands",
    "<rss><channel><item><title>A & B &amp; C</title><link>https://a.example/?a=1&b=2&copy=3</link></item></channel></rss>",
    ["A & B & C"],
  ],
  [
    "HTML's entities",
    "<rss><channel><item><title>caf&eacute;&nbsp;&mdash; &#8230; &#146;</title></item></channel></rss>",
    ["café — … ’"],
  ],
  ["names in capitals", "<RSS><Channel><ITEM><Title>a</Title></ITEM></Channel></RSS>", ["a"]],
  [
    "rubbish before and behind",
    "\n\n junk <rss><channel><item><title>a</title></item></channel></rss> more <b>",
    ["a"],
  ],
  ["items without a channel", "<rss><item><title>a</title></item></rss>", ["a"]],
  [
    "markup in a title",
    "<rss><channel><item><title>A <b>bold</b> &lt;i&gt;title&lt;/i&gt;</title></item></channel></rss>",
    ["A bold title"],
  ],
  [
    "an element of nobody's",
    "<rss><channel><item><title>The &lt;foo&gt; tag</title></item></channel></rss>",
    ["The <foo> tag"],
  ],
  ["an unclosed CDATA", "<rss><channel><item><title>a</title><description><![CDATA[b</description></item>", ["a"]],
  [
    "a document type",
    '<!DOCTYPE rss [<!ENTITY x "y"><!ELEMENT rss ANY>]><rss><channel><item><title>a &x;</title></item></channel></rss>',
    ["a &x;"],
  ],
];

test.each(broken)("not well-formed: %s", (_name, xml, titles) => {
  expect(read(xml)!.items.map((one) => one.title)).toEqual(titles);
});

test("a link keeps what looks like an entity in it", () => {
  expect(read(broken[1]![1])!.items[0]!.url).toBe("https://a.example/?a=1&b=2&copy=3");
});

test.each(["", "<html><body><p>x</p></body></html>", "plain", "<a><b/></a>", "{}"])("no feed: %s", (text) => {
  expect(read(text)).toBeNull();
});

test("an address: the original one, the link, a guid that is one; never one that is not the web's", () => {
  expect(
    item(
      "<title>a</title><link>https://a.example/1</link><feedburner:origLink>https://b.example/1</feedburner:origLink>",
    ).url,
  ).toBe("https://b.example/1");
  expect(item("<title>a</title><guid>https://a.example/1</guid>").url).toBe("https://a.example/1");
  expect(item('<title>a</title><guid isPermaLink="false">https://a.example/1</guid>').url).toBeNull();
  expect(item("<title>a</title><link>javascript:alert(1)</link>").url).toBeNull();
});

test("a long description is the text; a teaser is the lead", () => {
  const sentence = "长湖的水退了,渔民上岸。";
  expect(item(`<title>a</title><description>${sentence}</description>`)).toMatchObject({ lead: sentence, body: "" });
  const long = item(`<title>a</title><description>${sentence.repeat(60)}</description>`);
  expect(long).toMatchObject({ lead: sentence.repeat(3), body: sentence.repeat(60) });
});

test("the publishing program's words are left out", () => {
  const told = item(
    "<title>a</title><description>&lt;p&gt;The wall passed.&lt;/p&gt;&lt;p&gt;The post &lt;a&gt;Wall&lt;/a&gt; appeared first on Linlan.&lt;/p&gt;</description>",
  );
  expect(told.lead).toBe("The wall passed.");
  expect(item("<title>a</title><description>The wall passed, and then [&amp;#8230;]</description>").lead).toBe(
    "The wall passed, and then…",
  );
});

test("who wrote it: names, without addresses", () => {
  expect(item("<title>a</title><author>reed@linlan.example (A. Reed)</author>").author).toBe("A. Reed");
  expect(item("<title>a</title><author>A. Reed &lt;reed@linlan.example&gt;</author>").author).toBe("A. Reed");
});

test("bombs and mazes cost a bounded amount", () => {
  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 50 }, (_, i) => `<!ENTITY a${i} "&a${i - 1};&a${i - 1};">`).join("")}]>`;
  expect(read(`${bomb}<rss><channel><item><title>&a49;</title></item></channel></rss>`)!.items[0]!.title).toBe("&a49;");
  // The runner ends a test that takes more than 20 s.
  expect(read(`<rss><channel>${"<a>".repeat(200_000)}`)!.items).toEqual([]);
  expect(read(`<rss><channel>${"<item><title>a</title></item>".repeat(20_000)}`)!.items).toHaveLength(1_000);
  expect(item(`<title>${"&lt;b&gt;".repeat(1_000)}x</title>`).title).toBe("x");
  expect(item(`<title>a</title><description>${"(".repeat(200_000)}</description>`).title).toBe("a");
  expect(item(`<title>a</title><description>${"<![CDATA[".repeat(50_000)}</description>`).title).toBe("a");
});

test("OPML goes out and comes in the same", () => {
  const sources = [
    {
      title: "南港网 & 北岸",
      url: "https://nangang.example/feed?a=1&b=2",
      site: "https://nangang.example/",
      language: "zh",
      sections: ["本地"],
    },
    { title: "Linlan", url: "https://linlan.example/feed", site: null, language: "", sections: [] },
  ];
  const xml = writeOpml(sources, { title: "tidings", now: new Date("2026-11-21T00:00:00Z") });
  const back = readOpml(xml)!;
  expect(back.title).toBe("tidings");
  expect(new Set(back.outlines)).toEqual(new Set(sources));
});

test("OPML as people's programs write it", () => {
  const read1 =
    readOpml(`<opml><body><outline text="News"><outline text='A & B' xmlURL="https://a.example/f" category="/x/y">
    <outline title="A again" xmlUrl="https://a.example/f"/><outline text="no address"/><outline text="js" xmlUrl="javascript:1"/>`)!;
  expect(read1.outlines).toEqual([
    { title: "A & B", url: "https://a.example/f", site: null, language: "", sections: ["News", "x", "y"] },
  ]);
  expect(readOpml("<rss/>")).toBeNull();
});
