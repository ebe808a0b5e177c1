import type { Api } from "grammy";
import { type Language, textIn } from "../text/index.ts";
import { html } from "./html.ts";
import { message } from "./message.ts";
import { send } from "./send.ts";

type Sending = Pick<Api, "sendMessage" | "sendPhoto">;

/** Who hears of a place: whoever set it up, else the place itself where we may write to it. */
export type Keeper = { setUpBy: number | null; chatId: number | null };

/** Says one line about a place; gives why nobody could be told, null when somebody was or nobody is known. */
export async function tellKeeper(api: Sending, { setUpBy, chatId }: Keeper, line: string): Promise<string | null> {
  const to = setUpBy ?? chatId;
  if (to === null) return null;
  const options = { message: message(html`${line}`), silent: false, paid: false };
  const result = await send(api, { chatId: to, threadId: 0 }, options);
  return "step" in result ? result.step.reason : null;
}

/** A group that was upgraded to a supergroup goes on under its new id: that is said once. */
export async function tellUpgraded(
  api: Sending,
  moved: readonly { setUpBy: number | null; title: string; language: Language }[],
  chatId: number,
): Promise<void> {
  for (const { setUpBy, title, language } of moved) {
    await tellKeeper(api, { setUpBy, chatId }, textIn(language).small.upgraded(title));
  }
}
