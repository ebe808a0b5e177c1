import { Api } from "grammy";
import { patienceMs, serveHttp } from "#runtime";
import type { Composer, Outgoing } from "../../src/jobs/deliver-prepare.ts";
import type { DeliverApp } from "../../src/jobs/deliver-run.ts";
import { type LogFields, silentLog } from "../../src/log.ts";
import type { FloodLimits } from "../../src/playground/flood.ts";
import { createPlayground, type Playground } from "../../src/playground/playground.ts";
import type { Db } from "../../src/store/db.ts";
import { enqueueDeliveries, priorityOf } from "../../src/store/deliveries.ts";
import { keepStop, liveStops } from "../../src/store/stops.ts";
import { createGate } from "../../src/telegram/gate.ts";
import { addReader, type ReaderOptions } from "./readers.ts";
import { openStore } from "./store.ts";

export const token = "1000000002:a-token-for-tests-only-000000";

export type Sender = {
  app: DeliverApp;
  db: Db;
  playground: Playground;
  logged: string[];
  /** A chat that has started the bot, its reader and a digest that is due at `now`. */
  reader(
    options: Omit<ReaderOptions, "now"> & { queued?: boolean },
  ): Promise<{ subscriberId: number; subscriptionId: number }>;
  /** What the bot sent to this chat, as it is shown. */
  texts(chatId: number): string[];
  close(): Promise<void>;
};

export type SenderOptions = {
  rate?: number;
  flood?: FloodLimits | null;
  latencyMs?: number;
  apiRoot?: string;
  timeoutSeconds?: number;
};

/** The delivering half of the program over a real file and real HTTP, on the machine's own clock. */
export async function openSender(options: SenderOptions = {}): Promise<Sender> {
  const playground = createPlayground({
    now: () => new Date(),
    token,
    flood: options.flood ?? null,
    latencyMs: options.latencyMs ?? 0,
  });
  const server = await serveHttp((request, env) => playground.app.fetch(request, env));
  const { db, close } = await openStore();
  const logged: string[] = [];
  const note = (_: LogFields, message: string) => void logged.push(message);
  const now = () => new Date();
  const apiRoot = options.apiRoot ?? server.url;
  const app: DeliverApp = {
    db,
    config: { PAID_BROADCAST: false },
    log: { ...silentLog, warn: note, error: note },
    api: new Api(token, { apiRoot, timeoutSeconds: options.timeoutSeconds ?? patienceMs / 1000 }),
    gate: createGate({
      rate: options.rate ?? 100_000,
      now,
      stops: await liveStops(db, now()),
      keep: (stop) => keepStop(db, stop),
    }),
    now,
    random: Math.random,
  };
  return {
    app,
    db,
    playground,
    logged,
    reader: async ({ queued = true, ...reader }) => {
      const at = now();
      if (reader.chatId > 0 && !playground.world.chats.has(reader.chatId)) {
        playground.addPerson({ id: reader.chatId, firstName: `P${reader.chatId}`, started: true });
      }
      return queueDigest(db, { ...reader, queued, now: at });
    },
    texts: (chatId) => playground.botMessages(chatId).map((message) => message.text ?? ""),
    close: async () => {
      playground.close();
      await server.close();
      await close();
    },
  };
}

/** A reader whose digest of this minute is queued, and tomorrow's of the same minute planned. */
export async function queueDigest(db: Db, { queued = true, ...reader }: ReaderOptions & { queued?: boolean }) {
  const { now } = reader;
  const slot = Math.floor(now.getTime() / 60_000) * 60;
  const minute = Math.floor(slot / 60) % (24 * 60);
  const ids = await addReader(db, { minute, ...reader, slot: new Date((slot + 86_400) * 1000) });
  if (queued) {
    const row = { kind: "digest", ref: ids.subscriptionId, subscriberId: ids.subscriberId } as const;
    await enqueueDeliveries(db, [{ ...row, slot, priority: priorityOf.digest, dueAt: now }], now);
  }
  return ids;
}

/** One message that tells a chat's own id: whoever gets another's is found out. */
export function outgoing(html: string, articleIds: number[] = []): Outgoing {
  return { html, buttons: [], preview: null, articleIds };
}

export const composePlain: Composer = async (due) => [outgoing(`digest for ${due.subscriber.chatId}`, [1, 2])];
