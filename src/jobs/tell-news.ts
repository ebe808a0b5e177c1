import type { App } from "../app.ts";
import { hasArticles } from "../store/articles.ts";
import { takeWait, waitingForNews } from "../store/news-waits.ts";
import { action } from "../telegram/action.ts";
import { lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { send } from "../telegram/send.ts";
import { feedbackText } from "../text/feedback.ts";
import { textIn } from "../text/index.ts";

/** Chats that one run tells; the next tick goes on. */
const perRunMax = 200;

/** Tells those who asked while there was nothing to read, once. */
export async function tellNews(app: Pick<App, "api" | "db" | "gate" | "log">): Promise<void> {
  const waiting = await waitingForNews(app.db, perRunMax);
  if (waiting.length === 0 || !(await hasArticles(app.db))) return;
  for (const { chatId, language } of waiting) {
    const { granted } = await app.gate.take(1, "digest");
    if (granted === 0) return;
    if (!(await takeWait(app.db, chatId))) continue;
    const { top } = textIn(language);
    const there = message(lines(feedbackText(language).thereIs), [
      [{ text: textIn(language).digest.top, action: action("top", 0) }],
      [{ text: top.daily, action: action("at", 480) }],
    ]);
    const result = await send(app.api, { chatId, threadId: 0 }, { message: there, silent: false, paid: false });
    if ("step" in result) app.log.debug({ step: result.step.step }, result.step.reason);
  }
}
