import type { Kept, MessageJson } from "../../src/playground/types.ts";
import { eventually as waitFor } from "../support/eventually.ts";
import type { Running } from "./program.ts";

/** Queues take their time: longer than other tests wait. */
const waitMs = 30_000;

/** What people do with a running program, and what they see of it. */
export type Hands = ReturnType<typeof createHands>;

export function createHands(running: () => Running) {
  const said = (chat: number): Kept[] => running().playground.botMessages(chat);
  const texts = (chat: number) => said(chat).map(textOf);
  const find = (chat: number, what: RegExp) =>
    eventually(`${what} in ${chat}`, () => texts(chat).findLast((text) => what.test(text)));

  /** Presses the newest button that is called so; resolves when the bot has answered. */
  async function press(chat: number, label: RegExp): Promise<void> {
    const [message, data] = await eventually(`a button ${label}`, () => buttonOf(said(chat), label));
    await running().playground.acts.press(chat, chat, message.message_id, data).answered;
  }

  return {
    running,
    said,
    texts,
    find,
    press,
    post(body: string, given: string | null = running().secret): Promise<Response> {
      const headers: Record<string, string> = { "content-type": "application/json" };
      if (given !== null) headers["x-telegram-bot-api-secret-token"] = given;
      return fetch(`${running().url}/telegram`, { method: "POST", headers, body });
    },
    ask(chat: number, words: string, answer: RegExp): Promise<string> {
      running().playground.acts.say(chat, chat, words);
      return find(chat, answer);
    },
  };
}

export function textOf(message: Pick<MessageJson, "text" | "caption">): string {
  return message.text ?? message.caption ?? "";
}

export function buttonOf(messages: readonly Kept[], label: RegExp): [Kept, string] | undefined {
  for (const message of messages.toReversed()) {
    for (const each of message.reply_markup?.inline_keyboard.flat() ?? []) {
      if (label.test(each.text) && each.callback_data !== undefined) return [message, each.callback_data];
    }
  }
  return undefined;
}

/** Looks as long as a queue may take. */
export function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  return waitFor(what, look, waitMs);
}
