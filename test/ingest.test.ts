import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIngest, type Incoming } from "../src/jobs/ingest.ts";
import { joinLoose } from "../src/jobs/join-stories.ts";
import { emptyDraft } from "../src/news/article.ts";
import { checkpointApart } from "../src/node/checkpoint-apart.ts";
import { ingestApart } from "../src/node/ingest-apart.ts";
import { articleById, saveArticles } from "../src/store/articles.ts";
import { articles, facts } from "../src/store/schema.ts";
import { searchArticles } from "../src/store/search.ts";
import { mergeAll } from "../src/store/search-merge.ts";
import { ensureSource } from "../src/store/sources.ts";
import { openSqlite, type SqliteStore } from "../src/store/sqlite.ts";
import { looseArticles } from "../src/store/stories.ts";
import { eventually } from "./support/eventually.ts";
import { tempFolder } from "./support/host.ts";

const now = new Date("2026-11-22T08:00:00Z");
const typhoon = {
  title: "台风“青竹”今晚登陆临澜沿海，六县停课",
  body: "台风“青竹”预计今晚在临澜一带登陆，省气象台升级红色预警，沿海六县学校停课、渡轮停航。已转移11.4万人。",
};
const tunnel = {
  title: "云溪隧道贯通，北岸到南港缩短到40分钟",
  body: "全长11.7公里的云溪隧道昨天贯通，比原计划早五个月，明年6月通车。",
};

let folder: ReturnType<typeof tempFolder>;
let file: string;
let store: SqliteStore;

beforeEach(() => {
  folder = tempFolder();
  file = join(folder.path, "tidings.db");
  store = openSqlite(file, { durability: "normal", checkpoints: "apart" });
});
afterEach(() => {
  store.close();
  folder.remove();
});

function incoming(source: string, text: { title: string; body: string }, minutesAgo: number): Incoming {
  const publishedAt = new Date(now.getTime() - minutesAgo * 60_000);
  return { draft: { ...emptyDraft(text.title), body: text.body, publishedAt }, source: { name: source, kind: "feed" } };
}

describe("somebody else writes", () => {
  // Whoever holds the lock is in this very thread: a wait that held the thread could not end.
  const held = () => {
    const other = openSqlite(file);
    other.client.exec("BEGIN IMMEDIATE");
    setTimeout(() => {
      other.client.exec("COMMIT");
      other.close();
    }, 60);
  };
  const fact = (name: string) => ({ name, value: "here" });

  it("a batch waits, and the thread goes on", async () => {
    held();
    await store.db.batch([store.db.insert(facts).values(fact("batch"))]);
    expect(await store.db.select().from(facts)).toHaveLength(1);
  });

  it("so does a statement by itself, with and without rows", async () => {
    held();
    const [rows] = await Promise.all([
      store.db.insert(facts).values(fact("rows")).returning(),
      store.db.insert(facts).values(fact("none")),
    ]);
    expect(rows).toEqual([fact("rows")]);
    expect(await store.db.select().from(facts)).toHaveLength(2);
  });
});

describe("news that comes in in a thread of its own", () => {
  it("is stored and joined as in this one", async () => {
    const thread = ingestApart(file, () => now);
    const slices = [
      [incoming("北岸日报", typhoon, 90), incoming("长风社", tunnel, 80)],
      [incoming("南港电视台", typhoon, 60)],
    ];
    const saved = (await Promise.all(slices.map((slice) => thread.ingest(slice)))).flat();
    expect(saved.map((each) => each.outcome)).toEqual(["imported", "imported", "imported"]);
    const [first, other, second] = await Promise.all(saved.map(({ id }) => articleById(store.db, id)));
    expect(first).toMatchObject({ source: "北岸日报", storyId: first!.id });
    expect(second!.storyId).toBe(first!.id);
    expect(other!.storyId).toBe(other!.id);
    expect((await thread.ingest(slices[0]!)).map((each) => each.outcome)).toEqual(["unchanged", "unchanged"]);
    await thread.close();
  });

  it("what a crash left without a story is joined there, when it is not just coming in", async () => {
    const thread = ingestApart(file, () => now);
    const source = await ensureSource(store.db, "北岸日报", { kind: "feed", language: "zh", now });
    const { draft } = incoming("北岸日报", typhoon, 90);
    const [saved] = await saveArticles(store.db, [{ sourceId: source.id, draft }], { now });
    await joinLoose({ db: store.db, now: () => now }, { join: thread.join });
    expect((await articleById(store.db, saved!.id))!.storyId).toBeNull();
    const later = new Date(now.getTime() + 120_000);
    expect(await looseArticles(store.db, 10, later)).toEqual([saved!.id]);
    await joinLoose({ db: store.db, now: () => later }, { join: thread.join });
    expect((await articleById(store.db, saved!.id))!.storyId).toBe(saved!.id);
    await thread.close();
  });

  it("a failure is the question's, and the next one is answered", async () => {
    const thread = ingestApart(file, () => now);
    const bad = incoming("北岸日报", typhoon, 90);
    await expect(thread.ingest([{ ...bad, source: { name: null as never, kind: "feed" } }])).rejects.toThrow();
    expect(await thread.ingest([bad])).toMatchObject([{ outcome: "imported" }]);
    await thread.close();
  });
});

it("the index's segments are merged as articles come in, and all that is left when asked", async () => {
  const ingest = createIngest(store.db, () => now);
  const segments = () => store.client.prepare("SELECT count(*) FROM search_segments").pluck().get();
  const found = async () => (await searchArticles(store.db, tunnel.title, { now, limit: 1 })).total;
  for (let n = 0; n < 100; n += 1) {
    await ingest([incoming(`源${n}`, { ...tunnel, title: `${tunnel.title} ${n}` }, n)]);
    expect(await found()).toBe(n + 1);
  }
  expect(segments()).toBeLessThan(40);
  await mergeAll(store.db, async () => undefined);
  expect(segments()).toBeLessThanOrEqual(8);
  expect(await found()).toBe(100);
});

it("what was written is moved from the log into the file by a thread that serves nobody", async () => {
  const checkpoints = checkpointApart(file);
  const filling = store.client.prepare("INSERT INTO facts (name, value) VALUES (?, ?)");
  for (let n = 0; n < 1_200; n += 1) filling.run(`fact ${n}`, "x".repeat(4_096));
  const left = () => {
    const [state] = store.client.pragma("wal_checkpoint(NOOP)") as { log: number; checkpointed: number }[];
    return state!.log - Math.max(0, state!.checkpointed);
  };
  await eventually("a checkpoint", () => (left() < 1_000 ? true : undefined));
  await checkpoints.close();
  expect(await store.db.select({ id: articles.id }).from(articles)).toEqual([]);
});
