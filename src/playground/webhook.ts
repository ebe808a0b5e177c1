import { integer, type Params, text } from "./params.ts";
import { type RuleName, refuse } from "./rules.ts";
import type { Pending } from "./updates.ts";

const connectionsDefault = 40;
const connectionsMax = 100;
const secretMax = 256;
/** Telegram waits this long for the bot's answer. */
const answerTimeoutMs = 60_000;
/** The wait between tries doubles up to a random one between this and twice this, in units of `retryUnitMs`. */
const retryUnitsMax = 60;
const retryAfterSecondsMax = 3_600;
/** Bytes of an answer that are read, to look for a method in it. */
const answerBytesMax = 64 * 1024;
/** setWebhook may be called once in this time. */
const setIntervalMs = 1_000;

export type WebhookInfo = {
  url: string;
  has_custom_certificate: false;
  pending_update_count: number;
  max_connections?: number;
  last_error_date?: number;
  last_error_message?: string;
  allowed_updates?: string[];
};

type Options = { clock: () => number; retryUnitMs: number; applied: (rule: RuleName) => void };

/** Tries of one update that failed: not before `readyAt`, with what delay the last time. */
type Failure = { count: number; units: number; readyAt: number };

/** Sends updates to the bot's address: in order within a queue, again and again until a 2xx. */
export class Webhook {
  url = "";
  onReply: (method: string, params: Params) => void = () => {};
  readonly #pending: Map<number, Pending>;
  readonly #options: Options;
  readonly #busy = new Set<string>();
  readonly #failures = new Map<number, Failure>();
  #secret = "";
  #connections = connectionsDefault;
  #setAt = Number.NEGATIVE_INFINITY;
  #error: { date: number; message: string } | null = null;
  #abort = new AbortController();
  #timer: NodeJS.Timeout | null = null;

  constructor(pending: Map<number, Pending>, options: Options) {
    this.#pending = pending;
    this.#options = options;
  }

  set(params: Params): void {
    const url = text(params, "url") ?? "";
    if (url === "") {
      this.remove();
      return;
    }
    checkUrl(url);
    const secret = text(params, "secret_token") ?? "";
    if (secret.length > secretMax) throw refuse("secret-too-long");
    if (!/^[A-Za-z0-9_-]*$/.test(secret)) throw refuse("secret-characters");
    const now = this.#options.clock();
    if (url !== this.url && now - this.#setAt < setIntervalMs) {
      throw refuse("webhook-too-often", { seconds: 1 }, { retry_after: 1 });
    }
    this.remove();
    this.#setAt = now;
    this.url = url;
    this.#secret = secret;
    this.#connections = Math.min(connectionsMax, Math.max(1, integer(params, "max_connections") ?? connectionsDefault));
  }

  remove(): void {
    this.url = "";
    this.#secret = "";
    this.#error = null;
    this.#failures.clear();
    this.#busy.clear();
    this.#abort.abort();
    this.#abort = new AbortController();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  info(): WebhookInfo {
    if (this.url === "") return { url: "", has_custom_certificate: false, pending_update_count: 0 };
    return {
      url: this.url,
      has_custom_certificate: false,
      pending_update_count: 0,
      max_connections: this.#connections,
      ...(this.#error && { last_error_date: this.#error.date, last_error_message: this.#error.message }),
    };
  }

  /** Sends whatever may be sent now: the first of each queue that is neither under way nor waiting after a failure. */
  pump(): void {
    if (this.url === "") return;
    const now = this.#options.clock();
    const blocked = new Set<string>();
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const update of this.#pending.values()) {
      if (this.#busy.size >= this.#connections) break;
      if (this.#busy.has(update.queue) || blocked.has(update.queue)) {
        this.#options.applied("webhook-in-order");
        continue;
      }
      blocked.add(update.queue);
      if (update.expiresAt <= now) {
        this.#drop(update, "updates-expire");
        continue;
      }
      const readyAt = this.#failures.get(update.id)?.readyAt ?? now;
      if (readyAt > now) wakeAt = Math.min(wakeAt, readyAt);
      else void this.#send(update);
    }
    this.#wakeIn(wakeAt - now);
  }

  async #send(update: Pending): Promise<void> {
    const { signal } = this.#abort;
    this.#busy.add(update.queue);
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (this.#secret !== "") {
      headers["x-telegram-bot-api-secret-token"] = this.#secret;
      this.#options.applied("webhook-secret-header");
    }
    let error: string | null = null;
    let retryAfter = 0;
    try {
      const response = await fetch(this.url, {
        method: "POST",
        headers,
        body: JSON.stringify(update.body),
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]),
      });
      const answer = await readSome(response);
      if (response.ok) this.#reply(answer);
      else error = `Wrong response from the webhook: ${response.status} ${response.statusText}`.trim();
      const after = response.headers.get("retry-after") ?? "";
      if (/^\d{1,6}$/.test(after)) retryAfter = Math.min(Number(after), retryAfterSecondsMax);
    } catch (cause) {
      error = cause instanceof Error && cause.name === "TimeoutError" ? "Read timeout expired" : "Connection failed";
    }
    // Removed or set anew meanwhile: the new webhook has its own books.
    if (signal.aborted) return;
    this.#busy.delete(update.queue);
    if (error === null) this.#drop(update, null);
    else this.#fail(update, error, retryAfter);
    this.pump();
  }

  #drop(update: Pending, rule: RuleName | null): void {
    this.#pending.delete(update.id);
    this.#failures.delete(update.id);
    if (rule) this.#options.applied(rule);
  }

  /** The first retry comes at once, then 2, 4, 8 … units, unless the bot named its own wait. */
  #fail(update: Pending, message: string, retryAfter: number): void {
    this.#options.applied("webhook-again");
    this.#error = { date: Math.floor(Date.now() / 1_000), message };
    const failure = this.#failures.get(update.id) ?? { count: 0, units: 1, readyAt: 0 };
    let waitMs = retryAfter * 1_000;
    if (retryAfter === 0 && failure.count > 0) {
      const most = retryUnitsMax + Math.random() * retryUnitsMax;
      failure.units = Math.min(most, failure.units * 2);
      waitMs = failure.units * this.#options.retryUnitMs;
    }
    failure.count++;
    failure.readyAt = this.#options.clock() + waitMs;
    this.#failures.set(update.id, failure);
  }

  #reply(answer: string): void {
    if (!answer.startsWith("{")) return;
    let params: unknown;
    try {
      params = JSON.parse(answer);
    } catch {
      return;
    }
    const method = String((params as Params)["method"] ?? "").toLowerCase();
    if (method === "" || method.startsWith("get") || /^(setwebhook|deletewebhook|close|logout)$/.test(method)) return;
    this.onReply(method, params as Params);
  }

  #wakeIn(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!Number.isFinite(ms)) return;
    this.#timer = setTimeout(() => this.pump(), Math.max(1, ms));
    this.#timer.unref();
  }
}

/** As a Bot API server in local mode: http and any port are allowed too. */
function checkUrl(url: string): void {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw refuse("webhook-url", { why: "invalid url specified" });
  }
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") {
    throw refuse("webhook-url", { why: "an HTTPS URL must be provided for webhook" });
  }
}

async function readSome(response: Response): Promise<string> {
  let read = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    read += decoder.decode(chunk as Uint8Array, { stream: true });
    if (read.length > answerBytesMax) break;
  }
  return read;
}
