import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { type ArticleDraft, emptyDraft } from "../../src/news/article.ts";
import { fold } from "../../src/news/fold.ts";
import { articlesPerBatch, saveArticles } from "../../src/store/articles.ts";
import { batchAll, type Db } from "../../src/store/db.ts";
import { type SearchOptions, searchArticles, unindexStatements } from "../../src/store/search.ts";
import { ensureSource } from "../../src/store/sources.ts";
import { madeText, randomFrom } from "../support/made-text.ts";
import { type OpenStore, withStore } from "../support/store.ts";

const now = new Date("2026-11-22T08:00:00Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

type Given = { title: string; lead?: string; body?: string; hours?: number | null; source?: string; language?: string };

/** What a search promises, on every runtime's database. */
export function searchCases(runtime: string, open: OpenStore): void {
  const withNews = (given: readonly Given[], check: (ask: Ask, db: Db) => Promise<void>) =>
    withStore(open, async (db) => {
      await store(db, given);
      await check(async (query, options = {}) => titles(db, query, options), db);
    });

  describe(`search on ${runtime}: words`, () => {
    const news = [
      { title: "星川手机iPhone17发布会推迟", body: "供应商说屏幕不够。售价５９９９元，支持5G。" },
      { title: "习近平会见临澜代表", body: "会谈在云溪举行。" },
      { title: "Café Lumière opens in South Port", body: "The party starts at noon, said Ms Ångström." },
      { title: "南港“3·15”晚会点名三家企业", lead: "A股当天上涨4.5%。", body: "C++工程师称「并非如此」。" },
      { title: "乾隆年间的石桥重修", body: "石桥长三十丈😀，橋上有亭。" },
    ];
    const cases: [string, string[]][] = [
      ["iPhone", ["星川手机iPhone17发布会推迟"]],
      ["iphone17", ["星川手机iPhone17发布会推迟"]],
      ["iPhone 17", ["星川手机iPhone17发布会推迟"]],
      ["ＩＰＨＯＮＥ１７发布", ["星川手机iPhone17发布会推迟"]],
      ["发布", ["星川手机iPhone17发布会推迟"]],
      ["one17发", ["星川手机iPhone17发布会推迟"]],
      ["5999", ["星川手机iPhone17发布会推迟"]],
      ["5G", ["星川手机iPhone17发布会推迟"]],
      ["習近平", ["习近平会见临澜代表"]],
      ["見臨瀾", ["习近平会见临澜代表"]],
      ["cafe lumiere", ["Café Lumière opens in South Port"]],
      ["angstrom", ["Café Lumière opens in South Port"]],
      ["3·15", ["南港“3·15”晚会点名三家企业"]],
      ["3・15", ["南港“3·15”晚会点名三家企业"]],
      ["A股", ["南港“3·15”晚会点名三家企业"]],
      ["4.5%", ["南港“3·15”晚会点名三家企业"]],
      ["C++", ["南港“3·15”晚会点名三家企业"]],
      ["”晚", ["南港“3·15”晚会点名三家企业"]],
      ["乾隆", ["乾隆年间的石桥重修"]],
      ["橋", ["乾隆年间的石桥重修"]],
      ["桥上", ["乾隆年间的石桥重修"]],
      ["😀", ["乾隆年间的石桥重修"]],
      ["丈😀，", ["乾隆年间的石桥重修"]],
      ["石", ["乾隆年间的石桥重修"]],
    ];
    it.each(cases)("%s", (query, expected) =>
      withNews(news, async (ask) => {
        expect((await ask(query)).titles).toEqual(expected);
      }),
    );

    it("no piece goes from one field into the next", () =>
      withNews([{ title: "云溪", lead: "隧道", body: "贯通" }], async (ask) => {
        for (const query of ["溪隧", "道贯", "溪 隧"]) {
          const found = await ask(query);
          expect(found.near || found.titles.length === 1, query).toBe(true);
          if (!query.includes(" ")) expect(found.near, query).toBe(true);
        }
      }));
  });

  describe(`search on ${runtime}: the language`, () => {
    const news: Given[] = [
      { title: "台风青竹登陆临澜", body: "停课停航", hours: 1, source: "北岸日报" },
      { title: "台风红豆远去", body: "青竹仍在海上", hours: 30, source: "南港晚报" },
      { title: "航班恢复", body: "青竹台风过后的机场", hours: 200, source: "南港晚报" },
      {
        title: "Typhoon Greenreed hits",
        body: "Flights from Linlan resume",
        hours: 2,
        source: "Harbour Post",
        language: "en",
      },
      { title: "老照片里的台风", hours: null, source: "北岸日报" },
    ];
    const cases: [string, string[]][] = [
      ["台风 青竹", ["台风青竹登陆临澜", "台风红豆远去", "航班恢复"]],
      ['"青竹台风"', ["航班恢复"]],
      ["青竹 -登陆", ["台风红豆远去", "航班恢复"]],
      ["登陆 OR 远去", ["台风青竹登陆临澜", "台风红豆远去"]],
      ["青竹 source:南港", ["台风红豆远去", "航班恢复"]],
      ["青竹 -source:南港晚报", ["台风青竹登陆临澜"]],
      ['linlan source:"harbour post"', ["Typhoon Greenreed hits"]],
      ["青竹 24h", ["台风青竹登陆临澜"]],
      ["青竹 7d", ["台风青竹登陆临澜", "台风红豆远去"]],
      ["青竹 before:2026-11-20", ["航班恢复"]],
      ["青竹 after:2026-11-20 before:2026-11-22", ["台风红豆远去"]],
      ["title:青竹", ["台风青竹登陆临澜"]],
      ["title:红 青", ["台风红豆远去"]],
      ["language:en flights", ["Typhoon Greenreed hits"]],
      ["source:harbour", ["Typhoon Greenreed hits"]],
      ["source:harbour OR 红豆", ["Typhoon Greenreed hits", "台风红豆远去"]],
      ["台 青竹", ["台风青竹登陆临澜", "台风红豆远去", "航班恢复"]],
      ["红 OR 青竹台", ["台风红豆远去", "航班恢复"]],
      ["台风 -红", ["台风青竹登陆临澜", "航班恢复", "老照片里的台风"]],
      ["after:2026-11-21T23:00:00Z", ["台风青竹登陆临澜", "Typhoon Greenreed hits"]],
      ["来源:harbour", ["Typhoon Greenreed hits"]],
      ["-青", ["老照片里的台风", "Typhoon Greenreed hits"]],
    ];
    it.each(cases)("%s", (query, expected) =>
      withNews(news, async (ask) => {
        const found = await ask(query, { order: "newest" });
        expect(found.titles.sort()).toEqual([...expected].sort());
        expect(found.total).toBe(expected.length);
        expect(found.near).toBe(false);
      }),
    );

    it.each(["24h", "7d"])("%s alone, when nothing came in that time, finds nothing that comes near", (query) =>
      withNews([{ title: "24日的台风，7天不停", hours: 200 }], async (ask) => {
        expect(await ask(query)).toMatchObject({ total: 0, near: false, suggestion: null });
      }),
    );

    it("another spelling is of words that stand together, not of either of two", () =>
      withNews([{ title: "今年第三号青竹台风生成", hours: 1 }], async (ask) => {
        expect((await ask("青竹台封")).suggestion).toBe("青竹台风");
        expect((await ask("青竹台封 OR 量子")).suggestion).toBeNull();
      }));

    it("newest first, the undated last; best has the headline before the mention", () =>
      withNews(news, async (ask) => {
        expect((await ask("台风", { order: "newest" })).titles.at(-1)).toBe("老照片里的台风");
        expect((await ask("青竹", { order: "newest" })).titles[0]).toBe("台风青竹登陆临澜");
        expect((await ask("红豆 OR 海上")).titles[0]).toBe("台风红豆远去");
      }));

    it("whole words of an alphabet come before parts of words", () =>
      withNews(
        [
          { title: "Third party wins", hours: 1 },
          { title: "Modern art sells", hours: 50 },
          { title: "Smart start", hours: 2 },
        ],
        async (ask) => {
          const found = await ask("art", { order: "newest" });
          expect(found.titles[0]).toBe("Modern art sells");
          expect(found.total).toBe(3);
          expect((await ask("wins -art")).titles).toEqual(["Third party wins"]);
        },
      ));

    it("only one language, only since a time, page by page", () =>
      withNews(news, async (ask) => {
        expect((await ask("linlan", { language: "zh" })).titles).toEqual([]);
        expect((await ask("青竹", { within: hoursAgo(24) })).titles).toEqual(["台风青竹登陆临澜"]);
        const pages = [0, 1, 2].map(async (offset) => (await ask("青竹", { offset, limit: 1 })).titles[0]);
        expect((await Promise.all(pages)).sort()).toEqual(["台风红豆远去", "台风青竹登陆临澜", "航班恢复"].sort());
      }));
  });

  describe(`search on ${runtime}: what comes near`, () => {
    const news: Given[] = [
      { title: "台风青竹登陆临澜", body: "中心风力13级，沿海六县停课。", hours: 5 },
      { title: "云溪隧道贯通", body: "隧道全长11.7公里，工程总指挥是陆远。", hours: 400 },
      { title: "星川汽车召回九万辆", body: "The company said Microlane supplied the cells.", hours: 30 },
      { title: "环湖马拉松开跑", body: "三万人参加，管制到13时。", hours: 3 },
    ];
    it("a question that no article holds is answered by the one that has most of it", () =>
      withNews(news, async (ask) => {
        const found = await ask("云溪隧道的全长是多少公里？");
        expect(found.titles[0]).toBe("云溪隧道贯通");
        expect(found.near).toBe(true);
      }));

    it("says what may have been meant", () =>
      withNews(news, async (ask) => {
        expect((await ask("青竹台封")).suggestion).toBe(null);
        expect((await ask("台封青竹")).suggestion).toBe("台风青竹");
        expect((await ask("云溪燧道")).suggestion).toBe("云溪隧道");
        expect((await ask("Mircolane")).suggestion).toBe("microlane");
        expect((await ask("台封")).suggestion).toBe("台风");
        expect((await ask("台封 临烂")).suggestion).toBe("台风 临澜");
        expect((await ask("星船 Mircolane")).suggestion).toBe("星川 microlane");
        expect(await ask("qwxzvk")).toMatchObject({ total: 0, suggestion: null, titles: [] });
      }));

    it("hears a word before it looks how it is written", () =>
      withNews([{ title: "学习进度公布" }, { title: "习近平会见临澜代表" }], async (ask) => {
        expect((await ask("习进平")).suggestion).toBe("习近平");
      }));

    it("what may have been meant keeps the filters, and is there with them", () =>
      withNews([...news, { title: "山高路远，车队抵达", hours: 2 }], async (ask) => {
        expect((await ask("台封 24h")).suggestion).toBe("台风 24h");
        expect((await ask("台封 -青竹")).suggestion).toBeNull();
        expect((await ask("台封 source:nobody")).suggestion).toBeNull();
        expect((await ask("台封 隧道")).suggestion).toBeNull();
        // It is in an older article's text, where only the filter leaves it out.
        expect((await ask("陆远")).total).toBe(1);
        expect(await ask("陆远 24h")).toMatchObject({ total: 0, suggestion: null });
      }));

    it("keeps to the filters", () =>
      withNews(news, async (ask) => {
        expect((await ask("云溪隧道的全长是多少公里？ 7d")).titles).not.toContain("云溪隧道贯通");
        expect((await ask("云溪隧道的全长 source:nobody")).titles).toEqual([]);
      }));
  });

  describe(`search on ${runtime}: the index`, () => {
    it("an article that changed is found by its new words only", () =>
      withStore(open, async (db) => {
        await store(db, [{ title: "云溪隧道", body: "明日贯通" }]);
        await store(db, [{ title: "云溪隧道", body: "推迟到六月" }]);
        expect((await titles(db, "六月", {})).titles).toEqual(["云溪隧道"]);
        expect((await titles(db, "明日贯通", {})).total).toBe(0);
      }));

    it("an article that was taken out is not found", () =>
      withStore(open, async (db) => {
        await store(db, [{ title: "云溪隧道" }, { title: "云溪大桥" }]);
        const [hit] = (await searchArticles(db, "大桥", { now, limit: 1 })).hits;
        await batchAll(db, unindexStatements(db, [hit?.id as number]));
        expect((await titles(db, "云溪", {})).titles).toEqual(["云溪隧道"]);
        expect((await titles(db, "桥", {})).titles).toEqual([]);
      }));

    it("hundreds of articles of one second are all found, and keep their time", () =>
      withStore(open, async (db) => {
        const crowd = Array.from({ length: 300 }, (_, n) => ({ title: `同时的第${n}条`, hours: 10 }));
        await store(db, [...crowd, { title: "早些的同时", hours: 12 }, { title: "晚些的同时", hours: 8 }]);
        const found = await searchArticles(db, "同时", { now, limit: 400, order: "newest" });
        expect(found.total).toBe(302);
        expect((await titles(db, "同时", { order: "newest" })).titles[0]).toBe("晚些的同时");
        expect((await searchArticles(db, "同时 9h", { now, limit: 400 })).total).toBe(1);
        expect((await searchArticles(db, "同时 11h", { now, limit: 400 })).total).toBe(301);
      }));

    it.each([
      ["the oldest first", (n: number) => n],
      ["the newest first", (n: number) => 399 - n],
      ["in no order", (n: number) => (n * 177) % 400],
    ])("an archive of a second each that comes %s is in order of time", (_, place) =>
      withStore(open, async (db) => {
        const second = 1 / 3_600;
        const crowd = Array.from({ length: 400 }, (_, n) => ({
          title: `第${place(n)}条`,
          hours: 50 - place(n) * second,
        }));
        await store(db, crowd);
        const found = await titles(db, "条", { order: "newest", limit: 400 });
        const order = found.titles.map((title) => Number(/\d+/.exec(title)?.[0]));
        expect(order).toEqual(Array.from({ length: 400 }, (_, n) => 399 - n));
        expect((await searchArticles(db, "条 after:2026-11-20T06:03:20Z", { now, limit: 1 })).total).toBe(200);
      }),
    );

    it("counts exactly to a thousand, then says that there are more", () =>
      withStore(open, async (db) => {
        const crowd = Array.from({ length: 1_003 }, (_, n) => ({
          title: `第${n}条消息${n < 1_000 ? "甲" : "乙"}`,
          hours: n,
        }));
        await store(db, crowd);
        expect(await searchArticles(db, "消息甲", { now, limit: 1 })).toMatchObject({ total: 1_000, more: false });
        expect(await searchArticles(db, "消息", { now, limit: 1 })).toMatchObject({ total: 1_000, more: true });
        expect(await searchArticles(db, "甲", { now, limit: 1 })).toMatchObject({ total: 1_000, more: false });
        expect(await searchArticles(db, "甲 消息", { now, limit: 1 })).toMatchObject({ total: 1_000, more: false });
      }));
  });

  describe(`search on ${runtime}: whatever is typed`, () => {
    it("every piece of every text is found, and counted as often as it stands there", () =>
      withStore(open, async (db) => {
        const random = randomFrom(3);
        const given = Array.from({ length: 60 }, (_, n) => ({
          title: madeText(random, 12),
          body: madeText(random, 80),
          hours: n,
        }));
        await store(db, given);
        const folded = given.map(({ title, body }) => [fold(title), fold(body)]);
        for (let n = 0; n < 500; n++) {
          const text = given[Math.floor(random() * given.length)]?.body as string;
          const from = Math.floor(random() * text.length);
          const piece = text.slice(from, from + 1 + Math.floor(random() * 6));
          if (/\s/.test(piece) || fold(piece) === "" || /^[-"]|^[a-z]{3,}\d/i.test(piece)) continue;
          const wanted = folded.filter((texts) => texts.some((each) => each.includes(fold(piece)))).length;
          const found = await searchArticles(db, piece, { now, limit: 100, order: "newest" });
          expect([piece, found.near ? 0 : found.total]).toEqual([piece, wanted]);
        }
      }));

    it("is a query, and gives the same answer twice", () =>
      withStore(open, async (db) => {
        await store(db, [
          { title: 'A "quoted" headline (AND) NOT OR*', body: "NEAR(a b) ^x {y} title:z '; DROP TABLE--" },
        ]);
        const random = randomFrom(9);
        for (let n = 0; n < 300; n++) {
          const query = madeQuery(random);
          const [first, second] = [await titles(db, query, {}), await titles(db, query, {})];
          expect(first).toEqual(second);
        }
        expect((await titles(db, "NEAR(a", {})).total).toBe(1);
        expect((await titles(db, "'; DROP", {})).total).toBe(1);
      }));
  });
}

type Answer = { titles: string[]; total: number; near: boolean; suggestion: string | null };
type Ask = (query: string, options?: Partial<SearchOptions>) => Promise<Answer>;

async function titles(db: Db, query: string, options: Partial<SearchOptions>): Promise<Answer> {
  const found = await searchArticles(db, query, { now, limit: 20, ...options });
  const ids = JSON.stringify(found.hits.map((hit) => hit.id));
  const rows = await db.all<{ title: string }>(
    sql`select title from json_each(${ids}) join articles on articles.id = json_each.value order by json_each.key`,
  );
  return { titles: rows.map((row) => row.title), total: found.total, near: found.near, suggestion: found.suggestion };
}

async function store(db: Db, given: readonly Given[]): Promise<void> {
  const drafts = [];
  for (const { title, lead = "", body = "", hours = 1, source = "北岸日报", language = "zh" } of given) {
    const publishedAt = hours === null ? null : hoursAgo(hours);
    const draft: ArticleDraft = { ...emptyDraft(title), lead, body, publishedAt, language, externalId: title };
    const { id } = await ensureSource(db, source, { kind: "file", language, now });
    drafts.push({ sourceId: id, draft });
  }
  for (let i = 0; i < drafts.length; i += articlesPerBatch) {
    await saveArticles(db, drafts.slice(i, i + articlesPerBatch), { now });
  }
}

const syntax = [
  '"',
  "-",
  " OR ",
  "title:",
  "source:",
  "after:",
  "before:",
  "24h",
  "(",
  ")",
  "*",
  "^",
  ":",
  "AND",
  "NOT",
  "{",
  "'",
  "\\",
  "\0",
];

function madeQuery(random: () => number): string {
  let query = "";
  for (let left = 1 + Math.floor(random() * 6); left > 0; left--) {
    const isSyntax = random() < 0.5;
    query += isSyntax ? syntax[Math.floor(random() * syntax.length)] : madeText(random, 1 + Math.floor(random() * 4));
    if (random() < 0.4) query += " ";
  }
  return query;
}
