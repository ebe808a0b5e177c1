import { roundIfChanged } from "../store/broadcast-rounds.ts";
import { type Broadcast, broadcastCounts, findBroadcast, moveBroadcast } from "../store/broadcasts.ts";
import type { BroadcastState, Language } from "../store/schema.ts";
import { action } from "../telegram/action.ts";
import { blocks, bold, html, lines, plainText } from "../telegram/html.ts";
import { type Button, message } from "../telegram/message.ts";
import { ask, say } from "./answer.ts";
import { type CheckAct, showCopies, wordingProblem, wordsOf } from "./breaking-check.ts";
import { type Written, wordingOf, writtenOf } from "./breaking-draft.ts";
import { type Mended, mendTexts } from "./breaking-mend.ts";
import { showRun } from "./breaking-screen.ts";
import { actorOf } from "./duty.ts";
import { originOf, type Visit } from "./visit.ts";

/** Whatever was sent, or is being sent, can be corrected. */
const correctable: readonly BroadcastState[] = ["sending", "paused", "done", "stopped"];

/** Correcting: it rests at once, the new text is asked for and checked, then the rest get it and what is out is edited. */
export const correctActs: Record<string, CheckAct> = {
  correct: async (visit, broadcast) => {
    const { app, now } = visit;
    if (!correctable.includes(broadcast.state) || broadcast.recalledAt !== null) return showRun(visit, broadcast.id);
    if (broadcast.state === "sending") {
      const move = { from: ["sending" as const], change: { state: "paused" as const }, act: { act: "paused" } };
      await moveBroadcast(app.db, broadcast.id, { ...move, now, actor: actorOf(visit) });
      app.enqueue({ kind: "broadcast" });
    }
    if (broadcast.pending !== null) {
      // A text of an earlier correction or recall that came to nothing.
      const move = { from: correctable, change: { pending: null }, act: { act: "draft" } };
      await moveBroadcast(app.db, broadcast.id, { ...move, now, actor: actorOf(visit) });
    }
    await showRun(visit, broadcast.id);
    await askCorrection(visit, { ...broadcast, pending: null });
  },
  again: async (visit, broadcast) => askCorrection(visit, broadcast),
  fixgo: async (visit, broadcast) => applyCorrection(visit, broadcast, false),
  fixtell: async (visit, broadcast) => applyCorrection(visit, broadcast, true),
  fixno: async (visit, broadcast) => {
    const move = { from: correctable, change: { pending: null }, act: { act: "dropped" } };
    await moveBroadcast(visit.app.db, broadcast.id, { ...move, now: visit.now, actor: actorOf(visit) });
    await showRun(visit, broadcast.id);
  },
};

/** The corrected text, as an answer to our question: shown as it will look, with what it will do. */
export async function answerCorrection(visit: Visit, id: number): Promise<void> {
  const { app, now } = visit;
  const broadcast = await findBroadcast(app.db, id);
  const written = writtenOf(visit, wordsOf(visit));
  if (broadcast === undefined || written === null) return;
  const { texts, changed } =
    mendTexts(written.text, broadcast.pending ?? broadcast.texts) ?? reworded(visit, broadcast, written);
  const problem = wordingProblem(visit, { ...broadcast, texts });
  if (problem !== null) return say(visit, message(lines(problem)));
  const change = { pending: texts };
  const move = {
    from: correctable,
    change,
    now,
    actor: actorOf(visit),
    act: { act: "draft", detail: texts[changed[0]!]!.headline },
  };
  const moved = await moveBroadcast(app.db, id, { ...move, revision: broadcast.revision });
  if (moved === undefined) return say(visit, message(lines(visit.text.breaking.correctStep.none)));
  await showCopies(visit, { ...moved, texts, correctedAt: now });
  await say(visit, await correctionCheck(visit, moved, changed));
}

/** A whole new text of one language. */
function reworded(visit: Visit, { texts }: Broadcast, written: Written): Mended {
  const { language: said, text } = wordingOf(written, visit.language);
  // A text in the only language there is needs no detecting.
  const named = Object.keys(texts) as Language[];
  const language = named.length === 1 ? named[0]! : said;
  const before = texts[language];
  return {
    texts: { ...texts, [language]: { ...text, by: before?.by ?? "", at: before?.at ?? null } },
    changed: [language],
  };
}

async function correctionCheck(visit: Visit, broadcast: Broadcast, changed: readonly Language[]) {
  const all = visit.text.breaking;
  const text = all.correctStep;
  const { sent, waiting, asleep } = await broadcastCounts(visit.app.db, broadcast, visit.now);
  const goesOn = broadcast.state === "paused" || broadcast.state === "sending";
  const others = (Object.keys(broadcast.texts) as Language[]).filter((each) => !changed.includes(each));
  // The copies that are out are edited once the rest have theirs.
  const before = sent + (goesOn ? Math.max(0, waiting - asleep) : 0);
  const takes = all.duration(Math.ceil(before / visit.app.config.SEND_RATE));
  return message(
    blocks(
      lines(bold(text.title), text.above),
      lines(
        text.out(sent, takes),
        waiting > 0 && broadcast.state !== "stopped" ? text.rest(waiting) : null,
        ...others.map((each) => text.still(all.names[each])),
      ),
    ),
    [
      [press(broadcast, goesOn ? text.go : text.goDone, "fixgo")],
      [press(broadcast, text.goTell, "fixtell")],
      [press(broadcast, text.again, "again"), press(broadcast, text.no, "fixno")],
    ],
  );
}

/** One wording takes the other's place in one statement; from then on nobody gets the old one. */
async function applyCorrection(visit: Visit, broadcast: Broadcast, notice: boolean): Promise<void> {
  const { app, now } = visit;
  const { id, pending, revision, state } = broadcast;
  if (pending === null || !correctable.includes(state)) return showRun(visit, id);
  const notes = Object.entries(pending).flatMap(([language, text]) =>
    text.note === undefined ? [] : [[language, text.note] as const],
  );
  const actor = actorOf(visit);
  await moveBroadcast(app.db, id, {
    from: [state],
    revision,
    change: {
      ...(state === "paused" ? { state: "sending" as const } : {}),
      texts: pending,
      pending: null,
      revision: revision + 1,
      correctedAt: now,
    },
    now,
    actor,
    act: { act: "corrected", detail: Object.values(pending)[0]?.headline ?? "" },
    also: roundIfChanged(app.db, {
      origin: originOf(visit, ":correct"),
      broadcastId: id,
      kind: "correct",
      revision: revision + 1,
      note: Object.fromEntries(notes),
      notice,
      userName: actor.name,
      at: now,
    }),
  });
  app.enqueue({ kind: "broadcast" });
  app.enqueue({ kind: "broadcast-round" });
  await showRun(visit, id);
}

async function askCorrection(visit: Visit, broadcast: Broadcast): Promise<void> {
  const text = visit.text.breaking.correctStep;
  const texts = Object.values(broadcast.pending ?? broadcast.texts);
  const current = texts.map((each) => `${each.headline}\n${plainText(each.body)}`.trim()).join("\n\n");
  const running = broadcast.state === "sending" || broadcast.state === "paused";
  const question = running ? text.ask(current) : text.askDone(current);
  await ask(visit, message(html`${question}`), `bc:fix:${broadcast.id.toString(36)}`);
}

function press({ id }: { id: number }, text: string, what: string): Button {
  return { text, action: action("bc", id.toString(36), what) };
}
