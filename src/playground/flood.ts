import { type RuleName, refuse } from "./rules.ts";

/** How often a bot may write. All counts are real elapsed time, whatever the news clock says. */
export type FloodLimits = {
  /** Messages a second over all chats, for free. */
  perSecond: number;
  /** Messages a second with `allow_paid_broadcast`. */
  paidPerSecond: number;
  /** Messages a second to one chat, after `chatBurst` at once. */
  perChatPerSecond: number;
  chatBurst: number;
  /** Messages, and edits, a minute to one group. */
  perGroupPerMinute: number;
};

export const TELEGRAM_FLOOD: FloodLimits = {
  perSecond: 30,
  paidPerSecond: 1_000,
  perChatPerSecond: 1,
  chatBurst: 3,
  perGroupPerMinute: 20,
};

/** Answering a person who wrote within this time is no bulk sending and not counted over all chats. */
const answerGraceMs = 10_000;

/** A token bucket: `tokens` at the time `at`. */
type Bucket = { tokens: number; at: number };

/** A chat's own buckets, made when they are first needed. */
export type ChatFlood = { chat?: Bucket; group?: Bucket; edits?: Bucket; heardAt?: number };

type Rate = { capacity: number; perMs: number };

/** What one wants to do: a message or an edit, to a group or not, paid or not. */
export type FloodWish = { isGroup: boolean; paid: boolean };

/** Telegram's flood control by token buckets; `clock` is monotonic, in milliseconds. */
export class Flood {
  limits: FloodLimits | null;
  readonly #clock: () => number;
  readonly #all: Bucket;
  readonly #paid: Bucket;

  constructor(limits: FloodLimits | null, clock: () => number) {
    this.limits = limits;
    this.#clock = clock;
    this.#all = { tokens: limits?.perSecond ?? 0, at: clock() };
    this.#paid = { tokens: limits?.paidPerSecond ?? 0, at: clock() };
  }

  /** Counts a message, or throws 429. True when it had to be paid for: beyond the free rate. */
  message(chat: ChatFlood, { isGroup, paid }: FloodWish): boolean {
    const limits = this.limits;
    if (!limits) return false;
    const now = this.#clock();
    const perChat = { capacity: limits.chatBurst, perMs: limits.perChatPerSecond / 1_000 };
    const perGroup = { capacity: limits.perGroupPerMinute, perMs: limits.perGroupPerMinute / 60_000 };
    const free = { capacity: limits.perSecond, perMs: limits.perSecond / 1_000 };
    const bought = { capacity: limits.paidPerSecond, perMs: limits.paidPerSecond / 1_000 };
    chat.chat ??= { tokens: perChat.capacity, at: now };
    if (isGroup) chat.group ??= { tokens: perGroup.capacity, at: now };
    const isAnswer = chat.heardAt !== undefined && now - chat.heardAt < answerGraceMs;
    check(chat.chat, perChat, { now, rule: "flood-chat" });
    if (chat.group) check(chat.group, perGroup, { now, rule: "flood-group" });
    const isFree = isAnswer || refill(this.#all, free, now) >= 1;
    if (!isFree) {
      if (!paid) check(this.#all, free, { now, rule: "flood-all" });
      check(this.#paid, bought, { now, rule: "flood-all" });
    }
    chat.chat.tokens--;
    if (chat.group) chat.group.tokens--;
    if (!isFree) this.#paid.tokens--;
    else if (!isAnswer) this.#all.tokens--;
    return !isFree;
  }

  /** Counts an edit; only those in groups are limited. */
  edit(chat: ChatFlood, { isGroup }: { isGroup: boolean }): void {
    if (!this.limits || !isGroup) return;
    const now = this.#clock();
    const rate = { capacity: this.limits.perGroupPerMinute, perMs: this.limits.perGroupPerMinute / 60_000 };
    chat.edits ??= { tokens: rate.capacity, at: now };
    check(chat.edits, rate, { now, rule: "flood-group-edits" });
    chat.edits.tokens--;
  }

  /** Notes that somebody wrote in a chat. */
  heard(chat: ChatFlood): void {
    chat.heardAt = this.#clock();
  }
}

/** A bucket that holds one token refuses nothing; otherwise 429 with the whole seconds until it does. */
function check(bucket: Bucket, rate: Rate, { now, rule }: { now: number; rule: RuleName }): void {
  const tokens = refill(bucket, rate, now);
  if (tokens >= 1) return;
  const seconds = Math.max(1, Math.ceil((1 - tokens) / rate.perMs / 1_000));
  throw refuse(rule, { seconds }, { retry_after: seconds });
}

function refill(bucket: Bucket, rate: Rate, now: number): number {
  bucket.tokens = Math.min(rate.capacity, bucket.tokens + (now - bucket.at) * rate.perMs);
  bucket.at = now;
  return bucket.tokens;
}
