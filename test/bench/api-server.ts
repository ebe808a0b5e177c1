import { serve } from "@hono/node-server";
import { type FloodLimits, TELEGRAM_FLOOD } from "../../src/playground/flood.ts";
import { createPlayground } from "../../src/playground/playground.ts";

/** The playground's Bot API in a process of its own, so that what is measured has its core to itself. */
export type ApiOrder =
  | { kind: "people"; from: number; count: number }
  | { kind: "refuse-chats"; chatIds: number[]; retryAfter: number }
  /** Refuses everybody for so long, with what is left of it as retry_after. */
  | { kind: "stop"; ms: number }
  | { kind: "report" };
export type ApiReport = {
  sent: number;
  refused: number;
  /** Chats that got more than one message. */
  twice: number;
  inFlightPeak: number;
  /** When messages were taken, as performance.timeOrigin-based milliseconds; at most a million. */
  takenAt: number[];
  refusedAt: number[];
};
export type ApiSettings = { token: string; latencyMs: number; limits: FloodLimits | "telegram" | null };

const settings = JSON.parse(process.argv[2] ?? "{}") as ApiSettings;
const takenAt: number[] = [];
const refusedAt: number[] = [];
const perChat = new Map<number, number>();
const playground = createPlayground({
  now: () => new Date(),
  token: settings.token,
  flood: settings.limits === "telegram" ? TELEGRAM_FLOOD : settings.limits,
  latencyMs: settings.latencyMs,
  stars: 1_000_000,
});
playground.listen((event) => {
  if (event.type !== "message") return;
  takenAt.push(Date.now());
  perChat.set(event.chatId, (perChat.get(event.chatId) ?? 0) + 1);
});
let stoppedUntil = 0;
const server = serve(
  {
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, env) => {
      const leftMs = stoppedUntil - Date.now();
      if (leftMs <= 0) return playground.app.fetch(request, env);
      refusedAt.push(Date.now());
      const retry_after = Math.ceil(leftMs / 1000);
      const body = { ok: false, error_code: 429, description: `Too Many Requests: retry after ${retry_after}` };
      return Response.json({ ...body, parameters: { retry_after } }, { status: 429 });
    },
  },
  ({ port }) => process.send?.({ port }),
);
process.on("message", (order: ApiOrder) => {
  if (order.kind === "people") {
    for (let id = order.from; id < order.from + order.count; id += 1) {
      playground.addPerson({ id, firstName: "P", started: true });
    }
  } else if (order.kind === "refuse-chats") {
    for (const chatId of order.chatIds) playground.fault({ kind: "flood", chatId, retryAfter: order.retryAfter });
  } else if (order.kind === "stop") stoppedUntil = Date.now() + order.ms;
  const { counters } = playground;
  const report: ApiReport = {
    sent: counters.sent,
    refused: (counters.answers.get(429) ?? 0) + refusedAt.length,
    twice: [...perChat.values()].filter((n) => n > 1).length,
    inFlightPeak: counters.inFlightPeak,
    takenAt: order.kind === "report" ? takenAt : [],
    refusedAt,
  };
  process.send?.({ report });
});
process.on("disconnect", () => {
  server.close();
  process.exit(0);
});
