import { afterEach, beforeEach, expect, test } from "vitest";
import { createIngest } from "../src/jobs/ingest.ts";
import { emptyDraft } from "../src/news/article.ts";
import { ADMIN_ID, READER_ID, seedPeople } from "../src/playground/people.ts";
import { feedback } from "../src/store/schema.ts";
import { type BotWorld, labels, openBotWorld } from "./support/bot-world.ts";

let world: BotWorld;

async function open(news: boolean): Promise<void> {
  world = await openBotWorld({ news, env: { ADMIN_IDS: String(ADMIN_ID) } });
  seedPeople(world.playground);
}
beforeEach(() => open(true));
afterEach(async () => {
  expect(world.logged).toEqual([]);
  await world.close();
});

const votes = () => world.app.db.select().from(feedback);

test("👍 and 👎 with a reason, counted for operators, forgotten with the chat", async () => {
  await world.say(READER_ID, "海堤");
  await world.press(READER_ID, "1");
  expect(labels((await world.press(READER_ID, "👍")).answers[0]!)).toContain("✓ 👍");
  expect(await votes()).toMatchObject([{ chatId: READER_ID, vote: 1, reason: "" }]);
  const { answers } = await world.press(READER_ID, "👎");
  expect(labels(answers[0]!)).toEqual(expect.arrayContaining(["少看这类", "不是同一件事", "标题党", "太旧"]));
  expect(labels((await world.press(READER_ID, "标题党")).answers[0]!)).toContain("✓ 👎");
  expect(await votes()).toMatchObject([{ chatId: READER_ID, vote: -1, reason: "bait" }]);
  expect((await world.press(READER_ID, "‹ 回到搜索")).answers[0]!.text).toMatch(/^🔍 海堤/);
  const [status] = await world.say(ADMIN_ID, "/status");
  expect(status!.text).toContain("读者7天的反馈：👍 0 · 👎 1（标题党 1）");
  await world.say(READER_ID, "/subscribe 08:00");
  await world.say(READER_ID, "/forget");
  await world.press(READER_ID, "全部删掉");
  expect(await votes()).toEqual([]);
});

test("no news yet: told once when there is", async () => {
  await world.close();
  await open(false);
  const [none] = await world.say(READER_ID, "/top");
  expect(labels(none!)).toContain("有了告诉我");
  await world.press(READER_ID, "有了告诉我");
  const tell = async () => {
    world.app.enqueue({ kind: "tell-news" });
    await world.work();
  };
  await tell();
  expect(world.last(READER_ID).text).toBe("好，有了新闻就告诉你。");
  const publishedAt = world.app.now();
  const draft = { ...emptyDraft("长湖的水退了"), body: "水退了。", language: "zh", publishedAt };
  await createIngest(world.app.db, world.app.now)([{ draft, source: { name: "南港报", kind: "feed" } }]);
  await tell();
  await tell();
  const said = world.playground.botMessages(READER_ID).map((each) => each.text);
  expect(said.filter((text) => text === "有新闻了。")).toHaveLength(1);
  // What many ask for is given again for some seconds.
  world.playground.moveClock({ byMs: 5_000 });
  expect((await world.press(READER_ID, "🔥 热门")).answers.at(-1)!.text).toContain("长湖的水退了");
});
