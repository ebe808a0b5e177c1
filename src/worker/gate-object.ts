import { DurableObject } from "cloudflare:workers";
import type { DurableObjectState } from "@cloudflare/workers-types";
import { readConfig } from "../config.ts";
import { openD1 } from "../store/d1.ts";
import { keepStop, liveStops } from "../store/stops.ts";
import { type Answer, createGate, type Gate, type Priority } from "../telegram/gate.ts";
import type { Env } from "./env.ts";
import { createLanes, type Lanes } from "./lanes.ts";

/** A consumer asks over the network, and takes what it can send in so long. */
const grantMs = 400;

/** What invocations ask the one object for. */
export type GateCalls = Gate & Lanes;

/**
 * The gate's home on Workers: one object for all invocations, with the same gate in its memory that Node has in its
 * process, and the lanes that Node's runner has. Stops are kept in the database, where every runtime looks for them.
 */
export class GateObject extends DurableObject<Env> implements GateCalls {
  #gate: Promise<Gate> | undefined;
  readonly #lanes: Lanes = createLanes(() => new Date());

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    // Nothing is asked of the gate before it knows what Telegram still wants us to wait for.
    void ctx.blockConcurrencyWhile(async () => void (await this.#open()));
  }

  async take(wanted: number, priority: Priority) {
    return (await this.#open()).take(wanted, priority);
  }

  async giveBack(granted: number): Promise<void> {
    return (await this.#open()).giveBack(granted);
  }

  async chats(chatIds: readonly number[]): Promise<number[]> {
    return (await this.#open()).chats(chatIds);
  }

  async answered(answers: readonly Answer[]): Promise<void> {
    return (await this.#open()).answered(answers);
  }

  async unreachable(): Promise<void> {
    return (await this.#open()).unreachable();
  }

  async stoppedUntil(): Promise<Date | null> {
    return (await this.#open()).stoppedUntil();
  }

  async enter(...asked: Parameters<Lanes["enter"]>) {
    return this.#lanes.enter(...asked);
  }

  async leave(...asked: Parameters<Lanes["leave"]>) {
    return this.#lanes.leave(...asked);
  }

  #open(): Promise<Gate> {
    this.#gate ??= this.#make();
    return this.#gate;
  }

  async #make(): Promise<Gate> {
    const { SEND_RATE: rate } = readConfig(this.env as Record<string, string | undefined>);
    const db = openD1(this.env.DB);
    const now = () => new Date();
    return createGate({ rate, now, grantMs, stops: await liveStops(db, now()), keep: (stop) => keepStop(db, stop) });
  }
}
