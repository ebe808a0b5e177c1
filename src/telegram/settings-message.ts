import type { Hours } from "../news/quiet.ts";
import { clock, type Language, type Reading, shortDate, textIn } from "../text/index.ts";
import { placeName } from "../text/places.ts";
import { hoursText, quietText } from "../text/quiet.ts";
import { action } from "./action.ts";
import { blocks, bold, code, html, lines } from "./html.ts";
import { type Button, type Message, message } from "./message.ts";
import { zoneButtons } from "./start-message.ts";
import { ruleText, type SubscriptionView, subscriptionName } from "./subscription-message.ts";

export type NewsLanguages = Language | "both";
export type SettingsView = {
  newsLanguages: NewsLanguages;
  subscriptions: SubscriptionView[];
  /** Quiet hours; the same minute twice is none, null was never chosen. */
  quiet: Hours | null;
  /** A private chat; groups have fewer of them. */
  private: boolean;
};

/** Everything on one screen, each thing one tap away. */
export function renderSettings(view: SettingsView, options: Reading): Message {
  const all = textIn(options.language);
  const text = all.settings;
  const quiet = quietText(options.language);
  const { language, timezone, now } = options;
  const list = view.subscriptions
    .map((each) => `${subscriptionName(each, options)} ${ruleText(each.rule, options)} ${all.minute(each.minute)}`)
    .join(all.comma);
  const rows = [
    text.language(all.language.names[language], all.language.news[view.newsLanguages]),
    text.zone(placeName(timezone, language), clock(now, timezone)),
    text.digests(list === "" ? text.noDigests : list),
    quiet.line(view.quiet === null || view.quiet.from === view.quiet.to ? quiet.lineNone : hoursText(view.quiet)),
  ];
  const more: Button[] = view.private ? [{ text: text.channelButton, action: action("channel") }] : [];
  return message(blocks(html`⚙️ ${bold(text.title)}`, lines(...rows)), [
    [
      { text: text.languageButton, action: action("langs") },
      { text: text.zoneButton, action: action("zones", "x") },
    ],
    [
      { text: text.digestsButton, action: action("subs") },
      { text: text.pauseButton, action: action("pauses") },
    ],
    [
      { text: all.breaking.choice.button, action: action("fewer", 0) },
      { text: quiet.button, action: action("quiet") },
    ],
    [...more, { text: text.privacyButton, action: action("privacy") }],
  ]);
}

export function renderLanguages(view: Pick<SettingsView, "newsLanguages">, options: Reading): Message {
  const text = textIn(options.language).language;
  const mark = (on: boolean, label: string) => (on ? text.chosen(label) : label);
  const faces: Button[] = (["zh", "en"] as const).map((each) => ({
    text: mark(options.language === each, text.names[each]),
    action: action("lang", each),
  }));
  const news: Button[] = (["zh", "en", "both"] as const).map((each) => ({
    text: mark(view.newsLanguages === each, text.news[each]),
    action: action("news", each),
  }));
  return message(lines(text.ask), [faces, news]);
}

export function renderZoneAsk(options: Reading, minute: number | null): Message {
  const rows = zoneButtons(options, minute).map((row) => row.filter((button) => !isOther(button)));
  return message(lines(textIn(options.language).zone.ask), rows);
}

/** The local time to check, and the way back when it is wrong. */
export function renderZoneSet(
  place: string,
  { here, moved, ...options }: Reading & { here: boolean; moved: boolean },
): Message {
  const text = textIn(options.language).zone;
  const time = clock(options.now, options.timezone);
  return message(lines(here ? text.setHere(time, place) : text.set(time, place), moved && text.moved), [
    [{ text: text.wrong, action: action("zones", "x") }],
  ]);
}

export function renderZoneChoice(
  words: string,
  places: { timezone: string; name: string }[],
  { minute, ...options }: Reading & { minute: number | null },
): Message {
  const rows: Button[][] = places.map(({ timezone, name }) => [
    {
      text: `${clock(options.now, timezone)} ${name}`,
      action: minute === null ? action("zone", timezone) : action("go", minute, timezone),
    },
  ]);
  return message(lines(textIn(options.language).zone.which(words)), rows);
}

export function renderPauses({ language }: Pick<Reading, "language">): Message {
  const text = textIn(language).pause;
  return message(lines(text.ask), [
    [
      { text: text.day, action: action("pause", 1) },
      { text: text.week, action: action("pause", 7) },
      { text: text.month, action: action("pause", 30) },
    ],
    [{ text: text.open, action: action("pause", 0) }],
  ]);
}

export function renderPaused(until: Date | null, options: Reading): Message {
  const all = textIn(options.language);
  const line = until === null ? all.pause.openEnded : all.pause.until(all.coming(until, options));
  return message(lines(line), [[{ text: all.pause.resume, action: action("resume") }]]);
}

export function renderHelp(options: { language: Language; private: boolean; botUsername: string }): Message {
  const text = textIn(options.language);
  const body = blocks(bold(text.help.title), html`${options.private ? text.help.text : text.help.group}`);
  if (!options.private) return message(body);
  return message(body, [
    [
      { text: text.digest.settings, action: action("settings") },
      { text: text.settings.privacyButton, action: action("privacy") },
    ],
    [{ text: text.help.toGroup, url: `https://t.me/${options.botUsername}?startgroup=setup` }],
  ]);
}

export function renderStopped({ language, here }: { language: Language; here: boolean }): Message {
  const text = textIn(language).stop;
  if (here) return message(lines(text.doneHere), [[{ text: text.undo, action: action("restore") }]]);
  return message(lines(text.done), [
    [
      { text: text.delete, action: action("forget") },
      { text: text.undo, action: action("restore") },
    ],
  ]);
}

/** What is known about a chat, so that one sees what goes before it goes. */
export type KnownAbout = {
  newsLanguages: NewsLanguages;
  digests: number;
  alerts: number;
  had: number;
  searches: number;
  pages: number;
  since: Date;
};

export function renderForget(known: KnownAbout | null, options: Reading): Message {
  const all = textIn(options.language);
  const text = all.forget;
  if (known === null) return message(lines(text.nothing));
  const rows = [
    text.language(`${all.language.names[options.language]}${all.comma}${all.language.news[known.newsLanguages]}`),
    text.zone(placeName(options.timezone, options.language)),
    text.digests(known.digests),
    known.alerts > 0 && text.alerts(known.alerts),
    known.had > 0 && text.had(all.number(known.had)),
    known.searches > 0 && text.searches(all.number(known.searches)),
    known.pages > 0 && text.pages(all.number(known.pages)),
    text.since(shortDate(known.since, options)),
  ].flatMap((row) => (row === false ? [] : [`· ${row}`]));
  return message(lines(text.ask(rows.join("\n"))), [
    [
      { text: text.yes, action: action("forgotten", Math.floor(options.now.getTime() / 1_000)) },
      { text: text.no, action: action("kept") },
    ],
  ]);
}

export function renderId(
  ids: { chatId: number; userId: number | null },
  { language }: { language: Language },
): Message {
  const text = textIn(language).small;
  const [before, after] = text.id(ids.chatId).split(String(ids.chatId)) as [string, string];
  const [mine, end] =
    ids.userId === null ? ["", ""] : (text.yourId(ids.userId).split(String(ids.userId)) as [string, string]);
  const own = ids.userId !== null && ids.userId !== ids.chatId && html`${mine}${code(String(ids.userId))}${end}`;
  return message(lines(html`${before}${code(String(ids.chatId))}${after}`, own));
}

/** A word that is a command: what was meant instead is one tap away. */
export function insteadSearch(words: string, token: string, { language }: { language: Language }): Button {
  return { text: textIn(language).small.insteadSearch(words), action: action("page", token, 1, "b", 0) };
}

export function renderHello({ language }: { language: Language }): Message {
  const text = textIn(language);
  return message(lines(text.small.hello), [
    [
      { text: text.digest.top, action: action("top") },
      { text: text.subscriptions.add, action: action("add") },
      { text: text.help.title, action: action("help") },
    ],
  ]);
}

function isOther(button: Button): boolean {
  return "action" in button && button.action.startsWith(action("zones"));
}
