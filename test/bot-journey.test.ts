import { eq, gt, ne } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createComposer } from "../src/jobs/compose-delivery.ts";
import type { Deliverable, Outgoing } from "../src/jobs/deliver-prepare.ts";
import { ADMIN_ID, CHANNEL_ID, GROUP_ID, LONDON_ID, READER_ID, seedPeople } from "../src/playground/people.ts";
import {
  articles,
  deliveries,
  pages,
  searches,
  shown,
  storyDays,
  subscribers,
  subscriptions,
  updates,
} from "../src/store/schema.ts";
import { type BotWorld, labels, openBotWorld } from "./support/bot-world.ts";

let world: BotWorld;

beforeEach(async () => {
  world = await openBotWorld({ env: { ADMIN_IDS: String(ADMIN_ID) } });
  seedPeople(world.playground);
});

afterEach(async () => {
  expect(world.logged).toEqual([]);
  await world.close();
});

const rows = () => world.app.db.select().from(subscriptions);
const people = () => world.app.db.select().from(subscribers);
const ledger = () => world.app.db.select().from(deliveries);
const text = (kept: { text?: string | undefined }[]) => kept.map((each) => each.text ?? "").join("\n");

/** The headlines of a digest, without their numbers. */
function headlinesOf(digest: string): string[] {
  return [...digest.matchAll(/^\d+　(?:更新｜)?(.+)$/gm)].map((each) => each[1]!);
}

describe("a reader in Shanghai", () => {
  test("START and one tap: the zone, a daily digest, and today's through the ledger", async () => {
    const [start] = await world.say(READER_ID, "/start");
    expect(start!.text).toContain("你那里现在是 14:32（上海时间）吗？");
    const examples = /直接把词发给我，比如 (.+)。/.exec(start!.text!)![1]!.split("、");
    expect(examples).toContain("青竹");
    for (const word of examples) expect(text(await world.say(READER_ID, word)), word).toMatch(/^🔍 .* · [1-9]/);
    expect(labels(start!)).toEqual(["是，每天 08:00 发给我", "换个钟点", "不是，改时区", "先看今天的", "English"]);

    const { answers } = await world.press(READER_ID, "是，每天 08:00");
    expect(text(answers)).toBe("好，明天 08:00（上海）开始，每天一份。\n这是今天的 ↓");
    const [made] = await rows();
    expect(made).toMatchObject({ minute: 480, rule: "daily", count: 8, silent: false });
    expect(made!.dueAt).toEqual(new Date("2026-11-23T00:00:00Z"));
    expect(await people()).toMatchObject([
      { chatId: READER_ID, language: "zh", timezone: "Asia/Shanghai", timezoneKnown: true },
    ]);
    const [row] = await ledger();
    expect(row).toMatchObject({ kind: "digest", ref: made!.id, state: "queued", priority: 2, part: 1 });
    expect(row!.slot).toBeLessThan(0);
    expect(world.jobs).toEqual([{ kind: "deliver" }]);

    await world.press(READER_ID, "只要工作日");
    expect((await rows())[0]).toMatchObject({ rule: "workdays" });
  });

  test("today's digest arrives, its numbers open stories, and the next repeats nothing of it", async () => {
    await world.say(READER_ID, "/start");
    await world.press(READER_ID, "是，每天 08:00");
    await world.work();
    const digest = world.last(READER_ID);
    expect(digest.text!.split("\n")[0]).toMatch(/^⛅️ 下午报 11月22日 周日 · 8条$/);
    expect(digest.text).toContain("点数字看经过、其他媒体和后续");
    expect((await world.app.db.select().from(shown)).length).toBeGreaterThan(7);
    expect((await ledger())[0]).toMatchObject({ state: "sent", messageId: digest.message_id });

    const { answers: opened } = await world.press(READER_ID, "3");
    expect(opened[0]!.message_id).toBe(digest.message_id);
    expect(opened[0]!.text).toContain(headlinesOf(digest.text!)[2]!.slice(0, 6));
    const { answers: back } = await world.press(READER_ID, "‹ 回到简报");
    expect(back[0]!.text).toBe(digest.text);
    expect(back[0]!.entities).toEqual(digest.entities);

    const told = headlinesOf(digest.text!);
    for (let n = 0; n < 8 && !/还没有新的/.test(world.last(READER_ID).text!); n += 1) {
      await world.say(READER_ID, "/digest");
      // The gate lets one message a second into a chat.
      world.playground.moveClock({ byMs: 2_000 });
      await world.work();
      const next = headlinesOf(world.last(READER_ID).text!);
      expect(next.filter((each) => told.includes(each))).toEqual([]);
      told.push(...next);
    }
    const nothing = world.last(READER_ID);
    expect(nothing.text).toMatch(/14:\d\d 之后还没有新的/);
    expect(labels(nothing)).toEqual(["再看今天的", "🔥 热门"]);
    const { answers: again } = await world.press(READER_ID, "再看今天的");
    expect(again[0]!.text).toContain("今天发过你的");
  });

  test("undone with one tap", async () => {
    await world.say(READER_ID, "/start");
    await world.press(READER_ID, "是，每天");
    expect(text((await world.press(READER_ID, "撤销")).answers)).toContain("撤销了");
    expect(await rows()).toEqual([]);
  });

  test("another hour, another zone: still one tap each", async () => {
    await world.say(READER_ID, "/start");
    await world.press(READER_ID, "换个钟点");
    expect(text((await world.press(READER_ID, "21:00")).answers)).toContain("今天 21:00（上海）开始");
    await world.press(READER_ID, "撤销");
    const [start] = await world.say(READER_ID, "/start");
    expect(start!.text).toContain("14:32");
    await world.press(READER_ID, "不是，改时区");
    expect(text((await world.press(READER_ID, "06:32 伦敦")).answers)).toContain("今天 08:00（伦敦）开始");
  });

  test("a two-character word is found, the second result opened, and the way back leads to the same page", async () => {
    const [found] = await world.say(READER_ID, "海堤");
    expect(found!.text).toMatch(/^🔍 海堤 · \d+篇/);
    const title = /^2　(.+)$/m.exec(found!.text!)![1]!;
    const bold = found!
      .entities!.filter((each) => each.type === "bold")
      .map((each) => found!.text!.slice(each.offset, each.offset + each.length));
    // In the heading, and wherever a snippet has it.
    expect(bold.filter((each) => each === "海堤").length).toBeGreaterThan(2);

    const { answers: opened } = await world.press(READER_ID, "2");
    expect(opened[0]!.message_id).toBe(found!.message_id);
    expect(opened[0]!.text!.split("\n")[0]!.slice(0, 6)).toBe(title.slice(0, 6));
    expect(opened[0]!.text).toMatch(/谁在报道|来自：/);
    expect(labels(opened[0]!)).toContain("‹ 回到搜索");

    // On from there to a related story, and still back to the search.
    await world.press(READER_ID, "1");
    const { answers: back } = await world.press(READER_ID, "‹ 回到搜索");
    expect(back[0]!.text).toBe(found!.text);
    expect(back[0]!.entities).toEqual(found!.entities);
    expect(labels(back[0]!)).toEqual(labels(found!));
  });

  test("pages turn in place; newest and seven days", async () => {
    const [found] = await world.say(READER_ID, "/search临澜");
    expect(labels(found!)).toContain("›");
    const { answers } = await world.press(READER_ID, "›");
    expect(answers.map((each) => each.message_id)).toEqual([found!.message_id]);
    expect(labels(answers[0]!).join()).toMatch(/‹,2\/\d/);
    expect(labels((await world.press(READER_ID, "最新")).answers[0]!)).toContain("✓ 最新");
    expect(labels((await world.press(READER_ID, "7天内")).answers[0]!)).toContain("✓ 7天内");
  });

  test("an old page works after its query was pruned: the words are read from the message", async () => {
    const [found] = await world.say(READER_ID, "临澜");
    await world.app.db.delete(searches);
    const { answers } = await world.press(READER_ID, "›");
    expect(answers[0]!.message_id).toBe(found!.message_id);
    expect(answers[0]!.text!.split("\n")[0]).toBe(found!.text!.split("\n")[0]);
  });

  test("the way back works after the page was pruned", async () => {
    const [found] = await world.say(READER_ID, "海堤");
    await world.press(READER_ID, "2");
    await world.app.db.delete(pages);
    const { answers } = await world.press(READER_ID, "‹ 回到搜索");
    expect(answers[0]!.text!.split("\n")[0]).toBe(found!.text!.split("\n")[0]);
  });

  test("a word that only the other language has is found there", async () => {
    expect(text(await world.say(READER_ID, "Greenreed"))).toMatch(/^🔍 Greenreed · \d+篇/);
    expect(text(await world.say(LONDON_ID, "海堤"))).toMatch(/^🔍 海堤 · \d+ articles/);
  });

  test("news in the other language only: says so, and offers it", async () => {
    await world.app.db.update(articles).set({ language: "en" });
    await world.app.db.delete(storyDays).where(ne(storyDays.languages, 2));
    const [top] = await world.say(READER_ID, "/top");
    expect(top!.text).toBe("现在没有中文新闻，只有英文的。");
    expect(text(await world.say(READER_ID, "/digest"))).toBe("现在没有中文新闻，只有英文的。");
    expect(await ledger()).toEqual([]);
    await world.press(READER_ID, "两种都看");
    expect(text(await world.say(READER_ID, "/top"))).toContain("现在最要紧的");
  });

  test("nothing found says what was searched, never a lone zero", async () => {
    const [none] = await world.say(READER_ID, "量子养蜂");
    expect(none!.text).toContain("没有找到 量子养蜂");
    expect(none!.text).toContain("可以少写几个字");
    const [one] = await world.say(READER_ID, "iPhone");
    expect(one!.text).toBe("🔍 没有找到 iPhone");
  });

  test("subscribe in words; bare with buttons; another hour typed", async () => {
    expect(text(await world.say(READER_ID, "/subscribe 8点半 工作日"))).toContain("工作日 08:30（上海）发早报");
    expect(labels((await world.say(READER_ID, "/subscribe"))[0]!)).toContain("工作日 08:00");
    await world.press(READER_ID, "21:00");
    await world.say(READER_ID, "/subscribe");
    await world.press(READER_ID, "别的钟点");
    expect(text(await world.say(READER_ID, "六点三刻"))).toContain("06:45");
    expect((await rows()).map(({ minute, rule }) => [minute, rule])).toEqual([
      [510, "workdays"],
      [1260, "daily"],
      [405, "daily"],
    ]);
    const wrong = text(await world.say(READER_ID, "/subscribe 八点钟左右吧"));
    expect(wrong).toBe("没看懂“八点钟左右吧”。像这样：08:00，或 8点半");
    expect(labels(world.last(READER_ID))).toEqual(["08:00", "08:30", "09:00"]);
    const topic = text(await world.say(READER_ID, "/subscribe 台风 8点"));
    expect(topic).toContain("想一有“台风”的新闻就知道，不用钟点：/alert 台风");
    expect(labels(world.last(READER_ID))).toEqual(["08:00", "08:30", "09:00", "🔔 提醒 台风"]);
    expect(text((await world.press(READER_ID, "🔔 提醒 台风")).answers)).toContain("好，出现“台风”就告诉你");
    await world.say(READER_ID, "/subscribe 科技 晚上25点");
    expect(labels(world.last(READER_ID))).toEqual(["07:00", "08:00", "12:00", "18:00", "21:00"]);
    expect(text((await world.press(READER_ID, "18:00")).answers)).toContain("科技");
    await world.app.db.delete(subscriptions).where(gt(subscriptions.id, 3));
    expect(text(await world.say(READER_ID, "/subscribe 21:00"))).toContain("已经有一份");
    expect(await rows()).toHaveLength(3);
  });

  test("the hour alone is asked for, and a bare number answers; other words are a search", async () => {
    await world.say(READER_ID, "/subscribe");
    expect(text(await world.say(READER_ID, "海堤"))).toMatch(/^🔍 海堤/);
    await world.say(READER_ID, "/subscribe");
    expect(text(await world.say(READER_ID, "8"))).toContain("每天 08:00（上海）发早报");
    const [asked] = await world.say(READER_ID, "/subscribe 工作日");
    expect(asked!.text).toBe("工作日\n几点发给你？点一个，或发钟点，比如 7点半。");
    await world.press(READER_ID, "07:00");
    await world.say(READER_ID, "/subscribe 科技 周末");
    await world.say(READER_ID, "21");
    expect((await rows()).map(({ minute, rule, query }) => [minute, rule, query])).toEqual([
      [480, "daily", ""],
      [420, "workdays", ""],
      [1260, "weekly:6,7", "subject:tech"],
    ]);
    expect(text(await world.say(READER_ID, "9"))).toMatch(/^🔍/);
  });

  test("a digest about one subject carries its name", async () => {
    expect(text(await world.say(READER_ID, "/subscribe 20:00 科技 工作日"))).toContain(
      "工作日 20:00（上海）发科技晚报",
    );
    expect((await rows())[0]).toMatchObject({ minute: 1200, rule: "workdays", query: "subject:tech" });
    await world.press(READER_ID, "发一份看看");
    await world.work();
    expect(world.last(READER_ID).text!.split("\n")[0]).toMatch(/^⛅️ 科技下午报/);
    await world.say(READER_ID, "/subscribe 20:00 工作日");
    expect(await rows()).toHaveLength(2);
    await world.say(LONDON_ID, "/subscribe weekdays 7pm Technology");
    expect(world.last(LONDON_ID).text).toContain("Technology evening digest");
  });

  test("what matters now in one subject; an unknown one offers those there are", async () => {
    const [top] = await world.say(READER_ID, "/top 科技");
    expect(top!.text!.split("\n")[0]).toMatch(/^🔥 科技：现在最要紧的 11月22日/);
    const all = headlinesOf(text(await world.say(READER_ID, "/top")));
    expect(headlinesOf(top!.text!)).not.toEqual(all);
    const refreshed = (await world.press(READER_ID, "↻ 刷新")).answers;
    expect(refreshed).toEqual([]);
    await world.say(READER_ID, "/top 科技");
    expect((await world.press(READER_ID, "↻ 刷新")).answers).toEqual([]);
    const [which] = await world.say(READER_ID, "/top 养蜂");
    expect(which!.text).toContain("没有“养蜂”这个主题或来源");
    expect(labels(which!)).toContain("体育");
    expect(text((await world.press(READER_ID, "体育")).answers)).toContain("体育：现在最要紧的");
    await world.say(READER_ID, "/subscribe");
    await world.press(READER_ID, "别的钟点");
    expect(text(await world.say(READER_ID, "20:00 财经"))).toContain("发财经晚报");
  });

  test("what matters of one source and of a day, each shown again as what it is", async () => {
    const [post] = await world.say(READER_ID, "/top harbour post");
    expect(post!.text!.split("\n")[0]).toMatch(/^🔥 Harbour Post：现在最要紧的 11月22日/);
    expect(headlinesOf(post!.text!).length).toBeGreaterThan(0);
    // In the source's own language.
    expect(headlinesOf(post!.text!).join()).not.toMatch(/\p{Script=Han}/u);
    expect((await world.press(READER_ID, "↻ 刷新")).answers).toEqual([]);
    expect(world.last(READER_ID).text).toBe(post!.text);
    const [then] = await world.say(READER_ID, "/top 昨天");
    expect(then!.text!.split("\n")[0]).toMatch(/^🔥 那天最要紧的 11月21日/);
    expect(labels(then!)).not.toContain("↻ 刷新");
    expect(headlinesOf(then!.text!)).not.toEqual(headlinesOf(text(await world.say(READER_ID, "/top"))));
    expect(text(await world.say(READER_ID, "/top 科技 11月21日"))).toMatch(/^🔥 科技：那天最要紧的 11月21日/);
    expect(text(await world.say(READER_ID, "/top 2025-03-01"))).toMatch(
      /^2025年3月1日.*没有新闻。发 \/top 看现在最要紧的。/,
    );
    expect(text(await world.say(READER_ID, "/top 今天"))).toMatch(/^🔥 现在最要紧的/);
    expect(text(await world.say(READER_ID, "/top constructor"))).toContain("没有“constructor”这个主题或来源");
    expect(text(await world.say(LONDON_ID, "/top yesterday"))).toMatch(/^🔥 What mattered /);
  });

  test("subjects, sources and language of a digest change what it tells", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    await world.say(READER_ID, "/subscriptions");
    await world.press(READER_ID, "1");
    await world.press(READER_ID, "主题");
    expect(labels((await world.press(READER_ID, "科技")).answers[0]!)).toContain("✓ 科技");
    await world.press(READER_ID, "体育");
    const { answers } = await world.press(READER_ID, "‹ 返回");
    expect(answers[0]!.text).toContain("科技、体育早报");
    expect((await rows())[0]!.query).toBe("subject:tech subject:sport");
    await world.press(READER_ID, "主题");
    await world.press(READER_ID, "✓ 科技");
    await world.press(READER_ID, "✓ 体育");
    expect((await rows())[0]!.query).toBe("-subject:tech -subject:sport");
    await world.press(READER_ID, "✗ 科技");
    await world.press(READER_ID, "✗ 体育");
    await world.press(READER_ID, "‹ 返回");
    await world.press(READER_ID, "来源");
    const name = labels(world.last(READER_ID))[0]!;
    await world.press(READER_ID, name);
    expect((await rows())[0]!.query).toBe(`source:"${name}"`);
    await world.press(READER_ID, `✓ ${name}`);
    expect((await rows())[0]!.query).toBe(`-source:"${name}"`);
    await world.press(READER_ID, `✗ ${name}`);
    await world.press(READER_ID, "‹ 返回");
    await world.press(READER_ID, "语言");
    await world.press(READER_ID, "英文新闻");
    expect(world.last(READER_ID).text).toContain("哪种语言");
    await world.press(READER_ID, "‹ 返回");
    expect(world.last(READER_ID).text).toContain("英文新闻");
    expect((await rows())[0]!.query).toBe("language:en");
    await world.say(READER_ID, "/preview");
    expect(headlinesOf(world.last(READER_ID).text!).join("")).not.toMatch(/\p{Script=Han}/u);
    expect(headlinesOf(world.last(READER_ID).text!).length).toBeGreaterThan(0);
  });

  test("/digest takes the general one, or the one that its words name", async () => {
    await world.say(READER_ID, "/subscribe 07:15 科技");
    await world.say(READER_ID, "/subscribe 08:00");
    const [tech, general] = await rows();
    const refs = async () => (await ledger()).map(({ ref }) => ref);
    await world.say(READER_ID, "/digest 科技");
    await world.work();
    expect(world.last(READER_ID).text!.split("\n")[0]).toContain("⛅️ 科技下午报");
    await world.say(READER_ID, "/digest 科技早报");
    await world.say(READER_ID, "/digest");
    await world.say(READER_ID, "简报");
    expect(await refs()).toEqual([tech!.id, tech!.id, general!.id, general!.id]);
    expect(text(await world.say(READER_ID, "/preview 科技"))).toContain("☀️ 科技早报 11月23日");
    expect(text(await world.say(READER_ID, "/preview"))).toContain("☀️ 科技早报 11月23日");
    expect(text(await world.say(READER_ID, "/digest 体育"))).toContain("⛅️ 体育下午报");
    const [which] = await world.say(READER_ID, "/digest 养蜂");
    expect(which!.text).toBe("没有叫“养蜂”的简报。");
    expect(labels(which!)).toEqual(["科技早报", "早报"]);
    expect(await ledger()).toHaveLength(4);
  });

  test("a digest is edited in place: hour, days, count, traits, pause, remove", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    const [list] = await world.say(READER_ID, "/subscriptions");
    expect(list!.text).toContain("1　早报　每天 08:00 · 8条");
    const taps = [
      "1",
      "哪几天",
      "周末",
      "‹ 返回",
      "几条",
      "15条",
      "只要标题",
      "不响铃",
      "没有新事也说",
      "钟点",
      "07:30",
    ];
    for (const label of taps) await world.press(READER_ID, label);
    const wanted = { minute: 450, rule: "weekly:6,7", count: 15, summaries: false, silent: true, evenEmpty: true };
    expect((await rows())[0]).toMatchObject(wanted);
    expect((await rows())[0]!.dueAt).toEqual(new Date("2026-11-27T23:30:00Z"));
    await world.press(READER_ID, "停这一份");
    expect((await rows())[0]!.dueAt).toBeNull();
    await world.press(READER_ID, "恢复");
    expect((await rows())[0]!.dueAt).toEqual(new Date("2026-11-27T23:30:00Z"));
    await world.press(READER_ID, "去掉");
    await world.press(READER_ID, "去掉");
    expect(await rows()).toEqual([]);
  });

  test("退订 and back with all settings; nothing comes meanwhile", async () => {
    await world.say(READER_ID, "/subscribe 08:00 工作日");
    await world.say(READER_ID, "/timezone 伦敦");
    const [stopped] = await world.say(READER_ID, "退订");
    expect(stopped!.text).toContain("退订了。设置留30天");
    expect(labels(stopped!)).toEqual(["删除", "撤销", "改为搜索“退订”"]);
    expect((await rows())[0]!.dueAt).toBeNull();
    expect((await people())[0]!.state).toBe("stopped");
    // What is asked for is shown, and nothing starts again by it.
    const [shownNow] = await world.say(READER_ID, "/digest");
    expect(shownNow!.text).toMatch(/^.{1,3} (?:早|午|下午|晚)报/u);
    expect(await ledger()).toEqual([]);
    const [back] = await world.say(READER_ID, "/start");
    expect(back!.text).toContain("欢迎回来，设置都还在。");
    expect(back!.text).toContain("工作日 08:00");
    expect((await rows())[0]!.dueAt).toEqual(new Date("2026-11-23T08:00:00Z"));
  });

  test("/forget says what is known, asks once, and leaves nothing", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    await world.say(READER_ID, "海堤");
    await world.press(READER_ID, "1");
    const [asked] = await world.say(READER_ID, "/forget");
    expect(asked!.text).toMatch(/语言：中文[\s\S]*时区：上海[\s\S]*定时简报：1份[\s\S]*搜索：1次[\s\S]*页面：1个/);
    expect(text((await world.press(READER_ID, "全部删掉")).answers)).toContain("删掉了");
    const { db } = world.app;
    const left = [await people(), await rows(), await db.select().from(searches), await db.select().from(pages)];
    expect(left.flat()).toEqual([]);
    expect(text(await world.say(READER_ID, "/forget"))).toContain("没有存你的任何东西");
  });

  test("an old button that deletes everything asks again", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    await world.say(READER_ID, "/forget");
    const { now } = world.app;
    world.app.now = () => new Date(now().getTime() + 11 * 60_000);
    expect(text((await world.press(READER_ID, "全部删掉")).answers)).toContain("要删掉的是");
    expect(await people()).toHaveLength(1);
    expect(text((await world.press(READER_ID, "全部删掉")).answers)).toContain("删掉了");
    expect(await people()).toEqual([]);
  });

  test("the first digest that has nothing new says so, the next ones do not come", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    await world.app.db.delete(storyDays);
    const compose = createComposer(world.app);
    const composed = async (slot: string) => {
      const [[subscription], [subscriber]] = [await rows(), await people()];
      const due = { kind: "digest", slot: Date.parse(slot) / 1_000, subscriber, subscription } as Deliverable;
      return (await compose(due, new Map())) as Outgoing[];
    };
    await world.app.db.update(subscribers).set({ digestsSeen: 1 });
    const [first] = await composed("2027-01-24T00:00:00Z");
    expect(first!.html).toContain("之后没有够分量的新事");
    expect(first!.buttons.flat().map((button) => button.text)).toEqual(["还是看看热门", "没有也说一声"]);
    expect(await composed("2027-01-24T00:00:00Z")).toHaveLength(1);
    expect(await composed("2027-01-25T00:00:00Z")).toEqual([]);
    await world.app.db.update(subscriptions).set({ evenEmpty: true });
    expect(await composed("2027-01-25T00:00:00Z")).toHaveLength(1);
  });

  test("pause for a week, until said, and on again", async () => {
    expect(text(await world.say(READER_ID, "/pause"))).toContain("没有要停的");
    await world.say(READER_ID, "/subscribe 08:00");
    await world.say(READER_ID, "暂停");
    expect(text((await world.press(READER_ID, "1周")).answers)).toContain("停到 11月29日 14:32");
    expect((await rows())[0]!.dueAt).toEqual(new Date("2026-11-30T00:00:00Z"));
    await world.say(READER_ID, "/pause");
    await world.press(READER_ID, "先不定");
    expect((await rows())[0]!.dueAt).toBeNull();
    expect(text(await world.say(READER_ID, "继续"))).toContain("继续了，下一份：明天 08:00");
    expect((await rows())[0]!.dueAt).toEqual(new Date("2026-11-23T00:00:00Z"));
  });

  test("plain words are understood before a text is a search, and the search is one tap away", async () => {
    expect(text(await world.say(READER_ID, "你好"))).toContain("告诉你当天大事");
    expect(text(await world.say(READER_ID, "谢谢"))).toBe("不客气");
    const [top] = await world.say(READER_ID, "热门");
    expect(top!.text).toContain("现在最要紧的");
    expect(labels(top!)).toContain("改为搜索“热门”");
    expect(text((await world.press(READER_ID, "改为搜索“热门”")).answers)).toMatch(/^🔍/);
    expect(text(await world.say(READER_ID, "？"))).toContain("怎么用");
  });

  test("the language of the interface, and of the news", async () => {
    await world.say(READER_ID, "/language");
    expect(text((await world.press(READER_ID, "English")).answers)).toContain("Which language should I speak");
    expect((await people())[0]).toMatchObject({ language: "en", newsLanguages: "en" });
    await world.press(READER_ID, "Both");
    expect((await people())[0]).toMatchObject({ language: "en", newsLanguages: "both" });
    expect(text(await world.say(READER_ID, "/help"))).toContain("Type a word to search");
  });
});

describe("a reader in London", () => {
  test("START asks for the time on the wall; one tap sets zone and digest", async () => {
    const [start] = await world.say(LONDON_ID, "/start");
    expect(labels(start!).slice(0, 2)).toEqual(["06:32 London", "07:32 Berlin"]);
    const examples = /just type it, for example: (.+)\./.exec(start!.text!)![1]!.split(", ");
    expect(examples.length).toBeGreaterThan(1);
    for (const word of examples) expect(text(await world.say(LONDON_ID, word)), word).toMatch(/^🔍 .* · [1-9]/);
    const { answers } = await world.press(LONDON_ID, "06:32 London");
    expect(text(answers)).toContain("Done: from today 08:00 (London), daily.");
    expect((await rows())[0]!.dueAt).toEqual(new Date("2026-11-22T08:00:00Z"));
    const [top] = await world.say(LONDON_ID, "/top");
    expect(top!.text).not.toMatch(/\p{Script=Han}/u);
  });

  test("the zone by city in either language, by clock, offset and location, each with the time to check", async () => {
    await world.say(LONDON_ID, "/subscribe 08:00");
    for (const [said, time] of [
      ["/timezone 伦敦", "06:32"],
      ["/timezone 倫敦", "06:32"],
      ["/timezone New York", "01:32"],
      ["/timezone UTC+5:30", "12:02"],
      ["/timezone America/Los_Angeles", "22:32"],
    ] as const) {
      expect(text(await world.say(LONDON_ID, said))).toContain(`it is ${time} where you are`);
    }
    await world.say(LONDON_ID, "/timezone");
    const [which] = await world.say(LONDON_ID, "Springfield");
    expect(labels(which!)).toHaveLength(3);
    await world.press(LONDON_ID, "00:32 Springfield, Missouri");
    expect((await people())[0]!.timezone).toBe("America/Chicago");
    world.playground.acts.sendLocation(LONDON_ID, LONDON_ID, { latitude: 51.5, longitude: -0.12 });
    await world.settle();
    expect(world.last(LONDON_ID).text).toContain("it is 06:32 where you are (London)");
    expect((await rows())[0]!.dueAt).toEqual(new Date("2026-11-22T08:00:00Z"));
  });
});

describe("a word to those who run it", () => {
  test("is kept when they never started the bot, and arrives at once when they did", async () => {
    expect(text(await world.say(READER_ID, "/feedback 早报很好"))).toContain("记下了");
    await world.say(ADMIN_ID, "/start");
    expect(text(await world.say(READER_ID, "/feedback 早报很好"))).toBe("转给管理员了。");
    expect(world.last(ADMIN_ID).text).toContain("早报很好");
  });
});

describe("a command that does not exist", () => {
  test("the one that was meant is named", async () => {
    const [search] = await world.say(READER_ID, "/serch 海堤");
    expect(search!.text).toBe("没有这个命令。你要的是不是 /search 海堤");
    expect(text(await world.say(READER_ID, "/topp"))).toBe("没有这个命令。你要的是不是 /top");
    expect(text(await world.say(READER_ID, "/subscribe8"))).toBe("没有这个命令。你要的是不是 /subscribe 8");
    expect(labels(search!)).toEqual(["改为搜索“海堤”"]);
    expect(text(await world.say(READER_ID, "/searchtunnel"))).toContain("/search tunnel");
    expect(text(await world.say(READER_ID, "/subscribee"))).toContain("/subscribe");
    expect(text(await world.say(READER_ID, "/xyzzy"))).toContain("没有这个命令。发个词就能查新闻");
    expect(text(await world.say(READER_ID, "/status"))).not.toContain("status");
  });

  test("/status does not count itself among what waits", async () => {
    const waiting = { body: "{}", receivedAt: world.app.now(), dueAt: world.app.now() };
    world.playground.acts.say(ADMIN_ID, ADMIN_ID, "/status");
    const [asked] = await world.bot.api.getUpdates({ timeout: 0, allowed_updates: [] });
    await world.app.db.insert(updates).values([
      { id: asked!.update_id, ...waiting },
      { id: 7, ...waiting },
    ]);
    await world.settle();
    expect(world.last(ADMIN_ID).text).toContain("等着处理的消息 1 ");
  });
});

describe("a time zone that is not understood", () => {
  test("what is no place is a search one tap away, and the question is not asked again", async () => {
    await world.say(READER_ID, "/timezone");
    const [unknown] = await world.say(READER_ID, "海堤");
    expect(unknown!.text).toContain("没找到叫“海堤”的地方");
    expect(labels(unknown!)).toEqual(["改为搜索“海堤”"]);
    expect(text((await world.press(READER_ID, "改为搜索“海堤”")).answers)).toMatch(/^🔍 海堤/);
    expect(text(await world.say(READER_ID, "海堤"))).toMatch(/^🔍 海堤/);
  });

  test("a misspelt city is asked back; a clock of nowhere is called one", async () => {
    for (const [said, zone] of [
      ["San Fransisco", "America/Los_Angeles"],
      ["Los Angles", "America/Los_Angeles"],
    ] as const) {
      const [which] = await world.say(LONDON_ID, `/timezone ${said}`);
      expect(which!.text).toBe(`Which “${said}”?`);
      await world.press(LONDON_ID, labels(which!)[0]!);
      expect((await people())[0]!.timezone).toBe(zone);
    }
    for (const said of ["25:00", "05:10"]) {
      const [answer] = await world.say(LONDON_ID, `/timezone ${said}`);
      expect(answer!.text).toContain(`It is “${said}” nowhere now`);
    }
  });
});

describe("a group with topics", () => {
  const topic = () =>
    world.playground.messages(GROUP_ID).find((each) => each.forum_topic_created !== undefined)!.message_id;

  test("added: one line and a button; members are refused kindly, its admins may", async () => {
    world.playground.acts.setBotStatus(GROUP_ID, "administrator", ADMIN_ID);
    await world.settle();
    const said = world.playground.botMessages(GROUP_ID);
    expect(said.map((each) => each.text)).toEqual(["我能每天在这里发一份简报。管理员点："]);
    const refused = await world.press(READER_ID, "设置", GROUP_ID);
    expect(refused.toast).toBe("只有本群管理员能改");
    expect(refused.answers).toEqual([]);
    expect(text((await world.press(ADMIN_ID, "设置", GROUP_ID)).answers)).toContain("几点发到这里？");
  });

  test("an anonymous owner sets up a topic; it is silent, its own subscriber, and has links only", async () => {
    world.playground.acts.setBotStatus(GROUP_ID, "administrator", ADMIN_ID);
    await world.settle();
    const thread = topic();
    const said = { thread, anonymous: true };
    const answers = await world.say(ADMIN_ID, "/subscribe@tidings_bot 20:00", GROUP_ID, said);
    expect(text(answers)).toMatch(/^好，科技 话题每天 20:00（上海）会收到 晚报。/);
    expect(answers[0]!.message_thread_id).toBe(thread);
    expect(await people()).toMatchObject([{ chatId: GROUP_ID, threadId: thread, kind: "supergroup" }]);
    expect((await rows())[0]).toMatchObject({ minute: 1200, silent: true });

    await world.press(ADMIN_ID, "发一份看看", GROUP_ID);
    await world.work();
    const sample = world.last(GROUP_ID);
    expect(sample.message_thread_id).toBe(thread);
    expect(labels(sample)).toEqual(["私聊订阅 ↗"]);

    const refused = await world.say(READER_ID, "/stop@tidings_bot", GROUP_ID, { thread });
    expect(text(refused)).toBe("只有本群管理员能改");
    expect((await people())[0]!.state).toBe("active");
  });

  test("a member searches by reply; only they turn the pages", async () => {
    world.playground.acts.setBotStatus(GROUP_ID, "member", ADMIN_ID);
    await world.settle();
    const [asked] = await world.say(READER_ID, "/search@tidings_bot", GROUP_ID);
    expect(asked!.text).toContain("回复这条");
    const [found] = await world.say(READER_ID, "临澜", GROUP_ID, { replyTo: asked!.message_id });
    expect(found!.text).toMatch(/^🔍 临澜/);
    const foreign = await world.press(LONDON_ID, "›", GROUP_ID);
    expect(foreign.toast).toContain("这是别人的搜索");
    expect(foreign.answers).toEqual([]);
    expect((await world.press(READER_ID, "›", GROUP_ID)).answers).toHaveLength(1);
    // Silence towards everything else that is said there.
    expect(await world.say(READER_ID, "大家早", GROUP_ID)).toEqual([]);
  });

  test("it moves to a supergroup with its digests", async () => {
    const old = -555;
    world.playground.addChat({ id: old, type: "group", title: "旧群", members: [{ id: ADMIN_ID, status: "creator" }] });
    world.playground.acts.setBotStatus(old, "member", ADMIN_ID);
    await world.settle();
    await world.say(ADMIN_ID, "/subscribe@tidings_bot 20:00", old);
    world.playground.acts.upgradeGroup(old, -1_009_999);
    await world.settle();
    expect((await people()).map((each) => [each.chatId, each.kind])).toEqual([[-1_009_999, "supergroup"]]);
  });
});

describe("a channel", () => {
  test("is set up from the private chat with the picker, by one who is its admin", async () => {
    world.playground.acts.setBotStatus(CHANNEL_ID, "administrator", ADMIN_ID);
    await world.say(ADMIN_ID, "/settings");
    await world.press(ADMIN_ID, "发到频道");
    world.playground.acts.shareChat(ADMIN_ID, { requestId: 1, chatId: CHANNEL_ID });
    await world.settle();
    const said = text(world.playground.botMessages(ADMIN_ID));
    expect(said).toContain("好，频道 澜江早知道 每天 08:00（上海）会收到一份简报，不响铃。");
    const wanted = { chatId: CHANNEL_ID, kind: "channel", setUpBy: ADMIN_ID, title: "澜江早知道" };
    expect(await people()).toMatchObject([wanted]);
    await world.press(ADMIN_ID, "几条");
    await world.press(ADMIN_ID, "12条");
    expect((await rows())[0]).toMatchObject({ count: 12, silent: true });
  });

  test("not by one who is no admin there, whatever they claim to have picked", async () => {
    world.playground.acts.setBotStatus(CHANNEL_ID, "administrator", ADMIN_ID);
    await world.say(READER_ID, "/channel");
    world.playground.acts.shareChat(READER_ID, { requestId: 1, chatId: CHANNEL_ID });
    await world.settle();
    expect(world.last(READER_ID).text).toBe("你不是那个频道的管理员，我不能替你设置。");
    expect(await rows()).toEqual([]);
  });
});

describe("block and unblock", () => {
  test("rests at once, and comes back with everything", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    world.playground.acts.block(READER_ID);
    await world.settle();
    expect((await people())[0]!.state).toBe("resting");
    world.playground.acts.unblock(READER_ID);
    await world.settle();
    expect((await people())[0]!.state).toBe("active");
    expect((await rows())[0]!.dueAt).toEqual(new Date("2026-11-23T00:00:00Z"));
  });

  test("one who unsubscribed and then blocked stays unsubscribed", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    await world.say(READER_ID, "/stop");
    world.playground.acts.block(READER_ID);
    world.playground.acts.unblock(READER_ID);
    await world.settle();
    const [reader] = await world.app.db.select().from(subscribers).where(eq(subscribers.chatId, READER_ID));
    expect(reader!.state).toBe("stopped");
  });
});
