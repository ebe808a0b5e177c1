import { expect, it } from "vitest";
import { saveSubject } from "../src/store/subjects.ts";
import { findSubscription, listSubscriptions } from "../src/store/subscriptions.ts";
import { topStories } from "../src/store/top.ts";
import { subscriptionName } from "../src/telegram/subscription-message.ts";
import { digestOf, textOf } from "./support/digest-of.ts";
import { openStore, withStore } from "./support/store.ts";
import { now, reader, storm, storyOf } from "./support/telling.ts";

const bridge = {
  title: "松溪大桥合龙，两岸只要十分钟",
  lead: "全长3.4公里的松溪大桥今天合龙，明年9月通车，两岸车程由一小时缩短到十分钟。",
};
const bridgeSooner = {
  title: "松溪大桥通车提前到明年7月",
  lead: "松溪大桥通车时间今天宣布提前到明年7月，头半个月只走公交。",
};
const stormToo = {
  title: "“白鹭”登陆，松溪五县停课停航",
  lead: "台风“白鹭”今天在松溪登陆，五县停课停航，6.3万人转移，41列火车停运，渡轮也停了。",
};
const advice = {
  title: "台风“白鹭”来了，居民要做的七件事",
  lead: "台风“白鹭”登陆松溪，6.3万人转移。防汛办请居民收好花盆，备好三天的水，手机充满电，不要去看浪。",
};
const live = {
  title: "直播｜台风“白鹭”登陆，记者在松溪海堤",
  lead: "台风“白鹭”登陆松溪，6.3万人已转移，记者从海堤开始直播，风力九级，堤上的人系着安全绳。",
};

it("what goes on with a told matter is an update, though it is a story of its own: with what is new and what was told", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    const had = await add(30, bridge);
    const later = await add(3, bridgeSooner);
    const edition = await digestOf(db, { had: [had] });
    expect(edition.stories.map((story) => story.storyId)).toEqual([later]);
    const text = textOf(edition);
    expect(text).toContain("更新｜松溪大桥通车提前到明年7月");
    expect(text).toMatch(/新进展：.*提前到明年7月.*昨天告诉你时是明年9月。/);
  }));

it("an update without a number says which headline was told", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    const had = await add(30, storm);
    await add(3, { title: "“白鹭”走后，松溪学校复课", lead: "台风“白鹭”减弱以后，松溪的学校分批复课，渡轮恢复通航。" });
    expect(textOf(await digestOf(db, { had: [had] }))).toContain("昨天告诉你的是“台风‘白鹭’登陆松溪，五县停课停航”。");
  }));

it("nobody who was told nothing of it reads the same as an update", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    await add(30, bridge);
    await add(3, bridgeSooner);
    const other = await add(31, { title: "北坡植物园开放", lead: "北坡植物园昨天开放，有三千种植物。" });
    const edition = await digestOf(db, { had: [other] });
    expect(edition.stories[0]).toMatchObject({ title: bridgeSooner.title, update: null });
  }));

it("a matter has one place in a list and in a digest, and the news itself stands for it", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    await add(1, { ...advice, rank: 1 });
    await add(4, storm);
    await add(3, stormToo);
    await add(0.5, { ...live, rank: 2 });
    const other = await add(5, { title: "北坡植物园开放", lead: "北坡植物园今天开放，有三千种植物。" });
    const { stories } = await topStories(db, { now, limit: 8, language: "zh" });
    expect(stories).toHaveLength(2);
    expect([storm.title, stormToo.title]).toContain(stories[0]!.title);
    expect(stories[1]!.id).toBe(other);
    expect((await digestOf(db)).stories.map(({ title }) => title)).toEqual(stories.map(({ title }) => title));
  }));

it("what was told is not told again by a story beside it", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    // Longer ago than a digest looks back.
    const had = await add(31, storm);
    await add(3, { ...advice, rank: 1 });
    await add(2, { ...live, rank: 2 });
    // Without a name in quotation marks nothing says that it goes on with it: it stands beside it.
    await add(1, {
      title: "直播｜台风白鹭登陆，记者在松溪海堤",
      lead: "台风白鹭登陆松溪，已有人转移，记者从海堤开始直播，风力九级，堤上的人系着安全绳。",
    });
    const other = await add(5, { title: "北坡植物园开放", lead: "北坡植物园今天开放，有三千种植物。" });
    const { stories } = await digestOf(db, { had: [had] });
    expect(stories.map(({ storyId }) => storyId)).toEqual([other]);
  }));

it("what one of two stories of a matter told is not told again by the other as its news", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    const beside = await add(31, advice);
    const news = await add(27, storm);
    const later = await add(3, {
      title: "台风“白鹭”来了，居民要做的七件事和要记的两件",
      lead: `${advice.lead}沿海五县停课停航，41列火车停运。`,
    });
    expect([await storyOf(db, later), await storyOf(db, news)]).toEqual([beside, news]);
    const told = async (chatId: number, had: number[]) =>
      (await digestOf(db, { chatId, had })).stories.map(({ storyId, update }) => [storyId, update !== null]);
    expect(await told(1, [beside])).toEqual([[news, true]]);
    expect(await told(2, [beside, news])).toEqual([]);
  }));

it("no source floods a list or a digest, unless it was asked for", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    const places = ["柳湾", "白坡", "东渡", "石桥", "梅岭", "长汀", "青浦", "云台", "双溪"];
    const subjects = ["植物园", "游泳馆", "旧书市", "缆车", "灯会", "养老院", "菜场", "天文台", "渡口"];
    for (const [n, place] of places.entries()) {
      const what = subjects[n]!;
      await add(
        n / 10,
        { title: `${place}${what}今天开放`, lead: `${place}的${what}今天开放，${n + 3}00人到场。`, rank: n + 1 },
        "洪水报",
      );
    }
    await add(5, storm);
    await add(4, stormToo);
    const flooding = (titles: string[]) => titles.filter((title) => title.endsWith("今天开放")).length;
    const { stories } = await topStories(db, { now, limit: 8, language: "zh" });
    expect(flooding(stories.map(({ title }) => title))).toBe(2);
    const edition = await digestOf(db);
    expect(flooding(edition.stories.map(({ title }) => title))).toBe(2);
    expect((await topStories(db, { now, limit: 8, source: 1 })).stories).toHaveLength(8);
  }));

it("a digest of one source is full of it", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    const own = ["植物园迎来新馆长", "游泳馆水温调高两度", "旧书市下周搬家", "缆车换了钢索", "灯会的票卖完了"];
    for (const [n, title] of own.entries()) await add(n + 1, { title, lead: `${title}，记者在现场看到。` }, "东渡报");
    await add(5, storm);
    await add(4, storm, "东渡报");
    expect((await digestOf(db, { query: "source:东渡报" })).stories.length).toBeGreaterThanOrEqual(5);
  }));

it("a digest of an operator's own subject has the subject's name, in the reader's language", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    await saveSubject(db, { slug: "lk", nameZh: "湖区", nameEn: "Lakeside", query: "镜湖", sources: [] });
    await add(2, { title: "镜湖水位回落", lead: "镜湖水位比上周低了四十厘米。" });
    const edition = await digestOf(db, { query: "subject:lk" });
    expect(textOf(edition, { query: "subject:lk" })).toContain("湖区早报");
    const [listed] = await listSubscriptions(db, 1);
    const own = (await findSubscription(db, listed!.id))!.subscription;
    expect([listed!, own].map((each) => subscriptionName(each, { language: "en" }))).toEqual([
      "Lakeside morning digest",
      "Lakeside morning digest",
    ]);
  }));
