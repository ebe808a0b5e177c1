import type { Api } from "grammy";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";
import type { Db } from "./store/db.ts";
import type { Shared } from "./store/shared.ts";
import type { Gate } from "./telegram/gate.ts";

/** Work that outlives a request: a few words that name a row. The row says the rest, so a lost job is only late. */
export type Job =
  /** `chat` keeps a chat's updates in their order. */
  | { kind: "update"; id: number; chat: number }
  | { kind: "plan-digests" }
  | { kind: "deliver" }
  | { kind: "broadcast" }
  | { kind: "broadcast-round" }
  | { kind: "propose" }
  | { kind: "join-stories" }
  | { kind: "refresh-sources" }
  | { kind: "follow-hubs" }
  | { kind: "source-task"; id: number }
  | { kind: "alerts" }
  | { kind: "tell-news" }
  | { kind: "prune" };

/** What the program is made of. Entry files build it; everybody else is handed it. */
export type App = {
  config: Config;
  db: Db;
  log: Log;
  api: Api;
  gate: Gate;
  /** What many ask for at once. */
  shared: Shared;
  /** The bot itself, as getMe told. */
  me: { id: number; username: string; first_name: string };
  now(): Date;
  /** A number in [0, 1): spreads leases and retries. */
  random(): number;
  /** Puts work in the queue; it never runs inside the call. */
  enqueue(job: Job): void;
};

/** What hubs may do at our callbacks (WebSub); a token names one. */
export type HubDoor = {
  /** ending: the hub may forget it. */
  knows(token: string): Promise<"open" | "ending" | "unknown">;
  /** What to answer a hub that asks whether we meant it; null when we did not. */
  confirm(token: string, asked: URLSearchParams): Promise<string | null>;
  /** Keeps what the hub tells, if it is signed; resolves when the hub may forget it. */
  take(token: string, sent: { body: Uint8Array; signature: string; type: string; link: string }): Promise<void>;
};
