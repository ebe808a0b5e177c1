import { readAlert } from "../news/alerts.ts";
import { chosenHours } from "../news/quiet.ts";
import { findNews } from "../pages/search.ts";
import { linesOfStories } from "../pages/top.ts";
import { addAlert, alertsMax, listAlerts, missedStories } from "../store/alerts.ts";
import { changeSubscriber, type Subscriber } from "../store/subscribers.ts";
import { findSubscription, removeSubscription, subscriptionByOrigin } from "../store/subscriptions.ts";
import { action } from "../telegram/action.ts";
import { alertName, renderAlertMade, renderAlertPage, renderMissed } from "../telegram/alert-message.ts";
import { html, lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { alertText } from "../text/alerts.ts";
import { hoursText } from "../text/quiet.ts";
import { ask, say, show } from "./answer.ts";
import { listMessage, type Own } from "./digests.ts";
import { type Area, idOf, type Press, wholeNumber } from "./handler.ts";
import { newsOf, queryOf, tokenFor, tooOld } from "./reading.ts";
import { ensureKnown, isPrivate, originOf, readingOf, type Visit } from "./visit.ts";

/** Words of an alert; a longer one matches nothing. */
const alertCharsMax = 100;
/** Stories of a full hour, or of a night, that one message lists. */
const missedShownMax = 20;

/** Tell me when a word is in the news. */
export const alerts: Area = {
  commands: { alert: { run: alert, managed: true, setting: true } },
  presses: {
    alertask: { act: (visit) => alert(visit, ""), managed: true },
    bell: { act: fromSearch, managed: true },
    alert: onAlert(showOne),
    alertgone: onAlert(remove),
    alertoff: onAlert(switchOff),
    missed: onAlert(showMissed),
  },
};

/** `/alert 台风 -娱乐`: makes it; bare it asks. */
export async function alert(visit: Visit, words: string): Promise<void> {
  const { app, now } = visit;
  const text = alertText(visit.language);
  const query = words.replace(/\s+/gu, " ").trim();
  if (query === "") {
    const question = isPrivate(visit) ? text.ask : text.askGroup;
    return ask(visit, message(lines(question)), "alert", text.placeholder);
  }
  const { all, after, before } = readAlert(query, { now });
  const asks = all.some((oneOf) => oneOf.some((clause) => clause.kind === "text" || clause.kind === "source"));
  if (query.length > alertCharsMax || !asks || after !== null || before !== null)
    return say(visit, message(lines(text.unclear)));
  const subscriber = await ensureKnown(visit);
  const list = await listAlerts(app.db, subscriber.id);
  const origin = originOf(visit, ":alert");
  const name = alertName({ query }, visit);
  if ((await subscriptionByOrigin(app.db, origin)) === undefined) {
    if (list.some((each) => each.query === query)) return say(visit, message(lines(text.exists(name))));
    if (list.length >= alertsMax) return say(visit, message(lines(text.tooMany(alertsMax))));
  }
  // Whoever asks for something is back.
  if (subscriber.state !== "active")
    await changeSubscriber(app.db, subscriber.id, { state: "active", stateAt: now, note: "" });
  const made = await addAlert(app.db, subscriber.id, { query, silent: !isPrivate(visit), origin, now });
  const wanted = { ...newsOf(visit), query, page: 1, order: "newest", week: true } as const;
  const { page } = await findNews(app.db, wanted);
  // What only comes near does not meet an alert.
  const found = page.near ? 0 : page.articles;
  const count = page.more ? visit.text.search.atMost(visit.text.number(found)) : visit.text.number(found);
  const week = found === 0 ? text.weekNone : text.week(count);
  const token = found === 0 ? null : await tokenFor(visit, query);
  await say(visit, renderAlertMade(made, { ...readingOf(visit), week, token, quiet: quietSaid(subscriber) }));
}

/** The hours in which it waits; null when it never does. */
function quietSaid(subscriber: Subscriber): string | null {
  const hours = chosenHours(subscriber);
  return hours === null || hours.from === hours.to ? null : hoursText(hours);
}

/** 🔔 under a search or a story: the same words as an alert. */
async function fromSearch(visit: Visit, [token]: string[]): Promise<void> {
  const query = await queryOf(visit, token);
  if (query === null) return tooOld(visit);
  await alert(visit, query);
}

async function showOne(visit: Visit, { subscription }: Own): Promise<void> {
  const token = await tokenFor(visit, subscription.query);
  await show(visit, renderAlertPage(subscription, { ...readingOf(visit), token }));
}

async function remove(visit: Visit, { subscription }: Own): Promise<void> {
  await removeSubscription(visit.app.db, subscription.id);
  const line = alertText(visit.language).removed(alertName(subscription, visit));
  const page = await listMessage(visit);
  await show(visit, { ...page, html: `${html`${line}`.html}\n\n${page.html}` });
}

/** 🔕 under an alert that came: the message stays, the answer is below it. */
async function switchOff(visit: Visit, { subscription }: Own): Promise<void> {
  await removeSubscription(visit.app.db, subscription.id);
  const text = alertText(visit.language);
  const again = { text: text.undo, action: action("bell", await tokenFor(visit, subscription.query)) };
  await say(visit, message(lines(text.offDone(alertName(subscription, visit))), [[again]]));
}

async function showMissed(visit: Visit, { subscription }: Own, [, end]: string[]): Promise<void> {
  const at = idOf(end);
  const ids = at === null ? [] : await missedStories(visit.app.db, subscription.id, new Date(at * 1000));
  const stories = await linesOfStories(visit.app.db, ids.slice(0, missedShownMax), newsOf(visit));
  if (stories.length === 0) return tooOld(visit);
  await say(visit, renderMissed(stories, subscription, { ...readingOf(visit), kind: visit.kind }));
}

/** A press about one alert: it must be there, and this chat's own. */
function onAlert(act: (visit: Visit, own: Own, args: string[]) => Promise<void>): Press {
  const find = async (visit: Visit, id: string | undefined): Promise<Own | undefined> => {
    const own = await findSubscription(visit.app.db, wholeNumber(id, 1, Number.MAX_SAFE_INTEGER) ?? 0);
    return own?.subscription.kind === "alert" && own.subscriber.chatId === visit.chatId ? own : undefined;
  };
  return {
    managed: true,
    refuse: async (visit, [id]) => ((await find(visit, id)) === undefined ? alertText(visit.language).gone : null),
    act: async (visit, args) => {
      const own = await find(visit, args[0]);
      if (own !== undefined) await act(visit, own, args);
    },
  };
}
