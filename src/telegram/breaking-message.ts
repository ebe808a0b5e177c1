import type { Hours } from "../news/quiet.ts";
import { clockTime } from "../news/schedule.ts";
import { clock, type Language, type Reading, textIn } from "../text/index.ts";
import { action } from "./action.ts";
import { clip } from "./clip.ts";
import { blocks, bold, html, isWebUrl, italic, lines, plainText } from "./html.ts";
import { type Button, codePointsMax, type Message, message } from "./message.ts";

/** Telegram's limit for a picture's caption, with room for a correction's line. */
export const captionCharsMax = 900;
/** Columns of the headline where it only names the item. */
const nameColumns = 40;
const headlineColumns = 75;
/** Outlets that a proposal names. */
const proposalOutletsMax = 6;

/** What readers of one language get; `body` is HTML already, the rest is plain. */
export type Wording = { headline: string; body: string; by: string; at: number | null; note?: string };

export type BreakingCopy = {
  broadcastId: number;
  wording: Wording;
  url: string | null;
  /** What the button opens where clicks are counted; else `url`. */
  read?: string | null;
  photo: string | null;
  /** When it was corrected; null when it never was. */
  correctedAt: Date | null;
  /** Only a private chat has buttons that come back to us. */
  private: boolean;
};

/** A breaking item as its reader gets it: 突发 in the first words, who says so in the last line, one link. */
export function renderBreaking(copy: BreakingCopy, reading: Reading): Message {
  const { wording, url, photo } = copy;
  const text = textIn(reading.language).breaking;
  const corrected =
    copy.correctedAt === null
      ? null
      : italic(text.correction(clock(copy.correctedAt, reading.timezone), wording.note ?? ""));
  const by =
    wording.at === null ? wording.by : text.by(wording.by, clock(new Date(wording.at * 1000), reading.timezone));
  const body = blocks(
    lines(html`🔴 ${bold(text.title(wording.headline))}`, corrected),
    { html: wording.body },
    by === "" ? null : italic(by),
  );
  const read: Button[] = url !== null && isWebUrl(url) ? [{ text: text.read, url: copy.read ?? url }] : [];
  const fewer: Button[] = copy.private ? [{ text: text.fewer, action: action("fewer", copy.broadcastId) }] : [];
  return {
    ...message(body, [read, fewer]),
    preview: photo === null && read.length > 0 ? url : null,
    ...(photo === null ? {} : { photo }),
  };
}

/** A broadcast's text and the language that it is in. */
export type Worded = { text: Wording; language: Language };
/** Who reads a copy: what it looks like depends on nothing else. */
export type CopyReader = { timezone: string; kind: string };
export type Item = Pick<BreakingCopy, "url" | "read" | "photo" | "correctedAt"> & { id: number; createdAt: Date };

/** A broadcast as this reader sees it. */
export function renderCopy({ text, language }: Worded, item: Item, { timezone, kind }: CopyReader): Message {
  const { id: broadcastId, url, read = url, photo, correctedAt, createdAt: now } = item;
  const copy = { broadcastId, wording: text, url, read, photo, correctedAt, private: kind === "private" };
  return renderBreaking(copy, { language, timezone, now });
}

/** What stands in place of a copy that was recalled. */
export function renderWithdrawn(
  { text: wording, language }: Worded,
  { at, note, timezone }: { at: Date; note: Partial<Record<Language, string>>; timezone: string },
): Message {
  const text = textIn(language).breaking;
  const why = note[language] ?? Object.values(note)[0] ?? text.withdrawnWhy;
  return message(lines(bold(text.withdrawn(clock(at, timezone))), text.title(wording.headline), why));
}

/** The short message that answers a corrected or recalled copy. */
export function renderNotice(note: string, language: Language): Message {
  return message(lines(textIn(language).breaking.notice(note)));
}

export type ChoiceShown = { level: "all" | "top" | "none"; silent: boolean; night: "wait" | "ring" };

/** What a reader wants of breaking items, and the taps that change it. */
export function renderChoice(
  choice: ChoiceShown,
  {
    language,
    lastWeek,
    broadcastId,
    hours,
  }: {
    language: Language;
    lastWeek: { all: number; top: number };
    broadcastId: number;
    /** When it is quiet for them; null when it never is. */
    hours: Hours | null;
  },
): Message {
  const text = textIn(language).breaking.choice;
  const span = hours === null ? "" : `${clockTime(hours.from)}–${clockTime(hours.to)}`;
  const night = choice.night === "ring" || hours === null ? text.night.ring : text.night.wait(span);
  const now = [
    text.levels[choice.level],
    ...(choice.level === "none" ? [] : [choice.silent ? text.silent : null, night]),
  ].filter((part) => part !== null);
  const button = (what: string, label: string, chosen: boolean): Button => ({
    text: chosen ? text.chosen(label) : label,
    action: action("brk", what, broadcastId),
  });
  const level = (name: ChoiceShown["level"]) => button(name, text.levels[name], choice.level === name);
  return message(
    blocks(lines(bold(text.title), text.lastWeek(lastWeek.all, lastWeek.top)), text.now(now.join(text.comma))),
    [
      [level("all"), level("top")],
      [button(choice.silent ? "ring" : "silent", text.silent, choice.silent), level("none")],
      [
        button("wait", text.nightButtons.wait, choice.night === "wait"),
        button("night", text.nightButtons.ring, choice.night === "ring"),
      ],
    ],
  );
}

/** How long a wording is, as its reader sees it, and how long it may be. */
export function breakingSize(copy: BreakingCopy, reading: Reading): { chars: number; most: number } {
  const chars = [...plainText(renderBreaking(copy, reading).html)].length;
  return { chars, most: copy.photo === null ? codePointsMax : captionCharsMax };
}

/** A headline where it only names the item. */
export function breakingName(headline: string): string {
  return clip(headline, nameColumns);
}

/** A story that suddenly grows, so that an editor can judge in five seconds. */
export function renderProposal(
  rush: { storyId: number; title: string; minutes: number; told: readonly { source: string; at: Date }[] },
  reading: Reading,
): Message {
  const all = textIn(reading.language);
  const text = all.breaking.proposal;
  const told = rush.told
    .slice(0, proposalOutletsMax)
    .map((each) => `${each.source} ${clock(each.at, reading.timezone)}`);
  const id = rush.storyId.toString(36);
  return message(
    lines(
      bold(text.title),
      text.line(clip(rush.title, headlineColumns), rush.told.length, rush.minutes),
      told.join(all.comma),
    ),
    [
      [
        { text: text.preview, action: action("bnew", id) },
        { text: text.story, action: action("story", id) },
      ],
      [{ text: text.quiet, action: action("bquiet", id) }],
    ],
  );
}
