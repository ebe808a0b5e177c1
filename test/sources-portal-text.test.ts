import { expect, test } from "vitest";
import { isCredit } from "../src/sources/credits.ts";
import { splitItem } from "../src/sources/list-item.ts";
import { looksLikePortalText, readPortalText } from "../src/sources/portal-text.ts";
import { leadOf, readTeaser } from "../src/sources/teaser.ts";

const zone = "Asia/Shanghai";

const page = `深度|临澜海堤加固向沿海各县说明三件事
编辑部
2026-11-21 08:05:09
17

  11月20日上午,临澜市海堤加固工程通过验收。

  这项工程历时两年,向沿海各县说明了三件事。

  (一)钱花在哪里

  工程总投资4亿元,其中六成用于地基。“先打桩,后抬高。”负责人说。

  (二)水从哪里来

  记录显示:近三年最高潮位出现在9月。

  (三)下一步做什么

  统筹:各县将分三批开工,第一批明年3月动土,第二批在汛期之后,第三批的时间视资金到位的情况再作决定。

  面向未来,海堤还将装上自动巡查设备。

  策划:陈一帆

  主笔:林溪

  视觉:周小川、何方

  临澜日报社出品

相关内容

海堤裂缝补好了 居民回家...   南港网11月20日电 (记者 高岩)临澜市东段海堤的三处裂缝20日全部补好,四百户居民...

热门资讯

云溪隧道今晚贯通 两岸车程减半...   南港网云溪11月21日电 (记者 白露)云溪隧道21日零时贯通...
半夜的灯   星河周刊记者:蓝天  发于2026.11.16总第88期《星河周刊》杂志  灯亮了……...
环湖马拉松首次用无人机送水保... 环湖马拉松首次用无人机送水保障。长湖台 供图  南港网长湖11月19日电(丁一 卫兰 欧阳青)...
储能电站顶住晚高峰 北岸电网给出答案 据北岸电网消息,20日晚高峰期间,储能电站连续放电两小时,全市没有一处拉闸...
`;

test("a portal page's text: article, credits apart, lists in order", () => {
  const { article, related, hot, source } = readPortalText(page, { zone });
  expect(article).toMatchObject({
    title: "深度|临澜海堤加固向沿海各县说明三件事",
    titleCut: false,
    author: "编辑部",
    lead: "11月20日上午,临澜市海堤加固工程通过验收。",
    credits: "策划:陈一帆\n主笔:林溪\n视觉:周小川、何方\n临澜日报社出品",
    dateline: "",
    reporter: "",
    rank: null,
    language: "zh",
    publishedAt: new Date("2026-11-21T00:05:09Z"),
  });
  const paragraphs = article!.body.split("\n\n");
  expect(paragraphs).toHaveLength(9);
  expect(paragraphs[2]).toBe("(一)钱花在哪里");
  expect(paragraphs.at(-1)).toBe("面向未来,海堤还将装上自动巡查设备。");
  expect(source).toBeNull();
  expect(related).toHaveLength(1);
  expect(related[0]).toMatchObject({ title: "海堤裂缝补好了 居民回家...", rank: null, reporter: "高岩" });
  expect(hot.map((item) => [item.rank, item.title, item.titleCut])).toEqual([
    [1, "云溪隧道今晚贯通 两岸车程减半...", true],
    [2, "半夜的灯", false],
    [3, "环湖马拉松首次用无人机送水保...", true],
    [4, "储能电站顶住晚高峰 北岸电网给出答案", false],
  ]);
  expect(hot[0]).toMatchObject({ dateline: "南港网云溪11月21日电", publishedAt: new Date("2026-11-21T00:05:09Z") });
  expect(hot[1]).toMatchObject({ reporter: "蓝天", lead: "灯亮了……...", publishedAt: article!.publishedAt });
  expect(hot[2]).toMatchObject({
    lead: "环湖马拉松首次用无人机送水保障。",
    dateline: "南港网长湖11月19日电",
    reporter: "丁一 卫兰 欧阳青",
    photoCredit: "长湖台 供图",
    publishedAt: new Date("2026-11-19T04:00:00Z"),
  });
  expect(hot[3]!.lead).toMatch(/^据北岸电网消息,20日晚高峰/);
});

test("the zone is the page's own clock", () => {
  expect(readPortalText(page, { zone: "UTC" }).article!.publishedAt).toEqual(new Date("2026-11-21T08:05:09Z"));
});

const heads: [name: string, head: string, expected: object][] = [
  ["time before author", "海堤验收\n2026年11月21日 08:05\n陈一帆\n阅读 1,204\n", { author: "陈一帆" }],
  ["all in one line", "海堤验收\n来源:临澜日报  作者:陈一帆  2026-11-21 08:05  阅读 12万\n", { author: "陈一帆" }],
  ["author and time in one line", "海堤验收\n陈一帆 2026/11/21 08:05 0\n", { author: "陈一帆" }],
  ["no author", "海堤验收\n2026-11-21 08:05\n3\n", { author: "" }],
  ["blank lines between", "海堤验收\n\n陈一帆\n\n2026-11-21 08:05\n\n0\n", { author: "陈一帆" }],
  [
    "windows lines and a mark of order",
    "\ufeff海堤验收\r\n陈一帆\r\n2026-11-21 08:05:00\r\n0\r\n",
    { author: "陈一帆" },
  ],
  ["full-width digits", "海堤验收\n作者：陈一帆\n２０２６-１１-２１　０８:０５\n浏览：3\n", { author: "陈一帆" }],
];

test.each(heads)("head: %s", (_name, head, expected) => {
  const { article } = readPortalText(`${head}\n  海堤加固工程20日通过验收。\n\n  工程历时两年。\n`, { zone });
  expect(article).toMatchObject({ title: "海堤验收", publishedAt: new Date("2026-11-21T00:05:00Z"), ...expected });
  expect(article!.body).toBe("海堤加固工程20日通过验收。\n\n工程历时两年。");
});

test("a page that names its source says so", () => {
  expect(readPortalText(heads[1]![1], { zone }).source).toBe("临澜日报");
});

test("an article without time, author or lists is its headline and its text", () => {
  const { article, hot } = readPortalText("海堤验收\n\n  海堤加固工程通过验收。\n  工程历时两年。", { zone });
  expect(article).toMatchObject({ title: "海堤验收", author: "", publishedAt: null });
  expect(article!.body).toBe("海堤加固工程通过验收。\n\n工程历时两年。");
  expect(hot).toEqual([]);
});

test("lists only, numbered by the page", () => {
  const { article, hot } = readPortalText(
    "热门资讯\n1. 海堤验收   南港网11月2日电 验收了。\n2. 2026马拉松开跑   三万人。",
    { zone },
  );
  expect(article).toBeNull();
  expect(hot.map((item) => [item.rank, item.title])).toEqual([
    [1, "海堤验收"],
    [2, "2026马拉松开跑"],
  ]);
});

test("a title's own number stays when the list is not numbered", () => {
  const { hot } = readPortalText(
    "热门资讯\n1. 5亿元到账   南港网11月2日电 钱到了。\n海堤验收   三万人到场见证了这一刻。",
    { zone },
  );
  expect(hot[0]!.title).toBe("1. 5亿元到账");
});

test("a dateline of December on a page of January is last year's", () => {
  const text =
    "年终盘点\n编辑部\n2027-01-02 09:00\n0\n\n  正文在此。\n\n热门资讯\n\n烟花照亮北岸夜空   南港网12月31日电 北岸31日夜放烟花。";
  expect(readPortalText(text, { zone }).hot[0]!.publishedAt).toEqual(new Date("2026-12-31T04:00:00Z"));
});

/** Lines of lists: title, what stands between, teaser. */
const lines: [title: string, separator: string, teaser: string][] = [
  ["长湖水位连降三天...", "   ", "南港网11月21日电 (记者 高岩)长湖水位..."],
  ["长湖水位连降三天...", " ", "长湖水位连降三天,渔民说..."],
  ["长湖水位连降三天…", " ", "长湖水位连降三天,渔民说"],
  ["长湖水位 连降三天 渔民...", " ", "长湖水位连降三天,渔民说,今年 与往年不同..."],
  ["长湖水位连降三天", "   ", "渔民说......后来 又涨了..."],
  ["长湖水位连降三天", " ", "南港网长湖11月21日电 (记者 高岩)长湖水位..."],
  ["水务局:“先保饮水” 再谈灌溉", " ", "南港网11月21日电 据水务局消息,21日..."],
  ["水务局:“先保饮水” 再谈灌溉", "   ", "据水务局消息,21日..."],
  ["长湖水位连降三天", " ", "11月21日,长湖水位降到二十米,渔民说今年与往年不同..."],
  ["长湖水位连降三天", " ", "近日,长湖水位降到二十米,渔民说今年与往年不同..."],
  ["长湖“见底”", "   ", "星河周刊记者:蓝天  发于2026.11.16总第88期《星河周刊》杂志  水退了……..."],
  ["长湖首次用机器狗巡堤...", " ", "长湖首次用机器狗巡堤。长湖台 供图  南港网长湖11月19日电(丁一)..."],
  ["DLX-9火箭首飞 九星入轨", "   ", "蓝穹航天21日说,DLX-9火箭首飞成功..."],
  ["长湖水位连降三天", "\u3000\u3000\u3000", "渔民说,今年与往年不同。"],
  ["Sea wall passes its test", "   ", "LINLAN, Nov 20 (Nangang Wire) -- The sea wall passed..."],
  ["Sea wall passes its test, and the county says...", " ", "The sea wall passed its test on Friday..."],
];

test.each(lines)("%s‖%s‖%s", (title, separator, teaser) => {
  expect(splitItem(title + separator + teaser)).toEqual({ title, teaser, titleCut: /(\.{3}|…)$/.test(title) });
});

test("a line that is one title is one title", () => {
  expect(splitItem("长湖水位 连降三天")).toEqual({ title: "长湖水位 连降三天", teaser: "", titleCut: false });
  expect(splitItem("Sea wall passes its test")).toMatchObject({ title: "Sea wall passes its test", teaser: "" });
});

type Told = { lead: string; dateline?: string; reporter?: string; photoCredit?: string };

const teasers: [text: string, told: Told][] = [
  ["南港网11月21日电 水退了。", { lead: "水退了。", dateline: "南港网11月21日电" }],
  [
    "南港网成阳11月21日电(记者 高岩)水退了...",
    { lead: "水退了...", dateline: "南港网成阳11月21日电", reporter: "高岩" },
  ],
  [
    "南港社北岸/长湖11月21日电 (记者高岩、白露)水退了。",
    { lead: "水退了。", dateline: "南港社北岸/长湖11月21日电", reporter: "高岩 白露" },
  ],
  [
    "南港社联合城21日电（高岩　白 露）水退了。",
    { lead: "水退了。", dateline: "南港社联合城21日电", reporter: "高岩 白露" },
  ],
  ["据南港社长湖11月21日电，水退了。", { lead: "水退了。", dateline: "据南港社长湖11月21日电" }],
  [
    "本报讯(记者 高岩 通讯员 白露) 长湖的水退了。",
    { lead: "长湖的水退了。", dateline: "本报讯", reporter: "高岩 白露" },
  ],
  ["本报长湖11月21日电 记者 高岩报道:水退了。", { lead: "水退了。", dateline: "本报长湖11月21日电", reporter: "高岩" }],
  ["【南港网报道 记者 高岩】水退了。", { lead: "水退了。", dateline: "南港网报道", reporter: "高岩" }],
  ["[南港网综合报道]水退了。", { lead: "水退了。", dateline: "南港网综合报道" }],
  ["南港社11月21日电 题:长湖的水 水退了。", { lead: "题:长湖的水 水退了。", dateline: "南港社11月21日电" }],
  ["(记者 高岩)水退了。", { lead: "水退了。", reporter: "高岩" }],
  ["记者 高岩 水退了。", { lead: "水退了。", reporter: "高岩" }],
  ["□本报记者 高岩 白露 水退了。", { lead: "水退了。", reporter: "高岩 白露" }],
  ["文/高岩 水退了,渔民上岸。", { lead: "水退了,渔民上岸。", reporter: "高岩" }],
  ["星河周刊记者:蓝天  发于2026.11.16总第88期《星河周刊》杂志  水退了……...", { lead: "水退了……...", reporter: "蓝天" }],
  [
    "南港网11月21日电(阿卜杜·热合曼)水退了。",
    { lead: "水退了。", dateline: "南港网11月21日电", reporter: "阿卜杜·热合曼" },
  ],
  [
    "南港网11月21日电 (记者 John Reed)水退了。",
    { lead: "水退了。", dateline: "南港网11月21日电", reporter: "John Reed" },
  ],
  [
    "长湖的机器狗。长湖台 供图  南港网长湖11月19日电(丁一)机器狗19日上岗,每天巡堤八次。",
    {
      lead: "机器狗19日上岗,每天巡堤八次。",
      dateline: "南港网长湖11月19日电",
      reporter: "丁一",
      photoCredit: "长湖台 供图",
    },
  ],
  [
    "图为机器狗在巡堤。 南港社记者 高岩 摄  南港网11月19日电 机器狗19日上岗,每天巡堤八次。",
    { lead: "机器狗19日上岗,每天巡堤八次。", dateline: "南港网11月19日电", photoCredit: "南港社记者 高岩 摄" },
  ],
  [
    "LINLAN, Nov 20 (Nangang Wire) -- The sea wall passed.",
    { lead: "The sea wall passed.", dateline: "LINLAN, Nov 20 (Nangang Wire)" },
  ],
  ["LINLAN (Nangang) - The sea wall passed.", { lead: "The sea wall passed.", dateline: "LINLAN (Nangang)" }],
  [
    "南港网11月21日电 (南港财经记者 高岩)水退了。",
    { lead: "水退了。", dateline: "南港网11月21日电", reporter: "高岩" },
  ],
  [
    "南港青年报客户端长湖11月21日电(南青报·南青网记者 高岩)水退了。",
    { lead: "水退了。", dateline: "南港青年报客户端长湖11月21日电", reporter: "高岩" },
  ],
  ["【南港网记者 高岩】水退了。", { lead: "水退了。", reporter: "高岩" }],
  ["南港网11月21日电 (记者 高岩 白...", { lead: "", dateline: "南港网11月21日电", reporter: "高岩" }],
  ["南港网11月21日电 (记者 高...", { lead: "", dateline: "南港网11月21日电" }],
  ["南港新闻记者 高岩 白露 摄影报道 水退了。", { lead: "水退了。", reporter: "高岩 白露" }],
  ["北岸科技讯 11月21日上午消息,新机发布。", { lead: "新机发布。", dateline: "北岸科技讯 11月21日上午消息" }],
  ["长湖之家 11 月 21 日消息,新机发布。", { lead: "新机发布。", dateline: "长湖之家 11 月 21 日消息" }],
  ["北岸商报讯(记者 高岩)水退了。", { lead: "水退了。", dateline: "北岸商报讯", reporter: "高岩" }],
  ["11月21日电 (记者 高岩)水退了。", { lead: "水退了。", dateline: "11月21日电", reporter: "高岩" }],
  ["(长湖速递)南港网11月21日电 水退了。", { lead: "水退了。", dateline: "南港网11月21日电" }],
  ["来源:南港网  南港网11月21日电 水退了。", { lead: "水退了。", dateline: "南港网11月21日电" }],
  [
    "南港社长湖11月21日电 题:长湖的水为什么退了 南港社记者 高岩  水退了。",
    { lead: "水退了。", dateline: "南港社长湖11月21日电", reporter: "高岩" },
  ],
  [
    "资料图:长湖大堤 南港社记者 高岩 摄  南港网11月21日电 水退了,渔民把船拖上了岸。",
    { lead: "水退了,渔民把船拖上了岸。", dateline: "南港网11月21日电", photoCredit: "南港社记者 高岩 摄" },
  ],
  // What only looks like an opening stays.
  ["(视频)长湖的水退了。", { lead: "(视频)长湖的水退了。" }],
  ["(长湖)水退了。", { lead: "(长湖)水退了。" }],
  ["南港网11月21日电 (视频)水退了。", { lead: "(视频)水退了。", dateline: "南港网11月21日电" }],
  ["【长湖水位】水退了。", { lead: "【长湖水位】水退了。" }],
  ["通讯员们说,水退了。", { lead: "通讯员们说,水退了。" }],
  ["记者21日从水务局获悉,水退了。", { lead: "记者21日从水务局获悉,水退了。" }],
  ["水务局11月21日电话通知各县,水退了。", { lead: "水务局11月21日电话通知各县,水退了。" }],
  ["11月21日,水退了。", { lead: "11月21日,水退了。" }],
  ["据水务局消息,11月21日,水退了。", { lead: "据水务局消息,11月21日,水退了。" }],
  ["(以下简称水务局)21日说,水退了。", { lead: "(以下简称水务局)21日说,水退了。" }],
  ["A-B tests show - so they say - that it works.", { lead: "A-B tests show - so they say - that it works." }],
  ["", { lead: "" }],
];

test.each(teasers)("teaser: %s", (text, told) => {
  expect(readTeaser(text)).toEqual({ dateline: "", reporter: "", photoCredit: "", ...told });
});

test("the lead of a text is its first prose, its opening read on the way", () => {
  const texts = [
    "南港社长湖11月21日电 题：长湖的水为什么退了",
    "南港社记者高岩、白露",
    "一、湖",
    "长湖的水退了。渔民上岸。",
  ];
  expect(leadOf(texts)).toEqual({
    lead: "长湖的水退了。渔民上岸。",
    dateline: "南港社长湖11月21日电",
    reporter: "高岩 白露",
    photoCredit: "",
  });
  expect(leadOf(["长湖的水", "退了"]).lead).toBe("长湖的水");
  expect(leadOf([]).lead).toBe("");
  expect(leadOf(["记者发现长湖的水退了。"])).toMatchObject({ lead: "记者发现长湖的水退了。", reporter: "" });
});

test("credits name people; sentences with a colon do not", () => {
  for (const line of [
    "策划：陈一帆",
    "记者：高岩 白露",
    "责任编辑:丁一",
    "（编辑 林溪/责编：何方）",
    "视频剪辑丨何方",
    "文字/高岩",
  ]) {
    expect([line, isCredit(line)]).toEqual([line, true]);
  }
  for (const line of [
    "南港社国内部制作",
    "临澜日报社出品",
    "Written by Li Wei",
    "Editors: A. Reed, B. Stone",
    "图片来源：长湖台",
  ]) {
    expect([line, isCredit(line)]).toEqual([line, true]);
  }
  const told = [
    "他说：水退了。",
    "结论是：编辑没有看到这句话，也没有人告诉他这句话后来怎么样了。",
    "这部影片由三家公司联合制作。",
    "(一)监制的由来",
    "负责人：先打桩，后抬高，最后才轮到种树和修路灯",
  ];
  for (const line of told) expect([line, isCredit(line)]).toEqual([line, false]);
});

test("a portal page is known by its lists or by its head", () => {
  expect(looksLikePortalText(page)).toBe(true);
  expect(looksLikePortalText(heads[0]![1])).toBe(true);
  expect(looksLikePortalText("买菜清单\n萝卜\n白菜")).toBe(false);
});

test("hostile texts end soon", () => {
  // The runner ends a test that takes more than 20 s.
  for (const text of [
    "高岩 ".repeat(20_000),
    "(".repeat(50_000),
    "记者 ".repeat(20_000),
    "...   ".repeat(20_000),
    "A ".repeat(50_000),
  ]) {
    readPortalText(`热门资讯\n${text}`, { zone });
    readPortalText(text, { zone });
    readTeaser(text);
  }
});
