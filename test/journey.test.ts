import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../src/config.ts";
import { silentLog } from "../src/log.ts";
import { type RunningPlayground, startPlayground } from "../src/node/playground.ts";
import { LONDON_ID, READER_ID } from "../src/playground/people.ts";
import type { Kept } from "../src/playground/types.ts";
import { listDeliveries } from "../src/store/deliveries.ts";
import { factOf, openSqlite } from "../src/store/sqlite.ts";
import { fullDay } from "../src/text/dates.ts";
import { eventually } from "./support/eventually.ts";
import { tempFolder } from "./support/host.ts";

/** The way of a reader from START to the second day's digest, over real HTTP, in the playground as `npm start` runs it. */
let running: RunningPlayground;
let said = "";
const folder = tempFolder();
const file = join(folder.path, "data", "playground.db");

beforeAll(async () => {
  running = await startPlayground({
    config: readConfig({ PORT: "0" }),
    log: silentLog,
    say: (text) => {
      said += text;
    },
    file,
  });
});

afterAll(async () => {
  await running.stop();
  folder.remove();
});

function messages(chat: number): Kept[] {
  return running.playground.botMessages(chat);
}

function button(chat: number, label: RegExp): { message: Kept; data: string } | undefined {
  for (const message of [...messages(chat)].reverse()) {
    for (const each of message.reply_markup?.inline_keyboard.flat() ?? []) {
      if (label.test(each.text) && each.callback_data !== undefined) return { message, data: each.callback_data };
    }
  }
  return undefined;
}

async function press(chat: number, label: RegExp): Promise<void> {
  const { message, data } = await eventually(`a button ${label}`, () => button(chat, label));
  await running.playground.acts.press(chat, chat, message.message_id, data).answered;
}

function links(message: Kept): string[] {
  return (message.entities ?? []).flatMap((entity) => entity.url ?? []);
}

const digest = (chat: number, title: RegExp) => () =>
  messages(chat).findLast((each) => title.test((each.text ?? "").split("\n")[0]!));

describe("a reader's way", () => {
  it("begins with an address in the terminal", () => {
    expect(said).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
  });

  it("is two taps from START to the first news, in Chinese", async () => {
    const { acts } = running.playground;
    acts.start(READER_ID);
    await press(READER_ID, /每天 08:00/);
    const first = await eventually("the first digest", digest(READER_ID, /[早午晚]报/));
    expect(links(first).length).toBeGreaterThanOrEqual(5);
    expect(first.text).toMatch(/\d家媒体/);
  });

  it("goes on at the subscriber's minute, and repeats nothing", async () => {
    const first = digest(READER_ID, /[早午晚]报/)()!;
    // What the first one's turn still writes would be of a time that is gone.
    await running.idle();
    const due = await running.playground.nextDigestAt();
    running.playground.moveClock({ to: due! });
    const second = await eventually("the second digest", () => {
      const found = digest(READER_ID, /早报/)();
      return found !== undefined && found.message_id !== first.message_id ? found : undefined;
    });
    const repeated = links(second).filter((link) => links(first).includes(link));
    expect(repeated).toEqual([]);
    // What was told before is told again only with what is new in it.
    expect(second.text).toMatch(/更新｜|1　/);
  });

  it("is in the ledger, each message once", async () => {
    await running.idle();
    const store = openSqlite(file);
    const rows = await listDeliveries(store.db);
    store.close();
    const sent = rows.filter((row) => row.state === "sent" && row.chatId === READER_ID);
    expect(sent).toHaveLength(2);
    expect(new Set(sent.map((row) => row.messageId)).size).toBe(2);
    expect(sent.every((row) => messages(READER_ID).some((message) => message.message_id === row.messageId))).toBe(true);
  });

  it("finds a word of two characters, opens the second result and comes back", async () => {
    running.playground.acts.say(READER_ID, READER_ID, "海堤");
    const page = await eventually("the results", digest(READER_ID, /🔍.*海堤/));
    const first = page.text;
    await press(READER_ID, /^2$/);
    await eventually("the story", () =>
      running.playground.messages(READER_ID).find((each) => each.message_id === page.message_id)?.text !== first
        ? true
        : undefined,
    );
    await press(READER_ID, /‹/);
    await eventually("the results again", () =>
      running.playground.messages(READER_ID).find((each) => each.message_id === page.message_id)?.text === first
        ? true
        : undefined,
    );
  });

  it("answers in English to who reads English", async () => {
    running.playground.acts.start(LONDON_ID);
    await eventually("the greeting", () =>
      messages(LONDON_ID).find((each) => /One message a day/.test(each.text ?? "")),
    );
    running.playground.acts.say(LONDON_ID, LONDON_ID, "/top");
    const top = await eventually("the top", () => messages(LONDON_ID).at(-1));
    expect(top?.text).not.toMatch(/\p{Script=Han}/u);
  });

  it("ends with 退订 and nothing comes after", async () => {
    running.playground.acts.say(READER_ID, READER_ID, "退订");
    await eventually("the goodbye", () => messages(READER_ID).find((each) => /退订了/.test(each.text ?? "")));
    const count = messages(READER_ID).length;
    running.playground.moveClock({ byMs: 26 * 3_600_000 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await running.idle();
    expect(messages(READER_ID)).toHaveLength(count);
  });

  it("is seen from the command line as of the playground's own day", async () => {
    const now = running.playground.now();
    const shift = () => (factOf(file, "clock_shift") === String(running.playground.world.shiftMs) ? true : undefined);
    await eventually("the moved clock", shift);
    const cli = join(import.meta.dirname, "../src/cli.ts");
    const args = [cli, "--playground", "digest", String(READER_ID), "--dry-run"];
    const options = { cwd: folder.path, env: { PATH: process.env["PATH"] ?? "" } };
    const shown = await promisify(execFile)(process.execPath, args, options);
    expect(shown.stdout).toContain(fullDay(now, { language: "zh", timezone: "Asia/Shanghai", now }));
  });
});
