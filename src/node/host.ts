import { Api, Bot } from "grammy";
import type { UserFromGetMe } from "grammy/types";
import { Hono } from "hono";
import cron from "node-cron";
import type { App, HubDoor } from "../app.ts";
import { createBot } from "../bot/bot.ts";
import { publishProfile } from "../bot/profile.ts";
import type { Config } from "../config.ts";
import { UserError } from "../errors.ts";
import { createHttp } from "../http.ts";
import { type ClickCounter, createClickCounter } from "../jobs/count-clicks.ts";
import { asUpdate, createReceiver } from "../jobs/receive.ts";
import { createHubDoor } from "../jobs/receive-push.ts";
import { createRunner } from "../jobs/run.ts";
import { tick } from "../jobs/tick.ts";
import { watchClock } from "../jobs/watch-clock.ts";
import { createWork } from "../jobs/work.ts";
import type { Log } from "../log.ts";
import { endLeases } from "../store/deliveries-settle.ts";
import { claimForBot, rememberFact } from "../store/facts.ts";
import { holdLease } from "../store/lease.ts";
import { ownersOf } from "../store/owners.ts";
import { createShared } from "../store/shared.ts";
import type { SqliteStore } from "../store/sqlite.ts";
import { refuseStandstill } from "../store/standstill.ts";
import { keepStop, liveStops } from "../store/stops.ts";
import { createGate } from "../telegram/gate.ts";
import { pacedReplies } from "../telegram/send.ts";
import { checkpointApart } from "./checkpoint-apart.ts";
import { createClient } from "./client.ts";
import { askTelegram, type ConnectOptions } from "./connect.ts";
import { createVitals, type Vitals } from "./health.ts";
import { ingestApart } from "./ingest-apart.ts";
import { type Listening, listen } from "./listen.ts";
import { allowedUpdates, pollUpdates, refuseOverWebhook } from "./poll.ts";
import { openWeb } from "./web.ts";

/** How long what is in flight may take to end when the program is asked to stop. */
const stopMs = 10_000;
/** Clicks are written down so often. */
const flushClicksMs = 30_000;

export type HostOptions = {
  config: Config;
  log: Log;
  /** Opens the database, once the port is ours: a second playground must not touch the first one's. */
  openStore: () => SqliteStore;
  token: string;
  /** Where the Bot API is, once this server's own address is known. */
  apiRoot: (url: string) => string;
  now(): Date;
  /** Routes beside ours: the playground's. */
  routes?: Hono;
};

export type Host = {
  url: string;
  store: SqliteStore;
  /** The program, once Telegram has said who the bot is; fails with what the operator must mend. */
  ready: Promise<App>;
  /** Never resolves; fails when the program cannot go on. */
  failed: Promise<never>;
  /** Looks at once for what is due: the clock was moved. */
  tick(): Promise<void>;
  /** Resolves when no job runs or waits. */
  idle(): Promise<void>;
  /** Takes nothing more, ends what is in flight, closes everything. */
  stop(): Promise<void>;
};

/**
 * The whole program in this process: it listens, finds out who the bot is (for as long as that takes), and serves until
 * it is stopped. Telegram that is away is no failure: /health says so, and the rest works.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const { config, log } = options;
  const ending = new AbortController();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  let running: Running | undefined;
  let vitals: Vitals | undefined;
  let secret: string | null = null;
  let store: SqliteStore | undefined;
  let clicks: ClickCounter | undefined;

  const routes = options.routes ?? new Hono();
  const http = createHttp({
    webhookSecret: () => secret,
    asUpdate,
    receive: async (update) => {
      if (running === undefined) throw new Error("not ready yet");
      await running.receive(update);
    },
    hubs: () => running?.hubs,
    health: async () => vitals?.read() ?? { status: "starting", problems: [] },
    site: {
      db: () => store?.db,
      clicked: (articleId) => clicks?.add(articleId),
      now: options.now,
      language: config.DEFAULT_LANGUAGE,
      timezone: config.DEFAULT_TIMEZONE,
    },
    onError: (error) => log.error({ error }, "a request failed"),
  });
  routes.route("/", http);
  const listening = await listen(routes, { host: config.HOST, port: config.PORT });
  const opened = await openFor(options, listening);
  store = opened;
  vitals = createVitals(opened.db, options.now);
  clicks = createClickCounter({ db: opened.db, log, now: options.now });
  const checkpoints = checkpointApart(opened.client.name);
  const flushing = setInterval(clicks.flush, flushClicksMs).unref();

  const parts = { ...options, store: opened, vitals, url: listening.url, signal: ending.signal, fail: failure.reject };
  const ready = start(parts).then(async (started) => {
    running = started;
    if (config.PUBLIC_URL !== undefined) secret = await webhookSecret(config, opened);
    await started.open(secret);
    return started.app;
  });
  ready.catch(() => undefined);

  return {
    url: listening.url,
    store: opened,
    ready,
    failed: failure.promise,
    tick: async () => {
      if (running !== undefined) await tick(running.app);
    },
    idle: async () => {
      await running?.idle();
    },
    stop: async () => {
      ending.abort(new Error("stopping"));
      await ready.catch(() => undefined);
      await running?.stop();
      await listening.close();
      clearInterval(flushing);
      await clicks?.flush();
      await checkpoints.close();
      opened.close();
    },
  };
}

/** The database, opened for this bot; when that cannot be, the port is given back. */
async function openFor(options: HostOptions, listening: Listening): Promise<SqliteStore> {
  const { openStore, token } = options;
  try {
    const store = openStore();
    await refuseStandstill(store.db, options.config.DATABASE_PATH);
    await claimForBot(store.db, Number(token.split(":")[0]));
    return store;
  } catch (error) {
    await listening.close();
    throw error;
  }
}

type Running = {
  app: App;
  receive: (update: Parameters<ReturnType<typeof createReceiver>>[0]) => Promise<void>;
  hubs: HubDoor;
  /** Opens the way for updates: the webhook is set, or polling begins. */
  open(secret: string | null): Promise<void>;
  idle(): Promise<void>;
  stop(): Promise<void>;
};

type StartOptions = HostOptions & {
  store: SqliteStore;
  vitals: Vitals;
  url: string;
  signal: AbortSignal;
  fail: (error: unknown) => void;
};

async function start(options: StartOptions): Promise<Running> {
  const { config, log, store, vitals, signal, now } = options;
  const client = createClient(config, options.apiRoot(options.url));
  let waiting = false;
  const lease = await holdLease(store.db, {
    now,
    signal,
    onWait: (until) => {
      if (waiting) return;
      waiting = true;
      vitals.trouble("lease", "another tidings serves this database; this one waits until it ends");
      log.warn({ until }, "another tidings serves this database: this one waits until that one ends");
    },
    onLost: () => options.fail(new UserError("Another tidings took this database over: this one stops.")),
  });
  vitals.trouble("lease", null);
  await endLeases(store.db, now());
  const api = new Api(options.token, client);
  const patience: ConnectOptions = {
    signal,
    onTrouble: (problem, againInMs) => {
      vitals.trouble("telegram", problem);
      log.warn({ againInMs }, `Telegram cannot be reached: ${problem}`);
    },
  };
  const me = await askTelegram(() => api.getMe(), patience);
  vitals.trouble("telegram", null);
  return assemble(options, { me, client, patience, releaseLease: lease.release });
}

type Assembly = {
  me: UserFromGetMe;
  client: ReturnType<typeof createClient>;
  patience: ConnectOptions;
  releaseLease: () => Promise<void>;
};

/** Builds the program around the bot's name; nothing is received yet. */
async function assemble(options: StartOptions, { me, client, patience, releaseLease }: Assembly): Promise<Running> {
  const { config, log, store, vitals, signal, now, fail } = options;
  const runner = createRunner(
    (job) => work(job),
    (job, error) => log.error({ job: job.kind, error }, "a job failed"),
  );
  const bot = new Bot(options.token, { client, botInfo: me });
  const gate = createGate({
    rate: config.SEND_RATE,
    now,
    stops: await liveStops(store.db, now()),
    keep: (stop) => keepStop(store.db, stop),
  });
  // Answers wait a moment for their chat; deliveries have passed the gate already and go by an api of their own.
  bot.api.config.use(pacedReplies(gate));
  const app: App = {
    config,
    db: store.db,
    log,
    api: new Api(options.token, client),
    gate,
    shared: createShared(now),
    me,
    now,
    random: Math.random,
    enqueue: runner.enqueue,
  };
  bot.use(createBot(app));
  const web = openWeb(config, now);
  const files = `${options.apiRoot(options.url)}/file/bot${options.token}/`;
  const fetchFile = (path: string, signal: AbortSignal) => fetch(files + path, { signal });
  const apart = ingestApart(store.client.name, now);
  const work = createWork(app, bot, { signal, web, fetchFile, apart });
  const receive = createReceiver(app);
  const timer = cron.schedule("* * * * *", async () => {
    await watchClock(app)
      .then(() => tick(app))
      .catch((error) => log.error({ error }, "a tick failed"));
    vitals.ticked();
  });
  let polling: Promise<void> = Promise.resolve();

  return {
    app,
    receive,
    hubs: createHubDoor(app),
    idle: runner.idle,
    async open(secret) {
      vitals.set({ bot: { id: me.id, username: me.username }, way: secret === null ? "polling" : "webhook" });
      await publishProfile(bot.api, { admins: [...config.ADMIN_IDS, ...(await ownersOf(app.db))] }).catch((error) =>
        log.warn({ error }, "the bot's profile and commands could not be set"),
      );
      if (secret === null) {
        await askTelegram(() => refuseOverWebhook(bot.api), patience);
        const onTrouble = (problem: string | null) => vitals.trouble("telegram", problem);
        polling = pollUpdates(bot.api, { receive, signal, onTrouble }).catch(fail);
      } else {
        const address = `${config.PUBLIC_URL}/telegram`;
        const webhook = { secret_token: secret, allowed_updates: allowedUpdates };
        await askTelegram(() => bot.api.setWebhook(address, webhook), patience);
      }
      await watchClock(app);
      await tick(app);
      vitals.ticked();
      vitals.ready();
    },
    async stop() {
      await timer.stop();
      await Promise.race([Promise.all([polling, runner.stop()]), after(stopMs)]);
      await Promise.race([Promise.all([web.close(), apart.close()]), after(stopMs)]);
      await releaseLease();
    },
  };
}

/** The secret that Telegram sends along: the operator's, else one of our own making that is remembered. */
async function webhookSecret(config: Config, store: SqliteStore): Promise<string> {
  if (config.WEBHOOK_SECRET !== undefined) return config.WEBHOOK_SECRET;
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return rememberFact(store.db, "webhook_secret", Buffer.from(bytes).toString("base64url"));
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
