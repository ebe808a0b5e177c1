import { describe, expect, it } from "vitest";
import { choose, hotness, type Voice } from "../src/news/rank.ts";
import { topStories } from "../src/store/top.ts";
import { openStore, withStore } from "./support/store.ts";
import { now, reader, storyOf } from "./support/telling.ts";

type Told = [title: string, lead: string, source?: string];

const harbour = "本报讯 更多新闻请下载北岸日报客户端，扫码关注我们。未经授权不得转载。责任编辑：周远。";

/** What sounds like one story and is not; the letters say which articles tell one event. */
const traps: { trap: string; stories: string; told: Told[] }[] = [
  {
    trap: "降准 and 降息 of one bank on one day",
    stories: "ab",
    told: [
      ["青禾央行宣布降准0.5个百分点", "青禾央行今天宣布下调存款准备金率0.5个百分点，支持实体经济。"],
      ["青禾央行宣布降息0.25个百分点", "青禾央行今天宣布下调贷款利率0.25个百分点，支持实体经济。"],
    ],
  },
  {
    trap: "the 6.8 and the 6.1 earthquake",
    stories: "aab",
    told: [
      ["松岭县发生6.8级地震", "松岭县今天凌晨发生6.8级地震，震源深度10公里，救援队已出发。"],
      ["松岭6.8级地震，救援队出发", "松岭县凌晨发生6.8级地震，震源深度10公里，三支救援队已出发。"],
      ["松岭县发生6.1级地震", "松岭县今天上午发生6.1级地震，震源深度12公里，救援队正在路上。"],
    ],
  },
  {
    trap: "last year's final told beside this year's",
    stories: "ab",
    told: [
      ["2025年环湖杯决赛：南坪队2比1夺冠", "2025年环湖杯决赛，南坪队2比1战胜长风队，第一次夺冠。"],
      ["2026年环湖杯决赛：南坪队3比0夺冠", "2026年环湖杯决赛，南坪队3比0战胜长风队，第二次夺冠。"],
    ],
  },
  {
    trap: "boilerplate and a dateline in every text of an outlet",
    stories: "abc",
    told: [
      ["镜湖水位回落", `北岸日报11月22日电 ${harbour}镜湖水位比上周低了四十厘米。`],
      ["学校食堂换了新灶", `北岸日报11月22日电 ${harbour}十二所学校的食堂换上电灶。`],
      ["雁荡山索道停运检修", `北岸日报11月22日电 ${harbour}雁荡山索道停运三周，更换钢缆。`],
    ],
  },
  {
    trap: "one source's template",
    stories: "abc",
    told: [
      ["南港今日天气：多云转晴", "南港气象台今天发布预报，白天多云转晴，最高23度。", "天气台"],
      ["北岸今日天气：小雨到中雨", "北岸气象台今天发布预报，白天小雨到中雨，最高17度。", "天气台"],
      ["云溪今日天气：阴有雾", "云溪气象台今天发布预报，白天阴有雾，最高12度。", "天气台"],
    ],
  },
  {
    trap: "a round-up that mentions everything, whatever it is called",
    stories: "abcd",
    told: [
      ["柳溪仓库起火，两所小学停课", "柳溪东区一座仓库清晨起火，浓烟飘过河面，两所小学停课。"],
      ["青禾银行下调首付比例到两成", "青禾银行今天宣布，首套住房首付比例下调到两成，下月起执行。"],
      ["雁荡山索道停运三周换钢缆", "雁荡山索道今天起停运三周，更换钢缆，游客改走石阶。"],
      [
        "柳溪仓库起火，青禾银行下调首付，雁荡山索道停运",
        "柳溪东区一座仓库清晨起火，两所小学停课。青禾银行首付比例下调到两成，下月起执行。雁荡山索道停运三周换钢缆。",
      ],
    ],
  },
  {
    trap: "a column that tells of a story there is, and a story that was in a column",
    stories: "aba",
    told: [
      ["柳溪仓库起火，两所小学停课", "柳溪东区一座仓库清晨起火，浓烟飘过河面，两所小学停课。"],
      ["早间要闻：柳溪仓库起火，两所小学停课", "柳溪东区一座仓库清晨起火，浓烟飘过河面，两所小学停课。索道停运。"],
      ["柳溪东区仓库起火，浓烟飘过河面", "柳溪东区一座仓库清晨起火，两所小学停课，浓烟飘过河面，渡船停开。"],
    ],
  },
  {
    trap: "a chain that drags a story away, each a little like the last",
    stories: "abcd",
    told: [
      ["柳溪仓库起火，两所小学停课", "柳溪东区一座仓库清晨起火，浓烟飘过河面，两所小学停课。"],
      ["柳溪小学合并，家长担心路远", "柳溪两所小学明年合并，家长担心孩子上学路远，学校说会开校车。"],
      ["校车公司招不到司机", "三家校车公司说招不到司机，家长只好自己送孩子上学。"],
      ["司机短缺，货运公司涨薪两成", "货运公司因司机短缺给司机涨薪两成，仍有三成货车停着。"],
    ],
  },
];

describe("stories are not fooled by", () => {
  it.each(traps)("$trap", ({ stories, told }) =>
    withStore(openStore, async (db) => {
      const add = reader(db);
      const ids: number[] = [];
      for (const [n, [title, lead, source]] of told.entries()) ids.push(await add(20 - n, { title, lead }, source));
      const homes: (number | null)[] = [];
      for (const id of ids) homes.push(await storyOf(db, id));
      const letters = homes.map((home) => "abcdefgh"[[...new Set(homes)].indexOf(home)]);
      expect(letters.join("")).toBe(stories);
    }),
  );
});

function voice(family: string, hoursAgo: number, more: Partial<Voice> = {}): Voice & { source: string } {
  const publishedAt = new Date(now.getTime() - hoursAgo * 3_600_000);
  const id = publishedAt.getTime() / 1000 + family.length;
  return { id, family, source: family, weight: 1, rank: null, publishedAt, dateline: "", copyOf: null, ...more };
}

/** The first of each is hotter, for the reason that it is called by. */
const hotter: [reason: string, hot: Voice[], cool: Voice[]][] = [
  ["more independent families", [voice("a", 1), voice("bb", 1)], [voice("a", 1), voice("a", 2)]],
  [
    "growing faster",
    [voice("a", 6), voice("bb", 1), voice("ccc", 1)],
    [voice("a", 6), voice("bb", 5), voice("ccc", 1)],
  ],
  ["fresher", [voice("a", 1), voice("bb", 1)], [voice("a", 9), voice("bb", 9)]],
  ["higher in the source's own list", [voice("a", 1, { rank: 1 })], [voice("a", 1, { rank: 12 })]],
  ["more trusted", [voice("a", 1, { weight: 1.5 })], [voice("a", 1, { weight: 0.5 })]],
  [
    "no copies of one wire",
    [voice("a", 1), voice("bb", 1)],
    [voice("a", 1), voice("bb", 1), voice("ccc", 1)].map((each) => ({ ...each, dateline: "长风社临澜22日电" })),
  ],
];

describe("top", () => {
  it.each(hotter)("puts first what has %s", (_, hot, cool) => {
    const listed = (members: Voice[]) => members.map((member) => ({ ...member, source: member.family }));
    expect(hotness(listed(hot), now)).toBeGreaterThan(hotness(listed(cool), now));
  });

  it("is short on a slow day: what is under the floor does not fill it", () => {
    const old = [40, 50, 70].map((hours) => ({ terms: [hours], members: [voice("a", hours)] }));
    const fresh = { terms: [1], members: [voice("bb", 2)] };
    expect(choose([fresh, ...old], { now, limit: 8 })[0]).toBe(fresh);
    expect(choose(old.slice(1), { now, limit: 8 })).toEqual([]);
  });

  it("says why a story is there: how many tell it, and how many of them within how many hours", () =>
    withStore(openStore, async (db) => {
      const add = reader(db);
      const told = [...traps[1]!.told.slice(0, 2), ["6.8级地震袭松岭", "松岭县凌晨发生6.8级地震，三支救援队已出发。"]];
      for (const [n, [title, lead]] of told.entries()) await add(2 - n / 2, { title: title!, lead: lead! });
      const [card] = (await topStories(db, { now, limit: 5 })).stories;
      expect(card).toMatchObject({ outlets: 3, rush: { outlets: 3, hours: 1 } });
    }));

  it("is of a source and of a day", () =>
    withStore(openStore, async (db) => {
      const add = reader(db);
      const [lake, stove] = traps[3]!.told;
      const today = await add(3, { title: lake![0], lead: lake![1] }, "北岸日报");
      const before = await add(30, { title: stove![0], lead: stove![1] }, "南港快讯");
      const ids = async (of: object) => (await topStories(db, { now, limit: 5, ...of })).stories.map(({ id }) => id);
      expect([await ids({ source: 1 }), await ids({ source: 2 })]).toEqual([[today], [before]]);
      const from = new Date("2026-11-21T00:00:00Z");
      expect(await ids({ day: { from, to: new Date("2026-11-22T00:00:00Z") } })).toEqual([before]);
    }));
});
