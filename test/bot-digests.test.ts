import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LONDON_ID, READER_ID, seedPeople } from "../src/playground/people.ts";
import { articles, feedback, shown, storyDays, subscriptions } from "../src/store/schema.ts";
import { findSubject } from "../src/store/subjects.ts";
import { type BotWorld, labels, openBotWorld } from "./support/bot-world.ts";
import { addReader } from "./support/readers.ts";

let world: BotWorld;

async function open(options: Parameters<typeof openBotWorld>[0] = {}): Promise<void> {
  world = await openBotWorld(options);
  seedPeople(world.playground);
}
beforeEach(() => open());
afterEach(async () => {
  expect(world.logged).toEqual([]);
  await world.close();
});

const texts = (chatId = READER_ID) => world.playground.botMessages(chatId).map((each) => each.text ?? "");

/** The clock goes on to that moment, and what is due then is planned and sent. */
async function at(moment: string): Promise<string> {
  world.playground.moveClock({ byMs: new Date(moment).getTime() - world.app.now().getTime() });
  world.app.enqueue({ kind: "plan-digests" });
  await world.work();
  return world.last(READER_ID).text ?? "";
}

describe("a digest that could not come", () => {
  test("is skipped after six hours, and said in the next one", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    expect(await at("2026-11-23T00:00:10Z")).toMatch(/^☀️ 早报 11月23日/);
    const before = texts().length;
    // The server is away from before eight until seven hours later.
    await at("2026-11-24T07:00:00Z");
    expect(texts()).toHaveLength(before);
    const next = await at("2026-11-25T00:00:10Z");
    expect(next.split("\n")[0]).toMatch(/^☀️ 早报 11月25日/);
    expect(next.split("\n")[1]).toMatch(/^昨天 08:00 那份没有发：晚得太久了/);
    await at("2026-11-26T00:00:10Z");
    expect(texts().filter((text) => text.includes("没有发"))).toHaveLength(1);
  });
});

describe("👍 and 👎 under a digest", () => {
  const votes = () => world.app.db.select().from(feedback);

  test("take the numbers' place, are marked, count per story, and give the numbers back", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    await at("2026-11-23T00:00:10Z");
    const digest = world.last(READER_ID);
    const numbers = labels(digest);
    expect(numbers).toContain("👍 👎");
    const { answers: open } = await world.press(READER_ID, "👍 👎");
    expect(open[0]).toMatchObject({ message_id: digest.message_id, text: digest.text });
    expect(labels(open[0]!)).toEqual(
      expect.arrayContaining(["第1条 👍", "第1条 👎", "第2条 👍", "第2条 👎", "‹ 返回", "⚙️ 设置"]),
    );
    await world.press(READER_ID, "第2条 👍");
    const { answers: marked } = await world.press(READER_ID, "第1条 👎");
    expect(labels(marked[0]!)).toEqual(expect.arrayContaining(["第1条 👍", "✓ 第1条 👎", "✓ 第2条 👍", "第2条 👎"]));
    expect((await votes()).map(({ vote }) => vote).toSorted()).toEqual([-1, 1]);
    const { answers: back } = await world.press(READER_ID, "‹ 返回");
    expect(labels(back[0]!)).toEqual(numbers);
    expect(back[0]!.entities).toEqual(digest.entities);
    // The story's own page knows.
    expect(labels((await world.press(READER_ID, "2")).answers[0]!)).toContain("✓ 👍");
  });

  test("a forged press of a story that is not there counts nothing", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    await at("2026-11-23T00:00:10Z");
    await world.press(READER_ID, "👍 👎");
    const { message_id: messageId } = world.last(READER_ID);
    for (const data of ["1:rate:zzz:1:u", "1:rate:;:1:u", "1:rate", "1:rate:1:1:u"]) {
      await world.playground.acts.press(READER_ID, READER_ID, messageId, data);
      await world.settle();
    }
    expect(await votes()).toEqual([]);
  });
});

describe("what a digest is about, and on which days", () => {
  test("a subject is in with one tap, out with the next, and left alone with the third", async () => {
    const { db } = world.app;
    await world.say(READER_ID, "/subscribe 08:00");
    await world.press(READER_ID, "改");
    await world.press(READER_ID, "主题");
    await world.press(READER_ID, "科技");
    expect(labels((await world.press(READER_ID, "✓ 科技")).answers[0]!)).toContain("✗ 科技");
    expect((await db.select().from(subscriptions))[0]!.query).toBe("-subject:tech");
    expect((await world.press(READER_ID, "‹ 返回")).answers[0]!.text).toContain("不要：科技");
    const tech = (await findSubject(db, "tech"))!.id;
    const about = await db.select().from(storyDays);
    const inside = new Set(about.filter(({ subjectId }) => subjectId === tech).map(({ storyId }) => storyId));
    expect(inside.size).toBeGreaterThan(0);
    await world.say(READER_ID, "/digest");
    await world.work();
    const told = await db
      .select({ id: articles.storyId })
      .from(shown)
      .innerJoin(articles, eq(articles.id, shown.articleId));
    expect(told.length).toBeGreaterThan(3);
    const digest = world.last(READER_ID);
    const opened = (digest.reply_markup as { inline_keyboard: { callback_data?: string }[][] }).inline_keyboard
      .flat()
      .flatMap(({ callback_data: data }) =>
        data?.startsWith("1:story:") ? [Number.parseInt(data.split(":")[2]!, 36)] : [],
      );
    expect(opened.filter((id) => inside.has(id))).toEqual([]);
    await world.say(READER_ID, "/subscriptions");
    await world.press(READER_ID, "1");
    await world.press(READER_ID, "主题");
    await world.press(READER_ID, "✗ 科技");
    expect((await db.select().from(subscriptions))[0]!.query).toBe("");
  });

  test.each([
    ["/subscribe 9:00 每月1号", "monthly:1", "每月1日 09:00"],
    ["/subscribe 9:00 每月1号15号", "monthly:1,15", "每月1、15日 09:00"],
    ["/subscribe 周一 7点半", "weekly:1", "每周一 07:30"],
    ["/subscribe 7:30 工作日", "workdays", "工作日 07:30"],
  ])("%s", async (said, rule, shown) => {
    expect((await world.say(READER_ID, said))[0]!.text).toContain(shown);
    expect((await world.app.db.select().from(subscriptions))[0]!.rule).toBe(rule);
  });

  test("in English as well, and the 1st is one tap", async () => {
    expect((await world.say(LONDON_ID, "/subscribe 9:00 on the 1st"))[0]!.text).toContain(
      "monthly on the 1st at 09:00",
    );
    await world.press(LONDON_ID, "Change");
    await world.press(LONDON_ID, "Days");
    await world.press(LONDON_ID, "daily");
    const { answers } = await world.press(LONDON_ID, "monthly on the 1st");
    expect(labels(answers[0]!)).toContain("✓ monthly on the 1st");
  });
});

test("/preview names the next times", async () => {
  await world.say(READER_ID, "/subscribe 21:30 周一");
  const [shown] = await world.say(READER_ID, "/preview");
  expect(shown!.text!.split("\n")[1]).toBe("接下来：明天 21:30、11月30日 21:30、12月7日 21:30");
  await world.say(READER_ID, "/pause 1周");
  expect((await world.say(READER_ID, "/preview"))[0]!.text).toContain("接下来：11月30日 21:30");
});

test("/preview shows the soonest of several, headed as it will come", async () => {
  await world.say(READER_ID, "/subscribe 21:30 周一");
  await world.say(READER_ID, "/subscribe 07:00");
  const [shown] = await world.say(READER_ID, "/preview");
  const [, times, , head] = shown!.text!.split("\n");
  expect(times).toContain("接下来：明天 07:00");
  expect(head).toContain("☀️ 早报 11月23日");
});

describe("a popular minute", () => {
  const slot = new Date("2026-11-23T00:00:00Z");

  /** So many others have 08:00 in Shanghai. */
  async function crowd(readers: number): Promise<void> {
    const { db } = world.app;
    for (let n = 0; n < readers; n += 1) await addReader(db, { chatId: 50_000 + n, now: world.app.now(), slot });
  }

  test("says when the newcomer's will come, and offers a minute from which it is there in time", async () => {
    await world.close();
    await open({ env: { SEND_RATE: "1" } });
    await crowd(300);
    const [done] = await world.say(READER_ID, "/subscribe 08:00");
    expect(done!.text).toContain("08:00 有 301 份要发，一份接一份，你的大约 08:05 到。");
    const { answers } = await world.press(READER_ID, "改到 07:55，08:00 前到");
    expect(answers[0]!.text).toMatch(/每天 07:55/);
    expect(answers[0]!.text).not.toContain("份要发");
    // Back at the popular minute, the same is said again.
    await world.press(READER_ID, "钟点");
    expect((await world.press(READER_ID, "08:00")).answers.at(-1)!.text).toContain("你的大约 08:05 到");
  });

  test("after START as well; and nothing is said where nobody waits", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    expect(world.last(READER_ID).text).not.toContain("份要发");
    await world.close();
    await open({ env: { SEND_RATE: "1" } });
    await crowd(200);
    await world.say(READER_ID, "/start");
    const { answers } = await world.press(READER_ID, "是，每天 08:00");
    expect(answers[0]!.text).toContain("08:00 有 201 份要发");
    expect(labels(answers[0]!)[0]).toBe("改到 07:55，08:00 前到");
  });
});
