import { dropNotes, keepNote, waitingNotes } from "../store/notes.ts";
import { html, italic, lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { renderHello, renderHelp, renderId } from "../telegram/settings-message.ts";
import { whenNamed } from "../text/index.ts";
import { ask, say } from "./answer.ts";
import type { Area } from "./handler.ts";
import { operatorsOf } from "./owner.ts";
import { isOperator } from "./rights.ts";
import { isPrivate, originOf, readingOf, type Visit } from "./visit.ts";

const feedbackCharsMax = 2_000;
const nameCharsMax = 64;

export const small: Area = {
  commands: {
    help: { run: help },
    id: { run: async (visit) => say(visit, renderId(visit, visit)) },
    feedback: { run: feedback, privateOnly: true },
  },
  presses: { help: { act: help } },
};

export async function help(visit: Visit): Promise<void> {
  const { language, app } = visit;
  await say(visit, renderHelp({ language, private: isPrivate(visit), botUsername: app.me.username }));
}

export async function hello(visit: Visit): Promise<void> {
  await say(visit, renderHello(visit));
}

export async function thanks(visit: Visit): Promise<void> {
  await say(visit, message(lines(visit.text.small.welcome)));
}

/** A person's words, to everybody who runs the bot. */
export async function feedback(visit: Visit, words: string): Promise<void> {
  const { ctx, text, chatId } = visit;
  if (words === "") return ask(visit, message(lines(text.small.feedbackAsk)), "feedback");
  const operators = (await operatorsOf(visit)).filter((id) => id !== chatId);
  const name = nameOf(ctx.from);
  const note = html`${text.small.feedbackFrom(chatId, name)}\n${words.slice(0, feedbackCharsMax)}`;
  const sent = await Promise.allSettled(
    operators.map((id) => ctx.api.sendMessage(id, note.html, { parse_mode: "HTML" })),
  );
  if (sent.some((each) => each.status === "fulfilled")) return say(visit, message(lines(text.small.feedbackSent)));
  // Who is named in the settings and never pressed START cannot be written to: it waits until one of them comes.
  const body = words.slice(0, feedbackCharsMax);
  const kept = await keepNote(visit.app.db, { origin: originOf(visit, ":note"), chatId, body, at: visit.now });
  await say(visit, message(lines(kept ? text.small.feedbackKept : text.small.feedbackFull)));
}

function nameOf(person: { first_name?: string | undefined; last_name?: string | undefined } | undefined): string {
  return [person?.first_name, person?.last_name].filter(Boolean).join(" ").slice(0, nameCharsMax);
}

/** What people wrote while nobody who runs the bot could be reached, to the first of them who comes. */
export async function showNotes(visit: Visit): Promise<void> {
  if (!(await isOperator(visit))) return;
  const { db } = visit.app;
  const waiting = await waitingNotes(db);
  for (const { chatId, body, at } of waiting) {
    // Names are not kept; Telegram knows them.
    const name = await visit.ctx.api.getChat(chatId).then(nameOf, () => "");
    const when = whenNamed(at, readingOf(visit));
    await say(visit, message(html`${visit.text.small.feedbackFrom(chatId, name)}\n${body}\n${italic(when)}`));
  }
  if (waiting.length > 0)
    await dropNotes(
      db,
      waiting.map(({ id }) => id),
    );
}
