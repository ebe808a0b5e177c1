import { readClockTime, readDays } from "../news/clock-time.ts";
import { chosenHours, isWithin } from "../news/quiet.ts";
import { isRule } from "../news/schedule.ts";
import { listAlerts } from "../store/alerts.ts";
import { allSubjects, findSubject } from "../store/subjects.ts";
import { changeSubscriber, type Subscriber } from "../store/subscribers.ts";
import {
  addSubscription,
  isPausedOpenEnded,
  listSubscriptions,
  type Subscription,
  subscriptionByOrigin,
  subscriptionsMax,
} from "../store/subscriptions.ts";
import { topicName } from "../store/topics.ts";
import { closeAsk, rememberAsk } from "../store/visits.ts";
import { action } from "../telegram/action.ts";
import { html, lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import {
  renderSubscribeAsk,
  renderSubscribed,
  renderSubscription,
  renderSubscriptions,
  ruleText,
  type SubscriptionView,
} from "../telegram/subscription-message.ts";
import { ask, say, show } from "./answer.ts";
import { askDigest, preview } from "./asked.ts";
import { withCrowd } from "./crowd.ts";
import { type Area, wholeNumber } from "./handler.ts";
import { notTime } from "./near-times.ts";
import { ensureKnown, isPrivate, originOf, readingOf, refreshed, type Visit } from "./visit.ts";

const usualCount = 8;

export const digests: Area = {
  commands: {
    subscribe: { run: subscribe, managed: true, setting: true },
    subscriptions: { run: showList, managed: true, setting: true },
    digest: { run: askDigest, managed: true },
    preview: { run: preview, managed: true },
  },
  presses: {
    at: { act: subscribeAt, managed: true },
    attime: { act: (visit) => askTime(visit, "time"), managed: true },
    add: { act: (visit) => askHour(visit, {}), managed: true },
    subs: { act: async (visit) => show(visit, await listMessage(visit)), managed: true },
  },
};

export type Own = { subscription: Subscription; subscriber: Subscriber };

/** `/subscribe 08:00 工作日`: makes it; bare it asks, with buttons. */
async function subscribe(visit: Visit, words: string): Promise<void> {
  if (words === "") return askHour(visit, {});
  const { query, rest } = await takeSubject(visit, words);
  const said = readClockTime(rest);
  if (said === null) {
    const rule = readDays(rest);
    const isSubject = query !== "" && rest.trim() === "";
    if (rule !== null || isSubject) return askHour(visit, { rule: rule ?? "daily", query });
    return say(visit, await notTime(visit, words, { asked: rest, query }));
  }
  await makeDigest(visit, { minute: said.minute, rule: said.rule ?? "daily", query }, say);
}

/** `20:00 科技`: the subject that is named beside the time, as a subscription keeps it; "" for all news. */
export async function takeSubject(visit: Visit, words: string): Promise<{ query: string; rest: string }> {
  for (const { slug, nameZh, nameEn } of await allSubjects(visit.app.db)) {
    const names = [nameZh, nameEn, slug].map((name) => name.replace(/[^\p{L}\p{N} ]/gu, "."));
    const pattern = new RegExp(`${names[0]}|(?<![a-z])(?:${names[1]}|${names[2]})(?![a-z])`, "iu");
    if (pattern.test(words)) return { query: `subject:${slug}`, rest: words.replace(pattern, " ") };
  }
  return { query: "", rest: words };
}

/** The hour of a digest whose days or subject are known: one tap, or typed, if only "8"; other words are a search. */
async function askHour(visit: Visit, known: { rule?: string; query?: string }): Promise<void> {
  const { app, chatId, userId, now } = visit;
  const slug = known.query?.replace("subject:", "") ?? "";
  const rule = known.rule ?? "daily";
  await rememberAsk(app.db, { chatId, userId: userId ?? 0, what: `hour ${rule} ${slug}`.trim() }, now);
  await say(visit, renderSubscribeAsk({ ...optionsOf(visit), ...(known.rule === undefined ? {} : { rule, slug }) }));
}

/** The words after that question; false when they are no hour. */
export async function answerHour(visit: Visit, what: string, words: string): Promise<boolean> {
  const [, rule = "daily", slug = ""] = what.split(" ");
  const { query, rest } = await takeSubject(visit, words);
  const said = readClockTime(rest);
  if (said === null) return false;
  const about = query === "" && slug !== "" ? `subject:${slug}` : query;
  await makeDigest(visit, { minute: said.minute, rule: said.rule ?? rule, query: about }, say);
  return true;
}

async function subscribeAt(visit: Visit, [at, rule = "daily", slug = ""]: string[]): Promise<void> {
  const minute = wholeNumber(at, 0, 1439);
  const subject = slug === "" ? null : await findSubject(visit.app.db, slug);
  if (minute === null || !isRule(rule) || subject === undefined) {
    return say(visit, message(lines(visit.text.small.tooOldShort)));
  }
  await closeAsk(visit.app.db, visit.chatId, visit.userId ?? 0);
  await makeDigest(visit, { minute, rule, query: subject === null ? "" : `subject:${subject.slug}` }, say);
}

type Wanted = { minute: number; rule: string; query?: string };
type Answer = typeof say;

/** One digest more, unless there is the same already. Who pauses everything and asks for one wants them again. */
export async function makeDigest(visit: Visit, wanted: Wanted, answer: Answer): Promise<void> {
  const made = await storeDigest(visit, wanted);
  if (made === "full") return answer(visit, message(lines(visit.text.subscribe.tooMany(subscriptionsMax))));
  const there = await refreshed(visit);
  const view = viewOf(made);
  if (made.existed) {
    const line = there.text.subscribe.exists(ruleText(view.rule, readingOf(there)), there.text.minute(view.minute));
    const page = renderSubscription(view, optionsOf(there));
    return answer(there, { ...page, html: `${html`${line}`.html}\n\n${page.html}` });
  }
  const where = isPrivate(there) ? null : await placeOf(there);
  const done = await withCrowd(there, made, renderSubscribed(view, { ...optionsOf(there), where }));
  if (made.subscriber.timezoneKnown) return answer(there, done);
  const zone = { text: there.text.settings.zoneButton, action: action("zones", "x") };
  await answer(there, { ...done, buttons: [...done.buttons, [zone]] });
}

/** Stores it, once an update; says when the same was there before. */
export async function storeDigest(visit: Visit, wanted: Wanted): Promise<(Own & { existed: boolean }) | "full"> {
  const { app, now } = visit;
  let subscriber = await ensureKnown(visit);
  const origin = originOf(visit);
  const known = await subscriptionByOrigin(app.db, origin);
  if (known !== undefined) return { subscription: known, subscriber, existed: false };
  const list = await listSubscriptions(app.db, subscriber.id);
  const { minute, rule, query = "" } = wanted;
  const same = list.find((each) => each.minute === minute && each.rule === rule && each.query === query);
  if (same !== undefined) return { subscription: same, subscriber, existed: true };
  if (list.length >= subscriptionsMax) return "full";
  subscriber = await wake(visit, subscriber);
  const fresh = { ...wanted, count: usualCount, silent: !isPrivate(visit), origin };
  const subscription = await addSubscription(app.db, subscriber, { fresh, now });
  return { subscription, subscriber, existed: false };
}

/** Whoever asks for something is back: stopped and paused chats receive again. */
async function wake(visit: Visit, subscriber: Subscriber): Promise<Subscriber> {
  const setUpBy = isPrivate(visit) ? null : (subscriber.setUpBy ?? visit.userId);
  const change = {
    state: "active" as const,
    ...(subscriber.state === "active" ? {} : { stateAt: visit.now, note: "" }),
    ...(isPausedOpenEnded(subscriber, visit.now) ? { pausedUntil: null } : {}),
    setUpBy,
    title: visit.title,
  };
  await changeSubscriber(visit.app.db, subscriber.id, change);
  return { ...subscriber, ...change };
}

async function showList(visit: Visit): Promise<void> {
  await say(visit, await listMessage(visit));
}

export async function listMessage(visit: Visit) {
  const list = visit.known === undefined ? [] : await listSubscriptions(visit.app.db, visit.known.id);
  const views = list.map((subscription) => viewOf({ subscription, subscriber: visit.known! }));
  const alerts = visit.known === undefined ? [] : await listAlerts(visit.app.db, visit.known.id);
  return renderSubscriptions(views, { ...optionsOf(visit), alerts, pausedUntil: pauseOf(visit) });
}

async function askTime(visit: Visit, what: string): Promise<void> {
  await ask(visit, message(lines(visit.text.subscribe.askTime)), what, "07:30");
}

export function viewOf({ subscription, subscriber }: Own): SubscriptionView {
  const { id, minute, rule, count, query, summaries, silent, evenEmpty, subjectNames = {} } = subscription;
  const next = subscriber.state === "active" ? subscription.dueAt : null;
  const hours = chosenHours(subscriber);
  const quiet = hours !== null && isWithin(minute, hours);
  return { id, minute, rule, count, query, summaries, silent, evenEmpty, quiet, next, subjectNames };
}

export function optionsOf(visit: Visit) {
  return { ...readingOf(visit), here: !isPrivate(visit) };
}

/** Until when everything is paused; "open" without an end, null when it runs. */
function pauseOf(visit: Visit): Date | "open" | null {
  const until = visit.known?.pausedUntil ?? null;
  if (visit.known === undefined || until === null || until <= visit.now) return null;
  return isPausedOpenEnded(visit.known, visit.now) ? "open" : until;
}

async function placeOf(visit: Visit): Promise<string> {
  const text = visit.text.subscribe;
  if (visit.threadId === 0) return text.here;
  const topic = await topicName(visit.app.db, visit);
  return topic === undefined ? text.thisTopic : text.topic(topic);
}
