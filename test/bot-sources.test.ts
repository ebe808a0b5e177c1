import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openWeb, serveHttp } from "#runtime";
import { ADMIN_ID, READER_ID, seedPeople } from "../src/playground/people.ts";
import { starterSources } from "../src/sources/starter.ts";
import { addReading } from "../src/store/readings.ts";
import { articles, readings, sources, sourceTasks } from "../src/store/schema.ts";
import { ensureSource } from "../src/store/sources.ts";
import { downloadFile, fileBytesMax } from "../src/telegram/files.ts";
import { type BotWorld, labels, openBotWorld } from "./support/bot-world.ts";

let world: BotWorld;
let web: ReturnType<typeof openWeb>;
let site: Awaited<ReturnType<typeof serveHttp>>;
let root = "";

const feed = (title: string) =>
  `<rss version="2.0"><channel><title>${title}</title><language>zh</language><item><title>长湖的水退了，渔民回到村里</title>
  <link>/a/1</link><guid>1</guid><pubDate>Sun, 22 Nov 2026 05:00:00 GMT</pubDate><description>水退了。</description></item>
  </channel></rss>`;
const pages: Record<string, string> = {
  "/": '<html><head><title>南港网</title><link rel="alternate" type="application/rss+xml" href="/all.xml" title="全部"><link rel="alternate" type="application/rss+xml" href="/lake.xml" title="湖区"></head><body><a href="/a/1">长湖</a></body></html>',
  "/all.xml": feed("南港网"),
  "/lake.xml": feed("南港网湖区"),
};

beforeEach(async () => {
  site = await serveHttp((request) => {
    const { pathname } = new URL(request.url);
    const page = pages[pathname] ?? (pathname.startsWith("/starter/") ? feed("公开来源") : undefined);
    return new Response(page ?? "", { status: page === undefined ? 404 : 200 });
  });
  root = site.url;
  world = await openBotWorld({ news: false, env: { ADMIN_IDS: String(ADMIN_ID), SOURCE_HOSTS: "127.0.0.1" } });
  seedPeople(world.playground);
  web = openWeb(world.app.config, world.app.now);
});
afterEach(async () => {
  expect(world.logged).toEqual([]);
  await web.close();
  await world.close();
  await site.close();
});

const list = () => world.app.db.select().from(sources);
const read = () => world.app.db.select().from(readings);

/** An operator sends a file; what stands in the chat when it is done. */
async function sendFile(name: string, content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  world.playground.acts.sendDocument(ADMIN_ID, ADMIN_ID, { name, mime: "application/octet-stream", bytes });
  await world.settle();
  await world.work({ web });
  return world.last(ADMIN_ID).text!;
}

describe("/sources", () => {
  test("pages through many, those in trouble first, and finds one by name, number or address", async () => {
    const { db, now } = world.app;
    const fresh = { kind: "feed" as const, language: "en", now: now() };
    for (let n = 1; n <= 20; n += 1) {
      const { id } = await ensureSource(db, `Outlet ${String(n).padStart(2, "0")}`, fresh);
      await addReading(db, { sourceId: id, url: `https://o${n}.example.org/feed`, intervalMinutes: null }, now());
    }
    await db.update(readings).set({ failingSince: now(), failure: "answered 403" }).where(eq(readings.sourceId, 17));
    const [first] = await world.say(ADMIN_ID, "/sources");
    expect(first!.text).toContain("20");
    const names = (text: string | undefined) => [...text!.matchAll(/^(\d+) (Outlet \d\d)$/gm)].map((each) => each[2]);
    expect(names(first!.text)).toEqual([
      "Outlet 17",
      ...["01", "02", "03", "04", "05", "06", "07"].map((n) => `Outlet ${n}`),
    ]);
    await world.press(ADMIN_ID, "›");
    const { answers } = await world.press(ADMIN_ID, "›");
    expect(names(answers[0]!.text)).toEqual(["Outlet 16", "Outlet 18", "Outlet 19", "Outlet 20"]);
    expect(labels(answers[0]!)).toEqual(expect.arrayContaining(["17", "20", "‹", "3/3"]));
    await world.press(ADMIN_ID, "20");
    expect(world.last(ADMIN_ID).text).toContain("Outlet 20");
    for (const named of ["Outlet 05", "5", "https://o5.example.org/feed"]) {
      await world.say(ADMIN_ID, `/sources pause ${named}`);
      expect(world.last(ADMIN_ID).text).toContain("Outlet 05");
    }
  });

  test("nobody else has it", async () => {
    const [unknown] = await world.say(READER_ID, "/sources");
    expect(unknown!.text).toContain("没有这个命令");
    await world.say(ADMIN_ID, "/sources");
    const forged = world.playground.botMessages(ADMIN_ID).at(-1)!;
    expect(labels(forged)).toEqual(["＋ 加来源", "看入门清单"]);
  });

  test("an address is tried, shown, and added only by the button; its news comes", async () => {
    const [none] = await world.say(ADMIN_ID, "/sources");
    expect(none!.text).toContain("还没有来源。三种办法");
    expect(await world.say(ADMIN_ID, `/sources add ${root}/`)).toEqual([]);
    await world.work({ web });
    const found = world.last(ADMIN_ID);
    expect(found.text).toMatch(
      /^找到了，还没有加：\n南港网\n订阅源 · 中文\nhttp:[\s\S]*· 长湖的水退了，渔民回到村里 · 今天 13:00/,
    );
    expect(found.text).toContain("这个网站还有：\n1 湖区");
    expect(labels(found)).toEqual(["加上", "不加", "试读 1"]);
    expect(await list()).toEqual([]);

    const { answers } = await world.press(ADMIN_ID, "加上");
    expect(answers[0]!.text).toContain("加上了：南港网");
    expect(world.jobs).toEqual([{ kind: "refresh-sources" }]);
    await world.press(ADMIN_ID, "‹ 来源");
    await world.work({ web });
    expect(await read()).toMatchObject([{ url: `${root}/all.xml`, state: "active", failures: 0 }]);
    expect((await world.app.db.select().from(articles)).map((each) => each.title)).toEqual([
      "长湖的水退了，渔民回到村里",
    ]);

    await world.say(ADMIN_ID, `/sources ${root}/all.xml`);
    await world.work({ web });
    expect(world.last(ADMIN_ID).text).toContain("读得到，已经在来源里：南港网");
    expect(labels(world.last(ADMIN_ID))).not.toContain("加上");
  });

  test("what cannot be read says why, in plain words, and can be tried again", async () => {
    await world.say(ADMIN_ID, "/sources add");
    await world.say(ADMIN_ID, `${root}/nothing`);
    await world.work({ web });
    expect(world.last(ADMIN_ID).text).toBe(`读不了 ${root}/nothing：回了 404`);
    expect(labels(world.last(ADMIN_ID))).toEqual(["再试一次"]);
    await world.say(ADMIN_ID, "/sources add http://169.254.169.254/latest");
    await world.work({ web });
    expect(world.last(ADMIN_ID).text).toContain("地址在内网里，不让读");
    const [wrong] = await world.say(ADMIN_ID, "/sources add 明天");
    expect(wrong!.text).toContain("“明天”不是网址");
    expect(await list()).toEqual([]);
  });

  test("paused, read again, removed; trouble stands first in the list", async () => {
    for (const path of ["/all.xml", "/lake.xml"]) {
      await world.say(ADMIN_ID, `/sources add ${root}${path}`);
      await world.work({ web });
      await world.press(ADMIN_ID, "加上");
    }
    const lake = pages["/lake.xml"]!;
    delete pages["/lake.xml"];
    await world.work({ web });
    pages["/lake.xml"] = lake;
    const [shown] = await world.say(ADMIN_ID, "/sources");
    expect(shown!.text).toMatch(
      /^来源 · 2个，1个读不到\n\n1 南港网湖区\n读不到已 1 分钟：回了 404 · [\s\S]*2 南港网\n每天/,
    );
    expect((await world.press(ADMIN_ID, "1")).answers[0]!.text).toContain("南港网湖区\n订阅源");
    expect(labels((await world.press(ADMIN_ID, "暂停")).answers[0]!)).toContain("恢复");
    expect((await read()).map((each) => each.state)).toEqual(["active", "paused"]);
    await world.press(ADMIN_ID, "恢复");
    await world.work({ web });
    expect((await read()).map((each) => [each.state, each.failures])).toEqual([
      ["active", 0],
      ["active", 0],
    ]);
    await world.press(ADMIN_ID, "去掉");
    expect((await world.press(ADMIN_ID, "去掉")).answers[0]!.text).toContain("“南港网湖区”去掉了");
    expect(await read()).toHaveLength(1);
    const [paused] = await world.say(ADMIN_ID, "/sources pause 南港网");
    expect(paused!.text).toBe("“南港网”停了。");
  });

  test("how much a source counts, whose voice it is, how often it is read: set on its page", async () => {
    for (const path of ["/all.xml", "/lake.xml"]) {
      await world.say(ADMIN_ID, `/sources add ${root}${path}`);
      await world.work({ web });
      await world.press(ADMIN_ID, "加上");
    }
    await world.say(ADMIN_ID, "/sources");
    await world.press(ADMIN_ID, "1");
    const { answers } = await world.press(ADMIN_ID, "设置");
    expect(answers[0]!.text).toBe("南港网 · 设置\n\n分量 1：和一般媒体一样\n自成一家\n多久读一次：跟着它自己的节奏");
    expect((await world.press(ADMIN_ID, "分量 2")).answers[0]!.text).toContain("分量 2：比一般媒体重");
    expect(labels(world.last(ADMIN_ID))).toContain("分量 2 ✓");
    expect((await world.press(ADMIN_ID, "1 小时")).answers[0]!.text).toContain("多久读一次：每 1 小时");
    await world.press(ADMIN_ID, "归到一家");
    const [grouped] = await world.say(ADMIN_ID, "南港网湖区");
    expect(grouped!.text).toContain("归在“南港网湖区”一家");
    await world.press(ADMIN_ID, "改名");
    expect((await world.say(ADMIN_ID, "南港网湖区"))[0]!.text).toBe("已经有来源叫“南港网湖区”。");
    await world.press(ADMIN_ID, "改名");
    expect((await world.say(ADMIN_ID, "南港  新闻"))[0]!.text).toContain("南港 新闻 · 设置");
    await world.press(ADMIN_ID, "栏目");
    expect((await world.say(ADMIN_ID, "本地，港口"))[0]!.text).toContain("栏目：本地、港口");
    expect(await list()).toMatchObject([
      { name: "南港 新闻", weight: 2, family: "南港网湖区", sections: ["本地", "港口"] },
      { name: "南港网湖区", weight: 1, family: "南港网湖区", sections: [] },
    ]);
    expect((await read())[0]).toMatchObject({ intervalMinutes: 60 });
    expect((await world.press(ADMIN_ID, "自动")).answers[0]!.text).toContain("跟着它自己的节奏");
  });

  test("the starter list: each is tried, what cannot be read is named and not added", async () => {
    await world.say(ADMIN_ID, "/sources");
    const { answers } = await world.press(ADMIN_ID, "看入门清单");
    expect(answers[0]!.text).toContain("点下去会一个个试读");
    await world.press(ADMIN_ID, "试读并加中文");
    const own = starterSources.filter((each) => each.language === "zh");
    const broken = own[1]!;
    // The same guarded way into the web, with every public host standing on this machine.
    const dial: typeof web.dial = (url, request) =>
      web.dial(url === broken.url ? `${root}/gone` : `${root}/starter/${encodeURIComponent(url)}`, request);
    await world.work({ web: { ...web, dial } });
    expect(
      world.playground
        .botMessages(ADMIN_ID)
        .map((each) => each.text)
        .join("\n"),
    ).toContain(`试完了：加上 ${own.length - 1} 个，1 个读不到。\n\n${broken.title}：回了 404`);
    const names = (await list()).map((each) => each.name);
    expect(names.toSorted()).toEqual(
      own
        .filter((each) => each !== broken)
        .map((each) => each.title)
        .toSorted(),
    );
  });
});

describe("a file that an operator sends", () => {
  test("OPML: every source tried, those that can be read added", async () => {
    const outline = (text: string, path: string) => `<outline text="${text}" type="rss" xmlUrl="${root}${path}"/>`;
    const opml = `<opml version="2.0"><body>${outline("港", "/all.xml")}${outline("湖", "/lake.xml")}${outline("没了", "/x")}</body></opml>`;
    expect(await sendFile("subs.opml", opml)).toBe("试完了：加上 2 个，1 个读不到。\n\n没了：回了 404");
    expect((await list()).map((each) => each.name).toSorted()).toEqual(["港", "湖"]);
    expect(await sendFile("subs.opml", opml)).toContain("加上 0 个，2 个早已有了，1 个读不到");
    expect(await world.app.db.select().from(sourceTasks)).toHaveLength(2);
  });

  test("JSON Lines: counts, bad lines by number, one message that is edited; again changes nothing", async () => {
    const line = (n: number) =>
      JSON.stringify({ title: `第${n}号渡轮今天复航`, body: "江面平静。", source: "江上日报", externalId: `f${n}` });
    const body = [...Array.from({ length: 40 }, (_, n) => line(n)), "{", '{"body":"无题"}'].join("\n");
    const said = await sendFile("back.jsonl", body);
    expect(said).toMatch(
      /^读完了：新收 40 篇，更新 0，没变 0。\n\n读不了的 2 处：\n第 41 行：not JSON.*\n第 42 行：title is required/,
    );
    expect(world.playground.botMessages(ADMIN_ID)).toHaveLength(1);
    expect(await sendFile("back.jsonl", body)).toContain("新收 0 篇，更新 0，没变 40");
  });

  test("not one that is larger than Telegram hands out, whatever it says of its size", async () => {
    const { api } = world.app;
    const told = { id: "x", bytes: fileBytesMax + 1 };
    const refuse = () => Promise.reject(new Error("nothing is fetched"));
    expect(await downloadFile(api, refuse, told)).toEqual({ failed: "too-large" });
    expect(await downloadFile(api, refuse, { id: "unknown", bytes: 1 })).toEqual({ failed: "lost" });
    const bytes = new Uint8Array([1]);
    const sent = world.playground.acts.sendDocument(ADMIN_ID, ADMIN_ID, { name: "a.jsonl", mime: "text/plain", bytes });
    let given = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024).fill(++given)),
    });
    const lying = { id: sent.document!.file_id, bytes: 1 };
    expect(await downloadFile(api, async () => new Response(endless), lying)).toEqual({ failed: "too-large" });
    expect(given).toBeLessThan(25);
  });

  test("not from somebody else", async () => {
    const bytes = new TextEncoder().encode('{"title":"假"}');
    world.playground.acts.sendDocument(READER_ID, READER_ID, { name: "a.jsonl", mime: "text/plain", bytes });
    await world.settle();
    expect(world.last(READER_ID).text).toContain("我只看得懂文字");
    expect(await world.app.db.select().from(sourceTasks)).toEqual([]);
  });
});
