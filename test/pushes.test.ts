import { afterEach, beforeEach, expect, test } from "vitest";
import {
  claimPushes,
  confirmPush,
  deletePush,
  failPush,
  findPush,
  isReliable,
  keepPushed,
  livePush,
  missedByPush,
  planPushes,
  takePushed,
  waitingMax,
  wakeGapMs,
  wakePushed,
} from "../src/store/pushes.ts";
import { addReading, claimReadings, setReadingState, settleReading } from "../src/store/readings.ts";
import { pushes, readings } from "../src/store/schema.ts";
import { listSources } from "../src/store/source-health.ts";
import { ensureSource } from "../src/store/sources.ts";
import { openStore } from "./support/store.ts";

const minute = 60_000;
const start = new Date("2026-11-22T08:00:00Z");
let now = start;
let store: Awaited<ReturnType<typeof openStore>>;
let made = 0;

beforeEach(async () => {
  [now, made] = [start, 0];
  store = await openStore();
});
afterEach(() => store.close());

const pass = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const plan = (base = "https://ours.example") => {
  const fresh = () => ({ token: `t${++made}`, secret: `s${made}` });
  return planPushes(store.db, { base, fresh, now });
};
const all = () => store.db.select().from(pushes);

/** A source that was read and names a hub. */
async function source(name = "甲报", hub: string | null = "https://hub.example/"): Promise<number> {
  const { id } = await ensureSource(store.db, name, { kind: "feed", language: "zh", now });
  await addReading(store.db, { sourceId: id, url: `https://${name}.example/feed`, intervalMinutes: null }, now);
  const [claim] = await claimReadings(store.db, { now, limit: 1, token: name });
  const dueAt = new Date(now.getTime() + 60 * minute);
  const topic = hub && `https://${name}.example/self`;
  await settleReading(store.db, claim!, { hub, topic, dueAt, lastReadAt: now, digest: "read" });
  return id;
}

test("sources that name a hub get one push each; it ends with them, with the hub, and with our own address", async () => {
  const id = await source();
  await source("乙报", null);
  await plan();
  await plan();
  expect(await all()).toMatchObject([
    { token: "t1", sourceId: id, topic: "https://甲报.example/self", ending: false, leaseUntil: null, seen: [] },
  ]);
  const promise = { leaseUntil: new Date(now.getTime() + 60 * minute), dueAt: new Date(now.getTime() + 45 * minute) };
  await confirmPush(store.db, "t1", promise);
  expect((await listSources(store.db, now)).map((each) => each.push?.token ?? null)).toEqual([null, "t1"]);
  await plan("https://elsewhere.example");
  expect((await all()).map(({ token, ending }) => [token, ending])).toEqual([
    ["t1", true],
    ["t2", false],
  ]);
  await setReadingState(store.db, id, { state: "paused", now });
  await plan("https://elsewhere.example");
  // What no hub ever promised needs no end.
  expect((await all()).map(({ token }) => token)).toEqual(["t1"]);
  pass(61 * minute);
  await plan();
  expect(await all()).toEqual([]);
});

test("a hub is asked by one, again later and later, and not before its promise is nearly over", async () => {
  await source();
  await plan();
  const waits: number[] = [];
  for (let n = 0; n < 4; n++) {
    const [push, ...others] = await claimPushes(store.db, { now, limit: 5 });
    expect([others, await claimPushes(store.db, { now, limit: 5 })]).toEqual([[], []]);
    await failPush(store.db, push!, { code: "status", reason: "answered 500" });
    expect(await findPush(store.db, "t1")).toMatchObject({ failures: n + 1, failure: "answered 500" });
    waits.push((push!.dueAt.getTime() - now.getTime()) / minute);
    now = push!.dueAt;
  }
  expect(waits).toEqual([10, 20, 40, 80]);
  const [asked] = await claimPushes(store.db, { now, limit: 5 });
  const promise = { leaseUntil: new Date(now.getTime() + 60 * minute), dueAt: new Date(now.getTime() + 45 * minute) };
  await confirmPush(store.db, "t1", promise);
  // What came too late changes nothing any more.
  await failPush(store.db, asked!, { code: "timeout", reason: "did not answer" });
  expect(await findPush(store.db, "t1")).toMatchObject({ ...promise, failures: 0, failure: "" });
  pass(44 * minute);
  expect(await claimPushes(store.db, { now, limit: 5 })).toEqual([]);
  pass(minute);
  expect(await claimPushes(store.db, { now, limit: 5 })).toHaveLength(1);
});

test("what a hub sends is kept once, in order, not without end, and makes its source due", async () => {
  const id = await source();
  await plan();
  await confirmPush(store.db, "t1", { leaseUntil: new Date(now.getTime() + 600 * minute), dueAt: now });
  pass(minute);
  for (let n = 0; n < waitingMax + 3; n++) {
    const push = (await livePush(store.db, id, now))!;
    expect(await keepPushed(store.db, push, { text: `feed ${n}`, digest: `d${n}`, now })).toBe(true);
  }
  const push = (await livePush(store.db, id, now))!;
  expect(await keepPushed(store.db, push, { text: "feed 0", digest: "d0", now })).toBe(false);
  expect([push.heardAt, isReliable(push)]).toEqual([now, true]);
  await wakePushed(store.db, now);
  expect((await store.db.select().from(readings)).map((row) => row.dueAt)).toEqual([now]);
  const texts = (await takePushed(store.db, id)).map((each) => each.text);
  expect(texts).toEqual([...Array.from({ length: waitingMax }, (_, n) => `feed ${n}`), ""]);
  expect(await takePushed(store.db, id)).toEqual([]);
  await missedByPush(store.db, "t1", now);
  expect(isReliable((await findPush(store.db, "t1"))!)).toBe(false);
  await deletePush(store.db, "t1");
  expect(await livePush(store.db, id, now)).toBeUndefined();
});

/** What a hub sends of the first source now, and when that is read. */
async function told(text: string): Promise<number> {
  const push = (await findPush(store.db, "t1"))!;
  await keepPushed(store.db, push, { text, digest: `${now.getTime()} ${text}`, now });
  await wakePushed(store.db, now);
  const [row] = await store.db.select().from(readings);
  return row!.dueAt.getTime() - now.getTime();
}

/** Reads what waits of the first source. */
async function readOnce(id: number, result: Omit<Parameters<typeof settleReading>[2], "dueAt">): Promise<string[]> {
  const [claim] = await claimReadings(store.db, { now, limit: 1, token: "reader" });
  const texts = (await takePushed(store.db, id)).map((each) => each.text);
  await settleReading(store.db, claim!, { ...result, dueAt: new Date(now.getTime() + 60 * minute) });
  return texts;
}

test("a hub that tells without end has its source read once a gap, and all that it told is read", async () => {
  const id = await source();
  await plan();
  const texts: string[] = [];
  let reads = 0;
  pass(wakeGapMs);
  for (let second = 0; second < 300; second += 20) {
    const due = await told(`feed ${second}`);
    expect(due).toBeLessThan(wakeGapMs);
    if (due === 0) {
      reads++;
      texts.push(...(await readOnce(id, { lastReadAt: now })));
    }
    pass(20_000);
  }
  expect(reads).toBe(300_000 / wakeGapMs);
  // Nobody tells any more: what came last is read when the gap is over, without another word.
  await wakePushed(store.db, now);
  texts.push(...(await readOnce(id, { lastReadAt: now })));
  expect(texts).toEqual(Array.from({ length: 15 }, (_, n) => `feed ${20 * n}`));
});

test("a source that fails, or has pages left to visit, is not read at its hub's pace either", async () => {
  const id = await source();
  await plan();
  pass(60 * minute);
  await readOnce(id, { failures: 1, failingSince: now });
  // What the hub sent can be read without asking the source; a mere sign cannot, and waits for the source's own time.
  expect(await told("feed 1")).toBe(wakeGapMs);
  pass(wakeGapMs);
  await wakePushed(store.db, now);
  expect(await readOnce(id, { failures: 2 })).toEqual(["feed 1"]);
  pass(minute);
  expect(await told("")).toBe(59 * minute);
  pass(59 * minute);
  expect(await readOnce(id, { failures: 0, lastReadAt: start, digest: "" })).toEqual([""]);
  pass(minute);
  expect(await told("feed 2")).toBe(wakeGapMs);
});

test("a source that is being read now is not taken away from its reader", async () => {
  const id = await source();
  await plan();
  pass(61 * minute);
  await claimReadings(store.db, { now, limit: 1, token: "other" });
  const [before] = await store.db.select().from(readings);
  await keepPushed(store.db, (await findPush(store.db, "t1"))!, { text: "feed", digest: "d", now });
  await wakePushed(store.db, now);
  expect((await store.db.select().from(readings))[0]).toEqual(before);
  expect(id).toBe(before!.sourceId);
});

test("what came of a source that names its hub no more wakes nobody, and is forgotten", async () => {
  const id = await source();
  await plan();
  await keepPushed(store.db, (await findPush(store.db, "t1"))!, { text: "feed", digest: "d", now });
  // It was being read when the push came, and what it answered named no hub.
  await store.db.update(readings).set({ hub: null, topic: null });
  const [before] = await store.db.select().from(readings);
  await wakePushed(store.db, now);
  expect((await store.db.select().from(readings))[0]).toEqual(before);
  await plan();
  expect(await takePushed(store.db, id)).toEqual([]);
});
