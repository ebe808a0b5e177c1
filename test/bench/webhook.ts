import { serve } from "@hono/node-server";
import { Bot } from "grammy";
import { Hono } from "hono";
import { createHttp } from "../../src/http.ts";
import { asUpdate, createReceiver } from "../../src/jobs/receive.ts";
import { createRunner } from "../../src/jobs/run.ts";
import { createWork } from "../../src/jobs/work.ts";
import { openBotWorld } from "../support/bot-world.ts";

const secret = "secret-of-a-bench";
const updates = 2_000;
const atOnce = 100;
const rounds = Number(process.env["ROUNDS"] ?? 3);

/**
 * `npm run bench -- webhook`: `/top` from 100 people at once, kept durably, handled and answered; beside it a bare Hono
 * and grammY bot that echoes. Both send their answers to the same Bot API.
 */
export async function run(): Promise<void> {
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const bare = await measureBare();
    const ours = await measureOurs();
    ratios.push(ours.perSecond / bare.perSecond);
    print(
      `/top by webhook, ${atOnce} at once: answered ${ours.perSecond.toFixed(0)}/s, p50 ${ours.p50.toFixed(0)}, p99 ${ours.p99.toFixed(0)} ms`,
    );
    print(
      `  acknowledged: p50 ${ours.ack50.toFixed(0)}, p99 ${ours.ack99.toFixed(0)} ms; bare Hono and grammY echo ${bare.perSecond.toFixed(0)}/s, p99 ${bare.p99.toFixed(0)} ms`,
    );
  }
  print(`median ratio to the bare echo: ${ratios.sort((a, b) => a - b)[Math.floor(rounds / 2)]!.toFixed(2)}`);
}

async function measureOurs() {
  const world = await openBotWorld({ env: {} });
  const { app, bot, playground } = world;
  const runner = createRunner(
    (job) => createWork(app, bot)(job),
    (_, error) => print(String(error)),
  );
  app.enqueue = runner.enqueue;
  const http = createHttp({
    webhookSecret: () => secret,
    asUpdate,
    receive: createReceiver(app),
    health: async () => ({ status: "ok", problems: [] }),
    site: { db: () => undefined, now: () => new Date(), language: "en", timezone: "UTC" },
    onError: (error) => print(String(error)),
  });
  return measure(http, playground, async () => {
    await runner.stop();
    await world.close();
  });
}

async function measureBare() {
  const world = await openBotWorld({ news: false });
  const { playground } = world;
  const bot = new Bot(world.bot.token, { client: (world.app.api.options ?? {}) as object, botInfo: world.bot.botInfo });
  bot.on("message:text", (ctx) => ctx.reply(ctx.msg.text));
  const http = new Hono().post("/telegram", async (c) => {
    await bot.handleUpdate(await c.req.json());
    return c.body(null, 200);
  });
  return measure(http, playground, world.close);
}

type World = Awaited<ReturnType<typeof openBotWorld>>;

/** Posts updates of distinct people, so many at once, and waits until each of them was answered in their chat. */
async function measure(http: Hono, playground: World["playground"], close: () => Promise<void>) {
  const server = serve({ fetch: http.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as { port: number };
  const answered = new Map<number, () => void>();
  playground.listen((event) => {
    if (event.type === "message") answered.get(event.chatId)?.();
  });
  const waits: number[] = [];
  const acks: number[] = [];
  const post = async (n: number) => {
    const id = 500_000 + n;
    playground.addPerson({ id, firstName: "P", started: true, language: "en" });
    const answer = new Promise<void>((resolve) => answered.set(id, resolve));
    const start = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}/telegram`, {
      method: "POST",
      headers: { "content-type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret },
      body: JSON.stringify(updateOf(n, id)),
    });
    await response.arrayBuffer();
    acks.push(performance.now() - start);
    await answer;
    waits.push(performance.now() - start);
  };
  for (let n = 0; n < atOnce; n += 1) await post(n);
  waits.length = 0;
  acks.length = 0;
  let next = atOnce;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < atOnce + updates) await post(next++);
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  await new Promise((done) => server.close(done));
  await close();
  const at = (list: number[], share: number) => list.toSorted((a, b) => a - b)[Math.floor(list.length * share)]!;
  return {
    perSecond: updates / seconds,
    p50: at(waits, 0.5),
    p99: at(waits, 0.99),
    ack50: at(acks, 0.5),
    ack99: at(acks, 0.99),
  };
}

function updateOf(n: number, id: number) {
  const from = { id, is_bot: false, first_name: "P", language_code: "en" };
  const entities = [{ type: "bot_command", offset: 0, length: 4 }];
  const chat = { id, type: "private", first_name: "P" };
  return {
    update_id: 900_000 + n,
    message: { message_id: 1, date: 1_763_800_000, from, chat, text: "/top", entities },
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
