import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { emptyDraft } from "../src/news/article.ts";
import { saveArticles } from "../src/store/articles.ts";
import { storyDays } from "../src/store/schema.ts";
import { ensureSource } from "../src/store/sources.ts";
import { joinStories } from "../src/store/stories.ts";
import { applySubject } from "../src/store/subject-backlog.ts";
import { saveSubject } from "../src/store/subjects.ts";
import { topStories } from "../src/store/top.ts";
import { openStore, withStore } from "./support/store.ts";
import { reader, storyOf } from "./support/telling.ts";

const now = new Date("2026-11-22T08:00:00Z");

it("a new subject is applied to the articles of the last weeks, and then waits for none", () =>
  withStore(openStore, async (db) => {
    const { id: sourceId } = await ensureSource(db, "长风社", { kind: "file", language: "zh", now });
    const at = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
    const drafts = [
      { ...emptyDraft("青屿渔港迎来今年第一船梭子蟹"), publishedAt: at(3) },
      { ...emptyDraft("云溪隧道贯通，比原计划早五个月"), publishedAt: at(4) },
    ];
    const saved = await saveArticles(
      db,
      drafts.map((draft) => ({ sourceId, draft })),
      { now },
    );
    await joinStories(
      db,
      saved.map(({ id }) => id),
      { now },
    );
    const subject = await saveSubject(db, {
      slug: "sea",
      nameZh: "海洋",
      nameEn: "Sea",
      query: "渔港 OR 渔船",
      sources: [],
    });
    const titles = async () =>
      (await topStories(db, { now, limit: 5, subject: subject.id })).stories.map((card) => card.title);
    expect(await titles()).toEqual([]);
    expect(await applySubject(db, now)).toBe(true);
    expect(await titles()).toEqual([drafts[0]!.title]);
    expect(await applySubject(db, now)).toBe(false);
  }));

it("a subject that is changed keeps what its new words find, and loses what only the old ones did", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    const sea = { slug: "sea", nameZh: "海洋", nameEn: "Sea", query: "渔港 OR 渔船", sources: [] };
    const subject = await saveSubject(db, sea);
    const crabs = await add(60, { title: "青屿渔港迎来今年第一船梭子蟹" });
    const ferry = await add(5, { title: "青屿渔港新增渡轮航线，每天八班" });
    // Two of one story and day in two slices: an older one that matches, a newer one that only did.
    const boats = await add(4, { title: "渔船渡轮相撞，船员获救", lead: "渔船和渡轮在青屿外海相撞，六名船员获救。" });
    const rescued = await add(3, { title: "渔船相撞，六名船员获救", lead: "渔船在青屿外海相撞，六名船员获救。" });
    expect(await storyOf(db, rescued)).toBe(boats);
    const listed = async () =>
      new Set((await db.select().from(storyDays).where(eq(storyDays.subjectId, subject.id))).map((row) => row.storyId));
    while (await applySubject(db, now));
    expect(await listed()).toEqual(new Set([crabs, ferry, boats]));

    await saveSubject(db, { ...sea, query: "渡轮 OR 航线" });
    const between = Array.from({ length: 120 }, (_, n) => ({
      ...emptyDraft(`第${n}号路口今天换了路灯`),
      publishedAt: new Date(now.getTime() - 3.5 * 3_600_000 - n * 1_000),
    }));
    const { id: sourceId } = await ensureSource(db, "路灯报", { kind: "file", language: "zh", now });
    for (let n = 0; n < between.length; n += 12) {
      const drafts = between.slice(n, n + 12).map((draft) => ({ sourceId, draft }));
      await saveArticles(db, drafts, { now });
    }
    expect(await applySubject(db, now)).toBe(true);
    expect(await listed()).toEqual(new Set([crabs, ferry]));
    while (await applySubject(db, now));
    expect(await listed()).toEqual(new Set([ferry, boats]));
  }));
