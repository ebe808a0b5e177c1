import type { App } from "../app.ts";
import { describeError } from "../errors.ts";
import { progressOf } from "../store/broadcast-progress.ts";
import { dropScreen, type Screen, screensOf, touchScreen } from "../store/broadcast-screens.ts";
import { type Broadcast, findBroadcast } from "../store/broadcasts.ts";
import { type Progress, renderProgress } from "../telegram/breaking-screen.ts";
import { stepOf } from "../telegram/errors.ts";

/** A screen is edited no more often than this by itself; a press shows the newest at once. */
export const screenEveryMs = 5_000;
const heldMaxMs = 10 * 60_000;

type ScreenApp = Pick<App, "api" | "db" | "gate" | "log" | "now">;

/** Brings the messages that show how it goes up to date; those whose time has not come wait. */
export async function refreshScreens(
  app: ScreenApp,
  broadcastIds: readonly number[],
  { force = false }: { force?: boolean } = {},
): Promise<void> {
  for (const screen of await screensOf(app.db, broadcastIds)) {
    const now = app.now();
    const age = now.getTime() - screen.at.getTime();
    // An asked screen is held for a while; a clock that jumped back must not freeze it for ever.
    if (!force && age < screenEveryMs && age > -heldMaxMs) continue;
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
    if (step === "not-there" || step === "rest" || step === "gone") return dropScreen(app.db, screen);
    if (step === "wait") {
      const seconds = (stepOf(error) as { seconds: number }).seconds;
      await touchScreen(app.db, screen, { shown: screen.shown, now: new Date(now.getTime() + seconds * 1000) });
      return;
    }
    if (step !== "unchanged") app.log.warn({ broadcast: broadcast.id, reason: describeError(reason) }, "a screen");
  }
  // Whole seconds are kept: rounded up, the next one is never too early.
  await touchScreen(app.db, screen, { shown: key, now: new Date(Math.ceil(now.getTime() / 1000) * 1000) });
}
