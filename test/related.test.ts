import { expect, it } from "vitest";
import { emptyDraft } from "../src/news/article.ts";
import { isSeenRelated, sharedName } from "../src/news/related.ts";
import { storyPage } from "../src/pages/story.ts";
import { storiesAround } from "../src/store/related.ts";
import { openStore, withStore } from "./support/store.ts";
import { now, reader, storm } from "./support/telling.ts";

function told(title: string, body: string) {
  return { ...emptyDraft(title), body };
}

const evenly = () => 1;

it.each([
  ["临澜机场取消明日早班", "台风逼近，临澜全市停课。", "临澜机场"],
  ["临澜转移4.2万人", "已有4.2万人转移到高处，临澜发布预警。", "临澜"],
  ["第21号台风生成", "今年第21号台风来了。", "台风"],
  ["沿海六县停课", "沿海六县今天停课。", "沿海"],
  ["六县停课停航", "六县停课停航，渡轮停运。", "停课停航"],
])("%s and «%s» share %s", (title, body, name) => {
  const found = sharedName(told(title, body), told("另一件事", body), evenly);
  expect(found).not.toBeNull();
  expect(name).toContain(found);
});

it("names in English have a capital", () => {
  const a = told("Airport at Linlan cancels flights", "");
  const b = told("Storm nears", "Schools in Linlan are shut.");
  expect(sharedName({ ...a, language: "en" }, { ...b, language: "en" }, evenly)).toBe("Linlan");
});

it("a name in quotation marks comes before any other word", () => {
  const a = told("台风“青竹”逼近临澜", "停课停航。");
  expect(sharedName(a, told("临澜发布橙色预警", "台风“青竹”逼近临澜。"), evenly)).toBe("青竹");
});

it.each([
  [
    "one short word of a headline may be any word",
    "蓝穹航天一箭九星",
    "火箭是可以复用的平台。",
    "二手平台下架三款车",
    false,
  ],
  ["both headlines say it", "北岸公积金上调", "", "北岸电网用上储能", true],
  ["a longer one", "云溪隧道贯通", "", "镇上的人等云溪隧道等了二十年", true],
  ["two of them", "松溪海堤补裂缝", "裂缝在迎水面，海堤有三处。", "省里查海堤，查出裂缝", true],
  ["nothing", "北坡植物园开放", "", "南港女排三比二", false],
])("stands under a story when %s", (_, title, body, other, seen) => {
  expect(isSeenRelated(told(title, body), told(other, ""), evenly)).toBe(seen);
});

const wall = { title: "松溪海堤上月刚补过裂缝", lead: "松溪海堤迎水面的三处裂缝灌浆完成，能抵御台风。" };

it("other stories stand under one that many outlets tell", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    const repaired = await add(24 * 20, wall);
    const first = await add(9, storm);
    for (let n = 1; n < 8; n += 1) await add(9 - n, { ...storm, lead: `${storm.lead}第${n}号通报说堤上无人。` });
    const page = await storyPage(db, first, { news: "zh", now, timezone: "UTC" });
    expect(page!.articles).toBe(8);
    expect(page!.related.map(({ storyId }) => storyId)).toEqual([repaired]);
  }));

it("only what shares a name with it, in its language, on a day that a reason can name", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    const articleId = await add(3, storm);
    const repaired = await add(24 * 20, wall);
    // Its words are the storm's, but neither headline names what the other tells of.
    await add(24 * 9, { title: "梅岭缆车换了钢索", lead: "换钢索时凌晨有41人转移，火车没有停运，安置点没有开。" });
    const english = { title: "Songxi sea wall mended", lead: "The wall at Songxi 松溪 was mended.", language: "en" };
    await add(24 * 19, english);
    const lines = await storiesAround(db, { articleId, language: "zh", lastAt: now }, 9);
    expect(lines.map(({ storyId, reason }) => [storyId, reason.kind])).toEqual([[repaired, "background"]]);
    expect(await storiesAround(db, { articleId: 7, language: "zh", lastAt: now }, 9)).toEqual([]);
  }));
