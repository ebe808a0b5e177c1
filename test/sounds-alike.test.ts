import { describe, expect, it } from "vitest";
import { soundingAlike } from "../src/news/sounds-alike.ts";

const texts = [
  { headline: "台风青竹登陆临澜", lead: "海堤加固，沿海六县停课，居民祈求和平。" },
  { headline: "习近平会见临澜代表", lead: "会谈在云溪举行，长江行船照旧，学习进度公布。" },
  { headline: "新能源车企公布销量", lead: "台风过后，销量的风向变了，为什么样子变了？" },
  { headline: "Harbour wall holds", lead: "The sea wall held, said the port." },
];

describe("a word that no text has, typed by its sound", () => {
  it.each([
    // A wrong character.
    ["台封", "台风"],
    ["习进平", "习近平"],
    ["新能原", "新能源"],
    ["河平", "和平"],
    // A character that is read in several ways: 提 as in 提防.
    ["海提", "海堤"],
    // What is confused in speech: ang and an, zh and z.
    ["登鲁", "登陆"],
    ["青足", "青竹"],
    ["临烂", "临澜"],
    ["长浆", "长江"],
  ])("%s", async (typed, expected) => {
    expect(await soundingAlike(typed, texts)).toBe(expected);
  });

  it.each([
    ["one character", "封"],
    ["letters", "wall"],
    ["what sounds as nothing there", "隧稻"],
    ["what only stands across two words there", "么漾"],
    ["what shares no character, as too much does", "泰丰"],
  ])("nothing is meant by %s", async (_, typed) => {
    expect(await soundingAlike(typed, texts)).toBeNull();
  });

  it.each(["玻璃", "癌症", "权威", "便宜"])("nothing is meant by %s, a word of the language", async (typed) => {
    const alike = [{ headline: "勃璃与玻利、爱症、全威、变宜", lead: "" }];
    expect(await soundingAlike(typed, alike)).toBeNull();
  });

  it("nothing by more characters than a word has", async () => {
    const long = [{ headline: "台风青竹登陆临澜海堤", lead: "" }];
    expect(await soundingAlike("台封青竹登陆临澜", long)).toBe("台风青竹登陆临澜");
    expect(await soundingAlike("台封青竹登陆临澜海", long)).toBeNull();
  });

  it("a headline's word before one of a text alone", async () => {
    const both = [
      { headline: "海事通告", lead: "天封到港。" },
      { headline: "海事通告", lead: "天封离港。" },
      { headline: "台风将至", lead: "" },
    ];
    expect(await soundingAlike("台锋", both)).toBe("台风");
  });
});
