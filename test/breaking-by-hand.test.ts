import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { mendTexts } from "../src/bot/breaking-mend.ts";
import { readConfig } from "../src/config.ts";
import { silentLog } from "../src/log.ts";
import { type RunningPlayground, startPlayground } from "../src/node/playground.ts";
import { ADMIN_ID, madeUpFrom } from "../src/playground/people.ts";
import type { Kept } from "../src/playground/types.ts";
import { findBroadcast } from "../src/store/broadcasts.ts";
import { type BotWorld, labels, openBotWorld } from "./support/bot-world.ts";
import { textOf } from "./support/broadcasting.ts";
import { eventually } from "./support/eventually.ts";

/** Readers who read 30 a second; READERS=5000 for the push that an editor really has. */
const readers = Number(process.env["READERS"] ?? 240);
const item = "临澜海堤出现管涌\n抢险队已围井反压；低洼三村2.3万人正转移。";

let world: BotWorld | undefined;
let running: RunningPlayground | undefined;
const folders: string[] = [];
afterEach(async () => {
  await world?.close();
  await running?.stop();
  world = undefined;
  running = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

it(
  "is sent in five taps or fewer; a typo is mended in the middle in four, and nobody after that gets it",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "tidings-"));
    folders.push(folder);
    // By day for everybody, whenever this runs.
    const config = readConfig({ PORT: "0", NIGHT_HOURS: "00:00-00:00" });
    running = await startPlayground({ config, log: silentLog, say: () => {}, file: join(folder, "by-hand.db") });
    const { playground, url } = running;
    let taps = 0;
    const act = async (what: object) => {
      taps += 1;
      const headers = { "content-type": "application/json", "x-playground": "1", origin: url };
      const body = JSON.stringify({ as: ADMIN_ID, act: what });
      const answer = await fetch(`${url}/playground/act`, { method: "POST", headers, body });
      expect(await answer.json()).not.toHaveProperty("error");
    };
    const last = () => playground.botMessages(ADMIN_ID).at(-1);
    const find = (label: RegExp) => buttonIn(playground.botMessages(ADMIN_ID), label);
    const tap = async (label: RegExp) => {
      const { message, data } = await eventually(String(label), () => find(label));
      await act({ do: "press", chat: ADMIN_ID, message, data });
    };
    const say = (text: string) => act({ do: "say", chat: ADMIN_ID, text });
    await act({ do: "readers", count: readers });

    taps = 0;
    await say(`/breaking ${item}`);
    await tap(/^也发中文/);
    await tap(/^现在发给/);
    await tap(/^发给/);
    expect(taps).toBeLessThanOrEqual(5);
    expect(await eventually("the countdown", () => /将在 (\d+) 秒/.exec(last()?.text ?? "")?.[1])).toMatch(/^(10|9)$/);
    playground.moveClock({ byMs: 10_000 });

    const copies = () =>
      Array.from({ length: readers }, (_, n) => playground.botMessages(madeUpFrom + n)).filter((own) => own.length > 0);
    await inTime("a third of the copies", () => (copies().length > readers / 3 ? true : undefined));
    taps = 0;
    await tap(/^✏️ 更正$/);
    await say("2.3万 → 1.2万");
    const late: string[] = [];
    await eventually("the check", () => find(/^✏️ 更正后继续/));
    await tap(/^✏️ 更正后继续/);
    expect(taps).toBeLessThanOrEqual(4);
    await eventually("the correction", () => (/正在发|发完/.test(last()?.text ?? "") ? true : undefined));
    playground.listen((event) => {
      if (event.type === "message" && event.chatId >= madeUpFrom) late.push(event.message.text ?? "");
    });
    await inTime("its end", () => (/发完了[\s\S]*已更正/.test(last()?.text ?? "") ? true : undefined));
    expect(late.length).toBeGreaterThan(readers / 3);
    expect(late.filter((text) => text.includes("2.3万正") || text.includes("2.3万人"))).toEqual([]);
    const told = copies().map((own) => own.map((each) => each.text ?? ""));
    // A copy whose answer was lost on the way has no message that could be corrected: it is listed.
    const unknown = Number(/不确定 (\d+)/.exec(last()?.text ?? "")?.[1]);
    expect(told.filter((own) => own.length !== 1)).toEqual([]);
    expect(told.filter(([text]) => !text!.includes("1.2万人")).length).toBeLessThanOrEqual(unknown);
    expect(told[0]![0]).toContain("“2.3万”应为“1.2万”。");
    // The screen that was left behind has nothing to press.
    const screens = playground.botMessages(ADMIN_ID).filter((each) => /B-1/.test(each.text ?? ""));
    expect(screens.slice(0, -1).flatMap((each) => labels(each))).toEqual([]);
  },
  40_000 + readers * 60,
);

it("one stray tap sends nothing, wherever it lands and whenever", async () => {
  const owner = 901;
  world = await openBotWorld({ at: "2026-11-22T06:32:00Z", env: { ADMIN_IDS: String(owner) } });
  const { playground } = world;
  for (const id of [owner, 501, 502]) playground.addPerson({ id, firstName: `P${id}`, language: "zh", started: true });
  for (const id of [501, 502]) await world.say(id, "/subscribe 08:00");
  const state = async () => (await findBroadcast(world!.app.db, 1))!.state;
  await world.say(owner, `/breaking ${item}`);
  const check = labels(world.last(owner));
  // Each button of the check, and each behind it but the one that names the number again.
  for (const label of check) {
    await world.press(owner, label);
    expect([label, await state()]).toEqual([label, label === "放弃" ? "dropped" : "draft"]);
    if (label === "放弃") break;
    const open = labels(world.last(owner));
    for (const inner of open.filter((each) => !check.includes(each) && !/^发给/.test(each))) {
      if (!labels(world.last(owner)).includes(inner)) continue;
      await world.press(owner, inner);
      expect([label, inner, await state()]).toEqual([label, inner, "draft"]);
    }
    await world.say(owner, "/id");
    await world.press(owner, "‹ 返回").catch(() => undefined);
  }
  // The editor looked at the copy's own button on the way, and reads since then.
  // The question whether to send: an old one asks again, and so does one about what was changed since.
  await world.say(owner, `/breaking ${item}`);
  const second = async () => (await findBroadcast(world!.app.db, 2))!;
  await world.press(owner, "现在发给 3 人");
  playground.moveClock({ byMs: 10 * 60_000 });
  await world.press(owner, "发给 3 人");
  expect((await second()).state).toBe("draft");
  expect(world.last(owner).text).toMatch(/^这一步过去一阵了/);
  const asked = world.last(owner).message_id;
  const data = playground.botMessages(owner).at(-1)!;
  const go = buttonIn([data], /^发给 3 人/)!;
  await world.press(owner, "再想想");
  await world.press(owner, "铃声");
  await world.press(owner, "不响铃");
  playground.acts.press(owner, owner, asked, go.data);
  await world.settle();
  expect((await second()).state).toBe("draft");
  await world.press(owner, "发给 3 人");
  expect((await second()).state).toBe("countdown");
});

it("a few words are put in the place of others in every language; all else is a whole text", () => {
  const texts = { zh: { ...textOf("海堤漏了"), body: "2.3万人 &amp; 5县" }, en: textOf("Sea wall leaks") };
  expect(mendTexts("2.3万 → 1.2万", texts)).toEqual({
    texts: { ...texts, zh: { ...texts.zh, body: "1.2万人 &amp; 5县", note: "“2.3万”应为“1.2万”。" } },
    changed: ["zh"],
  });
  const both = mendTexts("更正：是渗水。\n漏了 -> 渗水\nleaks => seeps\n& 5 → < 6", texts);
  expect(both?.texts.zh).toMatchObject({ headline: "海堤渗水", body: "2.3万人 &lt; 6县", note: "是渗水。" });
  expect(both?.texts.en).toMatchObject({ headline: "Sea wall seeps", note: "是渗水。" });
  expect(mendTexts("没有的 → 别的", texts)).toBeNull();
  expect(mendTexts("海堤没有漏\n正文", texts)).toBeNull();
  expect(mendTexts("更正：只有这句", texts)).toBeNull();
});

it("only what is read is put in the place of others: no link's address, no tag, no half of a sign", () => {
  const body = '<b>2 ships</b> &amp; <a href="https://port.example/2026/b?a=2&amp;amp=1">2 boats</a>';
  const texts = { en: { ...textOf("Sea wall leaks"), body } };
  const mended = (words: string) => mendTexts(words, texts)?.texts.en?.body;
  expect(mended("2 → 3")).toBe('<b>3 ships</b> &amp; <a href="https://port.example/2026/b?a=2&amp;amp=1">3 boats</a>');
  expect(mended("boats → <b>s & co")).toBe(body.replace("boats", "&lt;b&gt;s &amp; co"));
  for (const unread of ["port.example → pier.example", "amp → and", "href → src"]) {
    expect(mendTexts(unread, texts), unread).toBeNull();
  }
});

/** As `eventually`, for as long as so many copies take, and their edits. */
async function inTime<T>(what: string, look: () => T | undefined): Promise<T> {
  const end = performance.now() + 20_000 + readers * 55;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function buttonIn(messages: readonly Kept[], label: RegExp): { message: number; data: string } | undefined {
  for (const each of messages.toReversed()) {
    const rows = (each.reply_markup as { inline_keyboard?: { text: string; callback_data?: string }[][] } | undefined)
      ?.inline_keyboard;
    const button = rows?.flat().find(({ text }) => label.test(text));
    if (button?.callback_data !== undefined) return { message: each.message_id, data: button.callback_data };
  }
  return undefined;
}
