import type { TopLine } from "../news/pages.ts";
import { alertText, alertWords } from "../text/alerts.ts";
import { type Reading, textIn, when } from "../text/index.ts";
import { action } from "./action.ts";
import { clip, clipSentences } from "./clip.ts";
import { blocks, bold, html, isWebUrl, italic, lines, link } from "./html.ts";
import { type Button, type Message, message, numberRows } from "./message.ts";

const wordsColumns = 50;
const titleColumns = 120;
const summaryColumns = 220;

export type AlertOptions = Reading & { kind: "private" | "group" | "supergroup" | "channel" };
export type AlertView = { id: number; query: string };

/** An alert's words, short enough for a line. */
export function alertName({ query }: Pick<AlertView, "query">, { language }: Pick<Reading, "language">): string {
  return clip(alertWords(query, language), wordsColumns);
}

/** A story that an alert asked for: whose words, what, who says it. */
export function renderAlert(story: TopLine, alert: AlertView, options: AlertOptions): Message {
  const all = textIn(options.language);
  const text = alertText(options.language);
  const head = lines(text.head(alertName(alert, options)), bold(link(clip(story.title, titleColumns), story.url)));
  const who = italic(`${all.digest.outlets(story.outlets)} · ${when(story.at, options)}`);
  const read: Button[] = story.url !== null && isWebUrl(story.url) ? [{ text: all.story.read, url: story.url }] : [];
  const isPrivate = options.kind === "private";
  const open: Button[] = isPrivate ? [{ text: text.story, action: action("story", story.storyId.toString(36)) }] : [];
  const off: Button[] = isPrivate ? [{ text: text.off, action: action("alertoff", alert.id) }] : [];
  return message(blocks(head, clipSentences(story.summary, summaryColumns), who), [[...read, ...open], off]);
}

/** This hour was full: how many more there were. */
export function renderAlertFull(
  { told, more, end }: { told: number; more: number; end: Date },
  alert: AlertView,
  options: AlertOptions,
): Message {
  const text = alertText(options.language);
  const see: Button = { text: text.see, action: action("missed", alert.id, (end.getTime() / 1000).toString(36)) };
  return message(lines(text.head(alertName(alert, options)), text.full(told, more)), [
    options.kind === "channel" ? [] : [see],
  ]);
}

/** What was kept back while it was quiet, in one message. */
export function renderAlertsKept(
  { stories, all, end }: { stories: readonly TopLine[]; all: number; end: Date },
  alert: AlertView,
  options: AlertOptions,
): Message {
  const text = alertText(options.language);
  const isPrivate = options.kind === "private";
  const off: Button = { text: text.off, action: action("alertoff", alert.id) };
  const see = action("missed", alert.id, (end.getTime() / 1000).toString(36));
  const rest: Button[] = all > stories.length ? [{ text: text.seeAll, action: see }] : [];
  const head = lines(text.head(alertName(alert, options)), bold(text.kept(all, stories.length)));
  return message(blocks(head, lines(...titleRows(stories, options))), [
    ...(isPrivate ? numberRows(openButtons(stories)) : []),
    options.kind === "channel" ? [] : rest,
    isPrivate ? [off] : [],
  ]);
}

/** An alert was made: what it watches, how often that happens. */
export function renderAlertMade(
  alert: AlertView & { count: number },
  { week, token, quiet, ...options }: Reading & { week: string; token: string | null; quiet: string | null },
): Message {
  const text = alertText(options.language);
  const line = text.done(alertName(alert, options), alert.count);
  const waits = quiet === null ? null : text.quiet(quiet);
  const look: Button[] = token === null ? [] : [{ text: text.look, action: action("page", token, 1, "n", 0) }];
  return message(lines(line, waits, week), [[...look, { text: text.undo, action: action("alertgone", alert.id) }]]);
}

/** One alert, and what can be done about it. */
export function renderAlertPage(
  alert: AlertView & { count: number },
  { token, ...options }: Reading & { token: string },
): Message {
  const text = alertText(options.language);
  const all = textIn(options.language).subscriptions;
  return message(lines(bold(text.line(alertName(alert, options), alert.count))), [
    [
      { text: text.look, action: action("page", token, 1, "n", 0) },
      { text: text.remove, action: action("alertgone", alert.id) },
    ],
    [{ text: all.back, action: action("subs") }],
  ]);
}

/** The stories of a full hour. */
export function renderMissed(stories: readonly TopLine[], alert: AlertView, options: AlertOptions): Message {
  const text = alertText(options.language);
  const title = bold(text.missed(alertName(alert, options)));
  const open = options.kind === "private" ? numberRows(openButtons(stories)) : [];
  return message(blocks(title, lines(...titleRows(stories, options))), open);
}

function titleRows(stories: readonly TopLine[], { language }: Pick<Reading, "language">) {
  const { digest } = textIn(language);
  return stories.map(
    ({ title, url }, n) => html`${bold(digest.number(n + 1).trimEnd())} ${link(clip(title, titleColumns), url)}`,
  );
}

function openButtons(stories: readonly TopLine[]): Button[] {
  return stories.map(({ storyId }, n) => ({ text: String(n + 1), action: action("story", storyId.toString(36)) }));
}
