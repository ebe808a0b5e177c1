import { roundIfChanged } from "../store/broadcast-rounds.ts";
import { type Broadcast, broadcastCounts, findBroadcast, moveBroadcast } from "../store/broadcasts.ts";
import type { BroadcastState } from "../store/schema.ts";
import { action } from "../telegram/action.ts";
import { blocks, bold, lines } from "../telegram/html.ts";
import { type Button, message } from "../telegram/message.ts";
import { ask, say } from "./answer.ts";
import { type CheckAct, wordsOf } from "./breaking-check.ts";
import { showAsked, showRun } from "./breaking-screen.ts";
import { actorOf } from "./duty.ts";
import { originOf, type Visit } from "./visit.ts";

/** Telegram deletes for so long. */
const deletableMs = 48 * 3_600_000;
/** Characters of the sentence that readers see. */
const sentenceCharsMax = 300;
const recallable: readonly BroadcastState[] = ["sending", "paused", "done", "stopped"];

/** Recalling: it rests at once, is asked for twice, and then replaces or deletes what is out. */
export const recallActs: Record<string, CheckAct> = {
  recall: async (visit, broadcast) => {
    const { app, now } = visit;
    if (!recallable.includes(broadcast.state) || broadcast.recalledAt !== null) return showRun(visit, broadcast.id);
    const move = { from: ["sending" as const], change: { state: "paused" as const }, act: { act: "paused" } };
    await moveBroadcast(app.db, broadcast.id, { ...move, now, actor: actorOf(visit) });
    app.enqueue({ kind: "broadcast" });
    await askRecall(visit, broadcast);
  },
  rnote: async (visit, broadcast) => askNote(visit, broadcast, visit.text.breaking.withdrawnWhy),
  rown: async (visit, broadcast) =>
    ask(visit, message(lines(visit.text.breaking.recallStep.ask)), `bc:why:${broadcast.id.toString(36)}`),
  rdel: async (visit, broadcast) => {
    const text = visit.text.breaking.recallStep;
    const { sent } = await broadcastCounts(visit.app.db, broadcast, visit.now);
    const rows = [[press(broadcast, text.yesDelete(sent), "rdelgo")], [press(broadcast, text.no, "open")]];
    await showAsked(visit, broadcast.id, message(lines(bold(text.deleteAsk(sent))), rows));
  },
  rnotego: async (visit, broadcast) => recall(visit, broadcast, "note"),
  rdelgo: async (visit, broadcast) => recall(visit, broadcast, "delete"),
};

/** The sentence that stands in place of the copies, as an answer to our question. */
export async function answerWhy(visit: Visit, id: number): Promise<void> {
  const { app, now } = visit;
  const sentence = wordsOf(visit).slice(0, sentenceCharsMax);
  const pending = { [visit.language]: { headline: sentence, body: "", by: "", at: null } };
  const move = { from: recallable, change: { pending }, act: { act: "draft", detail: sentence } };
  const moved = await moveBroadcast(app.db, id, { ...move, now, actor: actorOf(visit) });
  if (moved === undefined) return say(visit, message(lines(visit.text.breaking.check.changed)));
  await askNote(visit, moved, sentence);
}

async function askRecall(visit: Visit, broadcast: Broadcast): Promise<void> {
  const all = visit.text.breaking;
  const text = all.recallStep;
  const { sent } = await broadcastCounts(visit.app.db, broadcast, visit.now);
  const begun = broadcast.startedAt ?? visit.now;
  const leftMs = begun.getTime() + deletableMs - visit.now.getTime();
  const takes = all.duration(Math.ceil(sent / visit.app.config.SEND_RATE));
  const canDelete = leftMs > 0;
  const body = blocks(
    bold(text.title(sent, takes)),
    lines(text.note, canDelete ? text.delete(all.duration(Math.floor(leftMs / 60_000) * 60)) : text.deleteLate),
  );
  await showAsked(
    visit,
    broadcast.id,
    message(body, [
      [press(broadcast, text.byNote, "rnote"), ...(canDelete ? [press(broadcast, text.byDelete, "rdel")] : [])],
      [press(broadcast, text.no, "open")],
    ]),
  );
}

async function askNote(visit: Visit, broadcast: Broadcast, sentence: string): Promise<void> {
  const text = visit.text.breaking.recallStep;
  const { sent } = await broadcastCounts(visit.app.db, broadcast, visit.now);
  const rows = [
    [press(broadcast, text.own, "rown")],
    [press(broadcast, text.yesNote(sent), "rnotego")],
    [press(broadcast, text.no, "open")],
  ];
  await showAsked(visit, broadcast.id, message(lines(text.noteTitle(sentence)), rows));
}

/** In one statement it is stopped and recalled; what became of each copy is known by the round's end. */
async function recall(visit: Visit, broadcast: Broadcast, kind: "note" | "delete"): Promise<void> {
  const { app, now } = visit;
  const current = await findBroadcast(app.db, broadcast.id);
  if (current === undefined || !recallable.includes(current.state) || current.recalledAt !== null) {
    return showRun(visit, broadcast.id);
  }
  const { id, revision, pending, state } = current;
  const note = Object.fromEntries(Object.entries(pending ?? {}).map(([language, text]) => [language, text.headline]));
  const actor = actorOf(visit);
  await moveBroadcast(app.db, id, {
    from: [state],
    revision,
    change: {
      state: "stopped",
      recalledAt: now,
      revision: revision + 1,
      pending: null,
      endedAt: current.endedAt ?? now,
    },
    now,
    actor,
    act: { act: "recalled", detail: kind },
    also: roundIfChanged(app.db, {
      origin: originOf(visit, ":recall"),
      broadcastId: id,
      kind,
      revision: revision + 1,
      note: kind === "note" ? note : {},
      notice: false,
      userName: actor.name,
      at: now,
    }),
  });
  app.enqueue({ kind: "broadcast" });
  app.enqueue({ kind: "broadcast-round" });
  await showRun(visit, id);
}

function press({ id }: { id: number }, text: string, what: string): Button {
  return { text, action: action("bc", id.toString(36), what) };
}
