import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it } from "vitest";
import { readHours } from "../src/news/quiet.ts";
import { askedFor, dueFor, estimateAudience } from "../src/store/broadcast-audience.ts";
import { findBroadcast } from "../src/store/broadcasts.ts";
import { subscriptions } from "../src/store/schema.ts";
import { ensureSource } from "../src/store/sources.ts";
import { type BotWorld, labels, openBotWorld } from "./support/bot-world.ts";
import { textOf } from "./support/broadcasting.ts";

describe("the night", () => {
  const reader = { id: 1, kind: "private" as const, language: "en" as const, timezone: "UTC" };
  const usual = { ...reader, level: null, silent: null, night: null, quietFrom: null, quietTo: null };
  const item = { texts: { en: textOf("Leak") }, missing: {}, level: "usual" as const, asleep: "wait" as const };
  const due = (hours: string, time: string, more = {}) => {
    const now = new Date(`2026-11-22T${time}:00Z`);
    return dueFor(item, { ...usual, ...more }, { now, night: readHours(hours), mornings: new Map() });
  };

  it("is of the settings' hours, passes midnight, and can be none; who wants it rung is rung", () => {
    expect(due("23:00-07:00", "23:00")).toEqual(new Date("2026-11-23T07:00:00Z"));
    expect(due("23:00-07:00", "07:00")).toEqual(new Date("2026-11-22T07:00:00Z"));
    expect(due("22:30-06:15", "22:45")).toEqual(new Date("2026-11-23T06:15:00Z"));
    expect(due("22:30-06:15", "06:20")).toEqual(new Date("2026-11-22T06:20:00Z"));
    expect(due("00:00-00:00", "03:00")).toEqual(new Date("2026-11-22T03:00:00Z"));
    expect(due("23:00-07:00", "03:00", { quietFrom: 0, quietTo: 240 })).toEqual(new Date("2026-11-22T04:00:00Z"));
    expect(due("23:00-07:00", "03:00", { quietFrom: 0, quietTo: 0 })).toEqual(new Date("2026-11-22T03:00:00Z"));
    expect(due("23:00-07:00", "03:00", { night: "ring" })).toEqual(new Date("2026-11-22T03:00:00Z"));
  });
});

describe("the readers of a source or a subject", () => {
  const owner = 901;
  let world: BotWorld;
  afterEach(async () => world.close());

  /** Readers 501…, each with a digest that asks for what is said. */
  async function open(...queries: string[]): Promise<void> {
    world = await openBotWorld({ at: "2026-11-22T06:32:00Z", env: { ADMIN_IDS: String(owner) } });
    world.playground.addPerson({ id: owner, firstName: "Ed", language: "zh", started: true });
    for (const [n, query] of queries.entries()) {
      world.playground.addPerson({ id: 501 + n, firstName: `R${n}`, language: "zh", started: true });
      await world.say(501 + n, "/subscribe 08:00");
      await world.app.db
        .update(subscriptions)
        .set({ query })
        .where(eq(subscriptions.id, n + 1));
    }
  }

  it("are those whose digest names it: no longer name, no excluded one", async () => {
    await open('source:"北岸日报"', "source:北岸日报 language:zh", 'source:"北岸日报海外版"', '-source:"北岸日报"', "");
    const named = async (audience: string) => {
      const item = { texts: { zh: textOf("漏") }, missing: {}, level: "usual" as const, asleep: "wait" as const };
      const night = { from: 0, to: 0 };
      return (await estimateAudience(world.app.db, { ...item, audience }, { now: world.app.now(), night })).readers;
    };
    expect(await named("source:北岸日报")).toBe(2);
    expect(await named("source:北岸日报海外版")).toBe(1);
    expect(await named("source:南港电视台")).toBe(0);
    expect(Object.fromEntries(await askedFor(world.app.db))).toEqual({
      "source:北岸日报": 2,
      "source:北岸日报海外版": 1,
    });
  });

  it("are chosen from a list with those most asked for first, by pages or by name", async () => {
    await open('source:"海角晚报"', "subject:tech", "subject:tech");
    for (let n = 1; n <= 30; n += 1) {
      await ensureSource(world.app.db, n === 30 ? "海角晚报" : `第${n}通讯社`, {
        kind: "feed",
        language: "zh",
        now: world.app.now(),
      });
    }
    await world.say(owner, "/breaking 海堤出现管涌");
    await world.press(owner, "收到的人");
    await world.press(owner, "按来源");
    expect(labels(world.last(owner))[0]).toBe("海角晚报 · 1");
    await world.press(owner, "›");
    expect(labels(world.last(owner))).toContainEqual(expect.stringMatching(/^2\/\d$/));
    await world.press(owner, "🔍 按名字找");
    await world.say(owner, "海角");
    expect(labels(world.last(owner)).filter((label) => label.includes("海角"))).toEqual(["海角晚报 · 1"]);
    await world.press(owner, "海角晚报");
    expect(world.last(owner).text).toContain("只发给：订了来源“海角晚报”的读者");
    expect(world.last(owner).text).toContain("现在发 1");
    expect((await findBroadcast(world.app.db, 1))?.audience).toBe("source:海角晚报");
    await world.press(owner, "收到的人");
    await world.press(owner, "按主题");
    await world.press(owner, "科技 · 2");
    expect(world.last(owner).text).toContain("只发给：订了主题“科技”的读者");
    expect(labels(world.last(owner))).toContain("现在发给 2 人 ›");
    await world.press(owner, "收到的人");
    await world.press(owner, "按来源");
    await world.press(owner, "🔍 按名字找");
    await world.say(owner, "没有的报");
    expect(world.last(owner).text).toContain("没有名字里带“没有的报”的来源");
  });
});
