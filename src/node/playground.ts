import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../config.ts";
import { createIngest, incomingMax } from "../jobs/ingest.ts";
import type { Log } from "../log.ts";
import { sampleNews } from "../playground/news.ts";
import { ADMIN_ID, addReaders, type MadeUpReader, seedPeople } from "../playground/people.ts";
import { createPlayground, type Playground } from "../playground/playground.ts";
import type { Db } from "../store/db.ts";
import { writeFact } from "../store/facts.ts";
import { openSqlite } from "../store/sqlite.ts";
import { ensureSubscriber } from "../store/subscribers.ts";
import { addSubscription } from "../store/subscriptions.ts";
import { nextDueAt, nextDueIn } from "../store/subscriptions-due.ts";
import { startHost } from "./host.ts";
import { playgroundNotice } from "./terminal.ts";

/** The playground's own database: made anew at each start, never the operator's. */
const playgroundFile = "data/playground.db";
/** What made-up readers get: eight stories at 08:00. */
const morningMinute = 480;
const storiesUsual = 8;
const readersAtOnce = 100;
/** A token of Telegram's form that Telegram never gave anybody. */
const token = "1000000001:playground-token-that-opens-nothing";

export type PlaygroundParts = { config: Config; log: Log; say: (text: string) => void; file?: string };
export type RunningPlayground = {
  url: string;
  playground: Playground;
  failed: Promise<never>;
  idle(): Promise<void>;
  stop(): Promise<void>;
};

/** A Telegram, the bot and sample news, all in this process: what `npm start` runs without a BOT_TOKEN. */
export async function startPlayground({
  config,
  log,
  say,
  file = playgroundFile,
}: PlaygroundParts): Promise<RunningPlayground> {
  const started = new Date();
  const playground = createPlayground({ now: () => new Date(), token });
  seedPeople(playground);
  const host = await startHost({
    config: { ...config, HOST: "127.0.0.1", PUBLIC_URL: undefined, ADMIN_IDS: [ADMIN_ID], BOT_TOKEN: token },
    log,
    openStore: () => openFresh(file),
    token,
    apiRoot: (url) => url,
    now: () => playground.now(),
    routes: playground.app,
  });
  const { db } = host.store;
  playground.nextDigestAt = () => nextDueAt(db);
  playground.nextDigestIn = () => nextDueIn(db);
  playground.addReaders = (count) => bringReaders(db, playground, count);
  await bringNews(db, started, playground.now());
  playground.onClockMoved((now) => {
    // The command line lives by the same clock.
    writeFact(db, "clock_shift", String(playground.world.shiftMs))
      .then(() => bringNews(db, started, now))
      .then(() => host.tick())
      .catch((error) => log.error({ error }, "the moved clock brought no news"));
  });
  try {
    await Promise.race([host.ready, host.failed]);
  } catch (error) {
    await host.stop();
    throw error;
  }
  say(playgroundNotice(host.url));
  return {
    url: host.url,
    playground,
    failed: host.failed,
    idle: host.idle,
    stop: async () => {
      playground.close();
      await host.stop();
    },
  };
}

/** The sample news that was published by now; what is there already stays as it is. */
async function bringNews(db: Db, started: Date, now: Date): Promise<void> {
  const ingest = createIngest(db, () => now);
  const incoming = sampleNews(started, now).map(({ source, draft }) => ({
    draft,
    source: { ...source, kind: "feed" as const },
  }));
  // Oldest first, as news comes in.
  incoming.reverse();
  for (let at = 0; at < incoming.length; at += incomingMax) await ingest(incoming.slice(at, at + incomingMax));
}

/** Made-up people, each with a digest in their morning; some at a time, so that they share the waits for the disk. */
async function bringReaders(db: Db, playground: Playground, count: number): Promise<void> {
  const now = playground.now();
  const bring = async ({ id, language, zone }: MadeUpReader) => {
    const place = { chatId: id, threadId: 0, kind: "private" as const, title: "" };
    const subscriber = await ensureSubscriber(db, { ...place, language, newsLanguages: language, timezone: zone }, now);
    const digest = { minute: morningMinute, rule: "daily", count: storiesUsual, silent: false };
    await addSubscription(db, subscriber, { fresh: { ...digest, origin: `made up ${id}` }, now });
  };
  const readers = addReaders(playground, count);
  for (let at = 0; at < readers.length; at += readersAtOnce) {
    await Promise.all(readers.slice(at, at + readersAtOnce).map(bring));
  }
}

function openFresh(file: string) {
  mkdirSync(dirname(file), { recursive: true });
  for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  return openSqlite(file, { checkpoints: "apart" });
}
