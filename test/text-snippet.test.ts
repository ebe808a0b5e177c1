import { describe, expect, it } from "vitest";
import { nearestSpelling } from "../src/news/near-spelling.ts";
import { orderBest } from "../src/news/order.ts";
import { parseQuery } from "../src/news/query.ts";
import { questionTerms } from "../src/news/question.ts";
import { snippetOf, snippetParts } from "../src/news/snippet.ts";

const now = new Date("2026-11-22T08:00:00Z");
const show = (body: string, typed: string, columnsMax = 60) =>
  snippetParts(snippetOf({ lead: "", body }, parseQuery(typed, { now }), { columnsMax }))
    .map((part) => (part.hit ? `[${part.text}]` : part.text))
    .join("");

describe("a snippet", () => {
  const body =
    "北岸市气象台今天上午十点举行了例行的新闻通气会，介绍了本周天气。颱風“青竹”將於今晚登陸臨瀾，中心風力十三級。\n\n" +
    "The harbour's ferries stop at noon; Café Lumière stays open. 南港的iPhone17首发推迟。";

  it.each([
    ["青竹", "…颱風“[青竹]”將於今晚登陸臨瀾，中心風力十三級。 The harbour's…"],
    ["台风 临澜", "…[颱風]“青竹”將於今晚登陸[臨瀾]，中心風力十三級。 The harbour's…"],
    ["cafe lumiere", "…[Café] [Lumière] stays open. 南港的iPhone17首发推迟。"],
    ["iphone", "…南港的[iPhone]17首发推迟。"],
    ["没有这个词", "北岸市气象台今天上午十点举行了例行的新闻通气会，介绍了本周…"],
  ])("starts where the words are: %s", (typed, expected) => {
    expect(show(body, typed)).toBe(expected);
  });

  it("marks whole words of an alphabet, if there are any", () => {
    expect(show("A party about art.", "art")).toBe("A party about [art].");
    expect(show("A party.", "art")).toBe("A p[art]y.");
  });

  it("has no space where a Chinese sentence ended, and says the lead once", () => {
    const article = {
      lead: "海堤今晨合龙。",
      body: "海堤今晨合龙。\n\n“请放心”，工程师说。\n\nThe harbour reopens.\n同日 iPhone 首发。",
    };
    const { text } = snippetOf(article, parseQuery("海堤", { now }), { columnsMax: 200 });
    expect(text).toBe("海堤今晨合龙。“请放心”，工程师说。 The harbour reopens. 同日 iPhone 首发。");
  });

  it("is one line of the width that was asked, whatever is in the text", () => {
    for (const typed of ["a", "😀", "国", "x y z", '"', ""]) {
      for (const text of [
        "",
        " \n ",
        "😀😀😀".repeat(40),
        "a\n\n\nb ".repeat(30),
        "国".repeat(200),
        "ｶﾞ\u0301é".repeat(40),
      ]) {
        const { text: line, marks } = snippetOf({ lead: text, body: text }, parseQuery(typed, { now }), {
          columnsMax: 20,
        });
        expect(line).not.toMatch(/\n/);
        expect([...line].length).toBeLessThanOrEqual(21);
        let end = 0;
        for (const [from, to] of marks) {
          expect(from).toBeGreaterThanOrEqual(end);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(line.length);
          end = to;
        }
      }
    }
  });
});

describe("what was meant", () => {
  it.each([
    ["青竹台封", ["今年第三号青竹台风生成"], "青竹台风"],
    ["tyhpoon", ["typhoon season", "a tycoon"], "typhoon"],
    ["micrsoft earnings", ["Microsoft said earnings rose".toLowerCase()], "microsoft earnings"],
    ["青竹", ["青竹"], null],
    ["云溪", ["北岸"], null],
    ["大模型", ["过去的模型看不懂"], null],
    ["小模型", ["过去的模型看不懂", "一个大模型"], "大模型"],
  ])("%s", (typed, texts, expected) => {
    expect(nearestSpelling(typed, texts)).toBe(expected);
  });

  it("a question's terms are without what it asks with", () => {
    const terms = questionTerms("云溪隧道的全长是多少公里？").map((term) => term.text);
    expect(terms).toContain("隧道");
    expect(terms.join("")).not.toMatch(/多少|是/);
    expect(questionTerms("什么").map((term) => term.text)).toEqual(["什么"]);
    expect(questionTerms("Who won the Linlan marathon?").map((term) => term.text)).toEqual([
      "won",
      "linlan",
      "marathon",
    ]);
  });
});

describe("the best first", () => {
  const article = (id: number, title: string, body: string, days: number | null) => ({
    id,
    title,
    lead: "",
    body,
    publishedAt: days === null ? null : new Date(now.getTime() - days * 86_400_000),
  });
  const order = (...candidates: ReturnType<typeof article>[]) =>
    orderBest(candidates, { pieces: ["青竹"], now }).map((each) => each.id);

  it("a headline of three days ago before a mention of today, behind a headline of today", () => {
    const filler = "别的事情。".repeat(40);
    const mention = article(1, "航班恢复", `${filler}青竹`, 0.1);
    expect(order(mention, article(2, "青竹登陆", filler, 3), article(3, "青竹远去", filler, 0.2))).toEqual([3, 2, 1]);
  });

  it("of two alike the newer, and an undated one last", () => {
    expect(order(article(1, "青竹", "", null), article(2, "青竹", "", 30), article(3, "青竹", "", 2))).toEqual([
      3, 2, 1,
    ]);
  });
});
