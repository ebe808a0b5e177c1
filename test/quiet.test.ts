import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIngest } from "../src/jobs/ingest.ts";
import { emptyDraft } from "../src/news/article.ts";
import { isWithin, readQuiet } from "../src/news/quiet.ts";
import { ADMIN_ID, GROUP_ID, READER_ID, seedPeople } from "../src/playground/people.ts";
import { deliveries, subscribers } from "../src/store/schema.ts";
import { type BotWorld, labels, openBotWorld } from "./support/bot-world.ts";

describe("quiet hours as people say them", () => {
  it.each([
    ["23:00-07:00", 1380, 420],
    ["22点半到6点半", 1350, 390],
    ["晚上11点到早上7点", 1380, 420],
    ["从 23:00 至 7:15", 1380, 435],
    ["10 pm to 6:30", 1320, 390],
    ["from 11pm until 7am", 1380, 420],
    ["23～7", 1380, 420],
    ["13:00–14:00", 780, 840],
  ])("%s", (said, from, to) => expect(readQuiet(said)).toEqual({ from, to }));

  it.each(["", "23:00", "夜里", "25:00-07:00", "23:00-07:00-09:00", "工作日 23:00-07:00", "2026-11-22"])(
    "not %s",
    (said) => expect(readQuiet(said)).toBeNull(),
  );

  it("may pass midnight, and begin and end at the same minute: then there are none", () => {
    const night = { from: 1380, to: 420 };
    expect([1379, 1380, 0, 419, 420].map((minute) => isWithin(minute, night))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect([0, 480, 1439].some((minute) => isWithin(minute, { from: 480, to: 480 }))).toBe(false);
  });
});

describe("in the quiet hours", () => {
  let world: BotWorld;
  let count = 0;
  beforeEach(async () => {
    world = await openBotWorld();
    seedPeople(world.playground);
    world.app.enqueue({ kind: "alerts" });
    await world.work();
  });
  afterEach(async () => {
    expect(world.logged).toEqual([]);
    await world.close();
  });

  const alerts = (chatId = READER_ID) =>
    world.playground.botMessages(chatId).filter((each) => each.text?.startsWith("🔔 "));
  const subscriber = async () => (await world.app.db.select().from(subscribers))[0]!;

  /** The clock goes on to that moment, and what is due then is sent. */
  async function at(moment: string): Promise<void> {
    world.playground.moveClock({ byMs: new Date(moment).getTime() - world.app.now().getTime() });
    world.app.enqueue({ kind: "plan-digests" });
    world.app.enqueue({ kind: "deliver" });
    await world.work();
  }

  async function news(title: string): Promise<void> {
    count += 1;
    const publishedAt = new Date(world.app.now().getTime() - 60_000);
    const text = { body: `${title}。`, lead: `${title}。`, language: "zh", publishedAt, externalId: `q${count}` };
    const source = { name: "环线日报", kind: "feed" as const };
    await createIngest(world.app.db, world.app.now)([{ draft: { ...emptyDraft(title), ...text }, source }]);
    world.app.enqueue({ kind: "alerts" });
    world.playground.moveClock({ byMs: 5_000 });
    await world.work();
  }

  it("alerts are kept, and told in one message in the morning", async () => {
    await world.say(READER_ID, "/quiet 23:00-07:00");
    expect(world.last(READER_ID).text).toMatch(/^免打扰\n\n每天 23:00–07:00：\n· 提醒攒着，07:00 一起告诉你/);
    const [made] = await world.say(READER_ID, "/alert 火山");
    expect(made!.text).toContain("免打扰（23:00–07:00）时来的，过后一起告诉你。");
    await at("2026-11-22T15:10:00Z");
    for (const title of ["南屿火山今晨喷发", "北岭景区火山冒烟关闭", "东湾火山口裂缝加宽", "西岸火山温泉停业检修"]) {
      await news(title);
      world.playground.moveClock({ byMs: 40 * 60_000 });
    }
    expect(alerts()).toEqual([]);
    await at("2026-11-22T22:59:00Z");
    expect(alerts()).toEqual([]);
    await at("2026-11-22T23:00:05Z");
    expect(alerts()).toHaveLength(1);
    const morning = alerts()[0]!;
    expect(morning.text).toMatch(/^🔔 火山\n免打扰时有4件事：\n\n1 西岸火山温泉停业检修\n2 东湾/);
    expect(labels(morning)).toEqual(["1", "2", "3", "4", "🔕 不再提醒"]);
    expect(morning.silent ?? false).toBe(false);
    // They were told: no digest repeats them, and the day goes on as usual.
    await world.say(READER_ID, "/digest");
    world.playground.moveClock({ byMs: 2_000 });
    await world.work();
    expect(world.last(READER_ID).text).not.toContain("南屿火山");
    await at("2026-11-23T02:00:00Z");
    await news("火山邮票今天发行");
    expect(alerts().at(-1)!.text).toContain("火山邮票今天发行");
    // The next night keeps only its own.
    await at("2026-11-23T16:00:00Z");
    await news("中山火山博物馆开馆");
    await at("2026-11-23T23:00:05Z");
    expect(alerts().at(-1)!.text).toMatch(/^🔔 火山\n中山火山博物馆开馆\n/);
  });

  it("a full hour that ends in the night ends in the morning; a row that is due then waits", async () => {
    await world.say(READER_ID, "/quiet 23:00-07:00");
    await world.say(READER_ID, "/alert 火山");
    await at("2026-11-22T14:20:00Z");
    for (const title of ["南屿火山今晨喷发", "北岭景区火山冒烟关闭", "东湾火山口裂缝加宽", "西岸火山温泉停业检修"]) {
      await news(title);
      world.playground.moveClock({ byMs: 3 * 60_000 });
    }
    expect(alerts()).toHaveLength(3);
    const waiting = (await world.app.db.select().from(deliveries)).filter(({ state }) => state === "queued");
    expect(waiting.map(({ dueAt }) => dueAt!.toISOString())).toEqual(["2026-11-22T23:00:00.000Z"]);
    await at("2026-11-22T23:00:05Z");
    expect(alerts().at(-1)!.text).toContain("西岸火山温泉停业检修");
  });

  it("a digest comes at its minute and does not ring; outside it rings", async () => {
    await world.say(READER_ID, "/subscribe 06:30");
    await world.say(READER_ID, "/subscribe 08:00");
    await world.say(READER_ID, "免打扰");
    expect(world.last(READER_ID).text).toContain("还没有选");
    const { answers } = await world.press(READER_ID, "23:00–07:00");
    expect(labels(answers[0]!)).toContain("✓ 23:00–07:00");
    await world.say(READER_ID, "/subscriptions");
    expect((await world.press(READER_ID, "1")).answers[0]!.text).toContain("不响铃（在免打扰时段里）");
    await at("2026-11-22T22:30:05Z");
    expect(world.last(READER_ID).text).toMatch(/^☀️ 早报 11月23日/);
    expect(world.last(READER_ID).silent).toBe(true);
    await news("长湖大桥今天通车");
    await at("2026-11-23T00:00:05Z");
    expect(world.last(READER_ID).text).toContain("长湖大桥");
    expect(world.last(READER_ID).silent ?? false).toBe(false);
  });

  it("who chose none is told at night as well, silently; who wants none is rung", async () => {
    await world.say(READER_ID, "/alert 火山");
    await at("2026-11-22T18:00:00Z");
    await news("南屿火山今晨喷发");
    expect(alerts().at(-1)).toMatchObject({ silent: true });
    await world.say(READER_ID, "/quiet 关");
    expect(world.last(READER_ID).text).toContain("没有免打扰时段");
    await news("北岭景区火山冒烟关闭");
    expect(alerts().at(-1)!.text).toContain("北岭");
    expect(alerts().at(-1)!.silent ?? false).toBe(false);
  });

  it("are asked for in words, understood or not, and in a group by its admins alone", async () => {
    await world.say(READER_ID, "/settings");
    expect(world.last(READER_ID).text).toContain("免打扰　没有");
    await world.press(READER_ID, "免打扰");
    await world.press(READER_ID, "别的时段");
    expect((await world.say(READER_ID, "半夜三更"))[0]!.text).toContain("没看懂“半夜三更”");
    await world.press(READER_ID, "别的时段");
    expect((await world.say(READER_ID, "22:30-06:30"))[0]!.text).toContain("每天 22:30–06:30");
    expect(await subscriber()).toMatchObject({ quietFrom: 1350, quietTo: 390 });
    const { answers } = await world.press(READER_ID, "‹ 返回");
    expect(answers[0]!.text).toContain("免打扰　22:30–06:30");
    world.playground.acts.setBotStatus(GROUP_ID, "administrator", ADMIN_ID);
    await world.settle();
    await world.say(READER_ID, "/quiet@tidings_bot 23:00-07:00", GROUP_ID);
    expect(world.last(GROUP_ID).text).toBe("只有本群管理员能改");
  });
});
