import type { App } from "../app.ts";
import { describeError } from "../errors.ts";
import { progressOf } from "../store/broadcast-progress.ts";
import { changeScreen, dropScreen, type Screen, screensOf } from "../store/broadcast-screens.ts";
import { type Broadcast, findBroadcast } from "../store/broadcasts.ts";
import { type Progress, renderProgress } from "../telegram/breaking-screen.ts";
import { stepOf } from "../telegram/errors.ts";

/** A screen is edited no more often than this by itself; a press shows the newest at once. */
const screenEveryMs = 5_000;
/** Times are kept in whole seconds, rounded up. */
const roundedMs = 1_000;
/** A time further ahead than this is no screen that waits, but a clock that jumped back. */
const heldMaxMs = 10 * 60_000;

type ScreenApp = Pick<App, "api" | "db" | "gate" | "log" | "now">;

/**
 * Brings the messages that show how it goes up to date; those whose time has not come wait. Where an editor is being
 * asked something (its time lies ahead) nothing is changed under their finger, not even by force.
 */
export async function refreshScreens(
  app: ScreenApp,
  broadcastIds: readonly number[],
  { force = false }: { force?: boolean } = {},
): Promise<void> {
  for (const screen of await screensOf(app.db, broadcastIds)) {
    const now = app.now();
    const age = now.getTime() - screen.at.getTime();
    if (age > -heldMaxMs && age < (force ? -roundedMs : screenEveryMs)) continue;
    const broadcast = await findBroadcast(app.db, screen.broadcastId);
    if (broadcast !== undefined) await refresh(app, screen, broadcast);
  }
}

async function refresh(app: ScreenApp, screen: Screen, broadcast: Broadcast): Promise<void> {
  const now = app.now();
  const { language, timezone, chatId, messageId } = screen;
  const progress: Progress = await progressOf(app.db, broadcast, { now, language });
  const stopped = await app.gate.stoppedUntil();
  progress.stopSeconds = stopped === null ? 0 : Math.ceil((stopped.getTime() - now.getTime()) / 1000);
  const shown = renderProgress(progress, { language, timezone, now, mayAct: true });
  const key = JSON.stringify([shown.html, shown.buttons]);
  if (key === screen.shown) return;
  // Rounded up, the next one is never too early.
  const at = new Date(Math.ceil(now.getTime() / roundedMs) * roundedMs);
  // A question that was put there meanwhile stays.
  const own = await changeScreen(app.db, screen, { at });
  if (own === undefined) return;
  try {
    const rows = shown.buttons.map((row) =>
      row.flatMap((button) => ("action" in button ? [{ text: button.text, callback_data: button.action }] : [])),
    );
    await app.api.editMessageText(chatId, messageId, shown.html, {
      parse_mode: "HTML",
      link_preview_options: { is_disabled: true },
      reply_markup: { inline_keyboard: rows },
    });
  } catch (error) {
    const { step, reason } = stepOf(error);
    if (step === "not-there" || step === "rest" || step === "gone") return dropScreen(app.db, own);
    if (step === "wait") {
      const seconds = (stepOf(error) as { seconds: number }).seconds;
      await changeScreen(app.db, own, { at: new Date(now.getTime() + seconds * 1000) });
      return;
    }
    if (step !== "unchanged") app.log.warn({ broadcast: broadcast.id, reason: describeError(reason) }, "a screen");
  }
  await changeScreen(app.db, own, { shown: key });
}
