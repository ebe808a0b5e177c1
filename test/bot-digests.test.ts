import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { READER_ID, seedPeople } from "../src/playground/people.ts";
import { type BotWorld, openBotWorld } from "./support/bot-world.ts";

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
