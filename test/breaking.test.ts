import { afterEach, describe, expect, it } from "vitest";
import { saveChoice } from "../src/store/breaking-choices.ts";
import { roundIfChanged, runningRounds } from "../src/store/broadcast-rounds.ts";
import { keepScreen } from "../src/store/broadcast-screens.ts";
import { broadcastCounts, findBroadcast, ledgerCounts, moveBroadcast } from "../src/store/broadcasts.ts";
import { findSubscriber } from "../src/store/subscribers.ts";
import { type Desk, editor, nightZone, openDesk, textOf } from "./support/broadcasting.ts";
import { eventually } from "./support/eventually.ts";

let desk: Desk;
afterEach(async () => desk.close());

const ended = (id: number) =>
  eventually("its end", async () => ((await findBroadcast(desk.db, id))?.state === "done" ? true : undefined));

describe("a broadcast", () => {
  it("reaches everybody once, each in their language, and counts what the ledger holds", async () => {
    desk = await openDesk();
    const ids = await desk.readers(120);
    desk.playground.acts.block(ids[3]!);
    const { id } = await desk.draft("a");
    expect((await desk.draft("a")).id).toBe(id);
    await Promise.all([desk.begin(id), desk.begin(id)]);
    await ended(id);
    expect(desk.logged).toEqual([]);
    const texts = ids.map((chat) => desk.chat(chat));
    expect(texts.filter((each) => each.length > 1)).toEqual([]);
    expect(texts.filter((each) => each.length === 0)).toHaveLength(1);
    expect(texts[0]![0]).toMatch(/^🔴 突发｜海堤出现管涌/);
    expect(texts[1]![0]).toMatch(/^🔴 Breaking: Sea wall leaks/);
    const counts = await broadcastCounts(desk.db, (await findBroadcast(desk.db, id))!, new Date());
    expect(counts).toMatchObject({ total: 120, sent: 119, unreachable: 1, failed: 0, unknown: 0, waiting: 0 });
    expect(await ledgerCounts(desk.db, id)).toEqual({ sent: 119, unreachable: 1 });
  });

  it("asks nobody who wants none, and lets who sleeps wait for morning", async () => {
    desk = await openDesk();
    const ids = await desk.readers(4);
    const [none, top, ring] = await Promise.all(ids.map((chat) => findSubscriber(desk.db, chat, 0)));
    const choice = { level: "all" as const, silent: false, night: "wait" as const, broadcastId: null, now: new Date() };
    await saveChoice(desk.db, none!.id, { ...choice, level: "none" });
    await saveChoice(desk.db, top!.id, { ...choice, level: "top" });
    await saveChoice(desk.db, ring!.id, { ...choice, silent: true });
    const { id } = await desk.draft("b");
    await desk.begin(id);
    await ended(id);
    expect(ids.map((chat) => desk.chat(chat).length)).toEqual([0, 0, 1, 1]);
    expect(desk.playground.botMessages(ids[2]!)[0]!.silent).toBe(true);
    await desk.close();

    desk = await openDesk();
    const sleepers = await desk.readers(3, { timezone: nightZone() });
    const { id: night } = await desk.draft("c");
    await desk.begin(night);
    await ended(night);
    expect(sleepers.map((chat) => desk.chat(chat).length)).toEqual([0, 0, 0]);
    const counts = await broadcastCounts(desk.db, (await findBroadcast(desk.db, night))!, new Date());
    expect(counts).toMatchObject({ total: 3, waiting: 3, asleep: 3 });
    expect(counts.nextAt!.getTime()).toBeGreaterThan(Date.now());
  });

  it("stands still when paused, goes on when resumed, and nobody is lost or told twice", async () => {
    // Seconds lie between the twentieth copy and the last: enough to pause in, however slow the machine is.
    desk = await openDesk({ rate: 50 });
    const ids = await desk.readers(150);
    const { id } = await desk.draft("d");
    await desk.begin(id);
    const reached = () => ids.filter((chat) => desk.chat(chat).length > 0).length;
    await eventually("some copies", () => (reached() > 20 ? true : undefined));
    expect(await desk.move(id, "sending", "paused")).toBe(true);
    expect(await desk.move(id, "sending", "paused")).toBe(false);
    await eventually("the calls in flight", async () => {
      const { sending = 0 } = await ledgerCounts(desk.db, id);
      return sending === 0 ? true : undefined;
    });
    const stood = reached();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(reached()).toBe(stood);
    expect(stood).toBeLessThan(150);
    await desk.move(id, "paused", "sending");
    await ended(id);
    expect(ids.map((chat) => desk.chat(chat).length)).toEqual(ids.map(() => 1));
  });

  it("corrected while it runs: the rest get the new text, the copies out are edited, and each one's end is known", async () => {
    desk = await openDesk({ rate: 200 });
    const ids = await desk.readers(120);
    const { id } = await desk.draft("e");
    await desk.begin(id);
    const reached = () => ids.filter((chat) => desk.chat(chat).length > 0).length;
    await eventually("some copies", () => (reached() > 20 ? true : undefined));
    await desk.move(id, "sending", "paused");
    const now = new Date();
    const round = {
      origin: "r",
      broadcastId: id,
      kind: "correct" as const,
      revision: 2,
      note: { en: "not 23" },
      notice: true,
    };
    const corrected = await moveBroadcast(desk.db, id, {
      from: ["paused"],
      change: { state: "sending", revision: 2, correctedAt: now, texts: { zh: textOf("新的"), en: textOf("New") } },
      revision: 1,
      now,
      actor: editor,
      act: { act: "corrected" },
      also: roundIfChanged(desk.db, { ...round, userName: "Ed", at: now }),
    });
    expect(corrected?.revision).toBe(2);
    desk.runner.enqueue({ kind: "broadcast" });
    desk.runner.enqueue({ kind: "broadcast-round" });
    await ended(id);
    await eventually("the edits' end", async () => ((await runningRounds(desk.db)).length === 0 ? true : undefined));
    await desk.runner.idle();
    const firsts = ids.map((chat) => desk.chat(chat)[0]!);
    expect(firsts.filter((text) => !/新的|New/.test(text))).toEqual([]);
    const told = ids.filter((chat) => desk.chat(chat).length === 2);
    expect(told.length).toBeGreaterThan(20);
    expect(told.length).toBeLessThan(120);
    expect(desk.playground.botMessages(told[0]!)[1]!.reply_to_message).toBeDefined();
  });

  it("stopped before all its readers are in the ledger: of each it says that they were left out", async () => {
    desk = await openDesk({ rate: 100 });
    await desk.readers(1_300);
    const { id } = await desk.draft("stopped");
    await desk.begin(id);
    await eventually("its beginning", async () => ((await findBroadcast(desk.db, id))!.cursor > 0 ? true : undefined));
    expect(await desk.move(id, "sending", "stopped")).toBe(true);
    await desk.runner.idle();
    const counts = await broadcastCounts(desk.db, (await findBroadcast(desk.db, id))!, new Date());
    expect(counts).toMatchObject({ total: 1_300, waiting: 0, failed: 0, unknown: 0 });
    expect(counts.sent + counts.skipped).toBe(1_300);
    expect(counts.skipped).toBeGreaterThan(1_000);
  });

  it("that should have begun while the program was down is a draft again: an editor decides", async () => {
    desk = await openDesk();
    const [chat] = await desk.readers(1);
    const { id } = await desk.draft("late");
    const dueAt = new Date(Date.now() - 3_600_000);
    const change = { state: "countdown" as const, dueAt };
    await moveBroadcast(desk.db, id, { from: ["draft"], change, now: dueAt, actor: editor, act: { act: "confirmed" } });
    desk.runner.enqueue({ kind: "broadcast" });
    await desk.runner.idle();
    expect((await findBroadcast(desk.db, id))?.state).toBe("draft");
    expect(desk.chat(chat!)).toEqual([]);
  });

  it("shows how it goes in one message, edited at most every five seconds, found again after a restart", async () => {
    desk = await openDesk({ rate: 30 });
    await desk.readers(180);
    desk.playground.addPerson({ id: 7, firstName: "Ed", started: true });
    const { message_id: messageId } = await desk.app.api.sendMessage(7, "begins");
    const edits: number[] = [];
    desk.playground.listen((event) => {
      if (event.type === "edit" && event.chatId === 7) edits.push(performance.now());
    });
    const { id } = await desk.draft("screen");
    const screen = { broadcastId: id, chatId: 7, messageId, language: "en" as const, timezone: "UTC", shown: "" };
    await keepScreen(desk.db, { ...screen, at: new Date(0) });
    await desk.begin(id);
    await ended(id);
    await eventually("its report", () => (/^✅/.test(desk.chat(7)[0]!) ? true : undefined));
    expect(desk.chat(7)).toHaveLength(1);
    expect(desk.chat(7)[0]).toContain("Delivered 180");
    // The first and the last come at once: it began, it ended.
    const gaps = edits.slice(1, -1).map((at, n) => at - edits[n]!);
    expect(Math.min(...gaps, 5_000)).toBeGreaterThanOrEqual(4_900);
  });
});
