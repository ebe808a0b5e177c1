import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIngest } from "../src/jobs/ingest.ts";
import { createAlertMatcher } from "../src/jobs/match-alerts.ts";
import { emptyDraft } from "../src/news/article.ts";
import { LONDON_ID, READER_ID, seedPeople } from "../src/playground/people.ts";
import { changeSource } from "../src/store/change-source.ts";
import { alertMissed, alertQueue, deliveries, subscriptions } from "../src/store/schema.ts";
import { findSource } from "../src/store/sources.ts";
import { type BotWorld, labels, openBotWorld } from "./support/bot-world.ts";

let world: BotWorld;
let count = 0;

beforeEach(async () => {
  world = await openBotWorld();
  seedPeople(world.playground);
  // The sample news is older than the alerts.
  world.app.enqueue({ kind: "alerts" });
  await world.work();
});
afterEach(async () => {
  expect(world.logged).toEqual([]);
  await world.close();
});

const told = (chat = READER_ID) =>
  world.playground
    .botMessages(chat)
    .map((each) => each.text!)
    .filter((text) => text.startsWith("🔔 "));
const ledger = () => world.app.db.select().from(deliveries);
const forward = (minutes: number) => world.playground.moveClock({ byMs: minutes * 60_000 });

type News = { body?: string; minutesAgo?: number; language?: string; source?: string };

/** News that just came in. */
async function comesIn(title: string, { body = "", minutesAgo = 1, language = "zh", source = "环线日报" }: News = {}) {
  count += 1;
  const publishedAt = new Date(world.app.now().getTime() - minutesAgo * 60_000);
  const draft = { ...emptyDraft(title), body, lead: body, language, publishedAt, externalId: `n${count}` };
  const ingest = createIngest(world.app.db, world.app.now);
  await ingest([{ draft, source: { name: source, kind: "feed" } }]);
}

/** News, and everything that follows from it. */
async function news(title: string, about: News = {}) {
  await comesIn(title, about);
  world.app.enqueue({ kind: "alerts" });
  // The gate lets one message a second into a chat.
  world.playground.moveClock({ byMs: 5_000 });
  await world.work();
}

describe("an alert", () => {
  test("is made in words, says how often that happens, and tells of a new story once", async () => {
    const [made] = await world.say(READER_ID, "/alert 火山 -娱乐");
    expect(made!.text).toBe("好，出现“火山，不含娱乐”就告诉你，每小时最多3条。\n过去7天没有出现过。");
    const rows = await world.app.db.select().from(subscriptions);
    expect(rows).toMatchObject([{ kind: "alert", query: "火山 -娱乐", count: 3, dueAt: null, silent: false }]);
    forward(2);

    await news("南屿火山今晨喷发，三村村民连夜撤离", { body: "火山灰升到两千米。三村村民连夜撤离到高处。" });
    expect(told()).toHaveLength(1);
    const alert = world.last(READER_ID);
    expect(alert.text).toMatch(
      /^🔔 火山，不含娱乐\n南屿火山今晨喷发，三村村民连夜撤离\n\n火山灰升到[\s\S]*\n\n1家媒体 · 14:33$/,
    );
    expect(labels(alert)).toEqual(["看这件事", "🔕 不再提醒"]);
    expect(await ledger()).toMatchObject([{ kind: "alert", state: "sent", priority: 1 }]);

    forward(5);
    await news("南屿火山今晨喷发，三村村民撤离完毕", { body: "火山灰升到两千米。三村村民已撤离。", source: "南港报" });
    await news("娱乐节目去火山拍摄惹争议", { body: "娱乐节目组在火山口拍摄。" });
    await news("湖边开了新集市", { body: "第一天来了八百人。" });
    expect(told()).toHaveLength(1);
    expect(await world.app.db.select().from(alertQueue)).toEqual([]);

    expect((await world.press(READER_ID, "看这件事")).answers[0]!.text).toContain("2家媒体2篇");
  });

  test("never of an archive, of what came before it, of another language, or to one who left", async () => {
    await news("高原火山监测站建成", { body: "监测站建成。" });
    await world.say(READER_ID, "/alert 火山");
    await world.say(LONDON_ID, "/alert 火山");
    forward(2);
    await news("二十年前的火山喷发回顾", { body: "回顾。", minutesAgo: 24 * 60 });
    await news("Volcano 火山 erupts on Southisle island", { body: "Ash rises.", language: "en" });
    expect(told()).toEqual([]);
    // Whoever reads English and asks in Chinese means it.
    expect(told(LONDON_ID)).toHaveLength(1);
    await world.say(READER_ID, "/stop");
    await news("北岭火山突然冒烟，景区关闭", { body: "景区关闭。" });
    expect(told()).toEqual([]);
    await world.say(READER_ID, "/start");
    await news("东湾火山口发现新的裂缝", { body: "专家赶到。" });
    expect(told()).toHaveLength(1);
  });

  test("three in an hour; then one line with the rest behind a button, and on", async () => {
    await world.say(READER_ID, "/alert 火山");
    forward(2);
    const titles = [
      "南屿火山今晨喷发",
      "北岭景区火山冒烟关闭",
      "东湾火山口裂缝加宽",
      "西岸火山温泉停业检修",
      "中山火山博物馆开馆",
    ];
    for (const title of titles) {
      await news(title, { body: `${title}。` });
      forward(3);
    }
    expect(told()).toHaveLength(3);
    expect(await world.app.db.select().from(alertMissed)).toHaveLength(2);
    forward(60);
    world.app.enqueue({ kind: "deliver" });
    await world.work();
    expect(told().at(-1)).toBe("🔔 火山\n这一小时已告诉你3次，还有2件事：");
    const [list] = (await world.press(READER_ID, "看看")).answers;
    expect(list!.text).toMatch(/^“火山”没有单独发的\n\n1 中山火山博物馆开馆\n2 西岸火山温泉停业检修$/);
    await world.press(READER_ID, "1");
    expect(world.last(READER_ID).text).toContain("中山火山博物馆开馆");
    await news("火山邮票今天发行", { body: "邮票发行。" });
    expect(told().at(-1)).toContain("火山邮票今天发行");
  });

  test("bare it asks; bells under searches and stories; listed, opened, removed", async () => {
    const [asked] = await world.say(READER_ID, "提醒");
    expect(asked!.text).toBe("出现哪个词就告诉你？发给我，比如：台风 -娱乐");
    expect((await world.say(READER_ID, "地震"))[0]!.text).toContain("出现“地震”就告诉你");
    for (const nothing of ["-娱乐", "-娱乐 -电影", "-娱乐 7d", "7d"]) {
      expect((await world.say(READER_ID, `/alert ${nothing}`))[0]!.text, nothing).toMatch(/^这样我不知道/);
    }
    await world.say(READER_ID, "海堤");
    const { answers } = await world.press(READER_ID, "🔔 有新的就告诉我");
    expect(answers[0]!.text).toMatch(/^好，出现“海堤”就告诉你，每小时最多3条。\n过去7天有 \d+ 篇。$/);
    expect((await world.press(READER_ID, "🔔 有新的就告诉我")).answers[0]!.text).toBe("“海堤”已经有提醒了。");
    await world.say(READER_ID, "量子养蜂");
    await world.press(READER_ID, "🔔 出现了就告诉我");
    await world.say(READER_ID, "青竹");
    await world.press(READER_ID, "1");
    const bell = labels(world.last(READER_ID)).find((label) => label.startsWith("🔔 提醒 "));
    expect(bell).toBeDefined();

    await world.say(READER_ID, "/subscribe 08:00");
    const [list] = await world.say(READER_ID, "/subscriptions");
    expect(list!.text).toMatch(
      /^你的简报和提醒（上海时间）\n\n1　早报　每天 08:00 · 8条\n2　提醒　地震 · 每小时最多3条\n/,
    );
    expect(labels(list!)).toContain("＋ 提醒");
    const before = (await world.app.db.select().from(subscriptions)).length;
    expect((await world.press(READER_ID, "2")).answers[0]!.text).toBe("提醒　地震 · 每小时最多3条");
    expect((await world.press(READER_ID, "去掉")).answers[0]!.text).toContain("“地震”的提醒去掉了。");
    expect(await world.app.db.select().from(subscriptions)).toHaveLength(before - 1);
    // The digest's own list and time are as they were.
    expect((await world.say(READER_ID, "/settings"))[0]!.text).toMatch(/简报　早报 08:00|简报　.*08:00/);
  });

  test("🔕 under it ends it, and its story does not come again in the digest", async () => {
    await world.say(READER_ID, "/alert 火山");
    forward(2);
    await news("南屿火山今晨喷发，三村撤离", { body: "火山灰升到两千米。" });
    const { answers } = await world.press(READER_ID, "🔕 不再提醒");
    expect(answers.at(-1)!.text).toBe("好，“火山”不再提醒。");
    await news("北岭火山突然冒烟，景区关闭", { body: "景区关闭。" });
    expect(told()).toHaveLength(1);
    await world.say(READER_ID, "/digest");
    await world.work();
    expect(world.last(READER_ID).text).not.toContain("南屿火山");
  });

  test("that names a source follows it to its new name, with what it leaves out", async () => {
    // One for as long as the program runs: it keeps alerts in memory.
    const match = createAlertMatcher(world.app);
    const matched = async (title: string, source: string) => {
      await comesIn(title, { source });
      await match();
      return (await ledger()).length;
    };
    await world.say(READER_ID, "/alert 火山 source:环线日报");
    await world.say(READER_ID, "/alert 地震 -source:环线日报");
    forward(2);
    expect(await matched("南屿火山今晨喷发，三村撤离", "环线日报")).toBe(1);
    const { id } = (await findSource(world.app.db, "环线日报"))!;
    await changeSource(world.app.db, id, { change: { name: "环线晚报" }, now: world.app.now() });
    expect(await matched("北岭火山突然冒烟，景区关闭", "环线晚报")).toBe(2);
    expect(await matched("西山县发生三级地震", "环线晚报")).toBe(2);
    expect(await matched("东湾近海发生五级地震", "海湾观察")).toBe(3);
  });

  test("on a source alone, in Chinese words too, tells what that source tells and nothing else", async () => {
    const match = createAlertMatcher(world.app);
    await world.say(READER_ID, "/alert 来源:海湾观察");
    forward(2);
    await comesIn("南屿火山今晨喷发，三村撤离", {});
    await comesIn("东湾近海发生五级地震", { source: "海湾观察" });
    await match();
    expect(await ledger()).toHaveLength(1);
  });

  test("asked to stop, it ends after an article, and the next run tells the rest, each once", async () => {
    await world.say(READER_ID, "/alert 火山");
    forward(2);
    const match = createAlertMatcher(world.app);
    const titles = ["南屿火山今晨喷发，三村撤离", "北岭火山突然冒烟，景区关闭", "西山火山口的湖水一夜变红"];
    for (const title of titles) await comesIn(title, {});
    for (let n = 1; n <= titles.length; n += 1) {
      await match(AbortSignal.abort());
      expect(await ledger()).toHaveLength(n);
    }
    await match();
    expect(await ledger()).toHaveLength(titles.length);
  });

  test("in the other language's words means the word wherever it is told, filters and all", async () => {
    await world.say(LONDON_ID, "/alert 地震 -source:环线日报");
    await world.say(LONDON_ID, "/alert 海啸 OR 风暴潮");
    await world.say(READER_ID, "/alert Greenreed source:环线日报");
    await world.say(READER_ID, "/alert 火山 source:HarbourPost");
    forward(2);
    await news("东湾近海发生五级地震", { source: "海湾观察" });
    await news("南屿发布海啸警报", { source: "海湾观察" });
    expect(told(LONDON_ID)).toHaveLength(2);
    await news("Greenreed opens a second mill", { language: "en" });
    expect(told()).toHaveLength(1);
    await news("Volcano 火山 wakes in the south", { language: "en", source: "HarbourPost" });
    expect(told()).toHaveLength(1);
  });
});
