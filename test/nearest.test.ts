import { expect, it } from "vitest";
import { emptyBackground } from "../src/news/background.ts";
import { charactersAlike } from "../src/news/characters-alike.ts";
import { alikeInOrder, headlineCharacters } from "../src/news/headlines-alike.ts";
import { nearestFirst } from "../src/news/nearest.ts";
import { sketchArticle } from "../src/news/sketch.ts";

it("counts what two headlines say in the same order", () => {
  expect(alikeInOrder("abcdef", "xabcyf")).toEqual({
    runOfShorter: 3 / 6,
    runOfLonger: 3 / 6,
    sequenceOfShorter: 4 / 6,
    sequenceOfLonger: 4 / 6,
  });
  const [short, long] = [headlineCharacters("臨瀾機場，关闭！"), headlineCharacters("台风逼近 临澜的机场今晚关闭")];
  expect(short).toBe("临澜机场关闭");
  expect(alikeInOrder(short, long)).toEqual(alikeInOrder(long, short));
  expect(alikeInOrder(short, long)).toMatchObject({ runOfShorter: 2 / 6, sequenceOfShorter: 1 });
  expect(alikeInOrder("甲", "乙").sequenceOfLonger).toBe(0);
  expect(alikeInOrder("", "乙")).toMatchObject({ runOfShorter: 0, sequenceOfLonger: 0 });
});

it("a headline of any length costs no more than a long one", () => {
  expect(headlineCharacters("临".repeat(100_000))).toHaveLength(100);
});

it("finds headlines alike that have no two characters together", () => {
  const written = (headline: string, beginning = "") => ({ headline, beginning });
  const center = written("澜岚通话", "两国元首今天通话。");
  const [same, other] = charactersAlike(center, [
    written("临澜与海岚元首话别后再通电", "澜、岚两国元首谈了一小时的话，通报了情况。"),
    written("猴面包树开花", "植物园里的猴面包树今天开花。"),
  ]);
  expect(same!.cosine).toBeGreaterThan(0.2);
  expect(same!.toldMore).toBe(1);
  expect(other).toMatchObject({ cosine: 0, toldMore: expect.closeTo(0, 1) });
});

it("weighs a character by how few have it, and takes 繁體 for nothing", () => {
  const written = (headline: string) => ({ headline, beginning: "" });
  const [rare, common] = charactersAlike(written("案情"), [
    written("案"),
    written("情"),
    written("情歌"),
    written("情诗"),
  ]);
  expect(rare!.cosine).toBeGreaterThan(common!.cosine);
  expect(charactersAlike(written("機場"), [written("机场")])[0]).toEqual({
    cosine: expect.closeTo(1, 6),
    toldLess: 1,
    toldMore: 1,
  });
});

it("knows nothing of a headline without Chinese characters, and counts no Latin letters", () => {
  const written = (headline: string) => ({ headline, beginning: "" });
  const [near, none, far] = charactersAlike(written("临澜通车"), [
    written("临澜"),
    written("Bridge opens"),
    written("歌"),
  ]);
  expect(none!.cosine).toBeCloseTo((near!.cosine + far!.cosine) / 2, 6);
  const english = charactersAlike(written("Rates cut"), [written("Cutter rates"), written("临澜"), written("")]);
  expect(english).toEqual(Array(3).fill({ cosine: 0, toldLess: 0, toldMore: 0 }));
});

function sketched(id: number, title: string, body: string, day: string) {
  const publishedAt = new Date(`${day}T00:00:00Z`);
  return sketchArticle({ id, title, body, lead: "", language: "zh", publishedAt }, emptyBackground());
}

const center = sketched(1, "临澜大桥坍塌案一审宣判", "临澜市法院今天一审宣判，承建商负责人获刑九年。", "2026-03-02");
const told = sketched(2, "承建商负责人获刑九年：临澜大桥坍塌案宣判", "一审判决今天作出，获刑九年。", "2026-03-02");
const before = sketched(3, "临澜大桥坍塌案开庭", "临澜市法院开庭，承建商负责人出庭受审。", "2026-01-10");
const begun = sketched(4, "临澜大桥坍塌，十二车落水", "救援人员正在搜寻落水车辆。", "2025-06-20");
const other = sketched(5, "海岚队夺得联赛冠军", "海岚队昨晚两球取胜。", "2026-03-02");

it("the same event stands before others of the same long story, and these before what has nothing to do with it", () => {
  const order = nearestFirst(center, [other, begun, before, told]).map(({ id }) => id);
  expect(order[0]).toBe(2);
  expect(order[3]).toBe(5);
});

it("the order does not hang on the order in which they were found; nothing found is no order", () => {
  const order = (found: (typeof told)[]) => nearestFirst(center, found).map(({ id }) => id);
  expect(order([told, before, begun, other])).toEqual(order([other, begun, before, told]));
  expect(order([])).toEqual([]);
});

it("those beyond the closely compared keep their place behind them, none is lost", () => {
  const many = Array.from({ length: 60 }, (_, n) =>
    sketched(10 + n, `海岚第${n}场球赛`, `第${n}场结束。`, "2026-03-01"),
  );
  const order = nearestFirst(center, [...many, told]);
  expect(order).toHaveLength(61);
  expect(order[0]!.id).toBe(2);
  expect(new Set(order.map(({ id }) => id)).size).toBe(61);
});
