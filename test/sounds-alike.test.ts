import { describe, expect, it } from "vitest";
import { soundingAlike } from "../src/news/sounds-alike.ts";

const texts = [
  { headline: "台风青竹登陆临澜", lead: "海堤加固，沿海六县停课。" },
  { headline: "习近平会见临澜代表", lead: "会谈在云溪举行，长江行船照旧。" },
  { headline: "新能源车企公布销量", lead: "台风过后，销量的风向变了。" },
  { headline: "Harbour wall holds", lead: "The sea wall held, said the port." },
];

describe("a word that no text has, typed by its sound", () => {
  it.each([
    // A wrong character of two.
    ["台封", "台风"],
    // Another word, of which every character is wrong.
    ["泰丰", "台风"],
    ["抬丰", "台风"],
    ["习进平", "习近平"],
    ["新能原", "新能源"],
    // A character that is read in several ways: 提 as in 提防.
    ["海提", "海堤"],
    ["常江", "长江"],
    // What is confused in speech: ang and an, zh and z.
    ["长缸", null],
    ["销两", "销量"],
    ["灯路", "登陆"],
    ["青足", "青竹"],
    ["临烂", "临澜"],
  ])("%s", async (typed, expected) => {
    expect(await soundingAlike(typed, texts)).toBe(expected);
  });

  it.each([
    ["one character", "封"],
    ["letters", "wall"],
    ["what sounds as nothing there", "隧道"],
    ["what is there", "台风"],
    ["words that only stand beside each other", "亮得"],
    ["more than a word", "台封青足登路临烂海提"],
  ])("nothing is meant by %s", async (_, typed) => {
    expect(await soundingAlike(typed, texts)).toBeNull();
  });

  it("a headline's word before one of a text alone", async () => {
    const both = [
      { headline: "海事通告", lead: "泰丰公司到港。" },
      { headline: "海事通告", lead: "泰丰公司离港。" },
      { headline: "台风将至", lead: "" },
    ];
    expect(await soundingAlike("太封", both)).toBe("台风");
  });
});
