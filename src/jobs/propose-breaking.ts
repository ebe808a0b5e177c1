import type { App } from "../app.ts";
import { morningAfter, readHours } from "../news/quiet.ts";
import { claimProposal, type Rush, suddenStories } from "../store/proposals.ts";
import { editorsOf } from "../store/roles.ts";
import { findSubscriber } from "../store/subscribers.ts";
import { renderProposal } from "../telegram/breaking-message.ts";
import { send } from "../telegram/send.ts";

type ProposeApp = Pick<App, "db" | "api" | "now" | "log" | "config">;

/** Asks the editors whether a story that suddenly grows is breaking news; once a story, and silently at their night. */
export async function proposeBreaking(app: ProposeApp): Promise<void> {
  const now = app.now();
  const { BREAKING_FAMILIES: families, BREAKING_MINUTES: minutes } = app.config;
  const found = await suddenStories(app.db, { families, minutes, now });
  if (found.length === 0) return;
  const editors = await editorsOf(app.db, app.config.ADMIN_IDS);
  if (editors.length === 0) return;
  for (const rush of found) {
    if (await claimProposal(app.db, rush.storyId, now)) await propose(app, rush, editors);
  }
}

async function propose(app: ProposeApp, rush: Rush, editors: readonly number[]): Promise<void> {
  for (const chatId of editors) {
    const known = await findSubscriber(app.db, chatId, 0);
    const language = known?.language ?? app.config.DEFAULT_LANGUAGE;
    const timezone = known?.timezone ?? app.config.DEFAULT_TIMEZONE;
    const now = app.now();
    const message = renderProposal(rush, { language, timezone, now });
    const silent = morningAfter(now, { ...readHours(app.config.NIGHT_HOURS), timezone }) !== null;
    const sent = await send(app.api, { chatId, threadId: 0 }, { message, silent, paid: false });
    if ("step" in sent) app.log.debug({ chatId }, `an editor could not be asked: ${sent.step.reason}`);
  }
}
