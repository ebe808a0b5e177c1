import { builtInSubjects, type SubjectNames } from "../news/subjects.ts";
import { readWish, type Wish } from "../news/wish.ts";
import { alertText } from "../text/alerts.ts";
import { editionName, type Language, type Reading, textIn } from "../text/index.ts";
import { placeName } from "../text/places.ts";
import { quietText } from "../text/quiet.ts";
import { action } from "./action.ts";
import { alertName } from "./alert-message.ts";
import { clip } from "./clip.ts";
import { blocks, bold, html, lines } from "./html.ts";
import { type Button, type Message, message, numberRows } from "./message.ts";

const nameColumns = 24;
const namesInName = 2;
const wishColumns = 150;
/** How many stories a digest may be asked to have. */
export const countChoices = [3, 5, 8, 12, 15, 20];
export const hourChoices = [420, 480, 720, 1080, 1260];
const ruleChoices = ["daily", "workdays", "weekly:6,7", "monthly:1"];

/** One subscription as its reader sees it. */
export type SubscriptionView = {
  id: number;
  minute: number;
  rule: string;
  count: number;
  query: string;
  summaries: boolean;
  silent: boolean;
  evenEmpty: boolean;
  /** Its minute falls into the quiet hours: it comes, and does not ring. */
  quiet: boolean;
  /** When it comes next; null while it is paused. */
  next: Date | null;
  /** What operators' own subjects are called. */
  subjectNames?: SubjectNames;
};

export type SubscriptionOptions = Reading & {
  /** In a group, channel or topic: "here" in place of "your". */
  here: boolean;
};

/** 每天, 工作日, 每周一、周三 · daily, workdays, every Mon, Wed. */
export function ruleText(rule: string, { language }: Pick<Reading, "language">): string {
  const text = textIn(language).rules;
  if (rule === "workdays") return text.workdays;
  const [kind, list = ""] = rule.split(":");
  const days = list.split(",").map(Number);
  if (kind === "weekly") return list === "6,7" ? text.weekends : text.weekly(days);
  return kind === "monthly" ? text.monthly(days) : text.daily;
}

/** 早报, or the name that it was given. */
export function subscriptionName(
  { minute, query, subjectNames }: Pick<SubscriptionView, "minute" | "query" | "subjectNames">,
  { language }: Pick<Reading, "language">,
): string {
  const edition = textIn(language).digest.editions[editionName(Math.floor(minute / 60))];
  const name = clip(wishName(readWish(query), language, subjectNames), nameColumns);
  if (name === "") return edition;
  return language === "zh" ? `${name}${edition}` : `${name} ${edition.toLowerCase()}`;
}

/** What a digest is about, in the reader's language; "" when it is all news. */
function wishName({ subjects, sources }: Wish, language: Language, own?: SubjectNames): string {
  const names = [...subjects.map((slug) => subjectName(slug, language, own)), ...sources];
  const comma = textIn(language).comma;
  return names.length <= namesInName ? names.join(comma) : `${names.slice(0, namesInName).join(comma)}…`;
}

/** What a subject is called: as operators named it, else as it came with the program, else its short name. */
export function subjectName(slug: string, language: Language, own: SubjectNames = {}): string {
  const named = own[slug];
  if (named !== undefined) return named[language === "zh" ? 0 : 1];
  const subject = builtInSubjects.find((each) => each.slug === slug);
  if (subject === undefined) return slug;
  return language === "zh" ? subject.nameZh : subject.nameEn;
}

/** Only …, not …, in which language: what the name of a digest does not say. */
function wishLine(wish: Wish, language: Language, own?: SubjectNames): string | null {
  const all = textIn(language);
  const text = all.subscriptions.wish;
  const only = [...wish.subjects.map((slug) => subjectName(slug, language, own)), ...wish.sources];
  const out = [...wish.withoutSubjects.map((slug) => subjectName(slug, language, own)), ...wish.without];
  const parts = [
    only.length === 0 ? null : text.only(only.join(all.comma)),
    out.length === 0 ? null : text.without(out.join(all.comma)),
    wish.language === null ? null : all.language.news[wish.language],
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : clip(parts.join(" · "), wishColumns);
}

/** All digests, then all alerts, a line and a number each. */
export function renderSubscriptions(
  list: SubscriptionView[],
  {
    pausedUntil,
    alerts = [],
    ...options
  }: SubscriptionOptions & {
    pausedUntil: Date | "open" | null;
    alerts?: readonly { id: number; query: string; count: number }[];
  },
): Message {
  const all = textIn(options.language);
  const text = all.subscriptions;
  const place = placeName(options.timezone, options.language);
  const add: Button = { text: text.add, action: action("add") };
  const addAlert: Button = { text: alertText(options.language).add, action: action("alertask") };
  const none = options.here ? text.noneHere : text.none;
  if (list.length + alerts.length === 0) return message(lines(none), [[add, addAlert]]);
  const rows = list.map((each, n) => {
    const line = text.line(
      subscriptionName(each, options),
      ruleText(each.rule, options),
      all.minute(each.minute),
      each.count,
    );
    const paused = each.next === null && pausedUntil === null ? ` · ${text.paused}` : "";
    const number = all.digest.number(n + 1);
    return html`${bold(number.trimEnd())}${number.slice(number.trimEnd().length)}${line}${paused}`;
  });
  for (const alert of alerts) {
    const number = all.digest.number(rows.length + 1);
    const line = alertText(options.language).line(alertName(alert, options), alert.count);
    rows.push(html`${bold(number.trimEnd())}${number.slice(number.trimEnd().length)}${line}`);
  }
  const note =
    pausedUntil === null
      ? null
      : pausedUntil === "open"
        ? text.allPaused
        : text.pausedUntil(all.coming(pausedUntil, options));
  const open = [...list.map(({ id }) => action("sub", id)), ...alerts.map(({ id }) => action("alert", id))].map(
    (opens, n) => ({ text: String(n + 1), action: opens }),
  );
  const rest: Button[] = [
    pausedUntil === null
      ? { text: text.pause, action: action("pauses") }
      : { text: all.pause.resume, action: action("resume") },
  ];
  const title = options.here ? text.titleHere(place) : alerts.length > 0 ? text.titleAll(place) : text.title(place);
  return message(blocks(bold(title), lines(...rows), note === null ? null : html`${note}`), [
    ...numberRows(open),
    [add, addAlert],
    rest,
  ]);
}

/** One digest and everything about it that can be changed, each in one tap. */
export function renderSubscription(view: SubscriptionView, options: SubscriptionOptions): Message {
  const all = textIn(options.language);
  const text = all.subscriptions;
  const { id } = view;
  const line = text.line(
    subscriptionName(view, options),
    ruleText(view.rule, options),
    all.minute(view.minute),
    view.count,
  );
  const traits = [
    view.summaries ? text.summaries.on : text.summaries.off,
    view.silent ? text.silent.on : view.quiet ? quietText(options.language).ring : text.silent.off,
    view.evenEmpty ? text.evenEmpty.on : text.evenEmpty.off,
  ].join(" · ");
  const next = view.next === null ? text.paused : text.next(all.coming(view.next, options));
  return message(
    blocks(
      html`${bold(line)}`,
      lines(wishLine(readWish(view.query), options.language, view.subjectNames), traits, next),
    ),
    [
      [
        { text: text.time, action: action("subtime", id) },
        { text: text.days, action: action("subdays", id) },
        { text: text.count, action: action("subcount", id) },
      ],
      [
        { text: view.summaries ? text.summaries.off : text.summaries.on, action: set(id, "m", !view.summaries) },
        { text: view.silent ? text.silent.off : text.silent.on, action: set(id, "q", !view.silent) },
      ],
      [
        { text: text.wish.subjects, action: action("subwish", id, "s") },
        { text: text.wish.sources, action: action("subwish", id, "o", 1) },
        { text: text.wish.language, action: action("subwish", id, "l") },
      ],
      [{ text: view.evenEmpty ? text.evenEmpty.off : text.evenEmpty.on, action: set(id, "e", !view.evenEmpty) }],
      [
        view.next === null
          ? { text: text.resumeOne, action: set(id, "r", true) }
          : { text: text.pauseOne, action: set(id, "r", false) },
        { text: text.remove, action: action("remove", id) },
      ],
      [{ text: text.back, action: action("subs") }],
    ],
  );
}

/** Hours near the one that it has, and the usual ones; any other is typed. */
export function renderTimes(id: number, minute: number, options: Reading): Message {
  const all = textIn(options.language);
  const near = [-60, -30, 30, 60].map((step) => (minute + step + 1440) % 1440);
  const choices = [...new Set([...near, ...hourChoices])].filter((each) => each !== minute).toSorted((a, b) => a - b);
  const buttons = choices.map((each) => ({ text: all.minute(each), action: action("time", id, each) }));
  return message(lines(all.subscribe.ask, html`${all.subscribe.askTime}`), [
    ...rowsOfThree(buttons),
    [{ text: all.subscriptions.back, action: action("sub", id) }],
  ]);
}

export function renderDays(view: SubscriptionView, options: Reading): Message {
  const all = textIn(options.language);
  const rules = ruleChoices.map((rule) => ({
    text: view.rule === rule ? all.subscriptions.chosen(ruleText(rule, options)) : ruleText(rule, options),
    action: action("rule", view.id, rule),
  }));
  const chosen = daysOf(view.rule);
  const days = [1, 2, 3, 4, 5, 6, 7].map((day) => {
    const on = chosen.includes(day);
    const next = on ? chosen.filter((each) => each !== day) : [...chosen, day].toSorted((a, b) => a - b);
    const name = ruleText(`weekly:${day}`, options).replace(/^(每|every )/, "");
    // The last day cannot be taken away: a digest without a day is a removed one.
    const rule = next.length === 0 ? view.rule : next.length === 7 ? "daily" : `weekly:${next.join()}`;
    return {
      text: on ? all.subscriptions.chosen(name) : name,
      action: action("rule", view.id, rule),
    };
  });
  return message(lines(bold(subscriptionName(view, options)), ruleText(view.rule, options)), [
    rules.slice(0, 2),
    rules.slice(2),
    days.slice(0, 4),
    days.slice(4),
    [{ text: all.subscriptions.back, action: action("sub", view.id) }],
  ]);
}

export function renderCounts(view: SubscriptionView, options: Reading): Message {
  const { subscriptions: text } = textIn(options.language);
  const buttons = countChoices.map((count) => {
    const label = text.countChoice(count);
    return { text: count === view.count ? text.chosen(label) : label, action: action("count", view.id, count) };
  });
  return message(lines(bold(subscriptionName(view, options)), text.countChoice(view.count)), [
    ...rowsOfThree(buttons),
    [{ text: text.back, action: action("sub", view.id) }],
  ]);
}

export function renderRemoveAsk(view: SubscriptionView, options: Reading): Message {
  const { subscriptions: text } = textIn(options.language);
  return message(lines(text.removeAsk(subscriptionName(view, options))), [
    [
      { text: text.removeYes, action: action("removed", view.id) },
      { text: text.keep, action: action("sub", view.id) },
    ],
  ]);
}

/** A bare /subscribe: the usual hours, one tap each; of the days and the subject that were named. */
export function renderSubscribeAsk(options: SubscriptionOptions & { rule?: string; slug?: string }): Message {
  const all = textIn(options.language);
  const text = all.subscribe;
  const { rule, slug = "" } = options;
  const named = rule === undefined ? [] : slug === "" ? [rule] : [rule, slug];
  const hours = hourChoices.map((minute) => ({ text: all.minute(minute), action: action("at", minute, ...named) }));
  const question = options.here ? text.askGroup : text.ask;
  if (rule !== undefined) {
    const gap = options.language === "zh" ? "" : " ";
    const what = [ruleText(rule, options), slug === "" ? "" : subjectName(slug, options.language)].filter(Boolean);
    return message(lines(bold(what.join(all.comma)), `${question}${gap}${text.orType}`), rowsOfThree(hours));
  }
  return message(lines(question), [
    ...rowsOfThree(hours),
    [
      { text: text.workdays(all.minute(480)), action: action("at", 480, "workdays") },
      { text: text.otherTime, action: action("attime") },
    ],
  ]);
}

/** A digest was made: what, when, where; changed or undone with one tap. */
export function renderSubscribed(
  view: SubscriptionView,
  { where, ...options }: SubscriptionOptions & { where: string | null },
): Message {
  const all = textIn(options.language);
  const text = all.subscribe;
  const place = placeName(options.timezone, options.language);
  const rule = ruleText(view.rule, options);
  const time = all.minute(view.minute);
  const name = subscriptionName(view, options);
  const done = where === null ? text.done(name, rule, time, place) : text.doneHere(where, rule, time, place, name);
  const next = view.next === null ? null : text.next(all.coming(view.next, options));
  const gap = options.language === "zh" ? "" : " ";
  return message(blocks(html`${done}`, next === null ? null : html`${next}${gap}${text.sample}`), [
    [
      { text: text.sendSample, action: action("sample", view.id) },
      { text: text.change, action: action("sub", view.id) },
    ],
    [{ text: all.start.undo, action: action("undo", view.id) }],
  ]);
}

/** A fourth in a row would cut "08:00" on a phone. */
function rowsOfThree(buttons: Button[]): Button[][] {
  return Array.from({ length: Math.ceil(buttons.length / 3) }, (_, row) => buttons.slice(row * 3, row * 3 + 3));
}

function daysOf(rule: string): number[] {
  if (rule === "workdays") return [1, 2, 3, 4, 5];
  if (rule.startsWith("weekly:")) return rule.slice(7).split(",").map(Number);
  return rule === "daily" ? [1, 2, 3, 4, 5, 6, 7] : [];
}

function set(id: number, what: "m" | "q" | "e" | "r", on: boolean): string {
  return action("set", id, what, on ? 1 : 0);
}
