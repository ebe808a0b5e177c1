import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { type ArticleDraft, emptyDraft } from "../../src/news/article.ts";
import { firstDatedId } from "../../src/store/article-ids.ts";
import { articleByExternalId, articleById, articlesPerBatch, saveArticles } from "../../src/store/articles.ts";
import { batchAll, type Db } from "../../src/store/db.ts";
import { claimForBot, readFact, rememberFact, writeFact } from "../../src/store/facts.ts";
import { articles, facts, sources, updates } from "../../src/store/schema.ts";
import { ensureSource } from "../../src/store/sources.ts";
import {
  claimUpdates,
  settleUpdates,
  storeUpdates,
  unfinishedUpdates,
  updateAttemptsMax,
  updateLeaseMs,
} from "../../src/store/updates.ts";
import { type OpenStore, withStore } from "../support/store.ts";

const now = new Date("2026-11-22T08:00:00Z");
const later = (ms: number) => new Date(now.getTime() + ms);

/** The store's contract: the same cases run on every runtime's database. */
export function storeCases(runtime: string, open: OpenStore): void {
  describe(`store on ${runtime}: the seam`, () => {
    it("runs a batch in order and gives each statement's rows", () =>
      withStore(open, async (db) => {
        const results = await db.batch([
          db.insert(facts).values({ name: "a", value: "1" }),
          db.update(facts).set({ value: "2" }).where(eq(facts.name, "a")).returning(),
          db.select().from(facts),
        ]);
        expect(results[1]).toEqual([{ name: "a", value: "2" }]);
        expect(results[2]).toEqual([{ name: "a", value: "2" }]);
      }));

    it("undoes the whole batch when one statement fails", () =>
      withStore(open, async (db) => {
        await db.insert(facts).values({ name: "a", value: "1" });
        await expect(
          db.batch([
            db.update(facts).set({ value: "2" }).where(eq(facts.name, "a")),
            db.insert(facts).values({ name: "a", value: "3" }),
          ]),
        ).rejects.toThrow();
        expect(await db.select().from(facts)).toEqual([{ name: "a", value: "1" }]);
      }));

    it("takes an empty list as nothing to do", () =>
      withStore(open, async (db) => {
        expect(await batchAll(db, [])).toEqual([]);
      }));

    it("refuses a row that points to nothing", () =>
      withStore(open, async (db) => {
        const { lead: ownLead, ...draft } = emptyDraft("x");
        const row = { ...draft, ownLead, leadChars: 0, id: firstDatedId + 1, sourceId: 999, receivedAt: now };
        await expect((async () => db.insert(articles).values(row))()).rejects.toThrow();
      }));
  });

  describe(`store on ${runtime}: articles`, () => {
    it("keeps a lead that is the body's beginning once, and gives it back", () =>
      withStore(open, async (db) => {
        const { id: sourceId } = await ensureSource(db, "北岸日报", { kind: "feed", language: "zh", now });
        const lead = "全长11.7公里𠮷。";
        for (const [externalId, body] of [
          ["a", `${lead}明日贯通。`],
          ["b", "另一段。"],
        ] as const) {
          const draft = { ...emptyDraft("云溪隧道贯通"), externalId, lead, body };
          const [saved] = await saveArticles(db, [{ sourceId, draft }], { now });
          expect(await articleById(db, saved!.id)).toMatchObject({ lead, body });
          const [row] = await db.select().from(articles).where(eq(articles.id, saved!.id));
          expect(row!.ownLead).toBe(externalId === "a" ? "" : lead);
          const longer = { ...draft, body: `${lead}${body}` };
          await saveArticles(db, [{ sourceId, draft: longer }], { now });
          expect(await articleById(db, saved!.id)).toMatchObject({ lead, body: `${lead}${body}` });
        }
      }));

    it("stores an article and reads every field back", () =>
      withStore(open, async (db) => {
        const draft: ArticleDraft = {
          externalId: "n-1",
          url: "https://beian.example.org/a/1",
          title: "云溪隧道贯通",
          titleCut: false,
          lead: "全长11.7公里。",
          body: "第一段。\n\n第二段。",
          credits: "摄影：林一",
          author: "北岸编辑部",
          dateline: "北岸11月21日电",
          reporter: "周二",
          photoCredit: "供图",
          image: "https://beian.example.org/a/1.jpg",
          publishedAt: new Date("2026-11-21T08:40:00Z"),
          language: "zh",
          rank: 3,
          sections: ["交通"],
        };
        const [saved] = await save(db, draft);
        expect(saved?.outcome).toBe("imported");
        expect(await articleById(db, saved!.id)).toMatchObject({ ...draft, source: "北岸日报", storyId: null });
        expect((await articleByExternalId(db, "n-1"))?.id).toBe(saved!.id);
      }));

    it("makes ids from the time of publication, so that the newest article has the largest", () =>
      withStore(open, async (db) => {
        const saved = await save(
          db,
          draftAt("new", "2026-11-22T00:00:00Z"),
          draftAt("old", "1998-03-01T00:00:00Z"),
          { ...emptyDraft("undated"), externalId: "undated" },
          draftAt("before the epoch", "1949-10-01T00:00:00Z"),
        );
        const [fresh, old, undated, ancient] = saved.map((each) => each.id);
        expect(fresh).toBeGreaterThan(old!);
        expect(old).toBeGreaterThan(firstDatedId);
        expect(undated).toBeLessThan(firstDatedId);
        expect(ancient).toBeLessThan(firstDatedId);
        expect(Number.isSafeInteger(fresh)).toBe(true);
      }));

    it("gives each of many articles of one second its own id", () =>
      withStore(open, async (db) => {
        const drafts = Array.from({ length: 320 }, (_, n) => draftAt(`t${n}`, "2026-11-22T00:00:00Z"));
        const ids = new Set((await save(db, ...drafts)).map((each) => each.id));
        expect(ids.size).toBe(320);
      }));

    it("changes nothing when the same comes again", () =>
      withStore(open, async (db) => {
        const draft = { ...draftAt("a", "2026-11-22T00:00:00Z"), url: "https://beian.example.org/a" };
        await save(db, draft);
        const again = await save(db, { ...draft });
        expect(again[0]?.outcome).toBe("unchanged");
        expect(await count(db)).toBe(1);
      }));

    it("knows an article by its externalId, else by its address, else by headline and day", () =>
      withStore(open, async (db) => {
        const day = "2026-11-22T00:00:00Z";
        const url = "https://beian.example.org/x";
        const [first] = await save(db, { ...draftAt("guid-1", day), url });
        const byGuid = await save(db, { ...draftAt("guid-1", day), title: "edited", url: null });
        const byAddress = await save(db, { ...draftAt("guid-2", day), url: `${url}#top` });
        expect([byGuid[0]?.id, byAddress[0]?.id]).toEqual([first!.id, first!.id]);

        const bare = { ...emptyDraft("同一个标题"), publishedAt: new Date(day) };
        const [headline] = await save(db, bare);
        const sameDay = await save(db, { ...bare, publishedAt: new Date("2026-11-22T09:00:00Z") });
        const nextDay = await save(db, { ...bare, publishedAt: new Date("2026-11-23T09:00:00Z") });
        expect(sameDay[0]?.id).toBe(headline!.id);
        expect(nextDay[0]?.id).not.toBe(headline!.id);
        const twoGuids = await save(db, draftAt("g-a", day, "同题"), draftAt("g-b", day, "同题"));
        expect(twoGuids[0]?.id).not.toBe(twoGuids[1]?.id);
      }));

    it("adds what a later reading knows and loses nothing", () =>
      withStore(open, async (db) => {
        const first = { ...draftAt("a", "2026-11-22T00:00:00Z"), title: "完整的标题", body: "正文" };
        const [saved] = await save(db, first);
        const poorer = {
          ...draftAt("a", "2026-11-25T00:00:00Z"),
          title: "完整的…",
          titleCut: true,
          lead: "导语",
          rank: 2,
        };
        expect((await save(db, poorer))[0]).toEqual({ outcome: "updated", id: saved!.id });
        expect(await articleById(db, saved!.id)).toMatchObject({
          title: "完整的标题",
          titleCut: false,
          body: "正文",
          lead: "导语",
          rank: 2,
          publishedAt: first.publishedAt,
        });
      }));

    it("keeps the longer text of two that only a headline and a day make one, in whatever order they come", () =>
      withStore(open, async (db) => {
        const bare = { ...emptyDraft("同题"), publishedAt: new Date("2026-11-22T00:00:00Z") };
        const both = [
          { ...bare, body: "短的正文" },
          { ...bare, body: "长得多的另一篇正文" },
        ];
        const [saved] = await save(db, ...both);
        const again = await save(db, ...both);
        expect(again.map((each) => each.outcome)).toEqual(["unchanged", "unchanged"]);
        expect((await articleById(db, saved!.id))?.body).toBe("长得多的另一篇正文");
      }));

    it("sees the same article twice in one batch as one", () =>
      withStore(open, async (db) => {
        const saved = await save(db, draftAt("a", "2026-11-22T00:00:00Z"), {
          ...draftAt("a", "2026-11-22T00:00:00Z"),
          lead: "more",
        });
        expect(saved.map((each) => each.outcome)).toEqual(["imported", "updated"]);
        expect((await articleById(db, saved[0]!.id))?.lead).toBe("more");
        expect(await count(db)).toBe(1);
      }));

    it("makes a source once, whoever asks", () =>
      withStore(open, async (db) => {
        const fresh = { kind: "feed", language: "zh", now } as const;
        const both = await Promise.all([ensureSource(db, "南港电视台", fresh), ensureSource(db, "南港电视台", fresh)]);
        expect(both[0].id).toBe(both[1].id);
        expect(await db.select().from(sources)).toHaveLength(1);
      }));
  });

  describe(`store on ${runtime}: updates and facts`, () => {
    it("keeps an update once, gives it to one worker, and remembers that it is done", () =>
      withStore(open, async (db) => {
        expect(await storeUpdates(db, [{ id: 7, body: "{}" }], now)).toEqual([7]);
        expect(await storeUpdates(db, [{ id: 7, body: "{}" }], now)).toEqual([]);
        expect(await claimUpdates(db, [7], { now, token: "a" })).toMatchObject([{ id: 7, attempts: 1 }]);
        expect(await claimUpdates(db, [7], { now, token: "b" })).toEqual([]);
        await settleUpdates(db, [{ id: 7, token: "a", error: "" }]);
        expect(await claimUpdates(db, [7], { now: later(updateLeaseMs * 2), token: "c" })).toEqual([]);
        expect(await storeUpdates(db, [{ id: 7, body: "{}" }], now)).toEqual([]);
      }));

    it("keeps, takes and settles many at once; what broke keeps its body for whoever mends it", () =>
      withStore(open, async (db) => {
        const received = Array.from({ length: 60 }, (_, n) => ({ id: n + 1, body: `{"n":${n + 1},"t":"'\\"云"}` }));
        expect(await storeUpdates(db, [...received, received[7]!], now)).toEqual(received.map(({ id }) => id));
        const ids = received.map(({ id }) => id);
        const claimed = await claimUpdates(db, [...ids, 3, 999], { now, token: "a" });
        expect(claimed).toEqual(received.map((each) => ({ ...each, attempts: 1, token: "a" })));
        const done = claimed.map(({ id, token }) => ({ id, token, error: id === 5 ? "it broke" : "" }));
        await settleUpdates(db, [...done.slice(0, 59), { ...done[59]!, token: "another's" }]);
        const rows = await db.select().from(updates);
        expect(rows.map((row) => [row.id, row.body, row.error, row.dueAt === null])).toEqual(
          received.map(({ id, body }) => [
            id,
            id === 5 || id === 60 ? body : "",
            id === 5 ? "it broke" : "",
            id !== 60,
          ]),
        );
      }));

    it("hands out again what a crash left, to the new worker only, and gives up after some tries", () =>
      withStore(open, async (db) => {
        await storeUpdates(db, [{ id: 8, body: "{}" }], now);
        await claimUpdates(db, [8], { now, token: "dead" });
        expect(await unfinishedUpdates(db, later(updateLeaseMs - 1000))).toEqual([]);
        expect((await unfinishedUpdates(db, later(updateLeaseMs))).map((row) => row.id)).toEqual([8]);
        await claimUpdates(db, [8], { now: later(updateLeaseMs), token: "new" });
        await settleUpdates(db, [{ id: 8, token: "dead", error: "" }]);
        let at = later(updateLeaseMs * 2);
        expect(await unfinishedUpdates(db, at)).toHaveLength(1);
        for (let tries = 2; tries < updateAttemptsMax; tries += 1) {
          await claimUpdates(db, [8], { now: at, token: `t${tries}` });
          at = new Date(at.getTime() + updateLeaseMs);
        }
        expect(await unfinishedUpdates(db, at)).toEqual([]);
      }));

    it("remembers facts, the first one who says it wins", () =>
      withStore(open, async (db) => {
        expect(await rememberFact(db, "webhook_secret", "one")).toBe("one");
        expect(await rememberFact(db, "webhook_secret", "two")).toBe("one");
        await writeFact(db, "webhook_secret", "three");
        expect(await readFact(db, "webhook_secret")).toBe("three");
        await claimForBot(db, 1);
        await claimForBot(db, 1);
        await expect(claimForBot(db, 2)).rejects.toThrow(/belongs to bot 1/);
      }));
  });
}

async function save(db: Db, ...drafts: ArticleDraft[]) {
  const source = await ensureSource(db, "北岸日报", { kind: "file", language: "zh", now });
  const saved = [];
  for (let at = 0; at < drafts.length; at += articlesPerBatch) {
    const slice = drafts.slice(at, at + articlesPerBatch).map((draft) => ({ sourceId: source.id, draft }));
    saved.push(...(await saveArticles(db, slice, { now })));
  }
  return saved;
}

function draftAt(externalId: string, published: string, title = externalId): ArticleDraft {
  return { ...emptyDraft(title), externalId, publishedAt: new Date(published) };
}

async function count(db: Db): Promise<number> {
  const [row] = await db.select({ n: sql<number>`count(*)` }).from(articles);
  return row!.n;
}
