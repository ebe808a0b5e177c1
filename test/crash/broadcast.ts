import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { createPlayground } from "../../src/playground/playground.ts";
import { roundCounts, roundIfChanged, runningRounds } from "../../src/store/broadcast-rounds.ts";
import {
  type Broadcast,
  type BroadcastChange,
  broadcastCounts,
  createBroadcast,
  findBroadcast,
  ledgerCounts,
  moveBroadcast,
} from "../../src/store/broadcasts.ts";
import type { Db } from "../../src/store/db.ts";
import type { BroadcastState, RoundKind } from "../../src/store/schema.ts";
import { subscribers } from "../../src/store/schema.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import { noonZone } from "../support/broadcasting.ts";
import { randomFrom } from "../support/newsroom.ts";

const token = "1000000007:a-token-for-crashes-only-0000000";
const actor = { userId: 1, name: "Ed" };
/** A child that is not killed must end within this. */
const childMs = 120_000;
/** Calls at once in the child: a kill leaves no more of them unknown. */
export const inFlight = 50;

export type BroadcastCrashOptions = { kills: number; chats: number; seed: number; rate: number; latencyMs: number };
export type BroadcastCrashReport = {
  kills: number;
  broadcasts: number;
  copies: number;
  /** Copies that the Bot API took more than once. */
  twice: number;
  /** Chats without a copy that are not listed as unknown. */
  missed: number;
  unknown: number;
  unknownOfOneKillMax: number;
  /** Broadcasts whose tallies differ from their rows. */
  miscounted: number;
  /** Copies in a chat that do not say what the last correction or recall says, and are not listed. */
  stale: number;
  acts: Record<string, number>;
};

/**
 * Kills (-9) the jobs of a broadcast at random moments while it is sent, paused, corrected and recalled, begins them anew,
 * and compares at the end what the Bot API took with what the ledger says.
 */
export async function crashBroadcasts(options: BroadcastCrashOptions): Promise<BroadcastCrashReport> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-crash-"));
  const file = join(folder, "crash.db");
  const store = openSqlite(file);
  const api = await openApi(options);
  const random = randomFrom(options.seed);
  const report = emptyReport(options.kills);
  try {
    await fill(store.db, options.chats);
    for (let id = 1; id <= options.chats; id += 1) api.addPerson(id);
    const begin = () => spawnChild(file, api.root, options.rate);
    let kills = 0;
    while (kills < options.kills) {
      report.broadcasts += 1;
      const { id } = await beginOne(store.db, report.broadcasts);
      // Each lives through some kills, is then paused, corrected and perhaps recalled, and lives through some more.
      const wanted = Math.min(options.kills - kills, 6 + Math.floor(random() * 6));
      let unknown = 0;
      for (let n = 0; n < wanted; ) {
        const child = begin();
        const moment = Math.floor(random() * options.chats * 0.4);
        await Promise.race([api.take(moment), exitOf(child), after(3_000)]);
        await after(random() * 3 * options.latencyMs);
        if (random() < 0.7) await actOn(store.db, id, { random, report });
        await after(random() * 4 * options.latencyMs);
        if (child.exitCode === null) {
          n += 1;
          kills += 1;
        } else if (!(await isWorking(store.db, id))) break;
        child.kill("SIGKILL");
        await exitOf(child);
        const states = await ledgerCounts(store.db, id);
        const now = (states.unknown ?? 0) + (states.sending ?? 0) - unknown;
        unknown += now;
        report.unknownOfOneKillMax = Math.max(report.unknownOfOneKillMax, now);
      }
      await resumeIfPaused(store.db, id);
      await endOf(begin());
      await compare(store.db, { id, api, chats: options.chats, report });
    }
    return report;
  } finally {
    await api.close();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function emptyReport(kills: number): BroadcastCrashReport {
  const counts = { broadcasts: 0, copies: 0, twice: 0, missed: 0, unknown: 0, unknownOfOneKillMax: 0 };
  return { kills, ...counts, miscounted: 0, stale: 0, acts: {} };
}

/** What an editor does in the middle of it, compared and set as their press does it. */
async function actOn(
  db: Db,
  id: number,
  { random, report }: { random: () => number; report: BroadcastCrashReport },
): Promise<void> {
  const now = new Date();
  const broadcast = (await findBroadcast(db, id))!;
  const name = random() < 0.45 ? "pause or resume" : random() < 0.8 ? "correct" : "recall";
  // What has not begun can neither be paused nor recalled.
  if (broadcast.recalledAt !== null || broadcast.startedAt === null) return;
  report.acts[name] = (report.acts[name] ?? 0) + 1;
  if (name === "pause or resume") {
    const [from, to]: BroadcastState[] = broadcast.state === "paused" ? ["paused", "sending"] : ["sending", "paused"];
    await moveBroadcast(db, id, { from: [from!], change: { state: to! }, now, actor, act: { act: to! } });
    return;
  }
  const headline = `${id} version ${broadcast.revision + 1}`;
  const text = { headline, body: "", by: "", at: null };
  if (name === "correct") {
    const state: BroadcastChange = broadcast.state === "paused" ? { state: "sending" } : {};
    await reword(db, broadcast, { ...state, texts: { en: text }, correctedAt: now }, "correct");
  } else {
    const kind = random() < 0.5 ? "note" : "delete";
    await reword(db, broadcast, { state: "stopped", recalledAt: now, endedAt: now }, kind);
  }
}

async function reword(db: Db, broadcast: Broadcast, change: BroadcastChange, kind: RoundKind): Promise<void> {
  const { id, revision, state } = broadcast;
  const at = new Date();
  const base = { origin: `${id} ${revision}`, broadcastId: id, kind, revision: revision + 1, note: {}, notice: false };
  await moveBroadcast(db, id, {
    from: [state],
    revision,
    change: { ...change, revision: revision + 1 },
    now: at,
    actor,
    act: { act: kind },
    also: roundIfChanged(db, { ...base, userName: actor.name, at }),
  });
}

async function beginOne(db: Db, n: number): Promise<Broadcast> {
  const at = new Date(Date.now() - 1_000);
  const texts = { en: { headline: `${n} version 1`, body: "", by: "", at: null } };
  const fresh = {
    origin: `crash ${n}`,
    userId: 1,
    userName: "Ed",
    chatId: 1,
    storyId: null,
    articleIds: [],
    url: null,
  };
  const made = await createBroadcast(db, { ...fresh, photo: null, texts }, at);
  const change = { state: "countdown" as const, dueAt: at };
  await moveBroadcast(db, made.id, { from: ["draft"], change, now: at, actor, act: { act: "confirmed" } });
  return made;
}

async function resumeIfPaused(db: Db, id: number): Promise<void> {
  const move = { from: ["paused" as const], change: { state: "sending" as const }, act: { act: "resumed" } };
  await moveBroadcast(db, id, { ...move, now: new Date(), actor });
}

async function isWorking(db: Db, id: number): Promise<boolean> {
  const state = (await findBroadcast(db, id))?.state;
  return state === "sending" || state === "countdown" || (await runningRounds(db)).length > 0;
}

type Comparing = { id: number; api: Awaited<ReturnType<typeof openApi>>; chats: number; report: BroadcastCrashReport };

async function compare(db: Db, { id, api, chats, report }: Comparing): Promise<void> {
  const broadcast = (await findBroadcast(db, id))!;
  const rows = await ledgerCounts(db, id);
  const counts = await broadcastCounts(db, broadcast, new Date());
  const { sent = 0, unknown = 0, skipped = 0 } = rows;
  const same = counts.sent === sent && counts.unknown === unknown && counts.skipped === skipped && counts.waiting === 0;
  if (!same || counts.total !== chats) report.miscounted += 1;
  const took = api.tookOf(id);
  report.copies += [...took.values()].reduce((sum, n) => sum + n, 0);
  report.twice += [...took.values()].filter((n) => n > 1).length;
  report.unknown += unknown;
  const arrivedUnknown = took.size - sent;
  // Sent rows all arrived; of the unknown some did; nobody else is missing.
  report.missed += Math.max(0, chats - sent - unknown - skipped) + Math.max(0, -arrivedUnknown);
  if (arrivedUnknown > unknown) report.missed += arrivedUnknown - unknown;
  const wanted = broadcast.recalledAt === null ? broadcast.texts.en!.headline : "Withdrawn";
  const old = api.shownOf(id).filter((text) => !text.includes(wanted)).length;
  // An unknown copy has no message that could be edited: it is listed.
  const ends = await endsOf(db, id);
  report.stale += Math.max(0, old - unknown) + ends;
}

/** Copies of the last round that have no end. */
async function endsOf(db: Db, id: number): Promise<number> {
  const running = (await runningRounds(db)).filter((round) => round.broadcastId === id);
  let open = 0;
  for (const round of running) open += (await roundCounts(db, round.id)).queued ?? 1;
  return open;
}

/** The Bot API and its own record of what it took. */
async function openApi({ latencyMs }: BroadcastCrashOptions) {
  const playground = createPlayground({ now: () => new Date(), token, flood: null, latencyMs });
  const server = serve({ fetch: playground.app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as { port: number };
  const taken = new Map<number, Map<number, number>>();
  let awaited = { left: 0, resolve: () => {} };
  playground.listen((event) => {
    if (event.type !== "message") return;
    const id = Number(/(\d+) version/.exec(event.message.text ?? "")?.[1]);
    const own = taken.get(id) ?? new Map<number, number>();
    own.set(event.chatId, (own.get(event.chatId) ?? 0) + 1);
    taken.set(id, own);
    awaited.left -= 1;
    if (awaited.left <= 0) awaited.resolve();
  });
  let people = 0;
  return {
    root: `http://127.0.0.1:${port}`,
    tookOf: (id: number) => taken.get(id) ?? new Map<number, number>(),
    /** What readers see of it now. */
    shownOf: (id: number) =>
      Array.from({ length: people }, (_, n) => playground.botMessages(n + 1))
        .flat()
        .map((message) => message.text ?? "")
        .filter((text) => text.includes(`${id} version`)),
    /** Resolves when so many more messages were taken. */
    take: (left: number) => new Promise<void>((resolve) => (awaited = { left, resolve })),
    addPerson: (id: number) => {
      people += 1;
      playground.addPerson({ id, firstName: `P${id}`, started: true });
    },
    close: async () => {
      playground.close();
      (server as { closeAllConnections?: () => void }).closeAllConnections?.();
      await new Promise((done) => server.close(done));
    },
  };
}

async function fill(db: Db, chats: number): Promise<void> {
  const at = new Date();
  const timezone = noonZone();
  for (let from = 1; from <= chats; from += 5) {
    const rows = Array.from({ length: Math.min(5, chats - from + 1) }, (_, n) => ({
      chatId: from + n,
      kind: "private" as const,
      language: "en" as const,
      newsLanguages: "both" as const,
      timezone,
      stateAt: at,
      createdAt: at,
    }));
    await db.insert(subscribers).values(rows);
  }
}

function spawnChild(file: string, root: string, rate: number): ChildProcess {
  const args = [join(import.meta.dirname, "broadcast-child.ts"), file, root, token, String(rate)];
  return spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
}

/** A child that was not killed must end well. */
async function endOf(child: ChildProcess): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), childMs);
  const code = await exitOf(child);
  clearTimeout(timer);
  if (code !== 0) throw new Error(`the child ended with ${code}`);
}

function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once("exit", resolve));
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
