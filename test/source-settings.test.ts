import { afterEach, beforeEach, expect, test } from "vitest";
import { createIngest } from "../src/jobs/ingest.ts";
import { emptyDraft } from "../src/news/article.ts";
import { changeSource, type SourceChange } from "../src/store/change-source.ts";
import { stories, subscriptions } from "../src/store/schema.ts";
import { findSource } from "../src/store/sources.ts";
import { findSubject, saveSubject } from "../src/store/subjects.ts";
import { ensureSubscriber } from "../src/store/subscribers.ts";
import { topStories } from "../src/store/top.ts";
import { openStore } from "./support/store.ts";

const now = new Date("2026-11-22T08:00:00Z");
let store: Awaited<ReturnType<typeof openStore>>;

beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

/** Two stories of one hour, each told by these sources. */
async function told(lake: string[], port: string[]) {
  const ingest = createIngest(store.db, () => now);
  const article = (title: string, source: string, n: number) => ({
    draft: {
      ...emptyDraft(title),
      url: `https://${n}.example/${source.length}/${n}`,
      publishedAt: new Date(now.getTime() - 3_600_000 + n * 1_000),
    },
    source: { name: source, kind: "feed" as const, language: "zh" },
  });
  await ingest(lake.map((source, n) => article("长湖水位降到十年最低，渔民把船拖上岸", source, n)));
  await ingest(port.map((source, n) => article("南港新码头今天投入使用，吞吐量翻了一番", source, n + 10)));
}

async function set(name: string, change: SourceChange) {
  return changeSource(store.db, (await findSource(store.db, name))!.id, { change, now });
}

const top = async () =>
  (await topStories(store.db, { now, limit: 5 })).stories.map((story) => [story.title.slice(0, 2), story.outlets]);

test("a source's weight decides which of two stories stands first, at once", async () => {
  await told(["甲报"], ["乙报"]);
  await set("甲报", { weight: 3 });
  expect((await top())[0]).toEqual(["长湖", 1]);
  await set("甲报", { weight: 0.5 });
  expect((await top())[0]).toEqual(["南港", 1]);
  // What the lists of a day are read by is worked out anew, too.
  const heats = (await store.db.select().from(stories)).map((story) => story.heat).sort((a, b) => a - b);
  expect(heats).toEqual([Math.log2(1.5), 1]);
});

test("a source without weight tells nothing alone, and counts beside others", async () => {
  await told(["甲报"], ["乙报"]);
  await set("甲报", { weight: 0 });
  expect(await top()).toEqual([["南港", 1]]);
});

test("sources of one family are one voice", async () => {
  await told(["甲报", "甲报晚刊", "甲报网"], ["乙报", "丙报"]);
  expect(await top()).toEqual([
    ["长湖", 3],
    ["南港", 2],
  ]);
  for (const name of ["甲报晚刊", "甲报网"]) await set(name, { family: "甲报" });
  expect(await top()).toEqual([
    ["南港", 2],
    ["长湖", 1],
  ]);
  expect((await store.db.select().from(stories)).map((story) => story.outlets).sort()).toEqual([1, 2]);
});

test("a new name follows into digests and alerts that name the source, and nowhere else", async () => {
  await told(["甲报"], ["甲报网"]);
  const chat = { chatId: 5, threadId: 0, kind: "private" as const, title: "", language: "zh" as const };
  const reader = await ensureSubscriber(store.db, { ...chat, newsLanguages: "zh", timezone: "UTC" }, now);
  const queries = ['source:"甲报" subject:tech', "台风 source:甲报", 'source:"甲报网"', "source:甲报网 湖", "甲报"];
  await store.db.insert(subscriptions).values(
    queries.map((query, n) => ({
      ...{ subscriberId: reader.id, kind: "alert" as const, minute: 0, rule: "daily", count: 5, query },
      ...{ sinceAt: now, origin: `t${n}`, createdAt: now },
    })),
  );
  const lake = { slug: "lake", nameZh: "湖", nameEn: "Lake", query: "", sources: ["甲报", "甲报/湖区", "甲报网/湖区"] };
  await saveSubject(store.db, lake);
  expect(await set("甲报", { name: "甲报网" })).toBe("taken");
  expect(await set("甲报", { name: "北岸日报" })).toBe("changed");
  expect((await store.db.select().from(subscriptions)).map((each) => each.query)).toEqual([
    'source:"北岸日报" subject:tech',
    '台风 source:"北岸日报"',
    ...queries.slice(2),
  ]);
  expect((await findSubject(store.db, "lake"))!.sources).toEqual(["北岸日报", "北岸日报/湖区", "甲报网/湖区"]);
  expect(await findSource(store.db, "北岸日报")).toMatchObject({ family: "北岸日报" });
  expect(await set("北岸日报", { weight: 2 })).toBe("changed");
  expect(await changeSource(store.db, 99, { change: { weight: 2 }, now })).toBe("gone");
});

test("what a source files an article under is its subject, by whatever usual name", async () => {
  const ingest = createIngest(store.db, () => now);
  const filed: [title: string, section: string][] = [
    ["院子里的猫今天又晒太阳", "科技频道"],
    ["老街的桂花开了第二遍", "Sports"],
    ["渡口的石阶修好了", "新闻/财经"],
    ["A quiet morning by the mill", "News > Business"],
    ["The old clock rings again", "Technology news"],
    ["Two swans return to the pond", "Opinions"],
  ];
  await ingest(
    filed.map(([title, section], n) => ({
      draft: {
        ...emptyDraft(title),
        url: `https://${n}.example/cat`,
        sections: [section],
        publishedAt: new Date(now.getTime() - n * 60_000),
      },
      source: { name: `${n}`, kind: "feed" as const, language: "zh" },
    })),
  );
  const subjectOf = async (slug: string) => (await findSubject(store.db, slug))!.id;
  const filedUnder = async (slug: string) => {
    const subject = await subjectOf(slug);
    const found = await topStories(store.db, { now, limit: 10, subject });
    return found.stories.flatMap((story) => story.members.map((member) => member.source)).sort();
  };
  expect(await filedUnder("tech")).toEqual(["0", "4"]);
  expect(await filedUnder("sport")).toEqual(["1"]);
  expect(await filedUnder("business")).toEqual(["2", "3"]);
  expect(await filedUnder("world")).toEqual([]);
});
