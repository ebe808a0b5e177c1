import type { Outcome } from "../store/deliveries-settle.ts";
import type { SendResult } from "../telegram/send.ts";
import type { Deliverable } from "./deliver-prepare.ts";

/** A message that never left is tried again after this; the gate waits for all. */
const retryMs = 1_000;
/** The token was refused: whoever mends it finds the rows where they were. */
const tokenRetryMs = 60_000;

/** What a delivery told about its chat. */
export type Reach =
  | { kind: "moved"; chatId: number; newChatId: number }
  | { kind: "rests" | "gone"; chatId: number; reason: string }
  /** This place refuses, a topic perhaps, while the chat may be fine; whoever set it up must hear of it. */
  | { kind: "no-topic" | "topic-closed" | "no-rights"; due: Deliverable; reason: string };

export type Ended = {
  outcome: Outcome;
  reach: Reach | null;
  /** Seconds that Telegram asked to wait. */
  retryAfter: number | null;
  /** Telegram could not be reached at all. */
  isDown: boolean;
};

/** What a call's result means for the row, its subscriber and the gate. */
export function outcomeOf(due: Deliverable, result: SendResult, now: Date): Ended {
  const { id } = due;
  const { chatId } = due.subscriber;
  const none = { reach: null, retryAfter: null, isDown: false };
  if ("messageId" in result) {
    const reach: Reach | null = result.chatId === chatId ? null : { kind: "moved", chatId, newChatId: result.chatId };
    return { ...none, reach, outcome: { id, state: "sent", messageId: result.messageId } };
  }
  const { step } = result;
  const { reason } = step;
  const failed: Outcome = { id, state: "failed", error: reason };
  // An editor tells readers who left from what went wrong; elsewhere both are the same.
  const refused: Outcome = due.kind === "broadcast" ? { id, state: "unreachable", error: reason } : failed;
  const againIn = (ms: number): Outcome => ({ id, state: "queued", dueAt: later(now, ms), error: reason });
  switch (step.step) {
    case "rest":
      return { ...none, outcome: refused, reach: { kind: "rests", chatId, reason } };
    case "gone":
      return { ...none, outcome: refused, reach: { kind: "gone", chatId, reason } };
    case "no-topic":
    case "topic-closed":
    case "no-rights":
      return { ...none, outcome: refused, reach: { kind: step.step, due, reason } };
    case "wait":
      return { ...none, outcome: againIn(step.seconds * 1000), retryAfter: step.seconds };
    case "retry":
      return { ...none, outcome: againIn(retryMs), isDown: true };
    case "token":
    case "conflict":
      return { ...none, outcome: againIn(tokenRetryMs) };
    case "unknown":
      return { ...none, outcome: { id, state: "unknown", error: reason } };
    default:
      // Our own mistake: sending the same again would fail the same.
      return { ...none, outcome: failed };
  }
}

/** The whole second, in which rows count, that is at least so far away. */
export function later(now: Date, ms: number): Date {
  return new Date(Math.ceil((now.getTime() + ms) / 1000) * 1000);
}
