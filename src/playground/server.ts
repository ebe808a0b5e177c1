import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { type Fault, Faults } from "./faults.ts";
import { METHODS } from "./methods/index.ts";
import type { Params } from "./params.ts";
import { Refusal, refuse } from "./rules.ts";
import type { World } from "./world.ts";

/** Bytes of a call's body. */
const bodyBytesMax = 55 * 1024 * 1024;
const jsonBytesMax = 1024 * 1024;
/** A webhook's or host's own calls that Telegram never takes. */
const tokenPattern = /^\d{1,20}:[\w-]{1,100}$/;

type ServerOptions = { token: string; latencyMs: () => number };

/** The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`. */
export class BotApiServer {
  readonly app = new Hono();
  readonly faults = new Faults();
  readonly #world: World;
  readonly #options: ServerOptions;

  constructor(world: World, options: ServerOptions) {
    this.#world = world;
    this.#options = options;
    this.app.all("/:bot{bot[^/]*}/:method", (c) => this.#call(c));
    this.app.get("/file/:bot/*", (c) => this.#file(c));
    world.updates.onReply = (method, params) => {
      void this.run(method, params).catch(() => {});
    };
  }

  /** Runs a method as if it had been called over HTTP; throws a `Refusal`. */
  async run(method: string, params: Params, signal?: AbortSignal): Promise<unknown> {
    const world = this.#world;
    if (world.loggedOut) throw refuse("logged-out");
    const run = METHODS.get(method);
    if (!run) throw refuse("method-unknown");
    return await run(world, params, signal);
  }

  async #call(c: Context): Promise<Response> {
    const { counters } = this.#world;
    counters.inFlight++;
    if (counters.inFlight > counters.inFlightPeak) counters.inFlightPeak = counters.inFlight;
    const startedAt = this.#world.clock();
    try {
      const method = (c.req.param("method") ?? "").toLowerCase();
      counters.calls.set(method, (counters.calls.get(method) ?? 0) + 1);
      this.#checkToken(c);
      const params = await readParams(c);
      const fault = this.faults.take(method, params["chat_id"]);
      if (fault) return await this.#fail(c, fault, { method, params });
      const result = await this.run(method, params, c.req.raw.signal);
      await this.#delay(startedAt, method);
      return this.#answer(c, { ok: true, result }, 200);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await this.#delay(startedAt, "");
      return this.#refuse(c, error);
    } finally {
      counters.inFlight--;
    }
  }

  #checkToken(c: Context): void {
    const token = (c.req.param("bot") ?? "").slice("bot".length);
    if (token === this.#options.token) return;
    throw refuse(tokenPattern.test(token) ? "token-wrong" : "token-malformed");
  }

  /** Every answer takes as long as the distance to Telegram; long polling waits by itself. */
  async #delay(startedAt: number, method: string): Promise<void> {
    const latencyMs = this.#options.latencyMs();
    if (latencyMs <= 0 || method === "getupdates") return;
    const leftMs = latencyMs - (this.#world.clock() - startedAt);
    if (leftMs > 0) await sleep(leftMs);
  }

  #refuse(c: Context, error: Refusal): Response {
    if (error.rule) this.#world.applied(error.rule);
    const { code, message, parameters } = error;
    if (parameters?.retry_after !== undefined) c.header("Retry-After", String(parameters.retry_after));
    return this.#answer(c, { ok: false, error_code: code, description: message, parameters }, code);
  }

  #answer(c: Context, body: object, code: number): Response {
    const { answers } = this.#world.counters;
    answers.set(code, (answers.get(code) ?? 0) + 1);
    return c.json(body, code as 200);
  }

  async #fail(c: Context, fault: Fault, call: { method: string; params: Params }): Promise<Response> {
    if (fault.kind === "flood") {
      const seconds = fault.retryAfter ?? 5;
      return this.#refuse(c, refuse("flood-all", { seconds }, { retry_after: seconds }));
    }
    if (fault.kind === "refuse") {
      const description = fault.description ?? "Forbidden: bot was blocked by the user";
      return this.#refuse(c, new Refusal(null, fault.code ?? 403, description));
    }
    if (fault.kind === "slow") {
      await sleep(fault.ms ?? 1_000);
      return this.#answer(c, { ok: true, result: await this.run(call.method, call.params) }, 200);
    }
    if (fault.delivered) await this.run(call.method, call.params);
    if (fault.kind === "gateway") {
      const page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
      return c.html(page, 502);
    }
    const outgoing = (c.env as { outgoing?: { destroy: () => void } } | undefined)?.outgoing;
    if (!outgoing) throw new Error("connection reset");
    outgoing.destroy();
    return RESPONSE_ALREADY_SENT;
  }

  #file(c: Context): Response {
    if (c.req.param("bot") !== `bot${this.#options.token}`) return c.text("Not Found", 404);
    const path = c.req.path.split("/").slice(3).join("/");
    for (const file of this.#world.files.values()) {
      if (file.path === path)
        return c.body(file.bytes.slice().buffer, 200, { "content-type": "application/octet-stream" });
    }
    return c.json({ ok: false, error_code: 404, description: "Not Found" }, 404);
  }
}

/** Parameters from the query and from a JSON, urlencoded or multipart body. */
async function readParams(c: Context): Promise<Params> {
  const query: Params = c.req.url.includes("?") ? c.req.query() : {};
  if (c.req.method !== "POST") return query;
  const type = c.req.header("content-type") ?? "";
  const length = Number(c.req.header("content-length") ?? 0);
  if (length > bodyBytesMax || (length > jsonBytesMax && !type.startsWith("multipart/")))
    throw refuse("body-too-large");
  if (type.startsWith("application/json")) {
    const body = await c.req.text();
    if (body.length > jsonBytesMax) throw refuse("body-too-large");
    if (body.trim() === "") return query;
    const value = parseJson(body);
    return Object.keys(query).length > 0 ? { ...query, ...value } : value;
  }
  if (!type.startsWith("multipart/") && !type.startsWith("application/x-www-form-urlencoded")) return query;
  return { ...query, ...(await readForm(c)) };
}

/** A form's fields; files are found by their own names and by `attach://name`. */
async function readForm(c: Context): Promise<Params> {
  const form = await c.req.raw.formData();
  const fields: Params = {};
  for (const [name, value] of form.entries()) {
    if (typeof value === "string") fields[name] = value;
    else {
      const bytes = new Uint8Array(await value.arrayBuffer());
      fields[name] = { name: value.name, mime: value.type || "application/octet-stream", bytes };
    }
  }
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "string" && value.startsWith("attach://")) fields[name] = fields[value.slice(9)];
  }
  return fields;
}

function parseJson(body: string): Params {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw refuse("body-not-json");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse("body-not-json");
  return value as Params;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
