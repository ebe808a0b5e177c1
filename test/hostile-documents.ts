/** What arrives whole and is poison to those who read it. */
export const documents: [name: string, text: string][] = [
  [
    "entities that unfold to gigabytes",
    `<!DOCTYPE r [<!ENTITY a "${"x".repeat(1_000)}">${Array.from({ length: 30 }, (_, i) => `<!ENTITY b${i} "&a;&b${i - 1};&b${i - 1};">`).join("")}]><rss><channel><item><title>&b29;</title></item></channel></rss>`,
  ],
  [
    "an entity that is a file",
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>',
  ],
  ["an endless doctype", `<!DOCTYPE rss [${"<!ENTITY a 'b'>".repeat(20_000)}`],
  ["elements in elements", "<rss><channel>" + "<item>".repeat(100_000)],
  ["other elements in elements", "<rss><channel>" + "<x>".repeat(300_000)],
  [
    "a hundred thousand items",
    `<rss><channel>${"<item><title>a</title><link>http://a.example/</link></item>".repeat(100_000)}`,
  ],
  ["a title of ten megabytes", `<rss><channel><item><title>${"长".repeat(3_000_000)}</title></item></channel></rss>`],
  ["attributes without end", `<rss ${'a="b" '.repeat(200_000)}><channel/></rss>`],
  ["comments that never close", `<rss>${"<!-- ".repeat(200_000)}`],
  ["angle brackets", "<".repeat(1_000_000)],
  ["divs in divs", `<html><body>${"<div>".repeat(200_000)}`],
  ["tables in tables", `<html><body>${"<table><tr><td>".repeat(50_000)}`],
  ["links without end", `<html><body>${'<a href="/x">新闻</a>'.repeat(200_000)}`],
  ["headings over headings", `<html><body>${"<div><h3>相关新闻</h3>".repeat(5_000)}`],
  ["JSON in JSON", "[".repeat(1_000_000)],
  ["JSON objects in objects", '{"items":'.repeat(200_000)],
  ["spaces", " ".repeat(5_000_000)],
  ["zeros", "\0".repeat(1_000_000)],
  ["one line of five megabytes", "长湖的水退了 ".repeat(300_000)],
];
