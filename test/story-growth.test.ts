import { describe, expect, it } from "vitest";
import { newsUpTo } from "#runtime";
import { createIngest, incomingMax } from "../src/jobs/ingest.ts";
import { emptyBackground } from "../src/news/background.ts";
import { tellsOn } from "../src/news/grown.ts";
import { sketchArticle } from "../src/news/sketch.ts";
import type { Db } from "../src/store/db.ts";
import { articles } from "../src/store/schema.ts";
import { grownSince } from "../src/store/story-view.ts";
import { candidates } from "../src/store/top.ts";
import { openStore, withStore } from "./support/store.ts";

const start = new Date("2026-11-22T06:00:00Z");
const hourMs = 3_600_000;

/** The sample news in the order of their publication, as sources bring them; or as an archive that begins with the newest. */
async function bring(
  db: Db,
  order: "oldest first" | "newest first" = "oldest first",
): Promise<Map<string, { id: number; storyId: number; publishedAt: Date }>> {
  const ingest = createIngest(db, () => start);
  const newestFirst = await newsUpTo(start);
  const news = order === "newest first" ? newestFirst : newestFirst.toReversed();
  for (let from = 0; from < news.length; from += incomingMax) {
    await ingest(news.slice(from, from + incomingMax));
  }
  const rows = await db.select().from(articles);
  return new Map(
    rows.map(({ id, storyId, publishedAt, title }) => [title, { id, storyId: storyId!, publishedAt: publishedAt! }]),
  );
}

describe("a story that goes on with a larger number", () => {
  it.each([
    {
      language: "zh",
      had: "星川汽车召回9.6万辆，涉及电池包密封缺陷",
      later: "星川汽车召回扩大到32万辆，新增两款车型",
      fresh: "32万辆",
      lastTold: "9.6万辆",
    },
    {
      language: "en",
      had: "Starline recalls 96,000 SUVs over battery seals",
      later: "Starline recall grows to 320,000 cars as battery supplier speaks up",
      fresh: "320,000",
      lastTold: "96,000 SUVs",
    },
    {
      language: "zh",
      had: "临澜发布台风橙色预警，4.2万人连夜转移",
      later: "临澜转移11.4万人迎战台风“青竹”，38列动车停运",
      fresh: "11.4万人",
      lastTold: "4.2万人",
    },
    {
      language: "en",
      had: "Linlan moves 42,000 people as Typhoon Greenreed nears",
      later: "Linlan moves 114,000 people ahead of Typhoon Greenreed",
      fresh: "114,000",
      lastTold: "42,000 people",
    },
  ])("stays one, is told again the next day, and says what is new: $later", (story) =>
    withStore(openStore, async (db) => {
      const news = await bring(db);
      const [before, after] = [news.get(story.had)!, news.get(story.later)!];
      expect(after.storyId).toBe(before.storyId);
      const since = new Date(after.publishedAt.getTime() - hourMs);
      const asked = { now: start, since, language: story.language, count: 8 };
      expect((await candidates(db, asked)).map((card) => card.id)).toContain(before.storyId);
      const grown = await grownSince(db, before.storyId, { had: [before.id], language: story.language });
      expect(grown?.sentence).toContain(story.fresh);
      expect(grown?.lastTold).toBe(story.lastTold);
    }),
  );

  it("stays one in whatever order its articles came in", () =>
    withStore(openStore, async (db) => {
      const news = await bring(db, "newest first");
      const homes = (titles: string[]) => new Set(titles.map((title) => news.get(title)!.storyId)).size;
      expect(homes(["星川汽车召回9.6万辆，涉及电池包密封缺陷", "星川汽车召回扩大到32万辆，新增两款车型"])).toBe(1);
      expect(
        homes([
          "Starline recalls 96,000 SUVs on fire risk",
          "Starline recall grows to 320,000 cars as battery supplier speaks up",
        ]),
      ).toBe(1);
    }));

  const sketch = (hours: number, title: string, body: string) =>
    sketchArticle(
      {
        id: 1_000 - hours,
        title,
        lead: "",
        body,
        language: "zh",
        publishedAt: new Date(start.getTime() - hours * hourMs),
      },
      emptyBackground(),
    );
  const told = sketch(30, "星川汽车召回9.6万辆电动车", "星川汽车宣布召回9.6万辆电动车，电池包可能渗漏。");

  it("is not one with another's recall, with a smaller number, or with what came long after", () => {
    const body = "星川汽车宣布召回32万辆电动车，电池包可能渗漏。";
    expect(tellsOn(sketch(2, "星川汽车召回扩大到32万辆电动车", body), told)).toBe(true);
    const other = sketch(2, "远岭汽车召回32万辆电动车", "远岭汽车宣布召回32万辆电动车，电池包可能渗漏。");
    expect(tellsOn(other, told)).toBe(false);
    const fewer = sketch(2, "星川汽车召回3万辆电动车", "星川汽车宣布召回3万辆电动车，电池包可能渗漏。");
    expect(tellsOn(fewer, told)).toBe(false);
    expect(tellsOn(sketch(-24 * 8, "星川汽车召回扩大到32万辆电动车", body), told)).toBe(false);
  });
});
