import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { READER_ID, seedPeople } from "../src/playground/people.ts";
import { feedback } from "../src/store/schema.ts";
import { type BotWorld, labels, openBotWorld } from "./support/bot-world.ts";

let world: BotWorld;

beforeEach(async () => {
  world = await openBotWorld();
  seedPeople(world.playground);
});
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
    expect(labels(open[0]!)).toEqual(expect.arrayContaining(["👍1", "👎1", "👍2", "👎2", "‹ 返回", "⚙️ 设置"]));
    await world.press(READER_ID, "👍2");
    const { answers: marked } = await world.press(READER_ID, "👎1");
    expect(labels(marked[0]!)).toEqual(expect.arrayContaining(["👍1", "✓👎1", "✓👍2", "👎2"]));
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
