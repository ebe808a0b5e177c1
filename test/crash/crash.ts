import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { createPlayground } from "../../src/playground/playground.ts";
import type { Db } from "../../src/store/db.ts";
import { listDeliveries } from "../../src/store/deliveries.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import { nextDueAt } from "../../src/store/subscriptions-due.ts";
import { addReader } from "../support/readers.ts";

const token = "1000000003:a-token-for-crashes-only-0000000";
const dayMs = 86_400_000;
/** A child that is not killed must end within this. */
const childMs = 120_000;

export type CrashOptions = { kills: number; chats: number; seed: number; rate: number; latencyMs: number };
export type CrashReport = {
  kills: number;
  digests: number;
  /** Messages that the Bot API took, and ledger rows. */
  messages: number;
  rows: number;
  /** Rows that are not `unknown` and whose message the Bot API never took. */
  lost: number;
  /** Messages that the Bot API took more than once. */
  twice: number;
  unknown: number;
  /** Of the unknown, those that had arrived. */
  unknownArrived: number;
  unknownOfOneKillMax: number;
};

/**
 * Kills (-9) a process that plans and delivers digests at random moments, begins it anew, and compares at the end what
 * the Bot API took with what the ledger says.
 */
export async function crash(options: CrashOptions): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-crash-"));
  const file = join(folder, "crash.db");
  const store = openSqlite(file);
  const api = await openApi(options);
  const random = randomFrom(options.seed);
  try {
    const slot = new Date(Math.floor(Date.now() / 60_000) * 60_000);
    for (let chatId = 1; chatId <= options.chats; chatId += 1) {
      api.addPerson(chatId);
      await addReader(store.db, { chatId, now: slot, slot, minute: slot.getUTCHours() * 60 + slot.getUTCMinutes() });
    }
    let digests = 1;
    let shiftMs = 0;
    let unknown = 0;
    let unknownOfOneKillMax = 0;
    const begin = () => spawnChild(file, api.root, { shiftMs, rate: options.rate });
    const lifeMs = await endOf(begin());
    for (let kills = 0; kills < options.kills; ) {
      if (await isQuiet(store.db, Date.now() + shiftMs)) {
        shiftMs += dayMs;
        digests += 1;
      }
      const child = begin();
      // Mostly while it sends: after so many messages and a moment; else at any time of its life, its start included.
      const after = { messages: Math.floor(random() * options.chats), ms: random() * 3 * options.latencyMs };
      if (random() < 0.8) await Promise.race([api.take(after.messages), exitOf(child)]);
      else after.ms = random() * lifeMs;
      await new Promise((resolve) => setTimeout(resolve, after.ms));
      if (child.exitCode === null) kills += 1;
      child.kill("SIGKILL");
      await endOf(child, true);
      const now = (await countUnknown(store.db)) - unknown;
      unknown += now;
      unknownOfOneKillMax = Math.max(unknownOfOneKillMax, now);
    }
    await endOf(begin());
    const report = await compare(store.db, api.taken);
    return { kills: options.kills, digests, ...report, unknownOfOneKillMax };
  } finally {
    await api.close();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The Bot API and its own record of what it took. */
async function openApi({ latencyMs }: CrashOptions) {
  const playground = createPlayground({ now: () => new Date(), token, flood: null, latencyMs });
  const server = serve({ fetch: playground.app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as { port: number };
  const taken = new Map<string, number>();
  let awaited = { left: 0, resolve: () => {} };
  playground.listen((event) => {
    if (event.type !== "message") return;
    const text = event.message.text ?? "";
    taken.set(text, (taken.get(text) ?? 0) + 1);
    awaited.left -= 1;
    if (awaited.left <= 0) awaited.resolve();
  });
  return {
    root: `http://127.0.0.1:${port}`,
    taken,
    /** Resolves when so many more messages were taken. */
    take: (left: number) => new Promise<void>((resolve) => (awaited = { left, resolve })),
    addPerson: (id: number) => playground.addPerson({ id, firstName: `P${id}`, started: true }),
    close: async () => {
      playground.close();
      (server as { closeAllConnections?: () => void }).closeAllConnections?.();
      await new Promise((done) => server.close(done));
    },
  };
}

function spawnChild(file: string, root: string, { shiftMs, rate }: { shiftMs: number; rate: number }): ChildProcess {
  const args = [join(import.meta.dirname, "child.ts"), file, root, token, String(shiftMs), String(rate)];
  return spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
}

/** Milliseconds until it ended; a child that was not killed must end well. */
async function endOf(child: ChildProcess, killed = false): Promise<number> {
  const start = performance.now();
  const timer = setTimeout(() => child.kill("SIGKILL"), childMs);
  const code = await exitOf(child);
  clearTimeout(timer);
  if (!killed && code !== 0) throw new Error(`the child ended with ${code}`);
  return performance.now() - start;
}

function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once("exit", resolve));
}

/** Is everything that was due planned and settled? */
async function isQuiet(db: Db, nowMs: number): Promise<boolean> {
  const due = await nextDueAt(db);
  if (due !== null && due.getTime() <= nowMs) return false;
  const pending = await Promise.all(
    (["queued", "claimed", "sending"] as const).map((state) => listDeliveries(db, { state, limit: 1 })),
  );
  return pending.every((rows) => rows.length === 0);
}

async function countUnknown(db: Db): Promise<number> {
  return (await allRows(db)).filter((row) => row.state === "unknown" || row.state === "sending").length;
}

async function allRows(db: Db) {
  const rows: Awaited<ReturnType<typeof listDeliveries>> = [];
  for (;;) {
    const more = await listDeliveries(db, { afterId: rows.at(-1)?.id ?? 0 });
    if (more.length === 0) return rows;
    rows.push(...more);
  }
}

async function compare(db: Db, taken: ReadonlyMap<string, number>) {
  const rows = await allRows(db);
  const textOf = (row: (typeof rows)[number]) => `${row.slot} ${row.chatId} ${row.part}`;
  const unknown = rows.filter((row) => row.state === "unknown");
  const listed = new Set(unknown.map(textOf));
  // By the Bot API's record alone: each digest of each chat, in all its parts, was taken or is listed as unknown.
  const slots = new Set(rows.map((row) => row.slot));
  const chats = new Set(rows.map((row) => row.chatId!));
  let lost = 0;
  for (const slot of slots) {
    for (const chat of chats) {
      const first = `${slot} ${chat} 1`;
      if (!taken.has(first) && !listed.has(first)) lost += 1;
      const second = `${slot} ${chat} 2`;
      // The second part is planned with the first one's sending.
      if (chat % 10 === 0 && !taken.has(second) && !listed.has(second)) lost += 1;
    }
  }
  return {
    messages: [...taken.values()].reduce((sum, n) => sum + n, 0),
    rows: rows.length,
    lost,
    twice: [...taken.values()].filter((n) => n > 1).length,
    unknown: unknown.length,
    unknownArrived: unknown.filter((row) => taken.has(textOf(row))).length,
  };
}

/** mulberry32: the same seed gives the same moments. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
