import type { Reason } from "../news/edition.ts";
import type { StoryPage } from "../news/pages.ts";
import { alertText } from "../text/alerts.ts";
import { feedbackText } from "../text/feedback.ts";
import { moment, type Reading, reasonWord, span, textIn } from "../text/index.ts";
import { action } from "./action.ts";
import { clip, clipSentences } from "./clip.ts";
import { blocks, bold, type Html, html, isWebUrl, italic, lines, link } from "./html.ts";
import { type Button, fits, type Message, message } from "./message.ts";

const titleColumns = 120;
const summaryColumns = 420;
const momentColumns = 75;
const lineColumns = 75;
const momentsMax = 8;
const reportersMax = 4;
const relatedMax = 3;
const topMax = 2;

/** Where a page was opened from, as its back button remembers it: d digest, t top, s search. */
export type From = "d" | "t" | "s";

export type StoryOptions = Reading & {
  kind: "private" | "group" | "supergroup" | "channel";
  /** null when the page stands alone. */
  from: { kind: From; token?: string; page?: number } | null;
  /** The name that an alert may be made on, behind its token; null without. */
  bell?: { word: string; token: string } | null;
  /** What the reader said of it: 1, -1 or 0. */
  vote?: number;
  /** 👎 was pressed just now: why? */
  asksWhy?: boolean;
};

/** A story's page: what it is, how it went, who says so, what belongs to it, what else matters. */
export function renderStory(story: StoryPage, options: StoryOptions): Message {
  const numbered = [...story.related.slice(0, relatedMax), ...story.top.slice(0, topMax)];
  const page = (details: Details) => blocks(...storyBlocks(story, options, details));
  const tries: Details[] = [
    { moments: momentsMax, summary: summaryColumns, links: true },
    { moments: momentsMax, summary: summaryColumns, links: false },
    { moments: 3, summary: summaryColumns / 2, links: false },
  ];
  const chosen = tries.map(page).find((body) => fits(body.html)) ?? page(tries.at(-1)!);
  return message(chosen, storyButtons(story, numbered, options));
}

type Details = { moments: number; summary: number; links: boolean };

function storyBlocks(story: StoryPage, options: StoryOptions, details: Details): Html[] {
  const text = textIn(options.language).story;
  const counts = `${text.counts(story.outlets, story.articles)} · ${span(story.first, story.last, options)}`;
  const head = lines(bold(clip(story.title, titleColumns)), italic(counts));
  const found = [head];
  if (story.summary !== "") found.push(html`${clipSentences(story.summary, details.summary)}`);
  // One moment is no course of events.
  if (story.timeline.length > 1) {
    const last = story.timeline.slice(-details.moments);
    const gap = options.language === "zh" ? "　" : "  ";
    const rows = last.map(({ at, what }) => html`${moment(at, options)}${gap}${clip(what, momentColumns)}`);
    found.push(lines(bold(text.timeline), ...rows));
  }
  if (story.reporters.length > 0) found.push(reporters(story, options));
  return [...found, ...lists(story, options, details)];
}

function reporters(story: StoryPage, options: StoryOptions): Html {
  const all = textIn(options.language);
  const text = all.story;
  if (story.reporters.every((each) => each.url === null) && story.reporters.length === 1) {
    return html`${text.from(story.reporters[0]!.name)}`;
  }
  const named = story.reporters.slice(0, reportersMax).map((each) => {
    const foreign = each.language !== story.language ? (text.languages[each.language] ?? each.language) : null;
    const carriers = each.carriers > 0 ? text.carriers(each.carriers) : "";
    return html`${link(clip(each.name, lineColumns), each.url)}${foreign === null ? "" : text.inLanguage(foreign)}${carriers}`;
  });
  const rest = story.reporters.length - named.length;
  const more = rest > 0 ? `${options.language === "zh" ? "，" : ", "}${text.more(rest)}` : "";
  const list = named.map((each) => each.html).join(all.comma);
  return lines(bold(text.reporters), html`${{ html: list }}${more}`);
}

function lists(story: StoryPage, options: StoryOptions, details: Details): Html[] {
  const text = textIn(options.language);
  const found: Html[] = [];
  const related = story.related.slice(0, relatedMax);
  const numbered = options.kind === "private";
  const mark = (n: number) => (numbered ? html`${bold(text.digest.number(n).trimEnd())} ` : html`· `);
  const titled = (title: string, url: string | null) => link(clip(title, lineColumns), details.links ? url : null);
  if (related.length > 0) {
    const rows = related.map(({ title, url, reason }, n) => {
      const why = reason === null ? "" : text.digest.reason(reasonWord(clipped(reason), options.language));
      return html`${mark(n + 1)}${titled(title, url)}${why}`;
    });
    found.push(lines(bold(text.story.related), ...rows));
  }
  const top = story.top.slice(0, topMax);
  if (top.length > 0) {
    const rows = top.map(({ title, url }, n) => html`${mark(related.length + n + 1)}${titled(title, url)}`);
    found.push(lines(bold(text.story.top), ...rows));
  }
  return found;
}

function clipped(reason: Reason): Reason {
  return reason.kind === "also" ? { ...reason, name: clip(reason.name, 24) } : reason;
}

function storyButtons(story: StoryPage, numbered: { storyId: number }[], options: StoryOptions): Button[][] {
  const text = textIn(options.language).story;
  const read: Button[] = story.url !== null && isWebUrl(story.url) ? [{ text: text.read, url: story.url }] : [];
  if (options.kind !== "private") return [read, backRow(options)];
  const share = `https://t.me/share/url?${new URLSearchParams({ url: story.url ?? "", text: story.title })}`;
  const onward = numbered.map(({ storyId }, n) => ({
    text: String(n + 1),
    action: action("story", storyId.toString(36), ...fromArgs(options)),
  }));
  const { bell = null, language } = options;
  const alert: Button[] =
    bell === null ? [] : [{ text: alertText(language).about(clip(bell.word, 24)), action: action("bell", bell.token) }];
  const shared: Button[] = read.length > 0 ? [{ text: text.share, url: share }] : [];
  return [onward, [...read, ...shared], alert, ...opinionRows(story, options), backRow(options)];
}

/** 👍 and 👎; after 👎 the reasons in their place. */
function opinionRows({ storyId }: StoryPage, options: StoryOptions): Button[][] {
  const text = feedbackText(options.language);
  const id = storyId.toString(36);
  const rest = fromArgs(options);
  if (options.asksWhy === true) {
    const reasons = Object.entries(text.reasons).map(([reason, label]) => ({
      text: label,
      action: action("because", id, reason, ...rest),
    }));
    return [reasons.slice(0, 2), reasons.slice(2)];
  }
  const mark = (label: string, on: boolean) => (on ? text.chosen(label) : label);
  return [
    [
      { text: mark("👍", options.vote === 1), action: action("like", id, ...rest) },
      { text: mark("👎", options.vote === -1), action: action("dislike", id, ...rest) },
    ],
  ];
}

function backRow(options: StoryOptions): Button[] {
  if (options.from === null) return [];
  const label = textIn(options.language).story.back[options.from.kind]!;
  return [{ text: label, action: action("back", ...fromArgs(options)) }];
}

function fromArgs({ from }: StoryOptions): string[] {
  if (from === null) return [];
  return from.token === undefined ? [from.kind] : [from.kind, from.token, String(from.page ?? 1)];
}
