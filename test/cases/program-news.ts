import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { articles, readings } from "../../src/store/schema.ts";
import { editor } from "./program.ts";
import { eventually, type Hands } from "./program-hands.ts";

const caseMs = 60_000;
const paragraph =
  "<p>鹤渚古塔的地宫在11月打开，考古队取出三件木函，文物局说修缮还要两年，塔身的裂缝已经用钢箍加固。</p>";

/** When the site published what it has. */
const told = new Date(Date.now() - 600_000);

/** An article from the site that publishes it to the reader who looks for it. */
export function newsCases(runtime: string, hands: Hands): void {
  const { running, find, ask, press } = hands;

  describe(`the program on ${runtime}: an article`, { timeout: caseMs }, () => {
    let site: Server;
    let root: string;
    let titles: string[] = [];
    const asked: string[] = [];
    beforeAll(async () => {
      site = createServer((request, response) => {
        asked.push(request.url!);
        const [, n] = /^\/a\/(\d)$/.exec(request.url!) ?? [];
        const page =
          request.url === "/feed.xml" ? feed(titles) : n === undefined ? undefined : pageOf(titles[Number(n)]!);
        response.writeHead(page === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" }).end(page);
      });
      await new Promise<void>((done) => site.listen(0, "127.0.0.1", done));
      root = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    });
    afterAll(() => new Promise((done) => site.close(done)));

    const stored = async () =>
      (
        await running().db.select({ title: articles.title, body: articles.body, url: articles.url }).from(articles)
      ).filter((each) => each.url?.startsWith(root));
    // A read is over when its next time is written down, which is after what it found: only then can that be changed.
    const isRead = async () => (await running().db.select().from(readings)).every((each) => each.leaseToken === null);
    const read = (n: number) =>
      eventually(`${n} articles`, async () => ((await stored()).length === n && (await isRead()) ? true : undefined));

    it("comes from the source that an editor adds, whole, and is found by a reader and on the page", async () => {
      titles = ["鹤渚古塔地宫打开，取出三件木函"];
      await ask(editor, `/sources add ${root}/feed.xml`, /^找到了，还没有加/);
      await press(editor, /^加上$/);
      await read(1);
      const [article] = await stored();
      expect(article!.title).toBe(titles[0]);
      expect(article!.body).toContain("塔身的裂缝已经用钢箍加固");
      await ask(502, "木函", /^🔍.*木函[\s\S]*鹤渚古塔地宫打开/);
      const page = await fetch(`${running().url}/search?lang=zh&q=${encodeURIComponent("木函")}`);
      expect(await page.text()).toContain("<mark>木函</mark>");
    });

    it("what a source tells next comes with the tick of its time, and what is known is not read again", async () => {
      titles.push("鹤渚镇的渡口下周停航检修");
      asked.length = 0;
      await running()
        .db.update(readings)
        .set({ dueAt: new Date(Date.now() - 1_000) });
      await Promise.all([running().tick(), running().tick()]);
      await read(2);
      expect(asked.filter((path) => path.startsWith("/a/"))).toEqual(["/a/1"]);
      expect(asked.filter((path) => path === "/feed.xml")).toHaveLength(1);
      await ask(502, "渡口", /^🔍.*渡口[\s\S]*停航检修/);
      await find(502, /停航检修/);
    });
  });
}

function feed(titles: readonly string[]): string {
  const items = titles.map(
    (title, n) => `<item><title>${title}</title><link>/a/${n}</link><guid>${n}</guid>
      <pubDate>${told.toUTCString()}</pubDate></item>`,
  );
  return `<rss version="2.0"><channel><title>鹤渚网</title><language>zh</language>${items.join("")}</channel></rss>`;
}

function pageOf(title: string): string {
  return `<html><head><title>${title}</title></head><body><h1>${title}</h1><div class="content">${paragraph.repeat(4)}</div></body></html>`;
}
