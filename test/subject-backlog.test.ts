import { expect, it } from "vitest";
import { emptyDraft } from "../src/news/article.ts";
import { saveArticles } from "../src/store/articles.ts";
import { ensureSource } from "../src/store/sources.ts";
import { joinStories } from "../src/store/stories.ts";
import { applySubject } from "../src/store/subject-backlog.ts";
import { saveSubject } from "../src/store/subjects.ts";
import { topStories } from "../src/store/top.ts";
import { openStore, withStore } from "./support/store.ts";

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
