import { readClockTime } from "../news/clock-time.ts";
import { isRule } from "../news/schedule.ts";
import {
  changeSubscription,
  findSubscription,
  pauseSubscription,
  removeSubscription,
  resumeSubscription,
  type SubscriptionChange,
} from "../store/subscriptions.ts";
import { rememberAsk } from "../store/visits.ts";
import { html, lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import {
  countChoices,
  renderCounts,
  renderDays,
  renderRemoveAsk,
  renderSubscription,
  renderTimes,
  subscriptionName,
} from "../telegram/subscription-message.ts";
import { say, show } from "./answer.ts";
import { askDigest } from "./asked.ts";
import { withCrowd } from "./crowd.ts";
import { listMessage, makeDigest, type Own, optionsOf, takeSubject, viewOf } from "./digests.ts";
import { type Area, type Press, wholeNumber } from "./handler.ts";
import { isPrivate, readingOf, type Visit } from "./visit.ts";

/** What can be changed about one digest, in place, each in a tap or two. */
export const digestEdits: Area = {
  commands: {},
  presses: {
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

type Answer = typeof say;

/** The answer to "at what hour?": a new digest's, or a changed one's. */
export async function answerTime(visit: Visit, what: string, words: string): Promise<boolean> {
  const { query, rest } = await takeSubject(visit, words);
  const said = readClockTime(rest);
  if (said === null) return false;
  const [, id] = what.split(":");
  const own = id === undefined ? undefined : await ownOf(visit, Number(id));
  if (own === undefined) await makeDigest(visit, { minute: said.minute, rule: said.rule ?? "daily", query }, say);
  else await change(visit, own, { minute: said.minute, ...(said.rule === null ? {} : { rule: said.rule }) }, say);
  return true;
}

async function showTimes(visit: Visit, { subscription }: Own): Promise<void> {
  await show(visit, renderTimes(subscription.id, subscription.minute, readingOf(visit)));
  await rememberTime(visit, subscription.id);
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

export async function change(
  visit: Visit,
  own: Own,
  to: SubscriptionChange,
  answer: Answer,
  store = true,
): Promise<void> {
  if (store) await changeSubscription(visit.app.db, own, { change: to, now: visit.now });
  const after = await ownOf(visit, own.subscription.id);
  if (after === undefined) return;
  const page = renderSubscription(viewOf(after), optionsFor(visit, after));
  await answer(visit, to.minute === undefined ? page : await withCrowd(visit, after, page));
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
export function onOne(act: (visit: Visit, own: Own, args: string[]) => Promise<void>): Press {
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
export async function ownOf(visit: Visit, id: number): Promise<Own | undefined> {
  const own = await findSubscription(visit.app.db, id);
  if (own === undefined) return undefined;
  const { subscriber } = own;
  if (subscriber.chatId === visit.chatId) return own;
  const channel = isPrivate(visit) && subscriber.kind === "channel" && subscriber.setUpBy === visit.userId;
  return channel ? own : undefined;
}

/** A channel is set up from a private chat, and lives by its own clock. */
export function optionsFor(visit: Visit, { subscriber }: Own) {
  return { ...optionsOf(visit), timezone: subscriber.timezone };
}
