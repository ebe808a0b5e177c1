import { feedbackText, type Reason } from "../text/feedback.ts";
import { type Reading, textIn } from "../text/index.ts";
import { statsText } from "../text/stats.ts";
import { action } from "./action.ts";
import { clip } from "./clip.ts";
import { blocks, bold, html, lines, link } from "./html.ts";
import { type Message, message, numberRows } from "./message.ts";

const titleColumns = 75;

export type StatsView = {
  days: number;
  sums: { up: number; down: number; reasons: Partial<Record<Reason, number>>; clicks: number };
  /** Those of which readers said most, in that order. */
  stories: readonly {
    storyId: number;
    title: string;
    url: string | null;
    up: number;
    down: number;
    clicks: number;
  }[];
  hours: number;
  /** Digests a second. */
  rate: number;
  /** The fullest minutes to come, in order of time. */
  minutes: readonly { at: Date; digests: number }[];
  /** Clicks are counted here. */
  counts: boolean;
};

/** What readers think of what they got, and how long what they will get takes: for those who run the bot. */
export function renderStats(view: StatsView, reading: Reading): Message {
  const all = textIn(reading.language);
  const text = statsText(reading.language);
  const sumsOf = ({ up, down, clicks }: { up: number; down: number; clicks: number }) =>
    text.sums(all.number(up), all.number(down), view.counts ? all.number(clicks) : null);
  const stories = view.stories.map((story, n) =>
    lines(
      html`${bold(all.digest.number(n + 1).trimEnd())} ${link(clip(story.title, titleColumns), story.url)}`,
      sumsOf(story),
    ),
  );
  const minutes = view.minutes.map(({ at, digests }) =>
    text.minute(all.coming(at, reading), all.number(digests), digests / view.rate),
  );
  const open = view.stories.map(({ storyId }, n) => ({
    text: String(n + 1),
    action: action("story", storyId.toString(36)),
  }));
  const isQuiet = view.stories.length === 0;
  return message(
    blocks(
      lines(bold(text.readers(view.days)), isQuiet ? text.nothing : sumsOf(view.sums), reasonsOf(view, reading)),
      lines(...stories),
      lines(
        bold(text.minutes(view.hours, all.number(view.rate))),
        ...(minutes.length === 0 ? [text.noMinutes] : minutes),
      ),
    ),
    numberRows(open),
  );
}

function reasonsOf({ sums }: StatsView, { language }: Reading): string | null {
  const words = feedbackText(language);
  const { number } = textIn(language);
  const reasons = (Object.keys(words.reasons) as Reason[]).flatMap((reason) => {
    const n = sums.reasons[reason] ?? 0;
    return n === 0 ? [] : [`${words.reasons[reason]} ${number(n)}`];
  });
  return reasons.length === 0 ? null : reasons.join(words.list);
}
