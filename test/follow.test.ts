import { expect, it } from "vitest";
import { readFixture } from "#runtime";
import { emptyBackground } from "../src/news/background.ts";
import { follows } from "../src/news/follow.ts";
import { growth } from "../src/news/growth.ts";
import { detectLanguage } from "../src/news/language.ts";
import { type Sketch, sketchArticle } from "../src/news/sketch.ts";
import { pairsOf } from "./support/hard-pairs.ts";

const now = new Date("2026-11-22T08:00:00Z");
const background = emptyBackground();

function told(hoursAgo: number, title: string, lead: string): Sketch {
  const publishedAt = new Date(now.getTime() - hoursAgo * 3_600_000);
  const language = detectLanguage(title);
  return sketchArticle({ id: 1_000 - hoursAgo, title, lead, body: "", language, publishedAt }, background);
}

const bridge = "松溪大桥合龙，两岸只要十分钟";
const bridgeLead = "全长3.4公里的松溪大桥今天合龙，明年9月通车，两岸车程由一小时缩短到十分钟。";
const bridgeSooner = "松溪大桥通车提前到明年7月";
const bridgeSoonerLead = "松溪大桥通车时间今天宣布提前到明年7月，头半个月只走公交。";
const storm = "台风“白鹭”生成，或将影响松溪沿海";
const stormLead = "今年第9号台风“白鹭”在外海生成，预计三天内靠近松溪沿海。";

it.each([
  ["opens sooner than was told", [40, bridge, bridgeLead], [2, bridgeSooner, bridgeSoonerLead]],
  [
    "repeats the number that was told, and what became of it",
    [60, "远岭手机召回41万部", "远岭手机今天召回41万部手机，充电器可能发热。"],
    [2, "远岭召回手机已换充电器12万个", "远岭手机今天说，召回的41万部手机里已有12万部换了充电器。"],
  ],
  [
    "tells what became of a storm by its name",
    [50, storm, stormLead],
    [2, "“白鹭”走后，松溪学校复课", "台风“白鹭”减弱以后，松溪的学校今天分批复课。"],
  ],
  [
    "in English as well",
    [
      50,
      "Typhoon Egret forms off Songxi",
      "Typhoon Egret formed in the open sea and may reach Songxi within three days.",
    ],
    [2, "Egret weakens, schools in Songxi reopen", "Typhoon Egret fell to a depression and schools in Songxi reopen."],
  ],
] as const)("a later event follows one that was told when it %s", (_, before, after) => {
  const [earlier, later] = [
    told(...(before as [number, string, string])),
    told(...(after as [number, string, string])),
  ];
  expect(follows(later, earlier)).toBe(true);
  expect(follows(earlier, later)).toBe(false);
});

it("what was told as a month and is another now is what the reader last heard", () => {
  const article = (title: string, lead: string) => ({ title, lead, body: "", language: "zh" });
  expect(growth([article(bridge, bridgeLead)], [article(bridgeSooner, bridgeSoonerLead)])).toEqual({
    sentence: "松溪大桥通车时间今天宣布提前到明年7月，头半个月只走公交。",
    lastTold: "明年9月",
  });
});

it("another matter of the same name, a week later, or in another language, follows nothing", () => {
  const earlier = told(40, bridge, bridgeLead);
  expect(follows(told(2, "松溪大桥桥头公园开放", "松溪大桥桥头的公园今天开放，占地三公顷。"), earlier)).toBe(false);
  const late = told(2, bridgeSooner, bridgeSoonerLead);
  expect(follows(late, told(24 * 9, bridge, bridgeLead))).toBe(false);
  const english = "Songxi bridge to open in July";
  expect(follows(told(2, english, "The 3.4 km Songxi bridge is to open in July."), earlier)).toBe(false);
});

it("none of the pairs that are hard to tell apart is a follow-up", async () => {
  const pairs = pairsOf(await readFixture("hard-pairs-different.txt"));
  const followed = pairs.filter(([a, b]) => {
    const [one, other] = [a, b].map(({ title, lead, daysBefore }, n) => told(daysBefore * 24 + n * 2, title, lead));
    return follows(one!, other!) || follows(other!, one!);
  });
  expect(followed.map(([a, b]) => `${a.title} / ${b.title}`)).toEqual([]);
});
