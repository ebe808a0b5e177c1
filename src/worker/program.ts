import type { DurableObjectNamespace } from "@cloudflare/workers-types";
import { Api, Bot } from "grammy";
import type { Update } from "grammy/types";
import type { App, Job } from "../app.ts";
import { createBot } from "../bot/bot.ts";
import { createReceiver } from "../jobs/receive.ts";
import { createWork } from "../jobs/work.ts";
import { createLog, toConsole } from "../log.ts";
import { openD1 } from "../store/d1.ts";
import { createShared } from "../store/shared.ts";
import { pacedReplies } from "../telegram/send.ts";
import { type Budget, createBudget, type Fetch } from "./budget.ts";
import { telegramFetch } from "./client.ts";
import type { Env, Settings } from "./env.ts";
import type { GateCalls } from "./gate-object.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { openWeb } from "./web.ts";

/** grammY would wait 500 s; Telegram answers in well under this. */
const timeoutSeconds = 60;

/**
 * Messages that an invocation has in its hands: enough for its five connections while the next are composed, and few
 * enough that composing them fits into what is left of its queries.
 */
const inFlight = 60;

/** What differs from one invocation to another, and from the real thing in a test. */
export type Runtime = {
  now(): Date;
  random(): number;
  fetch: Fetch;
  settingsOf(env: Env): Settings;
  /** Keeps the invocation alive until this has ended. */
  waitUntil(promise: Promise<unknown>): void;
};

export type Program = {
  app: App;
  budget: Budget;
  gate: GateCalls;
  outbox: Outbox<Job>;
  webhookSecret: string;
  waitUntil: Runtime["waitUntil"];
  work(job: Job): Promise<void>;
  /** Puts these in the queue now, each of them. */
  send(jobs: readonly Job[]): Promise<unknown>;
  /** Keeps an update; gives what is then to be done with it, in this invocation. */
  receive(update: Update): Promise<Job[]>;
};

/** The whole program for one invocation: nothing lives between two of them but the database, the queue and the gate. */
export function openProgram(env: Env, runtime: Runtime): Program {
  const { config, token, webhookSecret, me } = runtime.settingsOf(env);
  const { now, random } = runtime;
  const log = createLog(config.LOG_LEVEL, toConsole);
  const budget = createBudget(runtime.fetch);
  const gate = gateOf(env.GATE, budget);
  const send = (jobs: readonly Job[]) => {
    budget.call();
    return env.JOBS.sendBatch(jobs.map((body) => ({ body })));
  };
  const outbox = createOutbox<Job>(send, {
    keepAlive: runtime.waitUntil,
    onError: (error) => log.warn({ error }, "jobs could not be queued: they are found by the next tick"),
  });
  const client = { apiRoot: config.TELEGRAM_API_ROOT, timeoutSeconds, fetch: telegramFetch(budget.fetch) as never };
  const bot = new Bot(token, { client, botInfo: me });
  bot.api.config.use(pacedReplies(gate));
  const app: App = {
    ...{ config, log, gate, me, now, random },
    db: openD1(budget.database(env.DB)),
    api: new Api(token, client),
    shared: createShared(now),
    enqueue: outbox.put,
  };
  bot.use(createBot(app));
  const files = `${config.TELEGRAM_API_ROOT}/file/bot${token}/`;
  const fetchFile = (path: string, signal: AbortSignal) => budget.fetch(files + path, { signal });
  const web = openWeb(config, { now, fetch: budget.fetch });
  const work = createWork(app, bot, { signal: budget.signal, web, fetchFile, inFlight });

  return {
    ...{ app, budget, gate, outbox, send, webhookSecret, work, waitUntil: runtime.waitUntil },
    async receive(update) {
      const fresh: Job[] = [];
      await createReceiver({ db: app.db, now, enqueue: (job) => fresh.push(job) })(update);
      return fresh;
    },
  };
}

/** The gate's object as this invocation asks it; each question is a call of the budget. */
function gateOf(namespace: DurableObjectNamespace, budget: Budget): GateCalls {
  const stub = namespace.get(namespace.idFromName("telegram")) as unknown as GateCalls;
  const counted = <Asked extends unknown[], Answer>(ask: (...asked: Asked) => Promise<Answer>) => {
    return (...asked: Asked) => {
      budget.call();
      return ask(...asked);
    };
  };
  return {
    take: counted((wanted, priority) => stub.take(wanted, priority)),
    giveBack: counted(async (granted) => (granted > 0 ? stub.giveBack(granted) : undefined)),
    chats: counted((chatIds) => stub.chats(chatIds)),
    answered: counted((answers) => stub.answered(answers)),
    unreachable: counted(() => stub.unreachable()),
    stoppedUntil: counted(() => stub.stoppedUntil()),
    enter: counted((lane, token, places) => stub.enter(lane, token, places)),
    leave: counted((lane, token) => stub.leave(lane, token)),
  };
}
