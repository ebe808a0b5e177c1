import { expect, test } from "vitest";
import { readApart } from "../src/node/read-apart.ts";

const options = { name: "a", url: "https://a.example/", headers: {}, zone: "UTC" };
const feed = (title: string) =>
  new TextEncoder().encode(
    `<rss><channel><title>${title}</title><item><title>a</title><pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>`,
  );

test("documents are read in a thread of their own, each answer to its question", async () => {
  const { read, close } = readApart();
  const readings = await Promise.all(["a", "b", "c"].map((title) => read(feed(title), options)));
  expect(readings.map((reading) => reading.title)).toEqual(["a", "b", "c"]);
  expect(readings[0]!.articles[0]!.publishedAt).toEqual(new Date("2026-11-22T08:00:00Z"));
  await close();
});

test("one that takes too long costs itself only", async () => {
  const { read, close } = readApart({ readMs: 1 });
  const slow = new TextEncoder().encode(`<html><body>${"<p>长湖的水退了。</p>".repeat(20_000)}</body></html>`);
  await expect(read(slow, options)).rejects.toThrow("takes too long");
  await close();
  const patient = readApart();
  expect((await patient.read(feed("a"), options)).title).toBe("a");
  await patient.close();
});
