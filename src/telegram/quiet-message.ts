import type { Hours } from "../news/quiet.ts";
import { type Language, textIn } from "../text/index.ts";
import { hoursText, quietText } from "../text/quiet.ts";
import { action } from "./action.ts";
import { blocks, bold, html, lines } from "./html.ts";
import { type Button, type Message, message } from "./message.ts";

/** Hours to tap: ten, eleven, midnight; until seven or eight. */
const choices: readonly Hours[] = [
  { from: 1320, to: 420 },
  { from: 1380, to: 420 },
  { from: 1380, to: 480 },
  { from: 0, to: 480 },
];

export type QuietView = {
  /** What was chosen; the same minute twice is none, null was never asked. */
  hours: Hours | null;
  /** The operator's night, for those who chose nothing. */
  night: Hours;
  breaking: "wait" | "ring" | "none";
  /** The channel that they are of, shown to who set it up; null where they are this chat's own. */
  channel: { id: number; title: string } | null;
};

/** The quiet hours, what they mean for each thing that comes, and others in one tap. */
export function renderQuiet(view: QuietView, { language }: { language: Language }): Message {
  const text = quietText(language);
  const { minute } = textIn(language);
  const { hours, channel } = view;
  const of = channel === null ? [] : [`c${channel.id.toString(36)}`];
  const isOff = hours !== null && hours.from === hours.to;
  const chosen = isOff ? null : hours;
  const breaking = (until: number) =>
    ({ wait: text.breakingWait(minute(until)), ring: text.breakingRing, none: text.breakingNone })[view.breaking];
  const said =
    chosen !== null
      ? lines(text.now(hoursText(chosen)), text.alerts(minute(chosen.to)), text.digests, breaking(chosen.to))
      : html`${isOff ? text.none : text.unset(hoursText(view.night))}`;
  const tap = (label: string, on: boolean, does: string): Button => ({
    text: on ? text.chosen(label) : label,
    action: does,
  });
  const hourButtons = choices.map((each) => {
    const on = chosen !== null && chosen.from === each.from && chosen.to === each.to;
    return tap(hoursText(each), on, action("quietset", each.from, each.to, ...of));
  });
  const title = channel === null ? text.title : text.titleOf(channel.title);
  const rest: Button[] = [
    { text: text.breaking, action: action("fewer", 0) },
    { text: textIn(language).subscriptions.back, action: action("settings", 1) },
  ];
  return message(blocks(bold(title), said), [
    hourButtons.slice(0, 2),
    hourButtons.slice(2),
    [{ text: text.other, action: action("quietask", ...of) }, tap(text.off, isOff, action("quietset", 0, 0, ...of))],
    channel === null ? rest : [],
  ]);
}
