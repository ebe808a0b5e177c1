import { and, inArray, isNotNull } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { broadcastCounts, findBroadcast, ledgerCounts } from "../../src/store/broadcasts.ts";
import { listDeliveries } from "../../src/store/deliveries.ts";
import { broadcastEdits, broadcasts, deliveries } from "../../src/store/schema.ts";
import { addReader } from "../support/readers.ts";
import { editor } from "./program.ts";
import { buttonOf, eventually, type Hands, textOf } from "./program-hands.ts";

/** Readers beside those of the other cases: some two seconds at thirty a second. */
const more = 20;
const firstMore = 2_000;
/** Telegram is so far away while the program is killed: what is on its way then has no answer. */
const farMs = 25_000;
const caseMs = 90_000;

/** A broadcast from the command to its recall, through the webhook, the queue and the ledger. */
export function broadcastCases(runtime: string, hands: Hands): void {
  const { running, said, texts, find, ask, press } = hands;
  const db = () => running().db;

  /** What each chat has of a broadcast, by a word that only it has. */
  function copies(word: RegExp): Map<number, string[]> {
    const { world } = running().playground;
    const chats = [...world.chats.keys()].filter((chat) => chat !== editor);
    const own = chats.map(
      (chat) =>
        [
          chat,
          said(chat)
            .map(textOf)
            .filter((text) => word.test(text)),
        ] as const,
    );
    return new Map(own.filter(([, some]) => some.length > 0));
  }
  const few = (word: RegExp, n: number) => eventually(`${n} copies`, () => (copies(word).size >= n ? true : undefined));
  const rows = async (id: number) =>
    (await listDeliveries(db())).filter((row) => row.kind === "broadcast" && row.ref === id);
  const state = async (id: number) => (await findBroadcast(db(), id))?.state;
  const reached = (id: number, wanted: string) =>
    eventually(`B-${id} ${wanted}`, async () => ((await state(id)) === wanted ? true : undefined));

  /** From the command to the countdown's end. */
  async function send(id: number, item: string): Promise<void> {
    await ask(editor, `/breaking ${item}`, /英文|English/);
    await press(editor, /^也发中文/);
    await press(editor, /^现在发给/);
    const [question, go] = await eventually("the last question", () => buttonOf(said(editor), /^发给 \d+ 人$/));
    const { acts } = running().playground;
    // A double tap.
    await Promise.all([1, 2].map(() => acts.press(editor, editor, question.message_id, go).answered));
    await find(editor, /将在 \d+ 秒后开始/);
    // Nobody waits ten seconds for a test.
    await db()
      .update(broadcasts)
      .set({ dueAt: new Date() })
      .where(inArray(broadcasts.id, [id]));
    await reached(id, "sending");
  }

  /** It is as if so much time had passed that what a dead program held is free again. */
  async function endLeases(): Promise<void> {
    const past = new Date(Date.now() - 1_000);
    const held = and(inArray(deliveries.state, ["claimed", "sending"]), isNotNull(deliveries.dueAt));
    await db().update(deliveries).set({ dueAt: past }).where(held);
    await db().update(broadcastEdits).set({ dueAt: past }).where(isNotNull(broadcastEdits.dueAt));
  }

  async function killed(): Promise<void> {
    await running().kill();
    await endLeases();
    // The minute may end twice, and what waited in a queue may come again.
    await Promise.all([running().tick(), running().tick()]);
  }

  /** Rows, counts and what arrived say the same; gives the chats of which nobody knows. */
  async function compare(id: number, word: RegExp): Promise<number[]> {
    const all = await rows(id);
    const chats = (wanted: string) => all.filter((row) => row.state === wanted).map((row) => row.chatId!);
    const took = copies(word);
    expect([...took].filter(([, own]) => own.length > 1)).toEqual([]);
    const [sent, unknown, skipped] = [chats("sent"), chats("unknown"), chats("skipped")];
    expect(sent.filter((chat) => !took.has(chat))).toEqual([]);
    expect([...took.keys()].filter((chat) => !sent.includes(chat) && !unknown.includes(chat))).toEqual([]);
    const broadcast = (await findBroadcast(db(), id))!;
    const counts = await broadcastCounts(db(), broadcast, new Date());
    expect(await ledgerCounts(db(), id)).toEqual(
      Object.fromEntries(
        Object.entries({ sent, unknown, skipped }).flatMap(([k, v]) => (v.length > 0 ? [[k, v.length]] : [])),
      ),
    );
    expect(counts).toMatchObject({ total: all.length, waiting: 0, sent: sent.length, skipped: skipped.length });
    expect(counts.unknown).toBe(unknown.length);
    expect(new Set(all.map((row) => row.chatId)).size).toBe(all.length);
    return unknown;
  }

  describe(`the program on ${runtime}: a broadcast`, { timeout: caseMs }, () => {
    const first = /管涌|渗水|已撤回/;
    let screen: number | undefined;
    let unknown: number[] = [];
    const barOf = (title: RegExp) => said(editor).findLast((each) => title.test(textOf(each)))?.message_id;

    beforeAll(async () => {
      for (let chatId = firstMore; chatId < firstMore + more; chatId += 1) {
        running().playground.addPerson({ id: chatId, firstName: `P${chatId}`, started: true });
        await addReader(db(), { chatId, now: new Date() });
      }
    });

    it("is confirmed once, however often it is tapped; paused, nothing goes out; resumed, it goes on", async () => {
      await send(1, "临澜海堤出现管涌\n抢险队已围井反压。");
      await few(first, 8);
      screen = await eventually("the bar", () => barOf(/^🔴 正在发/));
      await press(editor, /^⏸ 暂停$/);
      await find(editor, /^⏸ 已暂停/);
      const isHeld = async () => (await rows(1)).every((row) => !["claimed", "sending"].includes(row.state));
      await eventually("what was on its way to end", async () => ((await isHeld()) ? true : undefined));
      const before = copies(first).size;
      await running().tick();
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(copies(first).size).toBe(before);
      await press(editor, /^▶️ 继续发 \d+ 人$/);
      await few(first, before + 5);
    });

    it("killed in mid-flight, it goes on: nobody twice, who may have been missed is listed, the same bar goes on", async () => {
      running().playground.latencyMs = farMs;
      await eventually("calls on their way", async () => ((await ledgerCounts(db(), 1)).sending ? true : undefined));
      await killed();
      await reached(1, "done");
      unknown = await compare(1, first);
      expect(unknown.length).toBeGreaterThan(0);
      await find(editor, new RegExp(`^✅ 发完了[\\s\\S]*失败 0 · 不确定 ${unknown.length}`));
      expect(barOf(/^✅ 发完了/)).toBe(screen);
      expect((await db().select({ id: broadcasts.id }).from(broadcasts)).map((each) => each.id)).toEqual([1]);
    });

    it("corrected and killed in the middle of that: each copy that is known says the new text in the end", async () => {
      const known = [...copies(first).keys()].filter((chat) => !unknown.includes(chat));
      await press(editor, /^✏️ 更正$/);
      await find(editor, /^只改几个字/);
      await ask(editor, "管涌 → 渗水", /^更正前检查/);
      await press(editor, /^✏️ 更正，不另外通知$/);
      await few(/渗水/, 5);
      running().playground.latencyMs = farMs;
      await few(/渗水/, 8);
      await killed();
      await find(editor, new RegExp(`已更正 ${known.length}\\n不确定的 ${unknown.length} 条没有编号`));
      expect([...copies(/渗水/).keys()].sort()).toEqual(known.sort());
      await compare(1, first);
    });

    it("recalled, a note stands in the place of each copy", async () => {
      const known = [...copies(/渗水/).keys()];
      await press(editor, /^↩️ 撤回$/);
      await press(editor, /^换成说明$/);
      await press(editor, /^↩️ 撤回 \d+ 条，换成说明$/);
      await find(editor, new RegExp(`^↩️ 已撤回[\\s\\S]*撤回：换成说明 ${known.length}`));
      expect([...copies(/^已撤回/).keys()].sort()).toEqual(known.sort());
      await compare(1, first);
    });

    it("stopped, the rest get nothing, and the ledger says so of each", async () => {
      const second = /三号闸门/;
      await send(2, "三号闸门已经关闭\n水位在降。");
      await few(second, 8);
      await press(editor, /^⏹ 停止$/);
      await press(editor, /^⏹ 停止，不再发$/);
      await reached(2, "stopped");
      await eventually("everybody's end", async () => {
        const all = await rows(2);
        const readers = (await rows(1)).length;
        return all.length === readers && all.every((row) => row.state === "sent" || row.state === "skipped")
          ? true
          : undefined;
      });
      await running().tick();
      const [took] = [copies(second).size];
      expect(await compare(2, second)).toEqual([]);
      expect(took).toBeLessThan((await rows(2)).length);
      await find(
        editor,
        new RegExp(`^⏹ 已停止[\\s\\S]*送到 ${took}\\b[\\s\\S]*没有发 ${(await rows(2)).length - took}`),
      );
      expect(texts(editor).filter((text) => /^⏹ 已停止/.test(text))).toHaveLength(1);
      expect(running().playground.counters.answers.get(429) ?? 0).toBe(0);
    });
  });
}
