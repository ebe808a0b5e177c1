import { integer, json, type Params } from "./params.ts";
import { type RuleName, refuse } from "./rules.ts";
import type { UpdateJson, UpdateKind } from "./types.ts";
import { Webhook, type WebhookInfo } from "./webhook.ts";

/** Updates that wait; beyond it the oldest are lost, as Telegram loses those of a day ago. */
const updatesMax = 100_000;
const updateLifeMs = 24 * 3_600_000;
/** Kinds that nobody can use any more after a while. */
const SHORT_LIVES: Readonly<Partial<Record<UpdateKind, number>>> = {
  callback_query: 150_000,
  inline_query: 30_000,
  chosen_inline_result: 600_000,
};
const pollLimitMax = 100;
const pollSecondsMax = 50;
/** Kinds that a bot gets only if it asks for them. */
const ON_REQUEST: ReadonlySet<string> = new Set(["chat_member", "message_reaction", "message_reaction_count"]);

export type Pending = {
  id: number;
  kind: UpdateKind;
  /** Updates with the same queue reach a webhook one after the other. */
  queue: string;
  body: UpdateJson;
  /** On the monotonic clock. */
  expiresAt: number;
};

type Poll = { finish: (terminated: boolean) => void };

type UpdatesOptions = { clock: () => number; retryUnitMs: number; applied: (rule: RuleName) => void };

/** The updates that wait for the bot, and the two ways in which it gets them. */
export class Updates {
  readonly #pending = new Map<number, Pending>();
  readonly #options: UpdatesOptions;
  readonly #webhook: Webhook;
  #nextId = 1 + Math.floor(Math.random() * 1e8);
  #allowed: string[] = [];
  #poll: Poll | null = null;

  constructor(options: UpdatesOptions) {
    this.#options = options;
    this.#webhook = new Webhook(this.#pending, options);
  }

  get webhookUrl(): string {
    return this.#webhook.url;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /** How a method is run that came as the answer of a webhook. */
  set onReply(run: (method: string, params: Params) => void) {
    this.#webhook.onReply = run;
  }

  /** Adds an update; null when the bot did not ask for its kind. */
  push(kind: UpdateKind, queue: string, body: object): number | null {
    if (!this.#isAllowed(kind)) {
      this.#options.applied("updates-allowed");
      return null;
    }
    const id = this.#nextId++;
    const life = SHORT_LIVES[kind] ?? updateLifeMs;
    const expiresAt = this.#options.clock() + life;
    this.#pending.set(id, { id, kind, queue, body: { update_id: id, [kind]: body }, expiresAt });
    if (this.#pending.size > updatesMax) this.#pending.delete(this.#pending.keys().next().value!);
    if (this.#webhook.url !== "") this.#webhook.pump();
    else this.#poll?.finish(false);
    return id;
  }

  /** getUpdates: answers at once if anything waits, else when something comes or the time is over. */
  async poll(params: Params, signal: AbortSignal | undefined): Promise<UpdateJson[]> {
    if (this.#webhook.url !== "") throw refuse("polling-beside-webhook");
    this.#setAllowed(params);
    const limit = clamp(integer(params, "limit") ?? pollLimitMax, 1, pollLimitMax);
    const seconds = clamp(integer(params, "timeout") ?? 0, 0, pollSecondsMax);
    this.#confirm(integer(params, "offset") ?? 0);
    this.#poll?.finish(true);
    if (this.#pending.size === 0 && seconds > 0) await this.#wait(seconds * 1_000, signal);
    this.#dropExpired();
    const batch: UpdateJson[] = [];
    for (const update of this.#pending.values()) {
      if (batch.length >= limit) break;
      batch.push(update.body);
    }
    return batch;
  }

  setWebhook(params: Params): void {
    this.#webhook.set(params);
    this.#setAllowed(params);
    if (params["drop_pending_updates"] === true || params["drop_pending_updates"] === "true") this.#pending.clear();
    if (this.#webhook.url !== "") this.#poll?.finish(true);
    this.#webhook.pump();
  }

  deleteWebhook(params: Params): void {
    this.#webhook.remove();
    if (params["drop_pending_updates"] === true || params["drop_pending_updates"] === "true") this.#pending.clear();
  }

  webhookInfo(): WebhookInfo {
    this.#dropExpired();
    const allowed = this.#allowed.length > 0 ? { allowed_updates: this.#allowed } : {};
    return { ...this.#webhook.info(), pending_update_count: this.#pending.size, ...allowed };
  }

  close(): void {
    this.#poll?.finish(false);
    this.#webhook.remove();
  }

  #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => finish(false), ms);
      const onAbort = (): void => finish(false);
      const poll: Poll = { finish };
      const updates = this;
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#poll = poll;
      function finish(terminated: boolean): void {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        if (updates.#poll === poll) updates.#poll = null;
        if (terminated) reject(refuse("polling-twice"));
        else resolve();
      }
    });
  }

  /** An offset confirms all before it; a negative one keeps only that many from the end. */
  #confirm(offset: number): void {
    const before = this.#pending.size;
    if (offset < 0) {
      let drop = Math.max(0, this.#pending.size + offset);
      for (const id of this.#pending.keys()) if (drop-- > 0) this.#pending.delete(id);
    }
    for (const id of this.#pending.keys()) {
      if (id >= offset) break;
      this.#pending.delete(id);
    }
    if (this.#pending.size < before) this.#options.applied("updates-confirmed");
  }

  #dropExpired(): void {
    const now = this.#options.clock();
    for (const update of this.#pending.values()) {
      if (update.expiresAt > now) continue;
      this.#pending.delete(update.id);
      this.#options.applied("updates-expire");
    }
  }

  /** An empty list means the default; none at all keeps what was said before. */
  #setAllowed(params: Params): void {
    const allowed = json(params, "allowed_updates");
    if (Array.isArray(allowed)) this.#allowed = allowed.map(String);
  }

  #isAllowed(kind: UpdateKind): boolean {
    return this.#allowed.length > 0 ? this.#allowed.includes(kind) : !ON_REQUEST.has(kind);
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
