import { afterEach, beforeEach, expect, test } from "vitest";
import { ADMIN_ID, READER_ID, seedPeople } from "../src/playground/people.ts";
import { addClicks } from "../src/store/clicks.ts";
import { articles, feedback, stories } from "../src/store/schema.ts";
import { type BotWorld, labels, openBotWorld } from "./support/bot-world.ts";
import { addReader } from "./support/readers.ts";

let world: BotWorld;
const env = { ADMIN_IDS: String(ADMIN_ID), SEND_RATE: "1", PUBLIC_URL: "https://news.example.org" };

beforeEach(async () => {
  world = await openBotWorld({ env });
  seedPeople(world.playground);
});
afterEach(async () => {
  expect(world.logged).toEqual([]);
  await world.close();
});

test("operators see votes and clicks by story, and how long each popular minute will take", async () => {
  const { db } = world.app;
  expect((await world.say(ADMIN_ID, "/stats"))[0]!.text).toBe(
    "读者怎么看（7天）\n还没有人点 👍、👎 或链接。\n\n要发的简报（24小时内，每秒1条）\n没有。",
  );
  const now = world.app.now();
  const slot = (hour: number) => new Date(`2026-11-23T0${hour}:00:00Z`);
  for (let n = 0; n < 130; n += 1) await addReader(db, { chatId: 60_000 + n, now, slot: slot(n < 100 ? 0 : 1) });
  const [first, second] = await db.select().from(stories).limit(2);
  const members = (await db.select().from(articles)).filter(({ storyId }) => storyId === second!.id);
  await addClicks(db, new Map([[members[0]!.id, 41]]), now);
  // A story that became part of the first one: what was said of it counts for that one.
  await db.insert(stories).values({ ...first!, id: 5, mergedInto: first!.id });
  for (const [chatId, storyId, vote, reason] of [
    [1, first!.id, 1, ""],
    [2, 5, -1, "bait"],
    [3, second!.id, 1, ""],
  ] as const) {
    await db.insert(feedback).values({ chatId, storyId, vote, reason, at: now });
  }
  const [shown] = await world.say(ADMIN_ID, "/stats");
  const text = shown!.text!.split("\n");
  expect(text.slice(0, 3)).toEqual(["读者怎么看（7天）", "👍 2 · 👎 1 · 点开 41 次", "标题党 1"]);
  expect(text[5]).toBe("👍 1 · 👎 0 · 点开 41 次");
  expect(text[7]).toBe("👍 1 · 👎 1 · 点开 0 次");
  expect(text.slice(-3)).toEqual([
    "要发的简报（24小时内，每秒1条）",
    "明天 08:00　100 份，2分钟",
    "明天 09:00　30 份，30秒",
  ]);
  expect(labels(shown!)).toEqual(["1", "2"]);
  expect((await world.press(ADMIN_ID, "1")).answers[0]!.text).toContain(members[0]!.title.slice(0, 6));
});

test("for everybody else the command does not exist", async () => {
  expect((await world.say(READER_ID, "/stats"))[0]!.text).toMatch(/^没有这个命令/);
});
