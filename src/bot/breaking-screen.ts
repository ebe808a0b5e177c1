import { progressOf } from "../store/broadcast-progress.ts";
import { keepScreen, type Screen, screenIn } from "../store/broadcast-screens.ts";
import { findBroadcast } from "../store/broadcasts.ts";
import { type Progress, renderMoved, renderProgress } from "../telegram/breaking-screen.ts";
import type { Message } from "../telegram/message.ts";
import { isRefusal, keyboardOf, show } from "./answer.ts";
import { hasRole } from "./duty.ts";
import { readingOf, type Visit } from "./visit.ts";

/** While an editor is asked something in the screen's place, it is not brought up to date under their finger. */
const askedMs = 2 * 60_000;

/** Shows how it goes in place of the pressed message, or as a new one, which lives from then on. */
export async function showRun(visit: Visit, id: number, { fresh = false } = {}): Promise<void> {
  const { app, now, language } = visit;
  const broadcast = await findBroadcast(app.db, id);
  if (broadcast === undefined) return;
  const progress: Progress = await progressOf(app.db, broadcast, { now, language });
  const stopped = await app.gate.stoppedUntil();
  progress.stopSeconds = stopped === null ? 0 : Math.ceil((stopped.getTime() - now.getTime()) / 1000);
  const mayAct = await hasRole(visit, "editor");
  const shown = renderProgress(progress, { ...readingOf(visit), mayAct });
  await place(visit, { id, shown, fresh, at: now });
}

/** Asks something in the screen's place, where it stays until it is answered or two minutes are over. */
export async function showAsked(visit: Visit, id: number, shown: Message): Promise<void> {
  await place(visit, { id, shown, fresh: false, at: new Date(visit.now.getTime() + askedMs) });
}

type Placed = { id: number; shown: Message; fresh: boolean; at: Date };

async function place(visit: Visit, { id, shown, fresh, at }: Placed): Promise<void> {
  const { app, chatId, language, ctx } = visit;
  const pressed = ctx.callbackQuery?.message;
  const before = await screenIn(app.db, id, chatId);
  const { timezone } = readingOf(visit);
  const key = JSON.stringify([shown.html, shown.buttons]);
  const keep = (messageId: number) =>
    keepScreen(app.db, { broadcastId: id, chatId, messageId, language, timezone, at, shown: key });
  let messageId = pressed?.message_id;
  if (fresh || pressed === undefined || pressed.date === 0) {
    const markup = keyboardOf(shown);
    const options = { parse_mode: "HTML" as const, ...(markup === undefined ? {} : { reply_markup: markup }) };
    messageId = (await ctx.api.sendMessage(chatId, shown.html, options)).message_id;
    await keep(messageId);
  } else {
    // Kept before it is shown: else the job that redraws screens could put the bar over the question.
    await keep(pressed.message_id);
    await show(visit, shown);
  }
  if (before !== undefined && before.messageId !== messageId) await leave(visit, before);
}

/** The screen goes on in another message: the old one stands still, so it has nothing to press. */
async function leave({ app, ctx, language }: Visit, { broadcastId, chatId, messageId }: Screen): Promise<void> {
  const broadcast = await findBroadcast(app.db, broadcastId);
  const { headline = "" } = broadcast?.texts[language] ?? Object.values(broadcast?.texts ?? {})[0] ?? {};
  const moved = renderMoved({ id: broadcastId, headline }, language);
  try {
    await ctx.api.editMessageText(chatId, messageId, moved.html, { parse_mode: "HTML" });
  } catch (error) {
    // It was deleted, or is too old to be edited: then nothing of it misleads, or cannot be helped.
    if (!isRefusal(error, /./)) throw error;
  }
}
