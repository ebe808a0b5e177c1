import type { Api } from "grammy";
import { type Language, textIn } from "../text/index.ts";
import { html } from "./html.ts";
import { message } from "./message.ts";
import { send } from "./send.ts";

type Sending = Pick<Api, "sendMessage" | "sendPhoto">;

/** Who hears of a place: whoever set it up, else the place itself where we may write to it. */
type Keeper = { setUpBy: number | null; chatId: number | null };

/** Says one line about a place; gives why nobody could be told, null when somebody was or nobody is known. */
export async function tellKeeper(api: Sending, { setUpBy, chatId }: Keeper, line: string): Promise<string | null> {
  let failed: string | null = null;
  // Who set a group up by a command in it may never have started the bot: then the place itself hears it.
  for (const to of [setUpBy, chatId]) {
    if (to === null) continue;
    const options = { message: message(html`${line}`), silent: false, paid: false };
    const result = await send(api, { chatId: to, threadId: 0 }, options);
    if (!("step" in result)) return null;
    failed = result.step.reason;
    // Whatever else it is, the keeper may have it.
    if (result.step.step !== "rest" && result.step.step !== "gone") break;
  }
  return failed;
}

/** A group that was upgraded to a supergroup goes on under its new id: that is said once. Gives why it could not be. */
export async function tellUpgraded(
  api: Sending,
  moved: { setUpBy: number | null; title: string; language: Language } | undefined,
  chatId: number,
): Promise<string | null> {
  if (moved === undefined) return null;
  return tellKeeper(api, { setUpBy: moved.setUpBy, chatId }, textIn(moved.language).small.upgraded(moved.title));
}
