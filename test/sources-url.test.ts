import { expect, test } from "vitest";
import { absoluteUrl, canonicalUrl, siteOf } from "../src/news/url.ts";

/** Addresses of one page, a row each; all of a row are the same, no two rows are. */
const rows: string[][] = [
  [
    "https://nangang.example/a/1",
    "http://nangang.example/a/1",
    "http://nangang.example:80/a/1",
    "https://nangang.example:443/a/1",
    "https://NanGang.Example/a/1",
    "https://nangang.example./a/1",
    "https://www.nangang.example/a/1",
    "https://m.nangang.example/a/1",
    "https://wap.nangang.example/a/1/",
    "https://nangang.example//a/1",
    "https://nangang.example/a/./1",
    "https://nangang.example/a/1#comments",
    "https://nangang.example/a/1?",
    "https://nangang.example/a/1?utm_source=rss&utm_medium=feed",
    "https://nangang.example/a/1?fbclid=abc&gclid=1",
    "https://nangang.example/a/1?from=timeline&isappinstalled=0",
    "https://nangang.example/a/1?spm=a1.b2&share_token=x",
    "https://nangang.example/a/1/amp",
    "https://nangang.example/a/1/amp/",
    "https://nangang.example/a/1?amp=1",
    "https://nangang.example/a/1.amp",
    "https://amp.nangang.example/a/1?outputType=amp",
    "https://nangang-example.cdn.ampproject.org/c/s/nangang.example/a/1",
    "https://www.google.com/amp/s/nangang.example/a/1",
    "https://www.google.com/url?q=https://nangang.example/a/1&sa=U",
    "https://user:secret@nangang.example/a/1",
    "https://nangang.example/a/1;jsessionid=5F3",
    "https://nangang.example/%61/1",
    "  https://nangang.example/a/1\n",
  ],
  [
    "https://nangang.example/",
    "https://nangang.example",
    "http://www.nangang.example/index.html",
    "https://nangang.example/index.php",
  ],
  ["https://nangang.example/a/index.shtml", "https://nangang.example/a/", "https://nangang.example/a"],
  [
    "https://nangang.example/a/1.html",
    "https://nangang.example/a/1.amp.html",
    "https://nangang.example/a/1.html?from=wap",
  ],
  ["https://nangang.example/read?id=1&page=2", "https://nangang.example/read?page=2&id=1&utm_campaign=x"],
  ["https://nangang.example/read?id=1"],
  ["https://nangang.example/read?id=1&from=linlan"],
  ["https://nangang.example/A/1"],
  ["https://nangang.example:8080/a/1", "http://nangang.example:8080/a/1"],
  ["https://nangang.example/#!/a/1"],
  ["https://news.nangang.example/a/1"],
  ["https://m.example/a", "http://m.example/a/"],
  ["https://nangang.example/%E6%96%B0", "https://nangang.example/新", "https://nangang.example/%e6%96%b0"],
  ["https://xn--fiq228c.example/a", "https://中文.example/a"],
  [
    "https://mp.weixin.qq.com/s?__biz=MzA&mid=1&idx=2&sn=ab&chksm=cd&scene=27",
    "http://mp.weixin.qq.com/s?idx=2&mid=1&sn=ab&__biz=MzA#rd",
  ],
];

test("the addresses of one page are one, those of two are two", () => {
  const keys = rows.map((row) => row.map((url) => canonicalUrl(url)));
  for (const [at, row] of keys.entries()) for (const key of row) expect([key, rows[at]]).toEqual([row[0], rows[at]]);
  expect(new Set(keys.map((row) => row[0])).size).toBe(rows.length);
  expect(keys.flat()).not.toContain(null);
});

test("a key is its own key", () => {
  for (const url of rows.flat()) expect(canonicalUrl(canonicalUrl(url)!)).toBe(canonicalUrl(url));
});

test.each([
  "",
  "nangang",
  "ftp://nangang.example/a",
  "javascript:alert(1)",
  "mailto:a@b.example",
  "http://",
  `http://a.example/${"x".repeat(5000)}`,
])("no address: %s", (url) => expect(canonicalUrl(url)).toBeNull());

test("links are made absolute, and only the web's", () => {
  expect(absoluteUrl("../b?x=1#y", "https://nangang.example/a/c/")).toBe("https://nangang.example/a/b?x=1#y");
  expect(absoluteUrl("//cdn.example/p.jpg", "https://nangang.example/")).toBe("https://cdn.example/p.jpg");
  expect(absoluteUrl(" /a\n/b ", "https://nangang.example/")).toBe("https://nangang.example/a/b");
  for (const href of ["javascript:void(0)", "", "data:text/html,x", "mailto:a@b.example"]) {
    expect(absoluteUrl(href, "https://nangang.example/")).toBeNull();
  }
  expect(absoluteUrl("/a")).toBeNull();
});

test("a site is its host as people say it", () => {
  expect(siteOf("https://www.nangang.example/a")).toBe("nangang.example");
  expect(siteOf("nothing")).toBe("");
});
