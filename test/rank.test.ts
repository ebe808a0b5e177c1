import { describe, expect, it } from "vitest";
import { growth, timeline } from "../src/news/growth.ts";
import { choose, heat, hotness, outletsOf, rushOf, type Voice } from "../src/news/rank.ts";
import { builtInSubjects, compileSubjects, subjectsOf } from "../src/news/subjects.ts";
import { tokenize } from "../src/news/terms.ts";

const now = new Date("2026-11-22T12:00:00Z");

function voice(family: string, hoursAgo: number, more: Partial<Voice> = {}): Voice & { source: string } {
  const publishedAt = new Date(now.getTime() - hoursAgo * 3_600_000);
  const id = publishedAt.getTime() / 1000 + family.length;
  return { id, family, source: family, weight: 1, rank: null, publishedAt, dateline: "", copyOf: null, ...more };
}

describe("who tells a story", () => {
  it("counts a house once, a wire with all who carry it once, and copies with what they copy", () => {
    expect(outletsOf([voice("north", 1), voice("north", 2)])).toBe(1);
    const dateline = "长风社临澜11月22日电";
    expect(outletsOf([voice("north", 1, { dateline }), voice("south", 2, { dateline }), voice("lake", 1)])).toBe(2);
    const original = voice("north", 3);
    expect(outletsOf([original, voice("south", 2, { copyOf: original.id })])).toBe(1);
  });

  it("sees a rush, and none in a trickle", () => {
    const fast = ["a", "bb", "ccc", "dddd"].map((family, n) => voice(family, 2 - n / 4));
    expect(rushOf(fast)).toEqual({ outlets: 4, hours: 1 });
    const slow = ["a", "bb", "ccc", "dddd"].map((family, n) => voice(family, 40 - 10 * n));
    expect(rushOf(slow)).toBeNull();
  });

  it("warms with independent outlets, trust and a place in a hot list, and cools with time", () => {
    const one = [voice("a", 1)];
    const three = [voice("a", 1), voice("bb", 1), voice("ccc", 1)];
    expect(heat(three)).toBeGreaterThan(heat(one));
    expect(heat([voice("a", 1, { rank: 1 })])).toBeGreaterThan(heat([voice("a", 1, { rank: 18 })]));
    expect(heat([voice("a", 1, { weight: 2 })])).toBeGreaterThan(heat(one));
    expect(hotness([voice("a", 13)], now)).toBeCloseTo(hotness(one, now) / 2);
  });
});

describe("the list", () => {
  const story = (terms: number[], members: (Voice & { source: string })[]) => ({ terms, members });

  it("is not flooded by one source, not filled with old ones, and varied", () => {
    const flood = Array.from({ length: 9 }, (_, n) => story([n], [voice("flood", n / 10)]));
    const shared = story([100], [voice("a", 5), voice("bb", 5)]);
    const chosen = choose([...flood, shared], { now, limit: 6 });
    expect(chosen[0]).toBe(shared);
    expect(chosen.length).toBeLessThanOrEqual(3);
    expect(choose([story([1], [voice("a", 60)])], { now, limit: 6 })).toEqual([]);
    const like = [1, 2].map((n) => story([7, 8, 9], [voice("a", n), voice("bb", n), voice("ccc", n)]));
    const other = story([20], [voice("a", 3), voice("bb", 3)]);
    expect(choose([...like, other], { now, limit: 3 }).indexOf(other)).toBe(1);
  });
});

describe("growth", () => {
  const told = {
    title: "星川汽车召回9.6万辆电动车",
    lead: "星川汽车今天召回9.6万辆电动车。",
    body: "",
    language: "zh",
  };

  it("is the sentence with most that was not told, and what was last heard", () => {
    const lead = "星川汽车召回电动车一事有新进展。召回扩大到32万辆，新增两款车型，电池供应商首次回应。";
    const found = growth([told], [{ ...told, title: "星川召回扩大到32万辆", lead }]);
    expect(found).toEqual({ sentence: "召回扩大到32万辆，新增两款车型，电池供应商首次回应。", lastTold: "9.6万辆" });
  });

  it("is none when nothing new is told, and none before anything was", () => {
    expect(growth([told], [told])).toBeNull();
    expect(growth([], [told])).toBeNull();
  });

  it("makes the moments of a story", () => {
    const lead = "召回扩大到32万辆，新增两款车型，电池供应商首次回应。";
    const articles = [
      { ...told, id: 1, publishedAt: new Date(1000) },
      { ...told, id: 2, publishedAt: new Date(2000) },
      { ...told, id: 3, publishedAt: new Date(3000), lead },
    ];
    expect(timeline(articles, { max: 8 }).map((moment) => moment.articleId)).toEqual([1, 3]);
  });
});

describe("terms and subjects", () => {
  it("read a number however it is written", () => {
    expect(tokenize("已转移11.4万人").numbers).toEqual([114_000]);
    expect(tokenize("114,000 people moved at 13:00").numbers).toEqual([114_000]);
    expect(tokenize("1.2 billion crowns on 21日").numbers).toEqual([1_200_000_000]);
  });

  it("find an article's subjects by a headline's word, not by one in passing", () => {
    const compiled = compileSubjects(builtInSubjects.map((draft, n) => ({ id: n + 1, ...draft })));
    const slugs = (title: string, lead = "") => {
      const article = { title, lead, body: "", source: "北岸日报", sections: [] };
      const found = subjectsOf(article, new Set(tokenize(`${title} ${lead}`).terms), compiled);
      return found.map((id) => builtInSubjects[id - 1]!.slug);
    };
    expect(slugs("蓝穹航天一箭九星发射成功")).toContain("tech");
    expect(slugs("Westridge Bank cuts deposit rates")).toContain("business");
    expect(slugs("She said so", "He said again.")).toEqual([]);
    expect(slugs("村民众筹给路装灯", "四十七盏灯照亮两公里，有人说像电影。")).not.toContain("culture");
  });
});
