import type { App } from "../app.ts";
import { describeError } from "../errors.ts";
import { markSending, type Outcome, sendingPerCommit, settle } from "../store/deliveries-settle.ts";
import { send } from "../telegram/send.ts";
import { outcomeOf, type Reach } from "./deliver-outcome.ts";
import type { Prepared } from "./deliver-prepare.ts";
import { tellReach } from "./tell-reach.ts";

/** A claimed or sending row is given to another after this: longer than any call may take. */
export const leaseMs = 180_000;
/** Outcomes are written when so many have gathered, or after so long. */
const settleAtOnce = sendingPerCommit;
const settleEveryMs = 100;
const settleTriesMax = 6;
const settleRetryMs = 250;
/** So many ends in doubt, with nobody accepted between, are an outage: what goes out then is lost for good. */
const inDoubtMax = 5;

export type DeliverApp = Pick<App, "db" | "gate" | "api" | "now" | "log" | "random"> & {
  config: Pick<App["config"], "PAID_BROADCAST">;
};

/** What one run of the job has in its hands: its calls in flight, and what became of those that ended. */
export type Run = {
  readonly token: string;
  readonly busy: boolean;
  /** Why nothing more may be sent at all. */
  readonly halted: string | null;
  /** What composing may keep within this minute. */
  cache(): Map<string, Promise<unknown>>;
  /** Resolves when a commit's worth of calls may begin, with how many. */
  room(): Promise<number>;
  /** Takes outcomes that need no call. */
  add(outcomes: readonly Outcome[]): void;
  /** Writes down that these are about to be sent, then begins their calls. */
  launch(ready: readonly Prepared[]): Promise<void>;
  /** Writes down what ended, when it is time. */
  settleSome(): Promise<void>;
  /** Waits so long; what ends meanwhile is written down. */
  pause(ms: number): Promise<void>;
  /** Waits for all calls and writes down what became of them. */
  finish(): Promise<void>;
};

export function createRun(app: DeliverApp, inFlightMax: number): Run {
  const portion = Math.min(sendingPerCommit, inFlightMax);
  const token = `${part(app.random())}${part(app.random())}`;
  const ended: Ended = { outcomes: [], reaches: [], accepted: [], inDoubt: 0 };
  let inFlight = 0;
  let halted: string | null = null;
  let settledAt = performance.now();
  let wake = () => {};

  async function settleAll(): Promise<void> {
    await settleEnded(app, ended, token);
    settledAt = performance.now();
  }

  async function settleSome(): Promise<void> {
    if (ended.outcomes.length >= settleAtOnce || performance.now() - settledAt >= settleEveryMs) await settleAll();
  }

  async function fly(prepared: Prepared): Promise<void> {
    try {
      halted = (await deliverOne(app, prepared, ended)) ?? halted;
    } catch (error) {
      app.log.error({ delivery: prepared.due.id, error }, "a delivery's end was not understood");
    } finally {
      inFlight -= 1;
      wake();
    }
  }

  /** Resolves when `condition` holds after a call's end. */
  function until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (condition()) resolve();
      };
      wake = look;
      look();
    });
  }

  return {
    token,
    get busy() {
      return inFlight > 0;
    },
    get halted() {
      return halted;
    },
    cache: cacheOfMinute(app),
    room: async () => {
      await until(() => inFlightMax - inFlight >= portion);
      // What ended is written down before more begins, so that a crash never leaves more in doubt than may be in flight.
      await settleAll();
      return inFlightMax - inFlight;
    },
    add: (outcomes) => void ended.outcomes.push(...outcomes),
    launch: async (ready) => {
      for (let start = 0; start < ready.length; start += portion) {
        const chunk = ready.slice(start, start + portion);
        const marked = await mark(app, chunk, token);
        const ours = chunk.filter(({ due }) => marked.has(due.id));
        inFlight += ours.length;
        for (const each of ours) void fly(each);
      }
    },
    settleSome,
    pause: async (ms) => {
      // Not woken by each call's end: a thousand a second would be written down one by one.
      for (let left = ms; left > 0; left -= settleEveryMs) {
        await after(Math.min(left, settleEveryMs));
        await settleSome();
      }
    },
    finish: async () => {
      await until(() => inFlight === 0);
      await settleAll();
    },
  };
}

/** A place that is emptied each minute. */
function cacheOfMinute({ now }: Pick<DeliverApp, "now">): Run["cache"] {
  let minute = -1;
  let cache = new Map<string, Promise<unknown>>();
  return () => {
    const current = Math.floor(now().getTime() / 60_000);
    if (current !== minute) cache = new Map();
    minute = current;
    return cache;
  };
}

type Ended = {
  outcomes: Outcome[];
  reaches: Reach[];
  accepted: number[];
  /** Ends that nobody knows, since the last one that was accepted. */
  inDoubt: number;
};

/** One call and what it means; gives the reason when nothing more may be sent at all. */
async function deliverOne(app: DeliverApp, { due, message }: Prepared, ended: Ended): Promise<string | null> {
  const { chatId, threadId } = due.subscriber;
  const silent = message.silent ?? due.subscription?.silent ?? false;
  const { replyTo } = message;
  const options = { message, silent, paid: app.config.PAID_BROADCAST, ...(replyTo === undefined ? {} : { replyTo }) };
  const result = await send(app.api, { chatId, threadId }, options);
  const { outcome, reach, retryAfter, isDown } = outcomeOf(due, result, app.now());
  ended.outcomes.push(outcome);
  if (reach !== null) ended.reaches.push(reach);
  if (outcome.state === "sent") {
    ended.accepted.push(chatId);
    ended.inDoubt = 0;
  } else if (outcome.state === "unknown") ended.inDoubt += 1;
  if (retryAfter !== null) {
    // In order: those accepted before this refusal say that it does not mean everybody.
    await app.gate.answered([...takeAccepted(ended), { chatId, retryAfter }]);
  }
  if (isDown || ended.inDoubt >= inDoubtMax) {
    await app.gate.answered(takeAccepted(ended));
    await app.gate.unreachable();
  }
  if (!("step" in result)) return null;
  const { step, reason } = result.step;
  if (step === "bug") app.log.error({ delivery: due.id }, `Telegram does not take what we made: ${reason}`);
  else app.log.debug({ delivery: due.id, step }, reason);
  return step === "token" ? reason : null;
}

async function settleEnded(app: DeliverApp, ended: Ended, token: string): Promise<void> {
  if (ended.accepted.length > 0) await app.gate.answered(takeAccepted(ended));
  while (ended.outcomes.length > 0) {
    const batch = ended.outcomes.slice(0, settleAtOnce);
    await patiently(app, () => settle(app.db, batch, { token, now: app.now() }));
    ended.outcomes.splice(0, batch.length);
  }
  for (const reach of ended.reaches.splice(0)) await tellReach(app, reach);
}

function takeAccepted(ended: Ended) {
  return ended.accepted.splice(0).map((chatId) => ({ chatId, retryAfter: null }));
}

function mark(app: DeliverApp, chunk: readonly Prepared[], token: string): Promise<Set<number>> {
  const rows = chunk.map(({ due, articleIds }) => ({ id: due.id, subscriberId: due.subscriberId, articleIds }));
  const bodies = chunk.flatMap(({ due, body }) => (body === null ? [] : [[due.id, body] as const]));
  const parts = chunk.flatMap((each) => each.parts);
  const wordings = chunk.flatMap(({ due, message }) =>
    message.revision === undefined ? [] : [{ id: due.id, revision: message.revision }],
  );
  return markSending(app.db, rows, { token, now: app.now(), leaseMs, parts, bodies: new Map(bodies), wordings });
}

/** A locked or full database passes, and what was sent must be written down. */
async function patiently(app: DeliverApp, write: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (tries === settleTriesMax) throw error;
      app.log.warn({ reason: describeError(error) }, "what was sent cannot be written down yet");
      await after(settleRetryMs * 2 ** tries);
    }
  }
}

function part(random: number): string {
  return Math.floor(random * 2 ** 52).toString(36);
}

export function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
