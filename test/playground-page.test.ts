import { existsSync } from "node:fs";
import { request } from "node:http";
import { Bot, InlineKeyboard } from "grammy";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_ID, CHANNEL_ID, GROUP_ID, READER_ID, seedPeople } from "../src/playground/people.ts";
import { openScene, type Scene, TOKEN } from "./playground-kit.ts";

const executablePath = "/usr/bin/chromium";
const withBrowser = existsSync(executablePath);

/** A scene with the seeded people instead of the kit's, and a small bot that answers over HTTP. */
async function openSeeded(): Promise<Scene & { bot: Bot }> {
  const scene = await openScene({ now: () => new Date() });
  for (const id of scene.pg.world.chats.keys()) scene.pg.world.chats.delete(id);
  seedPeople(scene.pg);
  const bot = new Bot(TOKEN, { client: { apiRoot: scene.url } });
  await bot.api.setMyCommands([{ command: "top", description: "现在最要紧的新闻" }], { language_code: "zh" });
  await bot.api.setMyCommands([{ command: "top", description: "What matters now" }]);
  await bot.api.setMyDescription("每天一条消息，看完当天大事。", { language_code: "zh" });
  await bot.api.setMyDescription("One message a day with the news that matters.");
  bot.command("start", async (ctx) => {
    const keyboard = new InlineKeyboard().text("08:00", "at:8").text("alert", "alert").row().text("gone", "gone");
    await ctx.reply("<b>几点发给你？</b> &lt;img src=x onerror=alert(1)&gt;", {
      parse_mode: "HTML",
      reply_markup: keyboard,
    });
  });
  bot.command("top", (ctx) => ctx.reply("头条", { disable_notification: true }));
  bot.callbackQuery("at:8", async (ctx) => {
    await ctx.answerCallbackQuery("订好了");
    await ctx.editMessageText("好，明天 08:00 开始。");
  });
  bot.callbackQuery("alert", (ctx) => ctx.answerCallbackQuery({ text: "看这里", show_alert: true }));
  bot.callbackQuery("gone", async (ctx) => {
    await ctx.answerCallbackQuery();
    await ctx.deleteMessage();
  });
  bot.on("my_chat_member", async (ctx) => {
    if (ctx.chat.type !== "private") await ctx.reply("我来了");
  });
  bot.on("message:text", (ctx) => ctx.reply(`找：${ctx.message.text}`));
  void bot.start();
  return { ...scene, bot };
}

describe("the page keeps other websites out", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene.close());

  const status = (path: string, headers: Record<string, string>, method = "GET"): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      // fetch sets Host and Origin itself.
      const asked = request(`${scene.url}${path}`, { method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on("error", reject).end();
    });

  it("answers to this machine's names only, on any port, so that a tunnel works", async () => {
    expect(await status("/", { host: "127.0.0.1:9999" })).toBe(200);
    expect(await status("/", { host: "localhost:8080" })).toBe(200);
    expect(await status("/", { host: "news.example.org" })).toBe(421);
    expect(await status(`/bot${TOKEN}/getMe`, { host: "news.example.org" })).toBe(421);
  });

  it("takes no call from another origin", async () => {
    const host = new URL(scene.url).host;
    const act = (headers: Record<string, string>) => status("/playground/act", { host, ...headers }, "POST");
    expect(await act({ "x-playground": "1" })).toBe(400);
    expect(await act({})).toBe(403);
    expect(await act({ "x-playground": "1", origin: "https://news.example.org" })).toBe(403);
    expect(await act({ "x-playground": "1", "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await status(`/bot${TOKEN}/getMe`, { host, origin: "null" })).toBe(403);
  });

  it("serves its files with a strict policy, and nothing else", async () => {
    const page = await fetch(`${scene.url}/`);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const named = [...(await page.text()).matchAll(/(?:src|href)="(\/playground\/page\/[^"]+)"/g)].map((m) => m[1]);
    expect(named.length).toBeGreaterThan(3);
    for (const path of named) expect((await fetch(`${scene.url}${path}`)).status).toBe(200);
    expect((await fetch(`${scene.url}/playground/page/..%2fpage.ts`)).status).toBe(404);
    expect((await fetch(`${scene.url}/playground/page/tsconfig.json`)).status).toBe(404);
  });

  it("says what cannot be done", async () => {
    const post = async (path: string, body: object) => {
      const answer = await fetch(`${scene.url}${path}`, {
        method: "POST",
        headers: { "x-playground": "1" },
        body: JSON.stringify(body),
      });
      return [answer.status, await answer.json()];
    };
    expect(await post("/playground/act", { as: 1, act: { do: "say", chat: 999, text: "x" } })).toEqual([
      409,
      { error: "no chat 999" },
    ]);
    expect(await post("/playground/act", { as: 1, act: { do: "fly" } })).toEqual([400, { error: "not an act" }]);
    expect(await post("/playground/clock", { byMs: -1 })).toEqual([400, { error: "not a move" }]);
    expect(await post("/playground/clock", { skip: "digest" })).toEqual([200, { now: null }]);
  });
});

describe.skipIf(!withBrowser)(`the page in Chromium${withBrowser ? "" : ` (skipped: no ${executablePath})`}`, () => {
  let browser: Browser;
  let scene: Scene & { bot: Bot };
  let page: Page;
  const errors: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    scene = await openSeeded();
    page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.setDefaultTimeout(8_000);
    await page.goto(scene.url);
  });
  afterAll(async () => {
    await browser?.close();
    await scene?.bot.stop();
    await scene?.close();
  });
  const textOf = (selector: string) => page.locator(selector).last().textContent();
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const openAs = async (name: string, chat: string) => {
    await page.locator("#head .back").click();
    await page.locator("#people").getByText(name).click();
    await page.locator("#chats").getByText(chat).click();
  };

  it("shows what the bot is, and START starts it", async () => {
    await page.waitForSelector("text=每天一条消息，看完当天大事。");
    await page.click("#start");
    await page.waitForSelector("#log >> text=几点发给你？");
    // What others wrote is never markup.
    expect(await textOf(".theirs .text")).toBe("几点发给你？ <img src=x onerror=alert(1)>");
    expect(await page.locator("#log img").count()).toBe(0);
    expect(await page.locator(".theirs .text b").textContent()).toBe("几点发给你？");
  });

  it("shows an alert, then a toast and the edit", async () => {
    await button("alert").click();
    await page.waitForSelector("dialog >> text=看这里");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await button("08:00").click();
    await page.waitForSelector("#toast >> text=订好了");
    await page.waitForSelector("#log >> text=好，明天 08:00 开始。");
    expect(await page.locator(".edited").count()).toBe(1);
    expect(await page.locator(".keyboard").count()).toBe(0);
  });

  it("is used by keyboard: Enter sends, / opens the commands, Esc closes", async () => {
    await page.fill("#input", "台风");
    await page.press("#input", "Enter");
    await page.waitForSelector("#log >> text=找：台风");
    await page.locator("#input").pressSequentially("/");
    await page.waitForSelector("#commands >> text=现在最要紧的新闻");
    await page.keyboard.press("Escape");
    expect(await page.locator("#commands").isVisible()).toBe(false);
    await page.fill("#input", "/to");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#log >> text=头条");
    expect(await page.locator(".theirs .meta").last().textContent()).toContain("🔕");
  });

  it("shows deletions and counts what is unread", async () => {
    await scene.pg.acts.start(READER_ID);
    await page.waitForSelector("#log >> text=gone");
    const before = await page.locator(".theirs").count();
    await button("gone").last().click();
    await expect.poll(() => page.locator(".theirs").count()).toBe(before - 1);
    await openAs("Emma Clarke", "tidings");
    await page.waitForSelector("text=One message a day with the news that matters.");
    await scene.bot.api.sendMessage(READER_ID, "while you were away");
    await page.locator("#head .back").click();
    await page.locator("#people").getByText("林晓").click();
    await page.locator("#chats").getByText("tidings").click();
    await page.waitForSelector("#log >> text=while you were away");
  });

  it("blocks and unblocks", async () => {
    await page.click("#menu");
    await page.getByText("屏蔽机器人").click();
    await page.waitForSelector("text=解除屏蔽");
    expect(scene.pg.chat(READER_ID).person?.blocked).toBe(true);
    await expect(scene.bot.api.sendMessage(READER_ID, "x")).rejects.toThrow("bot was blocked by the user");
    await page.getByText("解除屏蔽").click();
    await page.waitForSelector("#input");
    expect(scene.pg.chat(READER_ID).person?.blocked).toBe(false);
  });

  it("a group with topics: the admin adds the bot, writes anonymously, and a copy loses its buttons", async () => {
    await openAs("周编辑", "澜江街坊");
    await page.locator(".banner").click();
    await page.waitForSelector("#log >> text=我来了");
    await page.getByRole("tab", { name: "科技" }).click();
    await page.waitForSelector("[aria-selected=true] >> text=科技");
    await page.fill("#input", "/top@tidings_bot");
    await page.press("#input", "Enter");
    await page.waitForSelector("#log >> text=头条");
    const said = scene.pg.messages(GROUP_ID).findLast((m) => m.text?.startsWith("/top"));
    expect(said).toMatchObject({ is_topic_message: true, sender_chat: { id: GROUP_ID } });
    scene.pg.acts.start(ADMIN_ID);
    await openAs("周编辑", "tidings");
    await page.waitForSelector("#log >> text=几点发给你？");
    await page.locator(".theirs .body").last().dblclick();
    await page.getByText("转发").click();
    await page.locator("dialog").getByText("澜江街坊").click();
    await page.waitForSelector("#log >> text=转发自");
    expect(await page.locator(".forwarded ~ .keyboard").count()).toBe(0);
    expect(scene.pg.messages(GROUP_ID).at(-1)?.reply_markup).toBeUndefined();
  });

  it("a channel is read by members and written by its admin", async () => {
    await openAs("Emma Clarke", "澜江早知道");
    await page.waitForSelector("text=Only admins can post in the channel");
    await openAs("周编辑", "澜江早知道");
    await page.locator(".banner").click();
    await page.waitForSelector("#log >> text=我来了");
    expect(scene.pg.chat(CHANNEL_ID).bot).toBe("administrator");
  });

  it("uploads a file", async () => {
    await openAs("林晓", "tidings");
    await page.setInputFiles("#composer input[type=file]", {
      name: "feeds.opml",
      mimeType: "text/x-opml",
      buffer: Buffer.from("<opml/>"),
    });
    await page.waitForSelector("#log >> text=feeds.opml");
    expect(scene.pg.messages(READER_ID).at(-1)?.document).toMatchObject({ file_name: "feeds.opml", file_size: 7 });
  });

  it("moves the clock and tells whoever asked", async () => {
    const moved: number[] = [];
    scene.pg.onClockMoved((now) => moved.push(now.getTime()));
    await button("下一份简报").click();
    await page.waitForSelector("#toast >> text=还没有订阅");
    const due = new Date(Date.now() + 5 * 3_600_000);
    scene.pg.nextDigestAt = () => Promise.resolve(due);
    const other = [...scene.pg.world.chats.values()].find((chat) => chat.topics.size > 0)!;
    const [topic] = [...other.topics.values()];
    scene.pg.nextDigestIn = () => Promise.resolve({ chatId: other.json.id, threadId: topic!.id });
    await button("下一份简报").click();
    await page.waitForSelector("#clock .moved");
    await page.waitForSelector(`#toast >> text=/${other.json.title} · ${topic!.name} \\d\\d:\\d\\d/`);
    await button("+1天").click();
    await page.waitForSelector("#clock .back");
    await expect.poll(() => moved.length).toBe(2);
    expect(Math.abs(moved[0]! - due.getTime())).toBeLessThan(2_000);
    expect(Math.abs(moved[1]! - due.getTime() - 86_400_000)).toBeLessThan(5_000);
    await page.locator("#clock .back").click();
    await page.waitForSelector("#clock .moved", { state: "detached" });
    expect(Math.abs(scene.pg.now().getTime() - Date.now())).toBeLessThan(2_000);
  });

  it("fits the width of a phone, speaks both languages, and no script failed", async () => {
    await page.locator("#head .back").click();
    await button("English").click();
    await page.waitForSelector("#side >> text=中文");
    const wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth");
    expect(wide).toBe(false);
    expect(errors).toEqual([]);
  });
});
