import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ArticleDraft, emptyDraft } from "../src/news/article.ts";
import { saveArticles } from "../src/store/articles.ts";
import { relatedTo } from "../src/store/related.ts";
import { ensureSource } from "../src/store/sources.ts";
import { joinStories, looseArticles } from "../src/store/stories.ts";
import { grownSince, storyView } from "../src/store/story-view.ts";
import { candidates, topStories } from "../src/store/top.ts";
import { openStore } from "./support/store.ts";

const now = new Date("2026-11-22T08:00:00Z");
let store: Awaited<ReturnType<typeof openStore>>;

beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

async function add(source: string, hoursAgo: number | null, fields: Partial<ArticleDraft>): Promise<number> {
  const { id: sourceId } = await ensureSource(store.db, source, { kind: "file", language: "zh", now });
  const publishedAt = hoursAgo === null ? null : new Date(now.getTime() - hoursAgo * 3_600_000);
  const draft = { ...emptyDraft(""), publishedAt, externalId: `${source}-${fields.title}`, ...fields };
  const [saved] = await saveArticles(store.db, [{ sourceId, draft }], { now });
  await joinStories(store.db, [saved!.id], { now });
  return saved!.id;
}

const typhoon = {
  title: "台风“青竹”今晚登陆临澜，沿海六县停课停航",
  lead: "省气象台今天发布红色预警，台风“青竹”预计22时前后在青屿到临澜一带登陆，中心风力13级，沿海六县停课停航。",
};
const typhoonToo = {
  title: "“青竹”逼近临澜沿海，六县停课",
  lead: "台风“青竹”预计今晚在临澜一带登陆，省气象台升级红色预警，沿海六县学校停课、渡轮停航。已转移11.4万人，38列动车停运。",
};
const tunnel = {
  title: "云溪隧道贯通，北岸到南港缩短到40分钟",
  lead: "全长11.7公里的云溪隧道昨天贯通，比原计划早五个月，明年6月通车。",
};

describe("stories", () => {
  it("join what tells the same, found what does not", async () => {
    const first = await add("北岸日报", 5, typhoon);
    const second = await add("南港电视台", 3, typhoonToo);
    const other = await add("长风社", 4, tunnel);
    const view = await storyView(store.db, first, { now, language: "zh" });
    expect(view?.members.map((member) => member.id)).toEqual([first, second]);
    expect(view).toMatchObject({ outlets: 2, language: "zh" });
    expect((await storyView(store.db, other, { now, language: "zh" }))?.members).toHaveLength(1);
    expect(await looseArticles(store.db, 10, now)).toEqual([]);
  });

  it("stay as they are when joined again", async () => {
    const first = await add("北岸日报", 5, typhoon);
    const second = await add("南港电视台", 3, typhoonToo);
    await joinStories(store.db, [second, first], { now });
    expect((await storyView(store.db, first, { now, language: null }))?.members).toHaveLength(2);
  });

  it("tell what is new since somebody had them, and nothing when nothing is", async () => {
    const first = await add("北岸日报", 5, typhoon);
    await add("南港电视台", 3, typhoonToo);
    const grown = await grownSince(store.db, first, { had: [first], language: "zh" });
    expect(grown?.sentence).toBe("已转移11.4万人，38列动车停运。");
    const copy = await add("澜江晚报", 2, typhoonToo);
    const again = await grownSince(store.db, first, { had: [first, copy - 1], language: "zh" });
    expect(again === null || again.sentence === grown?.sentence).toBe(true);
  });

  it("rank by who tells them, and give the newest day when nothing is recent", async () => {
    await add("长风社", 2, tunnel);
    const first = await add("北岸日报", 5, typhoon);
    await add("南港电视台", 3, typhoonToo);
    const top = await topStories(store.db, { now, limit: 5, language: "zh" });
    expect(top.stories.map((card) => card.id)[0]).toBe(first);
    expect(top.newestDay).toBeNull();
    const later = new Date(now.getTime() + 30 * 86_400_000);
    const old = await topStories(store.db, { now: later, limit: 5, language: "zh" });
    expect(old.newestDay, "when the newest was told").toEqual(new Date("2026-11-22T06:00:00Z"));
    expect(old.stories.length).toBeGreaterThan(0);
    expect(await candidates(store.db, { now: later, since: now, count: 8 })).toEqual([]);
  });

  it("give related ones with a reason", async () => {
    const first = await add("北岸日报", 5, typhoon);
    const second = await add("南港电视台", 3, typhoonToo);
    const repair = {
      title: "临澜海堤上月刚补过裂缝",
      lead: "临澜海堤迎水面的三处裂缝10月底完成灌浆，省水利部门说能抵御台风。",
    };
    const wall = await add("澜江晚报", 24 * 20, repair);
    const found = await relatedTo(store.db, first, { limit: 5 });
    expect(found?.sameStory.map((article) => article.id)).toEqual([second]);
    const line = found?.related.find(({ article }) => article.id === wall);
    expect(line?.reason.kind).toBe("background");
  });

  it("take no undated article for news", async () => {
    await add("旧档案", null, tunnel);
    expect((await topStories(store.db, { now, limit: 5 })).stories).toEqual([]);
  });
});
