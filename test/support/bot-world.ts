import { Bot } from "grammy";
import type { Update } from "grammy/types";
import { openNewsStore, openStore, serveHttp } from "#runtime";
import type { App, Job } from "../../src/app.ts";
import { createBot } from "../../src/bot/bot.ts";
import { readConfig } from "../../src/config.ts";
import { createWork, type WorkOptions } from "../../src/jobs/work.ts";
import { silentLog } from "../../src/log.ts";
import { createPlayground, type Playground } from "../../src/playground/playground.ts";
import type { Kept } from "../../src/playground/types.ts";
import { createShared } from "../../src/store/shared.ts";
import { createGate } from "../../src/telegram/gate.ts";

const token = "1000000001:a-token-for-tests-only-000000";

export type BotWorld = {
  app: App;
  playground: Playground;
  bot: Bot;
  /** Jobs that were enqueued, in order. */
  jobs: Job[];
  logged: { fields: Record<string, unknown>; message: string }[];
  /** Takes all waiting updates from the Bot API and handles them; gives them. */
  settle(): Promise<Update[]>;
  /** A person writes; all that the bot answers in that chat. */
  say(
    userId: number,
    text: string,
    chatId?: number,
    options?: Parameters<Playground["acts"]["say"]>[3],
  ): Promise<Kept[]>;
  /** A person presses the button with this label (or beginning of data) in the newest message that has it. */
  press(userId: number, label: string, chatId?: number): Promise<{ toast: string; alert: boolean; answers: Kept[] }>;
  /** Does the jobs that were enqueued, as the program does; what was pushed is in the chats then. */
  work(options?: WorkOptions): Promise<void>;
  last(chatId: number): Kept;
  close(): Promise<void>;
};

export type WorldOptions = { at?: string; news?: boolean; env?: Record<string, string>; flood?: boolean };

/** A bot with its own database, talking to a playground over real HTTP; updates are fetched and handled on demand. */
export async function openBotWorld(options: WorldOptions = {}): Promise<BotWorld> {
  const at = new Date(options.at ?? "2026-11-22T06:32:00Z");
  const playground = createPlayground({
    now: () => at,
    token,
    bot: { username: "tidings_bot" },
    ...(options.flood === true ? {} : { flood: null }),
  });
  const server = await serveHttp((request, env) => playground.app.fetch(request, env));
  const store = await (options.news === false ? openStore() : openNewsStore(at));
  const bot = new Bot(token, { client: { apiRoot: server.url, timeoutSeconds: 10 } });
  await bot.init();
  const jobs: Job[] = [];
  const logged: BotWorld["logged"] = [];
  const note = (fields: Record<string, unknown>, message: string) => logged.push({ fields, message });
  const app: App = {
    config: readConfig(options.env ?? {}),
    db: store.db,
    log: { ...silentLog, error: note, warn: note },
    api: bot.api,
    gate: createGate({ rate: 30, now: () => playground.now() }),
    shared: createShared(() => playground.now()),
    me: bot.botInfo,
    now: () => playground.now(),
    random: Math.random,
    enqueue: (job) => jobs.push(job),
  };
  bot.use(createBot(app));
  let offset = 0;

  async function settle(): Promise<Update[]> {
    const updates = await bot.api.getUpdates({ offset, timeout: 0, allowed_updates: [] });
    for (const update of updates) {
      offset = update.update_id + 1;
      await bot.handleUpdate(update);
    }
    return updates;
  }

  async function answers(chatId: number, act: () => Promise<unknown> | unknown): Promise<Kept[]> {
    const before = new Map(playground.botMessages(chatId).map((each) => [each.message_id, JSON.stringify(each)]));
    await act();
    await settle();
    return playground.botMessages(chatId).filter((each) => before.get(each.message_id) !== JSON.stringify(each));
  }

  return {
    app,
    playground,
    bot,
    jobs,
    logged,
    settle,
    say: (userId, text, chatId = userId, said = {}) =>
      answers(chatId, () => playground.acts.say(userId, chatId, text, said)),
    press: async (userId, label, chatId = userId) => {
      const { message, data } = buttonOf(playground, chatId, label);
      let answered: Promise<{ text?: string; show_alert?: boolean } | null> = Promise.resolve(null);
      const found = await answers(chatId, () => {
        answered = playground.acts.press(userId, chatId, message.message_id, data).answered as typeof answered;
      });
      const toast = await answered;
      return { toast: toast?.text ?? "", alert: toast?.show_alert ?? false, answers: found };
    },
    work: async (options = {}) => {
      const files = `${server.url}/file/bot${token}/`;
      const fetchFile = (path: string, signal: AbortSignal) => fetch(files + path, { signal });
      const work = createWork(app, bot, { fetchFile, ...options });
      while (jobs.length > 0) await work(jobs.shift()!);
    },
    last: (chatId) => playground.botMessages(chatId).at(-1)!,
    close: async () => {
      playground.close();
      await server.close();
      await store.close();
    },
  };
}

export function labels(message: Kept): string[] {
  const rows = (message.reply_markup as { inline_keyboard?: { text: string }[][] } | undefined)?.inline_keyboard ?? [];
  return rows.flat().map((button) => button.text);
}

function buttonOf(playground: Playground, chatId: number, label: string): { message: Kept; data: string } {
  type Buttons = { inline_keyboard?: { text: string; callback_data?: string }[][] } | undefined;
  const tests = [(text: string) => text === label, (text: string) => text.startsWith(label)];
  for (const test of tests) {
    for (const message of playground.botMessages(chatId).toReversed()) {
      const button = (message.reply_markup as Buttons)?.inline_keyboard?.flat().find((each) => test(each.text));
      if (button?.callback_data !== undefined) return { message, data: button.callback_data };
    }
  }
  throw new Error(`no button ${label} in ${chatId}`);
}
