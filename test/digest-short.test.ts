import { expect, it } from "vitest";
import { digestOf, textOf } from "./support/digest-of.ts";
import { openStore, withStore } from "./support/store.ts";
import { reader } from "./support/telling.ts";

const garden = { title: "北坡植物园开放", lead: "北坡植物园今天开放，有三千种植物。" };
const ferry = { title: "双溪渡口停航检修", lead: "双溪渡口今天起停航，检修要九天。" };
const lift = { title: "梅岭缆车换了钢索", lead: "梅岭缆车今天换好钢索，明天载客。" };
const english = { title: "Harbour bridge opens to buses", lead: "The bridge opened to buses at noon.", language: "en" };

it("a digest that is short because hardly any source tells news in its language says so", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    const own = await add(5, garden, "北坡报");
    await add(4, english, "Harbour Post");
    const zh = await digestOf(db);
    expect(textOf(zh)).toContain("发中文新闻的来源只有一个，所以只有一条。");
    expect(textOf(zh, { language: "en" })).toContain("One source brings news in Chinese: hence one story.");
    await add(3, ferry, "双溪报");
    expect(textOf(await digestOf(db, { chatId: 2 }))).toContain("发中文新闻的来源只有两个，所以只有两条。");
    // One who had it all learns that nothing is new, as ever.
    const nothing = await digestOf(db, { chatId: 3, had: [own], query: "-source:双溪报" });
    expect(textOf(nothing)).toMatch(/之后没有够分量的新事/);
  }));

it("one in whose language nobody tells anything says that", () =>
  withStore(openStore, async (db) => {
    await reader(db)(5, garden);
    const edition = await digestOf(db, { news: "en" });
    expect(textOf(edition)).toContain("现在没有来源发英文新闻。");
    expect(textOf(edition, { language: "en" })).toContain("No source brings news in English now.");
  }));

it("with sources enough a short digest is a slow day's; whoever named the sources knows how many they are", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    for (const each of [garden, ferry]) await add(5, each);
    await add(4, lift, "梅岭报");
    const edition = await digestOf(db);
    expect(edition.fewSources).toBeNull();
    expect(textOf(edition)).toContain("够分量的新事只有三条，不凑数。");
    const named = await digestOf(db, { chatId: 2, query: "source:梅岭报" });
    expect(textOf(named)).toContain("够分量的新事只有一条，不凑数。");
    expect((await digestOf(db, { chatId: 3, news: "both" })).fewSources).toBeNull();
  }));
