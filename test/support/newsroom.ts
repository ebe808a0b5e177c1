import { Api, Bot } from "grammy";
import type { Update } from "grammy/types";
import { serveHttp } from "#runtime";
import type { App } from "../../src/app.ts";
import { createBot } from "../../src/bot/bot.ts";
import { readConfig } from "../../src/config.ts";
import { createReceiver } from "../../src/jobs/receive.ts";
import { createRunner, type Runner } from "../../src/jobs/run.ts";
import { createWork } from "../../src/jobs/work.ts";
import { silentLog } from "../../src/log.ts";
import { createPlayground, type Playground } from "../../src/playground/playground.ts";
import type { Kept } from "../../src/playground/types.ts";
import { subscribers } from "../../src/store/schema.ts";
import { createShared } from "../../src/store/shared.ts";
import { createGate } from "../../src/telegram/gate.ts";
import { pacedReplies } from "../../src/telegram/send.ts";
import { noonZone } from "./broadcasting.ts";
import { eventually } from "./eventually.ts";
import { openStore } from "./store.ts";

const token = "1000000006:a-token-for-newsrooms-only-00000";
export const editors = [901, 902, 903];

export type Newsroom = {
  app: App;
  playground: Playground;
  runner: Runner;
  logged: string[];
  /** Updates that Telegram has for us, each handed over so many times, all of them kept by their id. */
  receive(times?: (update: Update) => number): Promise<void>;
  /** An editor presses this button of the newest message that has it, or this very data. */
  press(editor: number, label: string): Promise<void>;
  say(editor: number, text: string): Promise<void>;
  last(chatId: number): Kept | undefined;
  button(chatId: number, label: string): { messageId: number; data: string } | undefined;
  /** What is a copy of a breaking item in a reader's chat. */
  copies(chatId: number): string[];
  close(): Promise<void>;
};

/** The whole program over real HTTP: updates kept and queued, jobs side by side, editors who press. */
export async function openNewsroom(readers: number, { rate = 2_000, language = "zh" } = {}): Promise<Newsroom> {
  const playground = createPlayground({ now: () => new Date(), token, flood: null, bot: { username: "tidings_bot" } });
  const server = await serveHttp((request, env) => playground.app.fetch(request, env));
  const client = { apiRoot: server.url, timeoutSeconds: 10 };
  const { db, close } = await openStore();
  const bot = new Bot(token, { client });
  await bot.init();
  const logged: string[] = [];
  const note = (fields: { error?: unknown }, message: string) =>
    void logged.push(`${message} ${fields.error instanceof Error ? fields.error.stack : ""}`);
  const ending = new AbortController();
  const config = readConfig({
    ADMIN_IDS: editors.join(),
    SEND_RATE: String(Math.min(rate, 1_000)),
    DEFAULT_LANGUAGE: "zh",
  });
  const gate = createGate({ rate, now: () => playground.now() });
  bot.api.config.use(pacedReplies({ ...gate, chats: async (ids) => ids.map(() => 0) }));
  const app: App = {
    config,
    db,
    log: { ...silentLog, error: note, warn: note },
    api: new Api(token, client),
    gate,
    shared: createShared(() => playground.now()),
    me: bot.botInfo,
    now: () => playground.now(),
    random: Math.random,
    enqueue: (job) => runner.enqueue(job),
  };
  bot.use(createBot(app));
  const work = createWork(app, bot, { signal: ending.signal });
  const runner = createRunner(work, (job, error) =>
    logged.push(`${job.kind} ${error instanceof Error ? error.stack : error}`),
  );
  const receiver = createReceiver(app);
  for (const id of editors) playground.addPerson({ id, firstName: `Editor${id}`, language: "zh" });
  const at = playground.now();
  for (let from = 1; from <= readers; from += 5) {
    const rows = Array.from({ length: Math.min(5, readers - from + 1) }, (_, n) => ({
      chatId: 10_000 + from + n,
      kind: "private" as const,
      language: language as "zh",
      newsLanguages: "both" as const,
      timezone: noonZone(),
      stateAt: at,
      createdAt: at,
    }));
    for (const { chatId } of rows) playground.addPerson({ id: chatId, firstName: `P${chatId}`, started: true });
    await db.insert(subscribers).values(rows);
  }
  let offset = 0;

  async function receive(times: (update: Update) => number = () => 1): Promise<void> {
    const updates = await bot.api.getUpdates({ offset, timeout: 0, allowed_updates: [] });
    for (const update of updates) {
      offset = update.update_id + 1;
      await Promise.all(Array.from({ length: times(update) }, () => receiver(update)));
    }
  }

  function button(chatId: number, label: string) {
    for (const message of playground.botMessages(chatId).toReversed()) {
      for (const each of message.reply_markup?.inline_keyboard.flat() ?? []) {
        if (each.text.startsWith(label) && each.callback_data !== undefined) {
          return { messageId: message.message_id, data: each.callback_data };
        }
      }
    }
    return undefined;
  }

  return {
    app,
    playground,
    runner,
    logged,
    receive,
    button,
    press: async (editor, label) => {
      const found = await eventually(`a button ${label}`, async () => button(editor, label));
      const { answered } = playground.acts.press(editor, editor, found.messageId, found.data);
      await receive();
      await answered;
    },
    say: async (editor, text) => {
      playground.acts.say(editor, editor, text);
      await receive();
    },
    last: (chatId) => playground.botMessages(chatId).at(-1),
    copies: (chatId) =>
      playground
        .botMessages(chatId)
        .map((each) => each.text ?? each.caption ?? "")
        .filter((text) => text.startsWith("🔴") || text.startsWith("已撤回")),
    close: async () => {
      ending.abort();
      await runner.stop();
      playground.close();
      await server.close();
      await close();
    },
  };
}

/** mulberry32: the same seed gives the same moments. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
