import { describe, expect, it } from "vitest";
import { storyDays } from "../../src/store/schema.ts";
import { mergeStories, splitStory } from "../../src/store/story-edit.ts";
import { currentStory } from "../../src/store/story-view.ts";
import { topStories } from "../../src/store/top.ts";
import { type OpenStore, withStore } from "../support/store.ts";
import { countOf, now, reader, storyOf } from "../support/telling.ts";

/** One event in the words of several outlets. */
const recall = [
  {
    title: "星川汽车召回9.6万辆电动车",
    lead: "星川汽车今天宣布召回9.6万辆电动车，原因是电池包冷却管可能渗漏，车主可免费更换。",
  },
  {
    title: "电池冷却管渗漏，星川召回9.6万辆电动车",
    lead: "市场监管部门发布公告，星川汽车因电池包冷却管渗漏风险召回9.6万辆电动车，12月1日起免费更换。",
  },
  {
    title: "星川汽车宣布召回9.6万辆电动车 冷却管存在隐患",
    lead: "星川汽车宣布召回9.6万辆电动车，电池包冷却管可能渗漏，公司说已有三起报告。",
  },
  {
    title: "9.6万辆星川电动车因冷却管渗漏召回",
    lead: "因电池包冷却管可能渗漏，星川汽车召回9.6万辆电动车，涉及去年生产的两个型号。",
  },
];

/** What a person divides and joins stays so, on every runtime's database. */
export function storyEditCases(runtime: string, open: OpenStore): void {
  describe(`stories on ${runtime} that a person edits`, () => {
    it("are divided: the founder's part keeps the id, the other has news of its own", () =>
      withStore(open, async (db) => {
        const add = reader(db);
        const ids = [await add(6, recall[0]!), await add(5, recall[1]!), await add(4, recall[2]!)] as const;
        expect(await storyOf(db, ids[2])).toBe(ids[0]);
        expect(await splitStory(db, ids[0], [ids[1], ids[2]], { now })).toBe(ids[1]);
        expect([await storyOf(db, ids[0]), await storyOf(db, ids[1]), await storyOf(db, ids[2])]).toEqual([
          ids[0],
          ids[1],
          ids[1],
        ]);
        expect([await countOf(db, ids[0]), await countOf(db, ids[1])]).toEqual([1, 2]);
        const top = await topStories(db, { now, limit: 5 });
        expect(top.stories.map((card) => card.id).sort()).toEqual([ids[0], ids[1]]);
      }));

    it("keep the older part's id even when the founder is the one that is named", () =>
      withStore(open, async (db) => {
        const add = reader(db);
        const [first, second] = [await add(6, recall[0]!), await add(5, recall[1]!)];
        expect(await splitStory(db, first, [first], { now })).toBe(second);
        expect(await storyOf(db, first)).toBe(first);
      }));

    it("are not joined again by newcomers, which go to one of the parts", () =>
      withStore(open, async (db) => {
        const add = reader(db);
        const [first, second] = [await add(6, recall[0]!), await add(5, recall[1]!)];
        await splitStory(db, first, [second], { now });
        for (const [n, fields] of [recall[2]!, recall[3]!].entries()) {
          expect([first, second]).toContain(await storyOf(db, await add(4 - n, fields)));
        }
        expect([await storyOf(db, first), await storyOf(db, second)]).toEqual([first, second]);
        expect((await countOf(db, first)) + (await countOf(db, second))).toBe(4);
      }));

    it("are joined: the oldest id stays, every other leads to it, also to one divided before", () =>
      withStore(open, async (db) => {
        const add = reader(db);
        const [first, second] = [await add(6, recall[0]!), await add(5, recall[1]!)];
        await splitStory(db, first, [second], { now });
        const third = await add(30, { title: "云溪隧道贯通", lead: "全长11.7公里的云溪隧道昨天贯通。" });
        expect(await mergeStories(db, [second, third, first], { now })).toBe(third);
        for (const id of [first, second, third]) {
          expect(await currentStory(db, id)).toBe(third);
          expect(await storyOf(db, id)).toBe(third);
        }
        expect(await countOf(db, third)).toBe(3);
        const days = await db.select({ storyId: storyDays.storyId }).from(storyDays);
        expect(new Set(days.map((row) => row.storyId))).toEqual(new Set([third]));
        expect(await splitStory(db, first, [first, second], { now })).toBe(first);
        expect(await currentStory(db, second)).toBe(first);
        expect(await currentStory(db, first)).toBe(first);
      }));

    it("are left alone when nothing would change", () =>
      withStore(open, async (db) => {
        const add = reader(db);
        const [first, second] = [await add(6, recall[0]!), await add(5, recall[1]!)];
        expect(await splitStory(db, first, [first, second], { now })).toBeUndefined();
        expect(await splitStory(db, first, [], { now })).toBeUndefined();
        expect(await splitStory(db, 17, [first], { now })).toBeUndefined();
        expect(await mergeStories(db, [first, second, 17], { now })).toBeUndefined();
      }));
  });
}
