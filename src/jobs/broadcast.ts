import type { App } from "../app.ts";
import { breathe } from "../breathe.ts";
import { noteAct } from "../store/audit.ts";
import { hasWork, parkRows, skipRows, stoppedWithRows, unparkRows } from "../store/broadcast-rows.ts";
import {
  type Broadcast,
  beginDue,
  broadcastCounts,
  changeRate,
  endBroadcast,
  findBroadcast,
  liveBroadcasts,
  recentlySent,
} from "../store/broadcasts.ts";
import { enqueueAudience } from "./broadcast-audience.ts";
import { refreshScreens } from "./broadcast-screen.ts";

/** How often it looks how things go. */
const lookEveryMs = 200;
/** The rate is measured over this. */
const rateOverMs = 15_000;
/** What was on its way when it was stopped is waited for so long, so that its last screen counts everybody. */
const lastEndsMs = 3_000;
/** A schedule further away than this is found by a tick. */
const waitForMs = 90_000;

export type BroadcastApp = Pick<App, "db" | "api" | "gate" | "log" | "now" | "enqueue"> & {
  config: Pick<App["config"], "NIGHT_HOURS">;
};

type Samples = Map<number, { at: number; settled: number }[]>;

/**
 * Watches over broadcasts until none is at work: begins those whose countdown is over, puts their readers into the
 * ledger, holds and lets go what an editor paused and resumed, ends them, and keeps their screens up to date. It does
 * nothing that cannot be done again, so a crash only makes it late.
 */
export async function runBroadcasts(app: BroadcastApp, signal?: AbortSignal): Promise<void> {
  const samples: Samples = new Map();
  const ended: number[] = [];
  let watched: number[] = [];
  while (signal?.aborted !== true) {
    for (const begun of await beginDue(app.db, app.now())) {
      const actor = { userId: begun.userId, name: begun.userName };
      await noteAct(app.db, actor, { act: "began", broadcastId: begun.id, now: app.now() });
      await refreshScreens(app, [begun.id], { force: true });
    }
    const live = await liveBroadcasts(app.db);
    for (const broadcast of live) {
      if (broadcast.state === "sending") {
        if (await advance(app, broadcast, signal)) ended.push(broadcast.id);
        else await measure(app, broadcast, samples);
      } else if (broadcast.state === "paused") {
        samples.delete(broadcast.id);
        await parkAll(app, broadcast.id, signal);
      }
    }
    const current = live.map((each) => each.id);
    const gone = watched.filter((id) => !current.includes(id) && !ended.includes(id));
    await skipStopped(app, { gone, signal });
    watched = current.filter((id) => !ended.includes(id));
    if (ended.length > 0) await refreshScreens(app, ended.splice(0), { force: true });
    await refreshScreens(app, current);
    if (!live.some((each) => keepsUs(each, app.now()))) break;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  // Those whose readers wait for their morning, or whose last copies were recalled, are told of as well.
  const recent = await recentlySent(app.db, app.now());
  await refreshScreens(
    app,
    recent.map((each) => each.id),
  );
}

/** Puts readers into the ledger, and ends it once nothing is left but the morning's. True when it ended just now. */
async function advance(app: BroadcastApp, broadcast: Broadcast, signal?: AbortSignal): Promise<boolean> {
  if (!broadcast.enqueued) {
    await enqueueAudience(app, broadcast.id, signal);
    return false;
  }
  let unparked = 0;
  for (;;) {
    const some = await unparkRows(app.db, broadcast.id, app.now());
    if (some === 0) break;
    unparked += some;
    app.enqueue({ kind: "deliver" });
    if (signal?.aborted === true) return false;
    await breathe();
  }
  if (unparked > 0 || (await hasWork(app.db, broadcast.id, app.now()))) {
    app.enqueue({ kind: "deliver" });
    return false;
  }
  return endBroadcast(app.db, broadcast, app.now());
}

async function measure(app: BroadcastApp, broadcast: Broadcast, samples: Samples): Promise<void> {
  const at = app.now().getTime();
  const own = samples.get(broadcast.id) ?? [];
  const last = own.at(-1);
  if (last !== undefined && at - last.at < 1_000) return;
  const { total, waiting } = await broadcastCounts(app.db, broadcast, app.now());
  own.push({ at, settled: total - waiting });
  const kept = own.filter((each) => at - each.at <= rateOverMs && each.at <= at);
  samples.set(broadcast.id, kept);
  const [first, newest] = [kept[0]!, kept.at(-1)!];
  if (newest.at - first.at < 1_000) return;
  await changeRate(app.db, broadcast.id, ((newest.settled - first.settled) * 1000) / (newest.at - first.at));
}

async function parkAll(app: BroadcastApp, id: number, signal: AbortSignal | undefined): Promise<void> {
  while (signal?.aborted !== true && (await parkRows(app.db, id, app.now())) > 0) await breathe();
}

type Stopping = { gone: readonly number[]; signal: AbortSignal | undefined };

/** Leaves out who waited for a broadcast that was stopped; its screen is drawn once all who were on their way are there. */
async function skipStopped(app: BroadcastApp, { gone, signal }: Stopping): Promise<void> {
  for (const id of new Set([...gone, ...(await stoppedWithRows(app.db))])) {
    if ((await findBroadcast(app.db, id))?.state !== "stopped") continue;
    await enqueueAudience(app, id, signal);
    const skip = () => skipRows(app.db, id, { reason: "the broadcast was stopped", now: app.now() });
    while (signal?.aborted !== true && (await skip()) > 0) await breathe();
    for (let waitedMs = 0; waitedMs < lastEndsMs; waitedMs += lookEveryMs) {
      if (signal?.aborted === true || !(await hasWork(app.db, id, app.now()))) break;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    await refreshScreens(app, [id], { force: true });
  }
}

/** Is there something to look at again in a moment? */
function keepsUs({ state, dueAt }: Broadcast, now: Date): boolean {
  if (state === "sending" || state === "countdown") return true;
  return state === "scheduled" && dueAt !== null && dueAt.getTime() - now.getTime() < waitForMs;
}
