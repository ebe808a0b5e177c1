import { clock, type Reading, textIn } from "../text/index.ts";
import { placeName, placesToTap } from "../text/places.ts";
import { action } from "./action.ts";
import { blocks, html, lines } from "./html.ts";
import { type Button, type Message, message } from "./message.ts";

/** The hour that the one tap subscribes to. */
export const firstMinute = 480;

export type StartOptions = Reading & {
  /** Whose time the reader likely lives by; null asks with cities. */
  guess: string | null;
  /** Words that the news of now has, to try a search with. */
  examples: readonly string[];
  /** The hour to offer, when a link brought the reader here. */
  minute: number;
};

/** The first message: what this is, and the one question, answered with one tap. */
export function renderStart(options: StartOptions): Message {
  const { start: text, comma } = textIn(options.language);
  const { guess, minute, language, now } = options;
  const said = [html`${text.what}`, html`${text.search(options.examples.join(comma))}`] as const;
  const last: Button[] = [
    { text: text.first, action: action("first") },
    { text: text.otherLanguage, action: action("lang", language === "zh" ? "en" : "zh", "s") },
  ];
  if (guess !== null) {
    const question = text.zoneGuess(clock(now, guess), placeName(guess, language));
    const yes = text.yes(textIn(language).minute(minute));
    return message(blocks(...said, html`${question}`), [
      [{ text: yes, action: action("go", minute, guess) }],
      [
        { text: text.otherTime, action: action("times", guess) },
        { text: text.otherZone, action: action("zones", minute) },
      ],
      last,
    ]);
  }
  return message(blocks(...said, html`${text.zoneAsk}`), [...zoneButtons(options, minute), last]);
}

/** The clock and the city, two a row: tapping the right one answers both where and when. */
export function zoneButtons({ language, now }: Reading, minute: number | null): Button[][] {
  const places = placesToTap(language, now).map(({ timezone, name, time }) => ({
    text: `${time} ${name}`,
    action: minute === null ? action("zone", timezone) : action("go", minute, timezone),
  }));
  const all: Button[] = [...places, { text: textIn(language).start.other, action: action("zones", minute ?? "x") }];
  return Array.from({ length: Math.ceil(all.length / 2) }, (_, row) => all.slice(row * 2, row * 2 + 2));
}

/** Subscribed with one tap; today's digest follows at once, unless the reader saw it before. */
export function renderStarted(
  started: { subscriptionId: number; next: string; place: string; rule: string; todays: boolean },
  { language }: Pick<Reading, "language">,
): Message {
  const text = textIn(language).start;
  const { subscriptionId: id } = started;
  const row: Button[] = [
    { text: text.changeTime, action: action("subtime", id) },
    { text: text.workdaysOnly, action: action("rule", id, "workdays", "s") },
    { text: text.undo, action: action("undo", id) },
  ];
  const line = text.confirm(started.next, started.place, started.rule);
  return message(lines(line, started.todays && text.todays), [row]);
}

/** Silence towards members: one line, one button, for those who may set it up. */
export function renderGroupStart({ language }: Pick<Reading, "language">): Message {
  const text = textIn(language).start;
  return message(lines(text.groupWhat), [[{ text: text.groupSetUp, action: action("setup") }]]);
}
