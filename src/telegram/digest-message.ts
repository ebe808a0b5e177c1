import type { Edition, EditionStory, RelatedLine, Update } from "../news/edition.ts";
import {
  clock,
  editionName,
  fullDay,
  type Language,
  localTime,
  type Reading,
  shortDate,
  textIn,
  when,
  whenNamed,
  whoAndWhen,
} from "../text/index.ts";
import { action } from "./action.ts";
import { clip, clipSentences, ended } from "./clip.ts";
import { digestRows, fewStoriesMax } from "./digest-buttons.ts";
import { bold, type Html, html, italic, lines, link } from "./html.ts";
import { type Button, type Message, message } from "./message.ts";
import { splitBetween } from "./split.ts";
import { subscriptionName } from "./subscription-message.ts";

/** Columns on a phone: a Chinese character takes two (34 of them, or 75 Latin ones). */
export const headlineColumns = 75;
export const summaryColumns = 110;
/** The headline that was told before: enough to know it again. */
const toldColumns = 50;
const nameColumns = 24;
/** Below so many minutes nobody calls it late. */
const lateMinutesMin = 10;
/** Told stories of a usual digest, and how many related lines the first, second, … carries. */
const toldMax = 3;
const relatedMax = [2, 1, 1];

export type DigestOptions = {
  language: Language;
  /** Where it is read: only a private chat has buttons that come back to us. */
  kind: "private" | "group" | "supergroup" | "channel";
  botUsername: string;
  /** What the settings button opens; null when nothing was subscribed yet. */
  subscriptionId: number | null;
  /** What it is about, as its subscription says: 科技早报 in place of 早报. */
  query?: string;
  /** Among the first three that this reader gets: a line explains the numbers. */
  firstDigests?: boolean;
  /** Somebody asked for it now. */
  asked?: boolean;
  /** The very first one: there is no last one that it could follow. */
  first?: boolean;
  /** The reader wants a line also when nothing is new. */
  evenEmpty?: boolean;
};

/** One part of a digest, and the articles that its reader has had once it arrived. */
export type DigestMessage = Message & { articleIds: number[] };

/** The messages of one digest, in order: nearly always one; more when a reader asked for more than fits in one. */
export function renderDigest(edition: Edition, options: DigestOptions): DigestMessage[] {
  if (edition.stories.length === 0) return [{ ...renderNothing(edition, options), articleIds: [] }];
  const text = textIn(options.language).digest;
  const told = edition.summaries ? toldOf(edition) : 0;
  const notes = [
    lateLine(edition, options),
    missedLine(edition, options),
    dayLine(edition, options),
    slowLine(edition, options),
  ];
  const items = edition.stories.map((story, n) => ({
    story,
    full: n < told ? toldBlock(story, n, edition, options) : headlineLine(story, n, options),
    plain: n < told ? toldBlock({ ...story, related: withoutUrls(story.related) }, n, edition, options) : undefined,
    tight: n >= told,
  }));
  const footer = options.kind === "private" && options.firstDigests === true ? italic(text.footer) : null;
  const parts = splitBetween(items, {
    first: lines(heading(edition, options), ...notes),
    again: (part, of) => html`${heading(edition, options)}${text.part(part, of)}`,
    tightTitle: told > 0 ? bold(text.also) : null,
    last: footer,
  });
  const numbers = new Map(edition.stories.map((story, n) => [story, n + 1]));
  return parts.map(({ body, items: own }, n) => {
    const numbered = own.map(({ story }) => ({ story, number: numbers.get(story) ?? 0 }));
    const rows = buttons(numbered, { ...options, isLast: n === parts.length - 1, few: edition.stories.length });
    return { ...message(body, rows), articleIds: own.flatMap(({ story }) => story.articleIds) };
  });
}

/** 早报, 科技晚报: by the hour it is for, in the reader's zone; the sign beside it goes by the same hour. */
function digestName(edition: Edition, { language, query = "" }: DigestOptions): string {
  const { at, timezone, subjectNames = {} } = edition;
  return subscriptionName({ minute: localTime(at, timezone).hour * 60, query, subjectNames }, { language });
}

function heading(edition: Edition, options: DigestOptions): Html {
  const text = textIn(options.language).digest;
  const day = fullDay(edition.at, readingOf(edition, options));
  const rest = edition.stories.length === 0 ? text.titleBare(day) : text.title(day, edition.stories.length);
  return html`${sign(edition)} ${bold(digestName(edition, options))}${rest}`;
}

/** The one emoji, so that the chat list can be scanned. */
function sign(edition: Edition): string {
  const name = editionName(localTime(edition.at, edition.timezone).hour);
  return { morning: "☀️", midday: "☀️", afternoon: "⛅️", evening: "🌙" }[name];
}

function toldBlock(story: EditionStory, n: number, edition: Edition, options: DigestOptions): Html {
  const text = textIn(options.language).digest;
  const title = link(clip(story.title, headlineColumns), story.url);
  return lines(
    bold(html`${text.number(n + 1)}${story.update === null ? "" : text.updated}${title}`),
    story.update === null
      ? clipSentences(story.summary, summaryColumns)
      : updateLine(story.update, readingOf(edition, options)),
    italic(html`${whoAndWhen(story, readingOf(edition, options))}`),
    ...story.related.slice(0, relatedMax[n] ?? 0).map((related) => relatedLine(related, readingOf(edition, options))),
  );
}

function headlineLine(story: EditionStory, n: number, options: DigestOptions): Html {
  const text = textIn(options.language).digest;
  const number = text.number(n + 1);
  const mark = story.update === null ? "" : text.updated;
  return html`${bold(number.trimEnd())}${number.slice(number.trimEnd().length)}${mark}${link(clip(story.title, headlineColumns), story.url)}`;
}

function updateLine(update: Update, reading: Reading): Html {
  const text = textIn(reading.language).digest;
  const told = lastHeard(update, reading);
  const gap = reading.language === "zh" || told === "" ? "" : " ";
  return html`${bold(text.newPart.trimEnd())}${reading.language === "zh" ? "" : " "}${ended(
    clipSentences(update.sentence, summaryColumns),
    reading.language,
  )}${gap}${told}`;
}

/** What the reader last heard of it: the number, else the headline. */
function lastHeard({ lastTold, lastTitle, lastAt }: Update, reading: Reading): string {
  const text = textIn(reading.language).digest;
  if (lastTold !== null) return text.lastTold(lastTold, lastAt, reading);
  // It stands in quotation marks itself.
  const title = lastTitle?.replaceAll("“", "‘").replaceAll("”", "’");
  return title === undefined ? "" : text.lastTitle(clip(title, toldColumns), lastAt, reading);
}

function relatedLine({ title, url, reason }: RelatedLine, reading: Reading): Html {
  const text = textIn(reading.language).digest;
  const why = {
    also: () => (reason.kind === "also" ? text.reasonAlso(clip(reason.name, nameColumns)) : ""),
    background: () => (reason.kind === "background" ? text.reasonBackground(shortDate(reason.at, reading)) : ""),
    later: () => (reason.kind === "later" ? text.reasonLater(laterTime(reason.at, reading)) : ""),
    "same-story": () => text.reasonSame,
  }[reason.kind]();
  return html`└ ${link(clip(title, headlineColumns), url)}${text.reason(why)}`;
}

/** A later report's clock; its day too when that is neither today nor yesterday. */
function laterTime(at: Date, reading: Reading): string {
  const shown = when(at, reading);
  return /\d\d:\d\d$/.test(shown) ? clock(at, reading.timezone) : shown;
}

function lateLine(edition: Edition, options: DigestOptions): string | null {
  if (edition.lateMinutes < lateMinutesMin) return null;
  return textIn(options.language).digest.late(edition.lateMinutes, clock(edition.at, edition.timezone));
}

/** What was promised and did not come is said, once. */
function missedLine(edition: Edition, options: DigestOptions): string | null {
  if (edition.missedAt === null) return null;
  const { digest } = textIn(options.language);
  const missed = whenNamed(edition.missedAt, readingOf(edition, options));
  return edition.stories.length > 0 ? digest.missed(missed) : digest.missedBare(missed);
}

function dayLine(edition: Edition, options: DigestOptions): string | null {
  if (edition.newestDay === null) return null;
  return textIn(options.language).digest.newestDay(shortDate(edition.newestDay, readingOf(edition, options)));
}

function slowLine(edition: Edition, options: DigestOptions): string | null {
  const found = edition.stories.length;
  if (edition.newestDay !== null || found > fewStoriesMax || found >= edition.count) return null;
  const text = textIn(options.language).digest;
  if (options.asked === true && options.first !== true && edition.since !== null) return text.onlyNew(found);
  return fewSourcesLine(edition, options) ?? text.slow(found);
}

/** That a digest is short, or empty, because hardly anybody tells news in its language. */
function fewSourcesLine({ fewSources, stories }: Edition, { language }: DigestOptions): string | null {
  if (fewSources == null) return null;
  // Of one or two sources nothing new is nothing unusual.
  if (stories.length === 0 && fewSources.sources > 0) return null;
  const told = { sources: fewSources.sources, stories: stories.length };
  return textIn(language).digest.fewSources(fewSources.language, told);
}

function renderNothing(edition: Edition, options: DigestOptions): Message {
  const text = textIn(options.language).digest;
  const since = edition.since === null ? null : when(edition.since, readingOf(edition, options));
  const few = fewSourcesLine(edition, options);
  if (options.asked === true) {
    const line = few ?? (since === null ? text.nothingYet : text.nothingAsked(since));
    const again: Button[] = since === null ? [] : [{ text: text.todayAgain, action: action("again") }];
    return message(
      lines(heading(edition, options), line),
      inPrivate(options, [[...again, { text: text.top, action: action("top") }]]),
    );
  }
  const line = few ?? (since === null ? text.nothingYet : text.nothing(since));
  const wanted = options.evenEmpty === true;
  const missed = missedLine(edition, options);
  const choice: Button[] =
    options.subscriptionId === null
      ? []
      : [
          {
            text: wanted ? text.silentWhenEmpty : text.tellWhenEmpty,
            action: action("empty", options.subscriptionId, wanted ? 0 : 1),
          },
        ];
  return message(
    lines(heading(edition, options), missed, line, wanted ? null : text.quietFromNow),
    inPrivate(options, [[{ text: text.topAnyway, action: action("top") }, ...choice]]),
  );
}

type Numbered = { story: EditionStory; number: number };

function buttons(numbered: Numbered[], options: DigestOptions & { isLast: boolean; few: number }): Button[][] {
  const text = textIn(options.language).digest;
  if (options.kind !== "private") {
    const minute = options.subscriptionId === null ? "start" : `sub_${options.subscriptionId.toString(36)}`;
    const url = `https://t.me/${options.botUsername}?start=${minute}`;
    return options.isLast ? [[{ text: text.subscribePrivately, url }]] : [];
  }
  const stories = numbered.map(({ story, number }) => ({ id: story.storyId.toString(36), number }));
  const settings = options.subscriptionId === null ? action("settings") : action("sub", options.subscriptionId);
  const few = options.few <= fewStoriesMax;
  const rest: Button[] = [
    { text: few ? text.top : text.moreTop, action: action("top") },
    { text: text.settings, action: settings },
  ];
  return digestRows(stories, options.isLast ? rest : []);
}

function inPrivate(options: DigestOptions, rows: Button[][]): Button[][] {
  return options.kind === "private" ? rows : [];
}

/** A reader who asked for many is told more of them. */
function toldOf(edition: Edition): number {
  return edition.count > 10 ? toldMax + 2 : toldMax;
}

function withoutUrls(related: RelatedLine[]): RelatedLine[] {
  return related.map((line) => ({ ...line, url: null }));
}

function readingOf(edition: Edition, options: DigestOptions): Reading {
  return { language: options.language, timezone: edition.timezone, now: edition.at };
}
