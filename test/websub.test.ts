import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDial, openStore, serveHttp } from "#runtime";
import type { Job } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import { createHttp } from "../src/http.ts";
import { followHubs } from "../src/jobs/follow-hubs.ts";
import { createIngest } from "../src/jobs/ingest.ts";
import { createHubDoor } from "../src/jobs/receive-push.ts";
import { refreshSources } from "../src/jobs/refresh-sources.ts";
import { silentLog } from "../src/log.ts";
import { readDocument } from "../src/sources/read.ts";
import { createRobots } from "../src/sources/robots.ts";
import { addReading, removeReading, setReadingState } from "../src/store/readings.ts";
import { articles, pushed, pushes } from "../src/store/schema.ts";
import { listSources } from "../src/store/source-health.ts";
import { ensureSource } from "../src/store/sources.ts";
import { healthText } from "../src/text/sources.ts";
import { type Hub, startHub } from "./support/hub.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = new Date("2026-11-22T08:00:00Z");
let now = start;
let store: Awaited<ReturnType<typeof openStore>>;
let hub: Hub;
/** The publisher's site, and who asked for what there. */
let root = "";
let pages: Record<string, { body: string; headers?: Record<string, string> }>;
let asked: string[];
let http: ReturnType<typeof createHttp>;
let base = "";
let jobs: Job["kind"][];
let allowed: Set<string>;
const ends: (() => unknown)[] = [];
let read: () => Promise<void>;
let follow: () => Promise<void>;

const item = (n: number) =>
  `<item><title>长湖第${n}天的水位</title><guid>g${n}</guid><pubDate>${new Date(start.getTime() - 12 * hour + n * hour).toUTCString()}</pubDate>
  <description>${`水退了${n}米，渔民把船拖上了岸。`.repeat(40)}</description></item>`;
const feed = (
  items: number[],
  head = `<atom:link rel="hub" href="${hub.url}"/><atom:link rel="self" href="${root}/feed"/>`,
) =>
  `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>南港网</title>${head}${items.map(item).join("")}</channel></rss>`;

beforeEach(async () => {
  now = start;
  [asked, jobs, pages] = [[], [], {}];
  hub = await startHub();
  const site = await serveHttp((request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    const page = pages[pathname];
    return new Response(page?.body ?? "", { status: page === undefined ? 404 : 200, headers: page?.headers ?? {} });
  });
  root = site.url;
  store = await openStore();
  allowed = new Set(["127.0.0.1"]);
  const { dial, close: hangUp } = openDial(allowed);
  const clock = () => now;
  const parts = {
    db: store.db,
    now: clock,
    random: () => 0.5,
    log: silentLog,
    enqueue: (job: Job) => void jobs.push(job.kind),
  };
  const door = createHubDoor(parts);
  http = createHttp({
    ...{ webhookSecret: () => null, asUpdate: () => undefined, receive: async () => {}, hubs: () => door },
    ...{ health: async () => ({ status: "ok" as const, problems: [] }), onError: () => {} },
    site: { db: () => store.db, now: clock, language: "zh", timezone: "UTC" },
  });
  const ours = await serveHttp((request) => http.fetch(request));
  base = ours.url;
  const robots = createRobots(dial, { userAgent: "tidings-test", allowed });
  const web = { dial, read: readDocument, allowed, userAgent: "tidings-test", zone: "UTC", now: clock, robots };
  const config = readConfig({ PUBLIC_URL: base });
  read = () => refreshSources(parts, { ...web, ingest: createIngest(store.db, clock) });
  follow = async () => {
    await followHubs({ ...parts, config }, web);
    await hub.settled();
  };
  ends.push(hangUp, ours.close, site.close, hub.close, store.close);
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const health = async () => (await listSources(store.db, now))[0]!;
const titles = async () => (await store.db.select().from(articles)).map((each) => each.title).sort();
const pass = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const nextIn = async () => (await health()).reading!.dueAt.getTime() - now.getTime();

/** A source whose hub tells of it. */
async function followed(items = [1, 2, 3, 4]) {
  pages["/feed"] ??= { body: feed(items) };
  const source = await ensureSource(store.db, "南港网", { kind: "feed", language: "zh", url: `${root}/feed`, now });
  await addReading(store.db, { sourceId: source.id, url: `${root}/feed`, intervalMinutes: null }, now);
  await read();
  await follow();
  return source.id;
}

describe("a hub", () => {
  test("is asked, asks back, and tells: what it tells is read without asking the source", async () => {
    await followed();
    expect(hub.asked).toHaveLength(1);
    const form = Object.fromEntries(hub.asked[0]!);
    expect(form).toMatchObject({ "hub.mode": "subscribe", "hub.topic": `${root}/feed` });
    expect(form["hub.callback"]).toMatch(new RegExp(`^${base}/hub/[0-9a-f]{32}$`));
    expect(form["hub.secret"]).toMatch(/^[0-9a-f]{32}$/);
    expect(Number(form["hub.lease_seconds"])).toBeGreaterThan(86_400);
    expect(hub.subscribers.size).toBe(1);
    expect((await health()).push).toMatchObject({ failures: 0, leaseUntil: new Date(now.getTime() + day) });

    asked = [];
    jobs = [];
    pass(minute);
    expect(await hub.publish(`${root}/feed`, feed([1, 2, 3, 4, 5]))).toEqual([202]);
    expect(jobs).toEqual(["refresh-sources"]);
    await read();
    expect(asked).toEqual([]);
    expect(await titles()).toContain("长湖第5天的水位");
    expect((await health()).reading).toMatchObject({ lastReadAt: now, lastNewAt: now, failures: 0 });
  });

  test("may send only what is new, in any encoding, several times before it is read", async () => {
    await followed([1]);
    pass(minute);
    const text = `<?xml version="1.0" encoding="iso-8859-1"?>${feed([], "<x>\xe9</x>")}`.replace(
      "</channel>",
      "<item><title>Caf\xe9 open</title><guid>c</guid></item></channel>",
    );
    // Latin-1 has no Chinese: of the channel's own title only the low bytes stay.
    const latin = Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 255);
    await hub.publish(`${root}/feed`, latin, { type: "application/rss+xml" });
    await hub.publish(`${root}/feed`, feed([7], ""), { method: "sha1" });
    await hub.publish(`${root}/feed`, feed([8], ""), { method: "sha512" });
    await read();
    expect(await titles()).toEqual(["Café open", "长湖第1天的水位", "长湖第7天的水位", "长湖第8天的水位"]);
  });

  test("may only say that there is something new: the source is read now", async () => {
    await followed([1]);
    pass(minute);
    asked = [];
    pages["/feed"] = { body: feed([1, 2]) };
    expect(await hub.publish(`${root}/feed`, "")).toEqual([202]);
    await read();
    expect(asked).toEqual(["/feed"]);
    expect(await titles()).toHaveLength(2);
  });

  test("that tells often has its source read once a minute; what came meanwhile is read by a tick", async () => {
    await followed([1]);
    asked = [];
    for (const [n, titlesThen] of [
      [5, 1],
      [6, 1],
      [7, 4],
      [8, 4],
    ] as const) {
      pass(20_000);
      await hub.publish(`${root}/feed`, feed([n], ""));
      await read();
      expect(await titles()).toHaveLength(titlesThen);
    }
    pass(40_000);
    await read();
    expect(await titles()).toHaveLength(5);
    expect(asked).toEqual([]);
  });

  test("that sends what is no feed has the source itself read", async () => {
    await followed([1]);
    pass(minute);
    asked = [];
    await hub.publish(`${root}/feed`, "<html><body><h1>A notice of the hub to all of its readers</h1></body></html>");
    await read();
    expect(asked).toEqual(["/feed"]);
    expect(await titles()).toHaveLength(1);
  });

  test("is found in the Link header, too, and followed when it has moved", async () => {
    const moved = new URL("/elsewhere", hub.url).href;
    hub.mood.moved = moved;
    const link = `<${hub.url}>; rel=hub, <${root}/other>; rel="self"`;
    pages["/feed"] = { body: feed([1], ""), headers: { link } };
    await followed();
    expect(hub.asked.map((form) => form.get("hub.topic"))).toEqual([`${root}/other`, `${root}/other`]);
    expect(hub.subscribers.size).toBe(1);
  });

  test("that tells lets its source be asked less often; one that kept something back does not", async () => {
    await followed();
    const own = await nextIn();
    expect(own).toBeLessThan(hour);
    pass(minute);
    await hub.publish(`${root}/feed`, feed([5]));
    await read();
    expect(await nextIn()).toBeGreaterThan(3 * hour);
    expect(healthText("en", { ...(await health()), now })).toMatch(/ · pushed by 127\.0\.0\.1:\d+, last 1 min ago/);
    // The hub has gone silent: the next read finds what it never told.
    now = (await health()).reading!.dueAt;
    pages["/feed"] = { body: feed([1, 2, 3, 4, 5, 6]) };
    await read();
    expect(await titles()).toHaveLength(6);
    expect(await nextIn()).toBeLessThan(2 * hour);
    expect(healthText("en", { ...(await health()), now })).toMatch(/hub 127\.0\.0\.1:\d+ has fallen silent/);
    expect(healthText("zh", { ...(await health()), now })).toMatch(/推送不灵/);
    // And speaks again.
    pass(minute);
    await hub.publish(`${root}/feed`, feed([7]));
    await read();
    expect(await nextIn()).toBeGreaterThan(3 * hour);
  });

  test("is asked again before its promise ends", async () => {
    hub.mood.leaseSeconds = 3_600;
    await followed();
    pass(30 * minute);
    await follow();
    expect(hub.asked).toHaveLength(1);
    pass(16 * minute);
    await follow();
    expect(hub.asked).toHaveLength(2);
    expect(hub.asked[1]!.get("hub.callback")).toBe(hub.asked[0]!.get("hub.callback"));
    expect(hub.asked[1]!.get("hub.secret")).toBe(hub.asked[0]!.get("hub.secret"));
    expect((await health()).push!.leaseUntil!.getTime()).toBe(now.getTime() + hour);
  });

  test("is held to a bounded promise, whatever it says", async () => {
    hub.mood.leaseSeconds = 999_999_999_999;
    await followed();
    expect((await health()).push!.leaseUntil!.getTime() - now.getTime()).toBe(30 * day);
    expect((await health()).push!.dueAt.getTime() - now.getTime()).toBeLessThan(30 * day);
  });

  test("is told to stop when its source is paused, removed, or names it no more", async () => {
    const id = await followed();
    await setReadingState(store.db, id, { state: "paused", now });
    pass(minute);
    await follow();
    expect(hub.asked.map((form) => form.get("hub.mode"))).toEqual(["subscribe", "unsubscribe"]);
    expect(hub.subscribers.size).toBe(0);
    expect(await store.db.select().from(pushes)).toEqual([]);

    await setReadingState(store.db, id, { state: "active", now });
    await follow();
    expect(hub.subscribers.size).toBe(1);
    pages["/feed"] = { body: feed([1], "") };
    pass(hour);
    await read();
    await follow();
    expect(hub.subscribers.size).toBe(0);

    pages["/feed"] = { body: feed([1]) };
    pass(13 * hour);
    await read();
    await follow();
    expect(hub.subscribers.size).toBe(1);
    await removeReading(store.db, id);
    await follow();
    expect(hub.subscribers.size).toBe(0);
    expect(await store.db.select().from(pushes)).toEqual([]);
  });
});

describe("a hub that fails", () => {
  test("is asked again later and later; the source is read at its own pace", async () => {
    hub.mood.status = 503;
    await followed();
    expect((await health()).push).toMatchObject({ failures: 1, failure: "answered 503", leaseUntil: null });
    expect(healthText("en", { ...(await health()), now })).toContain("hub answered 503");
    expect(healthText("zh", { ...(await health()), now })).toContain("推送没接上：回了 503");
    expect(await nextIn()).toBeLessThan(hour);
    for (const wait of [10, 20, 40]) {
      pass(wait * minute - 1_000);
      await follow();
      const before = hub.asked.length;
      pass(1_000);
      await follow();
      expect(hub.asked.length).toBe(before + 1);
    }
    hub.mood.status = 202;
    pass(day);
    await follow();
    expect((await health()).push).toMatchObject({ failures: 0, failure: "" });
    expect(hub.subscribers.size).toBe(1);
  });

  test("that never asks back is no hub to rely upon", async () => {
    hub.mood.status = 204;
    await followed();
    expect((await health()).push).toMatchObject({ failures: 1, failure: "did not confirm", leaseUntil: null });
    pass(10 * minute);
    await follow();
    expect(hub.asked).toHaveLength(2);
  });

  test("that refuses says why", async () => {
    hub.mood.denies = true;
    await followed();
    expect((await health()).push).toMatchObject({ failureCode: "refused", failure: "refused: full", leaseUntil: null });
    pass(hour);
    await follow();
    expect(hub.asked).toHaveLength(1);
  });

  test("inside the network is never asked", async () => {
    const port = new URL(hub.url).port;
    allowed.delete("127.0.0.1");
    allowed.add(new URL(root).host);
    await followed();
    expect(hub.asked).toEqual([]);
    expect((await health()).push).toMatchObject({
      failureCode: "blocked",
      failure: `127.0.0.1:${port} is inside a network`,
    });
  });

  test("that redirects into the network is not followed", async () => {
    hub.mood.moved = "http://169.254.169.254/latest";
    await followed();
    expect((await health()).push).toMatchObject({ failureCode: "blocked" });
  });

  test("that cannot be told to stop is forgotten in the end", async () => {
    const id = await followed();
    await removeReading(store.db, id);
    hub.mood.status = 503;
    for (let n = 0; n < 10; n++) {
      pass(day / 4);
      await follow();
    }
    expect(await store.db.select().from(pushes)).toEqual([]);
    const answers = await hub.publish(`${root}/feed`, feed([9]));
    expect(answers).toEqual([404]);
  });
});

describe("the callback", () => {
  const callback = () => [...hub.subscribers.keys()][0]!;
  const question = (over: Record<string, string> = {}) =>
    new URLSearchParams({
      "hub.mode": "subscribe",
      "hub.topic": `${root}/feed`,
      "hub.challenge": "x",
      "hub.lease_seconds": "60",
      ...over,
    });
  const waiting = () => store.db.select().from(pushed);

  test("confirms nothing that was not asked", async () => {
    await followed();
    const before = (await health()).push;
    for (const wrong of [
      { "hub.topic": `${root}/other` },
      { "hub.mode": "unsubscribe" },
      { "hub.mode": "publish" },
      { "hub.challenge": "" },
      { "hub.challenge": "x".repeat(2_000) },
    ]) {
      expect((await fetch(`${callback()}?${question(wrong)}`)).status).toBe(404);
    }
    expect((await fetch(`${base}/hub/${"0".repeat(32)}?${question()}`)).status).toBe(404);
    expect((await health()).push).toEqual(before);
  });

  test("answers a challenge as plain text that no browser takes for a page", async () => {
    await followed();
    const answer = await fetch(`${callback()}?${question({ "hub.challenge": "<script>alert(1)</script>" })}`);
    expect(await answer.text()).toBe("<script>alert(1)</script>");
    expect(answer.headers.get("content-type")).toContain("text/plain");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("takes nothing that is not signed with the source's secret", async () => {
    await followed();
    const body = feed([66]);
    for (const wrong of [
      { secret: "another" },
      { signature: "" },
      { signature: "sha256=" },
      { signature: "sha256=00" },
      { signature: `sha256=${"0".repeat(64)}` },
      { signature: `md5=${"0".repeat(40)}` },
      { signature: `sha1=${"g".repeat(40)}` },
    ]) {
      // It is not told that it was wrong.
      expect(await hub.publish(`${root}/feed`, body, wrong)).toEqual([202]);
    }
    expect(await waiting()).toEqual([]);
    await read();
    expect(await titles()).not.toContain("长湖第66天的水位");
    expect((await health()).push!.heardAt).toBeNull();
  });

  test("takes nothing of another topic", async () => {
    await followed();
    expect(await hub.publish(`${root}/feed`, feed([66]), { self: `${root}/other` })).toEqual([202]);
    expect(await waiting()).toEqual([]);
  });

  test("takes the same once", async () => {
    await followed();
    pass(minute);
    await hub.publish(`${root}/feed`, feed([5]));
    await read();
    jobs = [];
    expect(await hub.publish(`${root}/feed`, feed([5]))).toEqual([202]);
    expect(await waiting()).toEqual([]);
    expect(jobs).toEqual([]);
  });

  test("reads no body for an address that names nothing, and none without end", async () => {
    await followed();
    const large = "x".repeat(1024 * 1024 + 1);
    const post = async (path: string) => (await http.request(path, { method: "POST", body: large })).status;
    expect(await post(new URL(callback()).pathname)).toBe(413);
    expect(await post(`/hub/${"0".repeat(32)}`)).toBe(404);
    expect(await post("/hub/1")).toBe(404);
  });

  test("keeps a few of what comes faster than it is read; of the rest, that there is more", async () => {
    await followed([1]);
    pass(minute);
    for (let n = 10; n < 30; n++) await hub.publish(`${root}/feed`, feed([n]));
    expect((await waiting()).map((row) => row.text.length > 0)).toEqual([true, true, true, true, false]);
    pages["/feed"] = { body: feed(Array.from({ length: 30 }, (_, n) => n)) };
    await read();
    expect(await titles()).toHaveLength(30);
    expect(await waiting()).toEqual([]);
  });

  test("tells a hub that it may forget a source that is read no more", async () => {
    const id = await followed();
    await removeReading(store.db, id);
    hub.mood.status = 503;
    await follow();
    expect(await hub.publish(`${root}/feed`, feed([9]))).toEqual([410]);
  });
});
