import { listAlerts } from "../store/alerts.ts";
import { countKept } from "../store/searches.ts";
import { changeSubscriber, countHad, forgetChat } from "../store/subscribers.ts";
import { countSubscriptions, reschedule } from "../store/subscriptions.ts";
import { html, lines } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import { renderForget, renderStopped } from "../telegram/settings-message.ts";
import { say, show } from "./answer.ts";
import { type Area, wholeNumber } from "./handler.ts";
import { isPrivate, readingOf, type Visit } from "./visit.ts";

/** So long the question whether to delete everything may be answered. */
const forgetMs = 10 * 60_000;

export const leaving: Area = {
  commands: {
    stop: { run: stop, managed: true, setting: true },
    forget: { run: forget, managed: true, setting: true },
    privacy: { run: privacy },
  },
  presses: {
    restore: { act: restore, managed: true },
    forget: { act: forget, managed: true },
    forgotten: { act: forgotten, managed: true },
    kept: { act: (visit) => show(visit, message(lines(visit.text.forget.kept30))), managed: true },
    privacy: { act: privacy },
  },
};

/** Nothing comes any more; settings are kept for thirty days. */
async function stop(visit: Visit): Promise<void> {
  const { app, known, now } = visit;
  if (known !== undefined) {
    const change = { state: "stopped" as const, stateAt: now };
    await changeSubscriber(app.db, known.id, change);
    await reschedule(app.db, { ...known, ...change }, now);
  }
  await say(visit, renderStopped({ language: visit.language, here: !isPrivate(visit) }));
}

async function restore(visit: Visit): Promise<void> {
  const { app, known, now } = visit;
  if (known === undefined) return show(visit, message(lines(visit.text.forget.nothing)));
  const change = { state: "active" as const, stateAt: now, note: "" };
  await changeSubscriber(app.db, known.id, change);
  await reschedule(app.db, { ...known, ...change }, now);
  const digests = await countSubscriptions(app.db, known.id);
  await show(visit, message(lines(visit.text.stop.restored(digests))));
}

/** Says what is known, and asks once before it goes. */
async function forget(visit: Visit): Promise<void> {
  await say(visit, await forgetMessage(visit));
}

async function forgetMessage(visit: Visit): Promise<Message> {
  const { app, known } = visit;
  if (known === undefined) return renderForget(null, readingOf(visit));
  const kept = await countKept(app.db, visit.chatId);
  const about = {
    newsLanguages: known.newsLanguages,
    digests: await countSubscriptions(app.db, known.id),
    alerts: (await listAlerts(app.db, known.id)).length,
    had: await countHad(app.db, known.id),
    ...kept,
    since: known.createdAt,
  };
  return renderForget(about, readingOf(visit));
}

/** The button of an old message asks again: nobody deletes everything by scrolling. */
async function forgotten(visit: Visit, [asked]: string[]): Promise<void> {
  const seconds = wholeNumber(asked, 1, Number.MAX_SAFE_INTEGER) ?? 0;
  if (visit.now.getTime() - seconds * 1_000 > forgetMs) return show(visit, await forgetMessage(visit));
  await forgetChat(visit.app.db, visit.chatId);
  await show(visit, message(lines(visit.text.forget.done)));
}

async function privacy(visit: Visit): Promise<void> {
  await say(visit, message(html`${visit.text.privacy.text}`));
}
