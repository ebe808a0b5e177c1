import { failureReasons, resendUnknown, unknownLeft } from "../store/broadcast-rows.ts";
import { type Broadcast, type BroadcastChange, broadcastCounts, moveBroadcast } from "../store/broadcasts.ts";
import type { BroadcastState } from "../store/schema.ts";
import { action } from "../telegram/action.ts";
import { blocks, bold, lines } from "../telegram/html.ts";
import { type Button, message } from "../telegram/message.ts";
import { say } from "./answer.ts";
import { auditOf } from "./audit.ts";
import type { CheckAct } from "./breaking-check.ts";
import { correctActs } from "./breaking-correct.ts";
import { recallActs } from "./breaking-recall.ts";
import { showAsked, showRun } from "./breaking-screen.ts";
import { actorOf } from "./duty.ts";
import type { Visit } from "./visit.ts";

/** What the buttons under a running or ended broadcast do. */
export const runActs: Record<string, CheckAct> = {
  pause: async (visit, broadcast) => move(visit, broadcast, { from: ["sending"], to: "paused", act: "paused" }),
  resume: async (visit, broadcast) => move(visit, broadcast, { from: ["paused"], to: "sending", act: "resumed" }),
  stop: async (visit, broadcast) => {
    const text = visit.text.breaking.run;
    const { waiting } = await broadcastCounts(visit.app.db, broadcast, visit.now);
    const row = [pressOf(broadcast, text.stopYes, "stopgo"), pressOf(broadcast, text.keep, "open")];
    await showAsked(visit, broadcast.id, message(lines(text.stopAsk(waiting)), [row]));
  },
  stopgo: async (visit, broadcast) =>
    move(visit, broadcast, { from: ["sending", "paused"], to: "stopped", act: "stopped" }),
  resend: async (visit, broadcast) => {
    const text = visit.text.breaking.run;
    const count = await unknownLeft(visit.app.db, broadcast.id);
    if (count === 0) return showRun(visit, broadcast.id);
    const row = [pressOf(broadcast, text.resendYes(count), "resendgo"), pressOf(broadcast, text.never, "open")];
    await showAsked(visit, broadcast.id, message(lines(text.resendAsk(count)), [row]));
  },
  resendgo: async (visit, broadcast) => {
    const { app, now } = visit;
    const detail = String(await unknownLeft(app.db, broadcast.id));
    const change = { state: "sending" as const, endedAt: null };
    const act = { act: "resent", detail };
    const moved = await moveBroadcast(app.db, broadcast.id, {
      from: ["done"],
      change,
      now,
      actor: actorOf(visit),
      act,
    });
    if (moved !== undefined) await resendUnknown(app.db, broadcast.id, now);
    app.enqueue({ kind: "broadcast" });
    await showRun(visit, broadcast.id);
  },
  failures: async (visit, broadcast) => {
    const text = visit.text.breaking.run;
    const rows = await failureReasons(visit.app.db, broadcast.id);
    const told = rows.map((row) => text.failure(visit.text.number(row.n), row.error === "" ? row.state : row.error));
    await say(visit, message(blocks(bold(text.failuresTitle), lines(...told))));
  },
  record: async (visit, broadcast) => say(visit, await auditOf(visit, { broadcastId: broadcast.id })),
  ...correctActs,
  ...recallActs,
};

type Moving = { from: readonly BroadcastState[]; to: BroadcastState; act: string };

/** A press takes effect in one statement, and is seen at once; who came second sees what the first did. */
async function move(visit: Visit, broadcast: Broadcast, { from, to, act }: Moving): Promise<void> {
  const { app, now } = visit;
  const change: BroadcastChange = { state: to, ...(to === "stopped" ? { endedAt: now } : {}) };
  await moveBroadcast(app.db, broadcast.id, { from, change, now, actor: actorOf(visit), act: { act } });
  app.enqueue({ kind: "broadcast" });
  await showRun(visit, broadcast.id);
}

function pressOf({ id }: { id: number }, text: string, what: string): Button {
  return { text, action: action("bc", id.toString(36), what) };
}
