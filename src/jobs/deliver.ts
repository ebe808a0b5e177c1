import { createSlotCache } from "../news/schedule.ts";
import { claimDeliveries, claimMax, nextQueuedAt, urgentPriority, withReaders } from "../store/deliveries.ts";
import { recoverSending } from "../store/deliveries-settle.ts";
import { priorities } from "../telegram/gate.ts";
import { type Composer, prepare } from "./deliver-prepare.ts";
import { after, createRun, type DeliverApp, leaseMs, type Run } from "./deliver-run.ts";

/** Calls at once. Telegram answers in 40 to 60 ms, so this is room for the paid rate and for slow minutes. */
export const inFlightMax = 240;
/** A row that is due again within this time is waited for; later ones are found by the next tick. */
const waitForNextMs = 5_000;
const lookAgainMs = 50;
/** While a row that is due in a moment is waited for, a more urgent one may come in. */
const lookForUrgentMs = 250;

export type DeliverOptions = {
  compose: Composer;
  /** Asked to stop: nothing more is begun, what is in flight is ended and written down. */
  signal?: AbortSignal | undefined;
  inFlight?: number;
};

/**
 * Sends what is due until nothing is: takes from the gate, claims as many rows, composes them, writes down that they are
 * about to be sent, sends them side by side, and writes down what became of them. The most urgent go first, anew for each
 * slice, so a breaking item overtakes a digest of a million. A second copy finds only what this one has not claimed.
 */
export async function deliver(app: DeliverApp, { compose, signal, inFlight = inFlightMax }: DeliverOptions) {
  await recover(app);
  const run = createRun(app, inFlight);
  const slots = createSlotCache();
  try {
    while (signal?.aborted !== true && run.halted === null) {
      await run.settleSome();
      const priority = await urgentPriority(app.db, app.now());
      if (priority === null) {
        if (await waitForNext(app, run)) continue;
        break;
      }
      const wanted = Math.min(await run.room(), claimMax);
      const { granted, againInMs } = await app.gate.take(wanted, priorities[priority]!);
      if (granted === 0) {
        await run.pause(againInMs);
        continue;
      }
      const claim = { priority, limit: granted, now: app.now(), leaseMs, token: run.token };
      const rows = await claimDeliveries(app.db, claim);
      const due = await withReaders(app.db, rows);
      const { ready, settled } = await prepare(app, due, { compose, cache: run.cache(), slots });
      run.add(settled);
      await app.gate.giveBack(granted - ready.length);
      await run.launch(ready);
      if (rows.length === 0) {
        // What is due is not ours to take: another copy's, or one that a crash left.
        await recover(app);
        await run.pause(lookAgainMs);
      }
    }
  } finally {
    await run.finish();
  }
  if (run.halted !== null)
    app.log.error({ reason: run.halted }, "Telegram refuses the token: nothing is sent any more");
}

async function recover(app: DeliverApp): Promise<void> {
  for (;;) {
    const found = await recoverSending(app.db, app.now());
    if (found === 0) return;
    app.log.warn({ deliveries: found }, "deliveries that were on their way when tidings stopped are unknown");
  }
}

/** Nothing is due now: waits for the calls in flight, and for rows that are due in a moment. False: there are none. */
async function waitForNext(app: DeliverApp, run: Run): Promise<boolean> {
  if (run.busy) {
    await run.pause(lookAgainMs);
    return true;
  }
  await run.finish();
  const next = await nextQueuedAt(app.db);
  const waitMs = next === null ? Number.POSITIVE_INFINITY : next.getTime() - app.now().getTime();
  if (waitMs > waitForNextMs) return false;
  await after(Math.min(Math.max(waitMs, 1), lookForUrgentMs));
  return true;
}
