import { eq, sql } from "drizzle-orm";
import { afterEach, expect, it } from "vitest";
import { refreshScreens } from "../src/jobs/broadcast-screen.ts";
import { roundCounts } from "../src/store/broadcast-rounds.ts";
import { beginDue, findBroadcast, ledgerCounts } from "../src/store/broadcasts.ts";
import { deliveries, tallies } from "../src/store/schema.ts";
import { topStories } from "../src/store/top.ts";
import { createSite } from "../src/web/site.ts";
import { labels } from "./support/bot-world.ts";
import { type BreakingWorld, openBreakingWorld, owner, reader } from "./support/breaking-world.ts";

/** What an editor may want on the way, one thing a case. */
let world: BreakingWorld;
afterEach(async () => world.close());

const find = async (id = 1) => (await findBroadcast(world.app.db, id))!;

it("a language without a text: the other is written, and each reader gets their own", async () => {
  world = await openBreakingWorld();
  await world.say(owner, "/breaking 海堤出现管涌\n抢险队已围井反压。");
  expect(world.text(owner)).toContain("English：没有文字");
  await world.press(owner, "写一段");
  await world.say(owner, "Sea wall leaks\nCrews have ringed it.");
  expect(world.text(owner)).toMatch(/上面几条就是读者会收到的样子：中文[，、]English/);
  await world.press(owner, "现在发给 6 人");
  await world.press(owner, "发给 6 人");
  await world.send();
  expect(world.text(reader)).toMatch(/^🔴 突发｜海堤出现管涌/);
  expect(world.text(reader + 1)).toMatch(/^🔴 Breaking: Sea wall leaks/);
});

it("in English: only the readers of one language, silently, at a time, which can be cancelled", async () => {
  world = await openBreakingWorld({ language: "en" });
  await world.say(owner, "/breaking Sea wall leaks\nCrews have ringed it.");
  await world.press(owner, "Who");
  await world.press(owner, "English readers");
  expect(world.text(owner)).toContain("Only to: English readers");
  await world.press(owner, "Sound");
  await world.press(owner, "Silent");
  await world.press(owner, "Level");
  await world.press(owner, "Most important");
  await world.press(owner, "Time");
  await world.press(owner, "In 30 minutes");
  expect(world.text(owner)).toContain("Silent · level: most important");
  await world.press(owner, "Send to 3: today");
  await world.press(owner, "Send to 3");
  expect(await find()).toMatchObject({ state: "scheduled", audience: "en", silent: true, level: "top" });
  expect(world.text(owner)).toContain("Set for");
  await world.send();
  expect(await ledgerCounts(world.app.db, 1)).toEqual({});
  await world.press(owner, "Cancel it");
  expect((await find()).state).toBe("draft");
  await world.press(owner, "Time");
  await world.press(owner, "Other");
  await world.say(owner, "21:30");
  expect(world.text(owner)).toMatch(/When: today 21:30/);
  await world.press(owner, "Time");
  await world.press(owner, "Tomorrow 07:00");
  expect(labels(world.last(owner))).toContain("Send to 3: tomorrow 07:00 ›");
  await world.press(owner, "Time");
  await world.press(owner, "Now");
  await world.press(owner, "Send to 3 now");
  await world.press(owner, "Send to 3");
  await world.send();
  expect(await ledgerCounts(world.app.db, 1)).toEqual({ sent: 3 });
  expect(world.last(reader + 1)).toMatchObject({ silent: true });
  expect(world.text(owner)).toMatch(
    /^✅ Sent · Sea wall leaks[\s\S]*Delivered 3[\s\S]*Can be deleted until \w+ \d\d:\d\d$/,
  );
});

it("a story by its link says who sent it before", async () => {
  world = await openBreakingWorld();
  const { stories } = await topStories(world.app.db, { now: world.app.now(), limit: 1, language: "zh" });
  const { url, id } = stories[0]!;
  await world.say(owner, `/breaking ${url}`);
  expect(await find()).toMatchObject({ storyId: id });
  expect(world.text(owner)).toContain("✓ 同一件事没有发过");
  if (labels(world.last(owner)).some((label) => label.startsWith("不发"))) await world.press(owner, "不发");
  await world.press(owner, "现在发给");
  await world.press(owner, "发给");
  await world.send();
  await world.say(owner, `/breaking ${url}`);
  expect(world.text(owner)).toMatch(/! 同一件事发过：B-1，Ed /);
});

it("the unknown are listed, cannot be corrected, and are sent again only when an editor says so", async () => {
  world = await openBreakingWorld();
  await sendOne();
  // As after a power cut in the middle of a call.
  const { db } = world.app;
  const lost = eq(deliveries.subscriberId, 2);
  await db.update(deliveries).set({ state: "unknown", messageId: null }).where(lost);
  await db
    .update(tallies)
    .set({ n: sql`${tallies.n} - 1` })
    .where(eq(tallies.state, "sent"));
  await db.insert(tallies).values({ kind: "broadcast", ref: 1, slot: 0, state: "unknown", n: 1 });
  await world.say(owner, "/broadcasts");
  await world.press(owner, "B-1");
  expect(world.text(owner)).toContain("失败 0 · 不确定 1");
  await world.press(owner, "✏️ 更正");
  await world.say(owner, "海堤 → 河堤");
  await world.press(owner, "✏️ 更正，并通知读者");
  await world.send();
  expect(world.text(owner)).toContain("已更正 5");
  expect(world.text(owner)).toContain("不确定的 1 条没有编号，改不了也撤不了");
  expect(world.text(reader)).toBe("更正：“海堤”应为“河堤”。");
  await world.press(owner, "补发 1 个不确定的");
  expect(world.text(owner)).toContain("有人可能已经收到一次");
  await world.press(owner, "补发给 1 人");
  await world.send();
  expect(await ledgerCounts(db, 1)).toEqual({ sent: 6, unknown: 1 });
  expect(world.text(reader + 1)).toMatch(/河堤险情/);
});

it("a question in the bar's place stays until it is answered, or two minutes are over", async () => {
  world = await openBreakingWorld();
  await world.say(owner, "/breaking 海堤险情\nbody");
  await world.press(owner, "也发中文");
  await world.press(owner, "现在发给");
  await world.press(owner, "发给");
  world.playground.moveClock({ byMs: 11_000 });
  expect(await beginDue(world.app.db, world.app.now())).toHaveLength(1);
  await world.say(owner, "/broadcasts");
  await world.press(owner, "B-1");
  expect(world.text(owner)).toMatch(/^🔴 正在发/);
  // The bar is about to be redrawn while the editor's finger comes down.
  world.playground.moveClock({ byMs: 60_000 });
  const pressed = async () => void (await world.press(owner, "⏹ 停止"));
  const gate = { ...world.app.gate, stoppedUntil: async () => pressed().then(() => null) };
  await refreshScreens({ ...world.app, gate }, [1]);
  expect(world.text(owner)).toMatch(/^停止？/);
  for (const force of [true, false]) {
    world.playground.moveClock({ byMs: 55_000 });
    await refreshScreens(world.app, [1], { force });
    expect(world.text(owner)).toMatch(/^停止？/);
  }
  world.playground.moveClock({ byMs: 16_000 });
  await refreshScreens(world.app, [1]);
  expect(world.text(owner)).toMatch(/^🔴 正在发/);
  await world.press(owner, "⏹ 停止");
  await world.press(owner, "⏹ 停止，不再发");
  expect((await find()).state).toBe("stopped");
  expect(world.text(owner)).toMatch(/^⏹ 已停止/);
});

it("clicks of a story's copies are counted through our own address, corrected ones too", async () => {
  world = await openBreakingWorld({ env: { PUBLIC_URL: "https://news.example.org" } });
  const { stories } = await topStories(world.app.db, { now: world.app.now(), limit: 1, language: "zh" });
  const { url, id } = stories[0]!;
  await world.say(owner, `/breaking ${id}`);
  if (labels(world.last(owner)).some((label) => label.startsWith("不发"))) await world.press(owner, "不发");
  await world.press(owner, "现在发给");
  await world.press(owner, "发给");
  await world.send();
  const through = () => {
    const buttons = world.last(reader).reply_markup?.inline_keyboard.flat() ?? [];
    return buttons.flatMap((button) => (button.url === undefined ? [] : [button.url]));
  };
  const [link] = through();
  expect(link).toMatch(/^https:\/\/news\.example\.org\/r\/[\w-]{18,19}$/);
  const site = createSite({ db: () => world.app.db, now: world.app.now, language: "zh", timezone: "UTC" });
  expect((await site.request(new URL(link!).pathname)).headers.get("Location")).toBe(url);
  await world.press(owner, "✏️ 更正");
  await world.say(owner, "改过的标题\n改过的正文。");
  await world.press(owner, "✏️ 更正，不另外通知");
  await world.send();
  expect(world.text(reader)).toContain("改过的标题");
  expect(through()).toEqual([link]);
});

it("a recall writes a sentence in the copies' place; after 48 hours nothing is deleted, and it says so", async () => {
  world = await openBreakingWorld();
  await sendOne();
  await world.press(owner, "↩️ 撤回");
  expect(world.text(owner)).toMatch(/还剩 47小时59?/);
  await world.press(owner, "换成说明");
  await world.press(owner, "自己写一句");
  await world.say(owner, "消息有误，海堤没有险情。");
  await world.press(owner, "↩️ 撤回 6 条，换成说明");
  await world.send();
  for (let id = reader; id < reader + 6; id += 1) {
    expect(world.text(id)).toMatch(/^(已撤回|Withdrawn)（?[\s\S]*消息有误，海堤没有险情。/);
  }
  await sendOne("南港大桥封闭");
  await world.press(owner, "↩️ 撤回");
  await world.press(owner, "直接删除");
  // The question stood there for two days.
  world.playground.moveClock({ byMs: 49 * 3_600_000 });
  await world.press(owner, "↩️ 撤回 6 条，直接删除");
  await world.send();
  expect(await roundCounts(world.app.db, 2)).toEqual({ withdrawn: 6 });
  expect(world.text(owner)).toContain("过了48小时，换成“已撤回” 6");
  expect(world.text(reader)).toMatch(/^已撤回/);
});

it("a reader who wants it rung at night, only the most important or silent, says so in taps from the message", async () => {
  world = await openBreakingWorld();
  await sendOne();
  await world.press(reader, "🔕");
  await world.press(reader, "夜里也发");
  expect(world.text(reader)).toContain("现在：都发，夜里也发");
  await world.press(reader, "只发最要紧的");
  await world.press(reader, "不响铃");
  await world.press(reader, "夜里：等早上");
  expect(world.text(reader)).toContain("现在：只发最要紧的，不响铃，夜里（23:00–07:00）等早上");
  await sendOne("一般的消息");
  expect(await ledgerCounts(world.app.db, 2)).toEqual({ sent: 5 });
});

/** One item to everybody, from the command to its report. */
async function sendOne(headline = "海堤险情"): Promise<void> {
  await world.say(owner, `/breaking ${headline}`);
  await world.press(owner, "也发中文");
  await world.press(owner, "现在发给");
  await world.press(owner, "发给");
  await world.send();
}
