import type { App } from "../app.ts";
import { ownersOf } from "../store/owners.ts";
import { html } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { send } from "../telegram/send.ts";
import { type SourceTrouble, troubleText } from "../text/sources.ts";

/** Tells those who run the bot of a source's trouble; whoever cannot be reached finds it in /sources. */
export async function tellTrouble(
  app: Pick<App, "api" | "config" | "db" | "log">,
  trouble: SourceTrouble,
): Promise<void> {
  const owners = new Set([...app.config.ADMIN_IDS, ...(await ownersOf(app.db))]);
  const text = message(html`${troubleText(app.config.DEFAULT_LANGUAGE, trouble)}`);
  for (const chatId of owners) {
    const result = await send(app.api, { chatId, threadId: 0 }, { message: text, silent: true, paid: false });
    if ("step" in result) app.log.warn({ source: trouble.name }, `an owner could not be told: ${result.step.reason}`);
  }
}
