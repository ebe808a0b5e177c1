import { readClockTime } from "../news/clock-time.ts";
import { isRule } from "../news/schedule.ts";
import { changeSubscriber, type Subscriber } from "../store/subscribers.ts";
import {
  addSubscription,
  changeSubscription,
  findSubscription,
  isPausedOpenEnded,
  listSubscriptions,
  pauseSubscription,
  removeSubscription,
  resumeSubscription,
  type Subscription,
  type SubscriptionChange,
  subscriptionByOrigin,
  subscriptionsMax,
} from "../store/subscriptions.ts";
import { rememberAsk } from "../store/visits.ts";
import { html, lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import {
  countChoices,
  renderCounts,
  renderDays,
  renderRemoveAsk,
  renderSubscribeAsk,
  renderSubscribed,
  renderSubscription,
  renderSubscriptions,
  renderTimes,
  ruleText,
  type SubscriptionView,
  subscriptionName,
} from "../telegram/subscription-message.ts";
import { ask, say, show } from "./answer.ts";
import { askDigest, preview } from "./asked.ts";
import { type Area, type Press, wholeNumber } from "./handler.ts";
import { ensureKnown, isPrivate, originOf, readingOf, refreshed, type Visit } from "./visit.ts";

const usualCount = 8;
const wordsShownMax = 40;

export const digests: Area = {
  commands: {
    subscribe: { run: subscribe, managed: true },
    subscriptions: { run: showList, managed: true },
    digest: { run: askDigest, managed: true },
    preview: { run: preview, managed: true },
  },
  presses: {
    at: { act: subscribeAt, managed: true },
    attime: { act: (visit) => askTime(visit, "time"), managed: true },
    add: { act: (visit) => say(visit, renderSubscribeAsk(optionsOf(visit))), managed: true },
    subs: { act: async (visit) => show(visit, await listMessage(visit)), managed: true },
    sub: onOne((visit, own) => show(visit, renderSubscription(viewOf(own), optionsFor(visit, own)))),
    subtime: onOne(showTimes),
    subdays: onOne((visit, own) => show(visit, renderDays(viewOf(own), optionsFor(visit, own)))),
    subcount: onOne((visit, own) => show(visit, renderCounts(viewOf(own), optionsFor(visit, own)))),
    time: onOne(changeTime),
    rule: onOne(changeRule),
    count: onOne(changeCount),
    set: onOne(changeTrait),
    empty: onOne(changeEmpty),
    sample: onOne((visit, own) => askDigest(visit, "", own.subscription.id)),
    remove: onOne((visit, own) => show(visit, renderRemoveAsk(viewOf(own), optionsFor(visit, own)))),
    removed: onOne(remove),
    undo: onOne(undo),
  },
};

export type Own = { subscription: Subscription; subscriber: Subscriber };

/** `/subscribe 08:00 工作日`: makes it; bare it asks, with buttons. */
async function subscribe(visit: Visit, words: string): Promise<void> {
  if (words === "") return say(visit, renderSubscribeAsk(optionsOf(visit)));
  const said = readClockTime(words);
  if (said === null) return say(visit, notTime(visit, words));
  await makeDigest(visit, { minute: said.minute, rule: said.rule ?? "daily" }, say);
}

async function subscribeAt(visit: Visit, [at, rule = "daily"]: string[]): Promise<void> {
  const minute = wholeNumber(at, 0, 1439);
  if (minute === null || !isRule(rule)) return say(visit, message(lines(visit.text.small.tooOldShort)));
  await makeDigest(visit, { minute, rule }, say);
}

/** The answer to "at what hour?": a new digest's, or a changed one's. */
export async function answerTime(visit: Visit, what: string, words: string): Promise<boolean> {
  const said = readClockTime(words);
  if (said === null) return false;
  const [, id] = what.split(":");
  const own = id === undefined ? undefined : await ownOf(visit, Number(id));
  if (own === undefined) await makeDigest(visit, { minute: said.minute, rule: said.rule ?? "daily" }, say);
  else await change(visit, own, { minute: said.minute, ...(said.rule === null ? {} : { rule: said.rule }) }, say);
  return true;
}

/** A time that nobody understood: says so, with an example. */
export function notTime(visit: Visit, words: string) {
  return message(lines(visit.text.subscribe.notTime([...words].slice(0, wordsShownMax).join(""))));
}

type Wanted = { minute: number; rule: string };
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
  const where = isPrivate(there) ? null : placeOf(there);
  const done = renderSubscribed(view, { ...optionsOf(there), where });
  if (made.subscriber.timezoneKnown) return answer(there, done);
  const zone = { text: there.text.start.otherZone.replace(/^.*[,，]\s*/u, ""), action: "1:zones:x" };
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
  const same = list.find((each) => each.minute === wanted.minute && each.rule === wanted.rule && each.query === "");
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
  return renderSubscriptions(views, { ...optionsOf(visit), pausedUntil: pauseOf(visit) });
}

async function showTimes(visit: Visit, { subscription }: Own): Promise<void> {
  await show(visit, renderTimes(subscription.id, subscription.minute, readingOf(visit)));
  await rememberTime(visit, subscription.id);
}

async function askTime(visit: Visit, what: string): Promise<void> {
  await ask(visit, message(lines(visit.text.subscribe.askTime)), what, "07:30");
}

async function rememberTime(visit: Visit, id: number): Promise<void> {
  const { chatId, userId, now } = visit;
  await rememberAsk(visit.app.db, { chatId, userId: userId ?? 0, what: `time:${id}` }, now);
}

async function changeTime(visit: Visit, own: Own, [, at]: string[]): Promise<void> {
  const minute = wholeNumber(at, 0, 1439);
  if (minute !== null) await change(visit, own, { minute }, show);
}

async function changeRule(visit: Visit, own: Own, [, rule = "", from]: string[]): Promise<void> {
  if (!isRule(rule)) return;
  if (from === "s") return change(visit, own, { rule }, show);
  await changeSubscription(visit.app.db, own, { change: { rule }, now: visit.now });
  const after = await ownOf(visit, own.subscription.id);
  if (after !== undefined) await show(visit, renderDays(viewOf(after), optionsFor(visit, after)));
}

async function changeCount(visit: Visit, own: Own, [, wanted]: string[]): Promise<void> {
  const count = wholeNumber(wanted, 1, countChoices.at(-1)!);
  if (count !== null) await change(visit, own, { count }, show);
}

async function changeTrait(visit: Visit, own: Own, [, what, on]: string[]): Promise<void> {
  if (what === "r") {
    if (on === "1") await resumeSubscription(visit.app.db, own, visit.now);
    else await pauseSubscription(visit.app.db, own.subscription.id);
    return change(visit, own, {}, show, false);
  }
  const traits: Record<string, SubscriptionChange> = {
    m: { summaries: on === "1" },
    q: { silent: on === "1" },
    e: { evenEmpty: on === "1" },
  };
  await change(visit, own, traits[what ?? ""] ?? {}, show);
}

/** The buttons under "nothing new": the message stays, the choice is confirmed below it. */
async function changeEmpty(visit: Visit, own: Own, [, on]: string[]): Promise<void> {
  await change(visit, own, { evenEmpty: on === "1" }, say);
}

async function change(visit: Visit, own: Own, to: SubscriptionChange, answer: Answer, store = true): Promise<void> {
  if (store) await changeSubscription(visit.app.db, own, { change: to, now: visit.now });
  const after = await ownOf(visit, own.subscription.id);
  if (after !== undefined) await answer(visit, renderSubscription(viewOf(after), optionsFor(visit, after)));
}

async function remove(visit: Visit, { subscription }: Own): Promise<void> {
  await removeSubscription(visit.app.db, subscription.id);
  const page = await listMessage(visit);
  const line = visit.text.subscriptions.removed(subscriptionName(subscription, readingOf(visit)));
  await show(visit, { ...page, html: `${html`${line}`.html}\n\n${page.html}` });
}

async function undo(visit: Visit, { subscription }: Own): Promise<void> {
  await removeSubscription(visit.app.db, subscription.id);
  await show(visit, message(lines(visit.text.start.undone)));
}

/** A press about one subscription: it must be there, and the chat's own or a channel's that this person set up. */
function onOne(act: (visit: Visit, own: Own, args: string[]) => Promise<void>): Press {
  return {
    managed: true,
    refuse: async (visit, [id]) =>
      (await ownOf(visit, wholeNumber(id, 1, Number.MAX_SAFE_INTEGER) ?? 0)) === undefined
        ? visit.text.subscriptions.gone
        : null,
    act: async (visit, args) => {
      const own = await ownOf(visit, Number(args[0]));
      if (own !== undefined) await act(visit, own, args);
    },
  };
}

/** Buttons can be forged and copied: whose subscription it is decides, not who shows the button. */
async function ownOf(visit: Visit, id: number): Promise<Own | undefined> {
  const own = await findSubscription(visit.app.db, id);
  if (own === undefined) return undefined;
  const { subscriber } = own;
  if (subscriber.chatId === visit.chatId) return own;
  const channel = isPrivate(visit) && subscriber.kind === "channel" && subscriber.setUpBy === visit.userId;
  return channel ? own : undefined;
}

export function viewOf({ subscription, subscriber }: Own): SubscriptionView {
  const { id, minute, rule, count, query, summaries, silent, evenEmpty } = subscription;
  const next = subscriber.state === "active" ? subscription.dueAt : null;
  return { id, minute, rule, count, query, summaries, silent, evenEmpty, next };
}

/** A channel is set up from a private chat, and lives by its own clock. */
function optionsFor(visit: Visit, { subscriber }: Own) {
  return { ...optionsOf(visit), timezone: subscriber.timezone };
}

export function optionsOf(visit: Visit) {
  return { ...readingOf(visit), here: !isPrivate(visit) };
}

/** Until when everything is paused; "open" without an end, null when it runs. */
export function pauseOf(visit: Visit): Date | "open" | null {
  const until = visit.known?.pausedUntil ?? null;
  if (visit.known === undefined || until === null || until <= visit.now) return null;
  return isPausedOpenEnded(visit.known, visit.now) ? "open" : until;
}

function placeOf(visit: Visit): string {
  const text = visit.text.subscribe;
  const topic = visit.ctx.msg?.reply_to_message?.forum_topic_created?.name;
  if (visit.threadId === 0) return text.here;
  return topic === undefined ? text.thisTopic : text.topic(topic);
}
