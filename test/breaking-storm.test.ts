import { afterEach, expect, it } from "vitest";
import { listAudit } from "../src/store/audit.ts";
import { runningRounds } from "../src/store/broadcast-rounds.ts";
import { broadcastCounts, findBroadcast, ledgerCounts } from "../src/store/broadcasts.ts";
import { eventually } from "./support/eventually.ts";
import { editors, type Newsroom, openNewsroom, randomFrom } from "./support/newsroom.ts";

/** ACTS=1000 SEED=7 for the long one; a failure prints the seed that brings it back. */
const acts = Number(process.env["ACTS"] ?? 60);
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const readers = Number(process.env["READERS"] ?? 400);
/** The last correction's edits go at the send rate, too. */
const endMs = 150_000;

let room: Newsroom;
afterEach(async () => room.close());

it(`pauses, resumes, corrections, double taps and redelivered updates lose nobody and tell nobody twice (seed ${seed})`, async () => {
  process.stdout.write(`breaking storm: seed ${seed}, ${acts} acts\n`);
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  room = await openNewsroom(readers, { rate: Math.max(20, Math.ceil(readers / (acts * 0.04))) });
  const [editor] = editors as [number];
  await room.say(editor, "/breaking 海堤出现管涌 第0版");
  await room.press(editor, "现在发给");
  await room.press(editor, `发给 ${readers.toLocaleString("en")} 人`);
  // Every editor presses the same buttons, also of a screen that is out of date.
  for (const each of editors.slice(1)) await room.say(each, "/broadcasts");
  for (const each of editors.slice(1)) await room.press(each, "B-1");
  room.playground.moveClock({ byMs: 11_000 });
  const id = 1;
  await eventually("its beginning", async () =>
    (await findBroadcast(room.app.db, id))?.state === "sending" ? true : undefined,
  );
  const screen = room.button(editor, "⏸")?.messageId ?? room.last(editor)!.message_id;
  let version = 0;
  const press = (who: number, what: string) => {
    const message = who === editor ? screen : room.button(who, "")?.messageId;
    if (message === undefined) return;
    const taps = random() < 0.3 ? 2 : 1;
    for (let n = 0; n < taps; n += 1) room.playground.acts.press(who, who, message, `1:bc:1:${what}`);
  };
  // Whatever the seed, each of them once.
  const firsts = ["pause", "resume", "correct"];
  for (let n = 0; n < acts; n += 1) {
    const who = pick(editors);
    const act =
      firsts[n] ?? pick(["pause", "pause", "resume", "resume", "resume", "correct", "open", "go", "undo", "fixgo"]);
    press(who, act);
    if (act === "correct" && (n < firsts.length || random() < 0.7)) {
      await room.receive();
      await new Promise((resolve) => setTimeout(resolve, 60));
      version += 1;
      room.playground.acts.say(who, who, `海堤出现管涌 第${version}版`);
      await room.receive();
      press(who, "fixgo");
    }
    await room.receive(() => (random() < 0.25 ? 3 : 1));
    if (random() < 0.5) await new Promise((resolve) => setTimeout(resolve, random() * 40));
  }
  const end = performance.now() + endMs;
  for (;;) {
    const broadcast = await findBroadcast(room.app.db, id);
    if (broadcast?.state === "done" && (await runningRounds(room.app.db)).length === 0) break;
    if (performance.now() > end) throw new Error(`it is ${broadcast?.state} after ${endMs} ms`);
    if (broadcast?.state === "paused") press(editor, "resume");
    await room.receive();
    room.app.enqueue({ kind: "broadcast-round" });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await eventually("the screen", async () => (/发完了/.test(screenText(screen)) ? true : undefined));
  expect(room.logged).toEqual([]);
  const broadcast = (await findBroadcast(room.app.db, id))!;
  const rows = await ledgerCounts(room.app.db, id);
  const counts = await broadcastCounts(room.app.db, broadcast, room.app.now());
  expect(rows).toEqual({ sent: readers });
  expect(counts).toMatchObject({ total: readers, sent: readers, waiting: 0, unknown: 0, failed: 0 });
  expect(screenText(screen)).toContain(`送到 ${readers.toLocaleString("en")}`);
  const headline = broadcast.texts.zh!.headline;
  const copies = Array.from({ length: readers }, (_, n) => room.copies(10_001 + n));
  expect(copies.filter((each) => each.length !== 1)).toEqual([]);
  expect(copies.flat().filter((text) => !text.includes(headline))).toEqual([]);
  // It was a storm: each of them took effect.
  const done = (await listAudit(room.app.db, { limit: 10_000, broadcastId: id })).map((each) => each.act);
  const effects = { paused: 0, resumed: 0, corrected: 0 };
  for (const act of done) if (act in effects) effects[act as keyof typeof effects] += 1;
  process.stdout.write(`  ${JSON.stringify(effects)}\n`);
  expect(Math.min(...Object.values(effects)), JSON.stringify(effects)).toBeGreaterThan(0);
}, 240_000);

function screenText(messageId: number): string {
  return room.playground.botMessages(editors[0]!).find((each) => each.message_id === messageId)?.text ?? "";
}
