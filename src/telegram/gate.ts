/** Work of so long may be granted at once after a hiccup; after idling only a fifth of it, so that no burst opens a run. */
const burstMs = 500;
const idleBurstMs = 100;
/** A grant waits until so much work may go, because a claim of three rows costs nearly as much as one of thirty. */
const grantMsDefault = 50;
/** Whoever was refused a grant is remembered for so long: those of lower priority leave room. */
const hungryMs = 1_000;
/** Telegram: one message a second to a chat, with room for the network's jitter. */
const chatEveryMs = 1_050;
/** Telegram: 20 messages a minute to a group or channel. */
const groupWindowMs = 60_500;
const groupMessagesMax = 20;
/** Chats refused one after the other, with nobody accepted between, mean everybody: two pause all, three stop all. */
const streakMs = 1_000;
const pauseAfterTwoMs = 1_000;
const probeMs = 3_000;
const streakForgottenMs = 10_000;
/** Telegram cannot be reached: it is tried again after 1, 2, 4 … seconds. */
const unreachableMinMs = 1_000;
const unreachableMaxMs = 30_000;
const againMinMs = 5;
const againMaxMs = 1_000;
const pruneEveryMs = 10_000;
/** The chat id under which a stop of everybody is kept. */
const everybody = 0;

/** Who goes first when there is more to send than may be sent. */
export type Priority = "breaking" | "alert" | "asked" | "digest";
/** The most urgent first; the ledger keeps the index. */
export const priorities: readonly Priority[] = ["breaking", "alert", "asked", "digest"];

/** What Telegram said to one message: accepted, or refused for so many seconds. */
export type Answer = { chatId: number; retryAfter: number | null };

/** The one gate that all pushed messages pass: Telegram's limits for all, for a chat and for a group. */
export type Gate = {
  /**
   * How many of `wanted` messages may go now; 0 with the time to come back when none may. The gate decides in what
   * portions. What was granted and not used is given back.
   */
  take(wanted: number, priority: Priority): Promise<{ granted: number; againInMs: number }>;
  giveBack(granted: number): Promise<void>;
  /** For each chat the milliseconds that a message to it must wait; one that need not wait counts at once. */
  chats(chatIds: readonly number[]): Promise<number[]>;
  /**
   * What Telegram answered, in order; a refusal at once, acceptances when convenient. `retry_after` stops the chat; when
   * one chat after the other is refused, all stop. A stop outlives a restart.
   */
  answered(answers: readonly Answer[]): Promise<void>;
  /**
   * Telegram could not be reached at all: everybody waits a little, longer each time, and then goes one at a time until
   * one is accepted.
   */
  unreachable(): Promise<void>;
  /** Until when everything stands still; null when it does not. */
  stoppedUntil(): Promise<Date | null>;
};

export type Stop = { chatId: number; until: Date };

export type GateOptions = {
  /** Messages a second. */
  rate: number;
  now(): Date;
  /** How much work a grant waits for; no more than a burst. Longer where asking costs more than a call. */
  grantMs?: number;
  /** Stops that were kept before a restart. */
  stops?: readonly Stop[];
  /** Keeps a stop; chat 0 is everybody. */
  keep?(stop: Stop): Promise<void>;
};

/** The gate as one process has it: counters in memory, stops kept by `keep`. */
export function createGate({
  rate,
  now,
  grantMs = grantMsDefault,
  stops = [],
  keep = async () => {},
}: GateOptions): Gate {
  const start = now().getTime();
  const state: State = {
    rate,
    grantMs,
    level: Math.max(1, (rate * idleBurstMs) / 1000),
    levelAt: start,
    hungry: new Map(),
    sentAt: new Map(),
    groupSentAt: new Map(),
    stops: new Map(stops.map(({ chatId, until }) => [chatId, { from: start, until: until.getTime() }])),
    streak: new Set(),
    refusedAt: Number.NEGATIVE_INFINITY,
    probedAt: null,
    failures: 0,
    prunedAt: start,
  };
  return {
    take: async (wanted, priority) => take(state, { wanted, priority, at: now().getTime() }),
    giveBack: async (granted) => {
      state.level += granted;
      if (granted > 0) state.probedAt = null;
    },
    chats: async (chatIds) => {
      const at = now().getTime();
      prune(state, at);
      return chatIds.map((chatId) => chatWait(state, chatId, at));
    },
    answered: async (answers) => {
      for (const { chatId, retryAfter } of answers) {
        if (retryAfter === null) accept(state);
        else await refuse(state, { chatId, retryAfter, at: now().getTime(), keep });
      }
    },
    unreachable: async () => {
      const at = now().getTime();
      if (stopWait(state, everybody, at) > 0) return;
      const waitMs = Math.min(unreachableMinMs * 2 ** state.failures, unreachableMaxMs);
      state.failures += 1;
      state.probedAt = null;
      state.stops.set(everybody, { from: at, until: at + waitMs });
    },
    stoppedUntil: async () => {
      const at = now().getTime();
      const wait = stopWait(state, everybody, at);
      return wait > 0 ? new Date(at + wait) : null;
    },
  };
}

type State = {
  rate: number;
  grantMs: number;
  /** The bucket: messages that may go at `levelAt`. */
  level: number;
  levelAt: number;
  hungry: Map<Priority, { wanted: number; at: number }>;
  sentAt: Map<number, number>;
  groupSentAt: Map<number, number[]>;
  stops: Map<number, { from: number; until: number }>;
  /** Chats refused in a row, with nobody accepted between. */
  streak: Set<number>;
  refusedAt: number;
  /** When one message was let through to see whether the stop is over. */
  probedAt: number | null;
  failures: number;
  prunedAt: number;
};

function take(state: State, { wanted, priority, at }: { wanted: number; priority: Priority; at: number }) {
  refill(state, at);
  const stopped = stopWait(state, everybody, at);
  if (stopped > 0) return refused(state, { wanted, priority, at, againInMs: stopped });
  if (isProbing(state, at)) return refused(state, { wanted, priority, at, againInMs: state.grantMs });

  const room = state.level - reservedAbove(state, priority, at);
  const portion = Math.max(1, Math.min(wanted, Math.floor((state.rate * state.grantMs) / 1000)));
  if (room < portion) {
    return refused(state, { wanted, priority, at, againInMs: ((portion - room) * 1000) / state.rate });
  }
  const granted = inTrouble(state) ? 1 : Math.min(wanted, Math.floor(room));
  if (inTrouble(state)) state.probedAt = at;
  state.level -= granted;
  if (granted === wanted) state.hungry.delete(priority);
  else state.hungry.set(priority, { wanted: wanted - granted, at });
  return { granted, againInMs: 0 };
}

type Refused = { wanted: number; priority: Priority; at: number; againInMs: number };

function refused(state: State, { wanted, priority, at, againInMs }: Refused) {
  state.hungry.set(priority, { wanted, at });
  return { granted: 0, againInMs: Math.ceil(Math.min(Math.max(againInMs, againMinMs), againMaxMs)) };
}

function refill(state: State, at: number): void {
  // A clock that jumped back gives nothing, one that jumped ahead no more than a burst.
  const elapsed = Math.max(0, at - state.levelAt);
  const busy = [...state.hungry.values()].some((each) => Math.abs(at - each.at) <= hungryMs);
  const cap = Math.max(1, (state.rate * (busy ? burstMs : idleBurstMs)) / 1000);
  state.level = Math.min(state.level + (elapsed * state.rate) / 1000, Math.max(cap, 1));
  state.levelAt = at;
}

/** What those of higher priority wait for. */
function reservedAbove(state: State, priority: Priority, at: number): number {
  let reserved = 0;
  for (const above of priorities.slice(0, priorities.indexOf(priority))) {
    const hungry = state.hungry.get(above);
    if (hungry === undefined) continue;
    if (Math.abs(at - hungry.at) > hungryMs) state.hungry.delete(above);
    else reserved += hungry.wanted;
  }
  return reserved;
}

function isProbing(state: State, at: number): boolean {
  if (at - state.refusedAt > streakForgottenMs && stopWait(state, everybody, at) === 0) state.streak.clear();
  return inTrouble(state) && state.probedAt !== null && Math.abs(at - state.probedAt) < probeMs;
}

/** All were refused, or none arrived: one message at a time tries whether that is over. */
function inTrouble({ streak, failures }: State): boolean {
  return streak.size >= 2 || failures > 0;
}

function chatWait(state: State, chatId: number, at: number): number {
  const stopped = stopWait(state, chatId, at);
  if (stopped > 0) return stopped;
  const last = state.sentAt.get(chatId);
  if (last !== undefined && last <= at && at - last < chatEveryMs) return last + chatEveryMs - at;
  if (chatId < 0) {
    const sent = (state.groupSentAt.get(chatId) ?? []).filter((each) => each <= at && at - each < groupWindowMs);
    if (sent.length >= groupMessagesMax) return sent[0]! + groupWindowMs - at;
    sent.push(at);
    state.groupSentAt.set(chatId, sent);
  }
  state.sentAt.set(chatId, at);
  return 0;
}

function accept(state: State): void {
  state.streak.clear();
  state.probedAt = null;
  state.failures = 0;
}

type Refusal = { chatId: number; retryAfter: number; at: number; keep(stop: Stop): Promise<void> };

async function refuse(state: State, { chatId, retryAfter, at, keep }: Refusal): Promise<void> {
  if (at - state.refusedAt > streakMs && state.streak.size < 2) state.streak.clear();
  state.streak.add(chatId);
  state.refusedAt = at;
  state.probedAt = null;
  const waitMs = retryAfter * 1000;
  await stop(state, { chatId, at, waitMs, keep });
  // Two may be chance where many are refused for their own sake, so they only pause; the third is proof.
  if (state.streak.size === 2) {
    await stop(state, { chatId: everybody, at, waitMs: Math.min(waitMs, pauseAfterTwoMs), keep });
  } else if (state.streak.size > 2) {
    await stop(state, { chatId: everybody, at, waitMs, keep });
  }
}

type NewStop = { chatId: number; at: number; waitMs: number; keep(stop: Stop): Promise<void> };

async function stop(state: State, { chatId, at, waitMs, keep }: NewStop): Promise<void> {
  if (stopWait(state, chatId, at) >= waitMs) return;
  state.stops.set(chatId, { from: at, until: at + waitMs });
  await keep({ chatId, until: new Date(at + waitMs) });
}

function stopWait(state: State, chatId: number, at: number): number {
  const stop = state.stops.get(chatId);
  if (stop === undefined) return 0;
  // The clock jumped back behind the stop's beginning: what was to be waited is waited from here.
  if (at < stop.from) state.stops.set(chatId, { from: at, until: at + stop.until - stop.from });
  const wait = state.stops.get(chatId)!.until - at;
  if (wait > 0) return wait;
  state.stops.delete(chatId);
  return 0;
}

function prune(state: State, at: number): void {
  if (Math.abs(at - state.prunedAt) < pruneEveryMs) return;
  state.prunedAt = at;
  for (const [chatId, last] of state.sentAt) if (Math.abs(at - last) > chatEveryMs) state.sentAt.delete(chatId);
  for (const [chatId, sent] of state.groupSentAt) {
    if (Math.abs(at - (sent.at(-1) ?? 0)) > groupWindowMs) state.groupSentAt.delete(chatId);
  }
  for (const chatId of [...state.stops.keys()]) stopWait(state, chatId, at);
}
