import { describe, expect, it } from "vitest";
import { type AlertArticle, createAlertIndex } from "../src/news/alerts.ts";
import { parseQuery } from "../src/news/query.ts";

const now = new Date("2026-11-22T08:00:00Z");

function article(title: string, more: Partial<AlertArticle> = {}): AlertArticle {
  return { title, lead: "", body: "", source: "Harbour Post", language: "en", ...more };
}

function matches(alert: string, ...articles: AlertArticle[]): boolean[] {
  const index = createAlertIndex();
  index.add(1, parseQuery(alert, { now }));
  return articles.map((each) => index.match(each).length === 1);
}

describe("alerts", () => {
  it.each<[alert: string, title: string, expected: boolean]>([
    ["台风", "台风“青竹”今晚登陆临澜", true],
    ["台风", "颱風「青竹」今晚登陸", true],
    ["台风 -娱乐", "台风“青竹”今晚登陆临澜", true],
    ["台风 -娱乐", "娱乐节目因台风停播", false],
    ["台风 登陆", "台风减弱", false],
    ["台风 登陆", "登陆前夜，台风逼近", true],
    ["海堤", "海边的堤", false],
    ["堤", "海堤加固", true],
    ["typhoon", "Typhoons turn away", true],
    ["typhoon", "Typhoon Greenreed nears", true],
    ["art", "The party starts", false],
    ["art", "Modern art returns", true],
    ["iPhone 17", "新的iPhone17来了", true],
    ["iPhone 17", "iPhone 18 is here", false],
    ["typhoon OR 台风", "台风来了", true],
    ["typhoon OR 台风", "Rain is coming", false],
    ['"sea wall"', "The sea wall leaks", true],
    ['"sea wall"', "A wall by the sea", false],
    ["title:隧道", "隧道贯通", true],
    ["source:harbour", "Anything at all", true],
    ["source:meridian", "Anything at all", false],
    ["language:zh 台风", "台风来了", false],
  ])("%s: %s → %s", (alert, title, expected) => {
    expect(matches(alert, article(title))).toEqual([expected]);
  });

  it("looks into lead and body, for the title only into the title", () => {
    const inBody = article("早报", { lead: "今天的事", body: "云溪隧道贯通" });
    expect(matches("隧道", inBody)).toEqual([true]);
    expect(matches("title:隧道", inBody)).toEqual([false]);
  });

  it("asks for nothing, matches nothing", () => {
    expect(matches("", article("anything"))).toEqual([false]);
  });

  it("changes and goes with its owner", () => {
    const index = createAlertIndex();
    for (const id of [3, 1, 2]) index.add(id, parseQuery("台风", { now }));
    expect(index.match(article("台风来了"))).toEqual([1, 2, 3]);
    index.add(2, parseQuery("地震", { now }));
    index.remove(3);
    index.remove(99);
    expect(index.size).toBe(2);
    expect(index.match(article("台风来了"))).toEqual([1]);
    expect(index.match(article("地震演习"))).toEqual([2]);
    index.remove(1);
    index.remove(2);
    expect([index.size, index.match(article("台风地震"))]).toEqual([0, []]);
  });

  it("finds what comparing with each alert finds", () => {
    const words = ["台风", "青竹", "海堤", "隧道", "贯通", "汽车", "召回", "typhoon", "wall", "recall", "堤"];
    const random = (n: number) => words[(n * 7919 + 13) % words.length]!;
    const alerts = Array.from({ length: 200 }, (_, n) => {
      const minus = n % 5 === 0 ? ` -${random(n * 3 + 1)}` : "";
      return `${random(n)} ${n % 3 === 0 ? `OR ${random(n * 2 + 5)}` : random(n + 4)}${minus}`;
    });
    const all = createAlertIndex();
    for (const [id, alert] of alerts.entries()) all.add(id, parseQuery(alert, { now }));
    for (let n = 0; n < 100; n += 1) {
      const text = article(`${random(n)}和${random(n + 1)}, ${random(n * 5)} ${random(n * 11 + 3)}`);
      const one = alerts.flatMap((alert, id) => (matches(alert, text)[0] ? [id] : []));
      expect(all.match(text)).toEqual(one);
    }
  });
});
