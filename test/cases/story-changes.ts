import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { Db } from "../../src/store/db.ts";
import { hadStories } from "../../src/store/had.ts";
import { shown, stories, storyDays } from "../../src/store/schema.ts";
import { currentStory, membersOfStories } from "../../src/store/story-view.ts";
import { candidates, topStories } from "../../src/store/top.ts";
import { addReader } from "../support/readers.ts";
import { type OpenStore, withStore } from "../support/store.ts";
import { countOf, now, reader, storyOf } from "../support/telling.ts";

/** Two halves of one event: the first outlet knows where it burns, the second only whose it is; the third knows both. */
const fire = {
  where: {
    title: "柳溪仓库起火，两所小学停课",
    lead: "今天清晨，柳溪东区一座仓库起火，浓烟飘过河面，附近两所小学停课，消防车到场二十多辆，居民被要求关好门窗，渡船停开半天。",
  },
  whose: {
    title: "松塔公司仓库起火，生产线停下",
    lead: "松塔公司今天发布公告，柳溪仓库清晨起火，没有人员受伤，生产线停下检查，订单由外地工厂承接，股票下午停牌，董事长上午赶到现场，供货不受影响。",
  },
  both: {
    title: "松塔公司柳溪仓库起火，两所小学停课",
    lead: "柳溪东区松塔公司的仓库今天清晨起火，浓烟飘过河面，没有人员受伤，生产线停下检查，订单由外地工厂承接，附近两所小学停课，居民被要求关好门窗。",
  },
};

/** The second sounds like the first and tells another event, as the third shows. */
const bridge = {
  repair: {
    title: "柳溪大桥封闭，公交改线",
    lead: "柳溪大桥今天起封闭检修，车辆从北岸绕行，公交改线，斜拉索要更换四十根，工期到明年三月。",
  },
  tanker: {
    title: "油罐车侧翻，柳溪大桥封闭",
    lead: "一辆油罐车今天上午在柳溪大桥桥头侧翻，大桥封闭，司机轻伤，没有泄漏，交警说司机疲劳驾驶，公交改线。",
  },
  tankerToo: {
    title: "柳溪大桥桥头油罐车侧翻，司机轻伤",
    lead: "一辆油罐车今天上午在柳溪大桥桥头侧翻，司机轻伤，没有泄漏，交警说司机疲劳驾驶。",
  },
};

/** Pushes an article to a chat, as a digest settles it; gives the ledger's rows of it. */
async function push(db: Db, articleId: number, chatId: number) {
  const { subscriberId } = await addReader(db, { chatId, now });
  await db.insert(shown).values({ subscriberId, articleId, deliveryId: 1, at: now });
  return { subscriberId, ledger: () => db.select().from(shown).where(eq(shown.subscriberId, subscriberId)) };
}

/** Stories whose later articles show that they are one, or two: on every runtime's database. */
export function storyChangeCases(runtime: string, open: OpenStore): void {
  describe(`stories on ${runtime} that later articles change`, () => {
    it("become one when an article tells both: the older id stays, the other leads to it, the ledger is as it was", () =>
      withStore(open, async (db) => {
        const add = reader(db);
        const [where, whose] = [await add(9, fire.where), await add(8, fire.whose)];
        expect([await storyOf(db, where), await storyOf(db, whose)]).toEqual([where, whose]);
        const { subscriberId, ledger } = await push(db, whose, 1);
        const before = await ledger();

        const both = await add(6, fire.both);
        for (const id of [where, whose, both]) expect(await storyOf(db, id)).toBe(where);
        expect(await currentStory(db, whose)).toBe(where);
        expect(await currentStory(db, where)).toBe(where);
        expect(await countOf(db, where)).toBe(3);
        const days = await db.select({ storyId: storyDays.storyId }).from(storyDays);
        expect(new Set(days.map((row) => row.storyId))).toEqual(new Set([where]));
        const listed = await candidates(db, { now, since: new Date(0), count: 8 });
        expect(listed.map((card) => [card.id, card.members.length])).toEqual([[where, 3]]);

        expect(await ledger()).toEqual(before);
        // Who had the half that went in has had the whole: it comes to this chat as an update or not at all.
        expect([...(await hadStories(db, subscriberId, 0)).keys()]).toEqual([where]);
      }));

    it("stay two when what tells of both is a round-up", () =>
      withStore(open, async (db) => {
        const add = reader(db);
        const bank = {
          title: "青禾银行下调首付比例",
          lead: "青禾银行今天宣布，首套住房首付比例下调到两成，下月起执行。",
        };
        const ids = [await add(9, fire.where), await add(8, bank)];
        await add(6, {
          title: "早间要闻：柳溪仓库起火，青禾银行下调首付",
          lead: "柳溪东区一座仓库起火，附近两所小学停课。青禾银行宣布首套住房首付比例下调到两成，下月起执行。",
        });
        expect([await storyOf(db, ids[0]!), await storyOf(db, ids[1]!)]).toEqual(ids);
      }));

    it("let an article go that a later one shows to tell another event; the founder keeps the id", () =>
      withStore(open, async (db) => {
        const add = reader(db);
        const [repair, tanker] = [await add(30, bridge.repair), await add(8, bridge.tanker)];
        expect(await storyOf(db, tanker)).toBe(repair);
        const { subscriberId, ledger } = await push(db, tanker, 1);
        const before = await ledger();

        const third = await add(7, bridge.tankerToo);
        expect([await storyOf(db, repair), await storyOf(db, tanker), await storyOf(db, third)]).toEqual([
          repair,
          tanker,
          tanker,
        ]);
        expect([await countOf(db, repair), await countOf(db, tanker)]).toEqual([1, 2]);
        expect((await membersOfStories(db, [tanker], 9)).get(tanker)?.map(({ id }) => id)).toEqual([tanker, third]);
        const redirects = (await db.select().from(stories)).filter((story) => story.mergedInto !== null);
        expect(redirects).toEqual([]);
        // The story that it left has no news of its day any more.
        const dayOf = async (id: number) =>
          (await db.select().from(storyDays).where(eq(storyDays.storyId, id)))
            .filter((row) => row.subjectId === 0)
            .map((row) => row.day);
        const today = Math.floor(now.getTime() / 86_400_000);
        expect([await dayOf(repair), await dayOf(tanker)]).toEqual([[today - 1], [today]]);
        const dayTop = async (daysAgo: number) => {
          const from = new Date((today - daysAgo) * 86_400_000);
          const day = { from, to: new Date(from.getTime() + 86_400_000) };
          return (await topStories(db, { now, limit: 5, day })).stories.map((card) => card.id);
        };
        expect([await dayTop(1), await dayTop(0)]).toEqual([[repair], [tanker]]);

        expect(await ledger()).toEqual(before);
        // Who had the article has had the story that it tells now, and not the one that it was put into.
        expect([...(await hadStories(db, subscriberId, 0)).keys()]).toEqual([tanker]);
      }));
  });
}
