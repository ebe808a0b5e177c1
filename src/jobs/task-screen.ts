import type { App } from "../app.ts";
import { renewSourceTask, type SourceTask } from "../store/source-tasks.ts";
import { stepOf } from "../telegram/errors.ts";
import { html } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import { send } from "../telegram/send.ts";

/** The message that shows progress is edited no more often than this. */
export const progressEveryMs = 5_000;
/** What must be said at the end is tried so often, and waited for so long. */
const endTriesMax = 3;
const endWaitMaxMs = 30_000;

type ScreenApp = Pick<App, "api" | "db" | "now">;

export type TaskScreen = {
  /** How it goes, in one sentence; too soon after the last one nothing is sent. Prolongs the task's lease. */
  progress(line: string): Promise<void>;
  /** The end: in the same message, or in a new one when that is gone. */
  end(result: Message): Promise<void>;
};

/** The one message that a task speaks through: sent at the start, edited as it goes. */
export async function openTaskScreen(app: ScreenApp, task: SourceTask, first: string): Promise<TaskScreen> {
  const target = { chatId: task.chatId, threadId: 0 };
  let messageId = task.messageId;
  let shownAt = app.now().getTime();
  if (messageId === null) {
    const sent = await send(app.api, target, { message: message(html`${first}`), silent: true, paid: false });
    messageId = "messageId" in sent ? sent.messageId : null;
    await renewSourceTask(app.db, task, messageId, app.now());
  }

  async function edit(shown: Message): Promise<ReturnType<typeof stepOf> | null> {
    if (messageId === null) return { step: "not-there", reason: "" };
    const rows = shown.buttons.map((row) =>
      row.map((each) =>
        "url" in each ? { text: each.text, url: each.url } : { text: each.text, callback_data: each.action },
      ),
    );
    try {
      await app.api.editMessageText(task.chatId, messageId, shown.html, {
        parse_mode: "HTML",
        link_preview_options: { is_disabled: true },
        reply_markup: { inline_keyboard: rows },
      });
      return null;
    } catch (error) {
      return stepOf(error);
    }
  }

  return {
    progress: async (line) => {
      const now = app.now().getTime();
      if (now >= shownAt && now - shownAt < progressEveryMs) return;
      shownAt = now;
      await renewSourceTask(app.db, task, messageId, app.now());
      const refused = await edit(message(html`${line}`));
      if (refused?.step === "wait") shownAt += refused.seconds * 1000;
    },
    end: async (result) => {
      for (let tries = 1; tries <= endTriesMax; tries += 1) {
        const refused = await edit(result);
        if (refused === null || refused.step === "unchanged") return;
        if (refused.step !== "wait" && refused.step !== "retry") break;
        const ms = refused.step === "wait" ? refused.seconds * 1000 : 1_000;
        await new Promise((resolve) => setTimeout(resolve, Math.min(ms, endWaitMaxMs)));
      }
      await send(app.api, target, { message: result, silent: true, paid: false });
    },
  };
}
