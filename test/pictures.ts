import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { readConfig } from "../src/config.ts";
import { silentLog } from "../src/log.ts";
import { startPlayground } from "../src/node/playground.ts";
import { ADMIN_ID, GROUP_ID } from "../src/playground/people.ts";

/**
 * Takes the README's pictures: the bot at work in the playground, in a real browser at phone width.
 *
 *   node test/pictures.ts
 */
const docs = join(import.meta.dirname, "..", "docs");
const file = join(docs, "pictures.db");
const phone = { width: 390, height: 844 };
const settleMs = 1_500;
/** Into a push of a few minutes. */
const pushMs = 75_000;
const breakingItem =
  "/breaking 临澜海堤出现管涌，青屿镇连夜转移\n21时40分，青屿镇东段海堤出现管涌。抢险队已围井反压，险情可控；低洼三村2.3万人正转移到高处安置点。";
const chromiumPath = "/usr/bin/chromium";
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

mkdirSync(docs, { recursive: true });
let notice = "";
const running = await startPlayground({
  config: readConfig({ PORT: "0" }),
  log: silentLog,
  say: (text) => {
    notice += text;
  },
  file,
});
const browser = await chromium.launch({ executablePath: chromiumPath, args: quiet });
try {
  const context = await browser.newContext({ viewport: phone, deviceScaleFactor: 2, locale: "zh-CN" });
  await chinese(context);
  await english(context);
  await group(context);
  await terminal(context);
  await breaking(context);
} finally {
  await browser.close();
  await running.stop();
  for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
}

async function chinese(context: BrowserContext): Promise<void> {
  const page = await open(context);
  await picture(page, "start");
  await tap(page, "开始");
  await tap(page, /每天 08:00/);
  await page.waitForTimeout(settleMs);
  await toTopOfLast(page);
  await picture(page, "digest-zh");
  await say(page, "海堤");
  await toTopOfLast(page);
  await picture(page, "search");
  await tap(page, /^1$/);
  await toTopOfLast(page);
  await picture(page, "story");
  await page.close();
}

async function english(context: BrowserContext): Promise<void> {
  const page = await open(context);
  await page.locator(".me").click();
  await page.locator("#side").getByText("Emma Clarke").first().click();
  await page.waitForTimeout(settleMs);
  await page
    .locator("#side")
    .getByText(/One message a day/)
    .first()
    .click();
  await page.waitForTimeout(settleMs);
  await tap(page, /^(Start|START)$/);
  await tap(page, /London/);
  await page.waitForTimeout(settleMs);
  await toTopOfLast(page);
  await picture(page, "digest-en");
  await page.close();
}

/** A forum's topic as its members see it: links only, silent. */
async function group(context: BrowserContext): Promise<void> {
  const { acts } = running.playground;
  acts.setBotStatus(GROUP_ID, "administrator", ADMIN_ID);
  acts.say(ADMIN_ID, GROUP_ID, "/subscribe@tidings_bot 20:00", { anonymous: true });
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  for (let skips = 0; skips < 4; skips += 1) {
    const due = await running.playground.nextDigestAt();
    if (due !== null) running.playground.moveClock({ to: due });
    await new Promise((resolve) => setTimeout(resolve, settleMs));
  }
  const page = await open(context);
  await page.locator("#head .back").click();
  await page.locator("#chats").getByText("澜江街坊").click();
  await page.waitForTimeout(settleMs);
  await toTopOfLast(page);
  await picture(page, "group");
  await page.close();
}

/** An editor's way with 5,000 readers: the check, the running bar, the report. */
async function breaking(context: BrowserContext): Promise<void> {
  const { playground } = running;
  // At noon, when nearly everybody is awake.
  const noon = new Date(playground.now());
  noon.setUTCHours(4, 7, 0, 0);
  if (noon <= playground.now()) noon.setUTCDate(noon.getUTCDate() + 1);
  playground.moveClock({ to: noon });
  await playground.addReaders(5_000);
  playground.acts.start(ADMIN_ID);
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const page = await open(context);
  await page.locator(".me").click();
  await page.locator("#side").getByText("周编辑").first().click();
  await page.locator("#chats button").first().click();
  await page.waitForTimeout(settleMs);
  await say(page, breakingItem);
  await tap(page, /^也发中文/);
  await picture(page, "breaking-check");
  await tap(page, /^现在发给/);
  await tap(page, /^发给/);
  await page.waitForTimeout(pushMs);
  await picture(page, "breaking-bar");
  await ended(page);
  await picture(page, "breaking-report");
  await page.close();
}

async function ended(page: Page): Promise<void> {
  await page
    .getByText("发完了")
    .last()
    .waitFor({ timeout: pushMs + 5_000 * 40 });
  await page.waitForTimeout(settleMs);
}

/** What npm start prints, as a terminal shows it. */
async function terminal(context: BrowserContext): Promise<void> {
  const page = await context.newPage();
  await page.setViewportSize({ width: 760, height: 330 });
  const escaped = notice.replace(/[&<]/g, (c) => (c === "&" ? "&amp;" : "&lt;")).replace(/:\d{4,5}/g, ":3000");
  await page.setContent(
    `<body style="margin:0;background:#16181d;color:#d7dae0;font:15px/1.5 monospace"><pre style="margin:24px">$ npm start\n${escaped}</pre>`,
  );
  await picture(page, "terminal");
  await page.close();
}

async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${running.url}/`);
  await page.waitForTimeout(settleMs);
  return page;
}

async function tap(page: Page, label: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: label }).last().click();
  await page.waitForTimeout(settleMs);
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator("textarea").last().fill(text);
  await page.keyboard.press("Enter");
  await page.waitForTimeout(settleMs);
}

/** A message longer than the screen is shown from its first line. */
async function toTopOfLast(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const bubbles = document.querySelectorAll(".message.theirs");
    bubbles[bubbles.length - 1]?.scrollIntoView({ block: "start" });
  })()`);
  await page.waitForTimeout(300);
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(docs, `${name}.png`) });
}
