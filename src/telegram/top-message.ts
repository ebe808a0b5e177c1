import type { Day } from "../news/day.ts";
import type { TopLine, TopPage } from "../news/pages.ts";
import { deskText } from "../text/desk.ts";
import { feedbackText } from "../text/feedback.ts";
import { fullDay, type Reading, shortDate, textIn, whoAndWhen } from "../text/index.ts";
import { action } from "./action.ts";
import { clip, clipSentences } from "./clip.ts";
import { blocks, bold, type Html, html, italic, lines, link } from "./html.ts";
import { type Button, fits, type Message, message, numberRows } from "./message.ts";

const titleColumns = 75;
const summaryColumns = 110;
const toldMax = 3;

export type TopOptions = Reading & {
  kind: "private" | "group" | "supergroup" | "channel";
  /** The subject or source that it is about, and what a button needs to show it again. */
  about?: { name: string; args: readonly string[] } | undefined;
  /** Of that day instead of now. */
  day?: Day | null;
  /** These were pushed today and are looked at again. */
  again?: boolean;
  /** The reader has a digest already: no need to offer one. */
  subscribed: boolean;
};

/** What matters now: looking at it counts as nothing, so a digest repeats it. */
export function renderTop(top: TopPage, options: TopOptions): Message {
  const body = (links: boolean, told: number) =>
    blocks(topHead(top, options), ...toldStories(top, options, links, told), rest(top, options, links, told));
  const tries = [body(true, toldMax), body(false, toldMax), body(false, 0)];
  const chosen = tries.find((each) => fits(each.html)) ?? tries.at(-1)!;
  return message(chosen, topButtons(top, options));
}

/** No news at all: why, to each in their role. */
export function renderNoNews(state: { sources: number; admin: boolean; private: boolean }, options: Reading): Message {
  const text = textIn(options.language).top;
  const desk = deskText(options.language);
  const line = state.sources > 0 ? text.noNewsYet : state.admin ? desk.none : text.noNews;
  const starter = { text: desk.starter, action: action("starter") };
  const wait = { text: feedbackText(options.language).tellMe, action: action("wait") };
  const daily = { text: text.daily, action: action("at", 480) };
  const offer: Button[] = !state.private ? [] : !state.admin ? [wait, daily] : state.sources === 0 ? [starter] : [];
  return message(lines(line), [offer]);
}

/** A subject that nobody knows, or one without news: those that there are. */
export function renderSubjects(
  line: string,
  subjects: readonly { slug: string; nameZh: string; nameEn: string }[],
  { language }: Reading,
): Message {
  const buttons = subjects.map(({ slug, nameZh, nameEn }) => ({
    text: language === "zh" ? nameZh : nameEn,
    action: action("top", 0, slug),
  }));
  const rows = Array.from({ length: Math.ceil(buttons.length / 3) }, (_, n) => buttons.slice(n * 3, n * 3 + 3));
  return message(lines(line), rows);
}

/** There are news, but none in the language that the reader chose. */
export function renderOtherLanguage({ language }: Reading): Message {
  const text = textIn(language);
  return message(lines(text.top.otherLanguage), [[{ text: text.language.news.both, action: action("news", "both") }]]);
}

function topHead(top: TopPage, options: TopOptions): Html {
  const { about, day = null, again = false } = options;
  const text = textIn(options.language).top;
  const old = top.newestDay === null ? null : text.newestDay(shortDate(top.newestDay, options));
  const [all, of] = day === null ? [text.title, text.titleOf] : [text.titleThen, text.titleThenOf];
  const title = again ? text.again : about === undefined ? all : of(about.name);
  return lines(html`🔥 ${bold(title)} ${fullDay(day?.from ?? options.now, options)}`, old);
}

function toldStories(top: TopPage, options: TopOptions, links: boolean, told: number): Html[] {
  const text = textIn(options.language).digest;
  return top.stories
    .slice(0, told)
    .map((story, n) =>
      lines(
        bold(html`${text.number(n + 1)}${titled(story, links)}`),
        clipSentences(story.summary, summaryColumns),
        italic(whoAndWhen(story, options)),
      ),
    );
}

function rest(top: TopPage, options: TopOptions, links: boolean, told: number): Html | null {
  const text = textIn(options.language).digest;
  const others = top.stories.slice(told);
  if (others.length === 0) return null;
  const rows = others.map((story, n) => {
    const number = text.number(told + n + 1);
    return html`${bold(number.trimEnd())}${number.slice(number.trimEnd().length)}${titled(story, links)}`;
  });
  return lines(told > 0 && bold(text.also), ...rows);
}

function titled({ title, url }: TopLine, links: boolean): Html {
  return link(clip(title, titleColumns), links ? url : null);
}

function topButtons(top: TopPage, options: TopOptions): Button[][] {
  if (options.kind === "channel") return [];
  const text = textIn(options.language);
  const open = top.stories.map(({ storyId }, n) => ({
    text: String(n + 1),
    action: action("story", storyId.toString(36), "t"),
  }));
  const isPrivate = options.kind === "private";
  const offer: Button[] = isPrivate && !options.subscribed ? [{ text: text.top.daily, action: action("at", 480) }] : [];
  if (options.again === true) return numberRows(open);
  const refresh = { text: text.top.refresh, action: action("top", 1, ...(options.about?.args ?? [])) };
  // A day that is over stays as it is.
  const again = (options.day ?? null) === null ? [refresh] : [];
  return [...numberRows(open), [...again, ...offer]];
}
