import type { App } from "../app.ts";
import { breathe } from "../breathe.ts";
import { nextSlot, type SlotCache } from "../news/schedule.ts";
import { type DueDelivery, type NewDelivery, priorityOf, tooLate } from "../store/deliveries.ts";
import type { Outcome } from "../store/deliveries-settle.ts";
import { readersPerLook } from "../store/had.ts";
import type { Message } from "../telegram/message.ts";
import { later } from "./deliver-outcome.ts";
import { usefulMs } from "./plan-digests.ts";

/** Further parts follow the first at the pace that Telegram allows a chat. */
const partEveryMs = 1_100;
/** A row that could not be composed is tried again after this. */
const composeAgainMs = 60_000;
/** Rows that are composed side by side, so that what each reader had is looked up in one query. */
const composedAtOnce = readersPerLook;

/** One message and the articles that its reader has had once it arrived. */
export type Outgoing = Message & {
  articleIds: number[];
  /** Instead of what the subscription says. */
  silent?: boolean;
  /** The message that it answers. */
  replyTo?: number;
  /** A broadcast's wording. */
  revision?: number;
};

/** Nothing to send: for good, with why, for as long as its broadcast stands still, or until it is not quiet any more. */
export type NotNow = { skip: string } | { park: true } | { wait: Date };

/** A row whose reader is there. */
export type Deliverable = DueDelivery & { subscriber: NonNullable<DueDelivery["subscriber"]> };

/**
 * Makes a row's messages, in order; none when there is nothing to tell. `cache` is the same object for all rows of a
 * minute: what many share (a profile's candidates, a text) is made once.
 */
export type Composer = (due: Deliverable, cache: Map<string, Promise<unknown>>) => Promise<Outgoing[] | NotNow>;

export type Prepared = {
  due: Deliverable;
  message: Omit<Outgoing, "articleIds">;
  articleIds: readonly number[];
  /** Rows of the further parts, written with this one's `sending`. */
  parts: readonly NewDelivery[];
  /** Kept when there are further parts: a second try must send the same first one. */
  body: string | null;
};

type PrepareApp = Pick<App, "db" | "gate" | "now" | "log">;

/** What can be sent now, and what became of the rest: skipped, or given back until its chat may be written to. */
export async function prepare(
  app: PrepareApp,
  rows: readonly DueDelivery[],
  { compose, cache, slots }: { compose: Composer; cache: Map<string, Promise<unknown>>; slots: SlotCache },
): Promise<{ ready: Prepared[]; settled: Outcome[] }> {
  const settled: Outcome[] = [];
  const candidates: Deliverable[] = [];
  const now = app.now();
  for (const row of rows) {
    const why = reasonToSkip(row, { now, slots });
    if (why === null) candidates.push(row as Deliverable);
    else settled.push({ id: row.id, state: "skipped", error: why });
  }
  const waits = candidates.length === 0 ? [] : await app.gate.chats(candidates.map((row) => row.subscriber.chatId));
  const open: Deliverable[] = [];
  for (const [i, due] of candidates.entries()) {
    const waitMs = waits[i] ?? 0;
    if (waitMs > 0) settled.push({ id: due.id, state: "queued", dueAt: later(now, waitMs), error: "" });
    else open.push(due);
  }
  const ready: Prepared[] = [];
  for (let start = 0; start < open.length; start += composedAtOnce) {
    const slice = open.slice(start, start + composedAtOnce);
    for (const made of await Promise.all(slice.map((due) => composeOne(app, due, { compose, cache })))) {
      if ("state" in made) settled.push(made);
      else ready.push(made);
    }
    // Composing holds the serving thread for a slice at a stretch.
    if (start + composedAtOnce < open.length) await breathe();
  }
  return { ready, settled };
}

async function composeOne(
  app: PrepareApp,
  due: Deliverable,
  { compose, cache }: { compose: Composer; cache: Map<string, Promise<unknown>> },
): Promise<Prepared | Outcome> {
  if (due.body !== null) {
    const { articleIds, ...message } = JSON.parse(due.body) as Outgoing;
    return { due, message, articleIds, parts: [], body: null };
  }
  try {
    const composed = await compose(due, cache);
    if ("skip" in composed) return { id: due.id, state: "skipped", error: composed.skip };
    if ("park" in composed) return { id: due.id, state: "queued", dueAt: null, error: "" };
    if ("wait" in composed) return { id: due.id, state: "queued", dueAt: composed.wait, error: "" };
    const [first, ...others] = composed;
    if (first === undefined) return { id: due.id, state: "skipped", error: "nothing new" };
    const parts = others.map((each, i) => partOf(due, each, { part: i + 2, now: app.now() }));
    const body = parts.length > 0 ? JSON.stringify(first) : null;
    return { due, message: first, articleIds: first.articleIds, parts, body };
  } catch (error) {
    app.log.error({ delivery: due.id, error }, "a delivery could not be composed");
    return { id: due.id, state: "queued", dueAt: later(app.now(), composeAgainMs), error: "could not be composed" };
  }
}

function partOf(due: Deliverable, message: Outgoing, { part, now }: { part: number; now: Date }): NewDelivery {
  const { kind, ref, slot, subscriberId, attempt } = due;
  // Ahead of the digests that wait, behind its own first part: a digest in two parts is read in one go.
  const priority = Math.min(due.priority, priorityOf.asked);
  const dueAt = later(now, partEveryMs * (part - 1));
  return { kind, ref, slot, subscriberId, attempt, part, priority, dueAt, body: JSON.stringify(message) };
}

/** Why a row is of no use any more; null when it is. Asked by hand (a negative slot) is sent to whoever asked. */
function reasonToSkip(row: DueDelivery, { now, slots }: { now: Date; slots: SlotCache }): string | null {
  const { subscriber, subscription } = row;
  if (subscriber === undefined) return "the subscriber left";
  if (row.slot < 0) return null;
  if (subscriber.state !== "active") return `the subscriber is ${subscriber.state}`;
  if (row.kind === "broadcast" || row.part > 1) return null;
  if (subscription === undefined) return "the subscription was removed";
  if (subscriber.pausedUntil !== null && subscriber.pausedUntil > now) return "paused";
  if (row.kind !== "digest") return null;
  const slot = new Date(row.slot * 1000);
  if (now.getTime() - slot.getTime() > usefulMs) return tooLate;
  const next = nextSlot({ ...subscription, timezone: subscriber.timezone }, slot, slots);
  return next <= now ? tooLate : null;
}
