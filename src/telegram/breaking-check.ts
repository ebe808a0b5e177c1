import { clock, comingAt, type Language, type Reading, textIn, when } from "../text/index.ts";
import { action } from "./action.ts";
import { breakingName } from "./breaking-message.ts";
import { blocks, bold, html, lines } from "./html.ts";
import { type Button, type Message, message } from "./message.ts";

/** What an editor sees before anything is sent. */
export type Check = {
  id: number;
  headline: string;
  texts: Partial<Record<Language, unknown>>;
  missing: Partial<Record<Language, "other" | "none">>;
  audience: string;
  /** Whose readers they are, when only those of a subject or source are meant. */
  audienceName: string;
  level: "usual" | "top";
  silent: boolean;
  asleep: "wait" | "skip";
  dueAt: Date | null;
  readers: number;
  now: Record<Language, number>;
  sleeping: number;
  without: Record<Language, number>;
  rate: number;
  /** The same story, sent before. */
  earlier: { id: number; who: string; at: Date }[];
  hasStory: boolean;
  /** How many were sent today, and how many a day is usual. */
  today: number;
  usual: number;
};

export type CheckMenu = "main" | "who" | "level" | "ring" | "night" | "time";

const languages: readonly Language[] = ["zh", "en"];

/** Those who get it now, once everything is decided. */
export function reachedNow(check: Pick<Check, "now">): number {
  return check.now.zh + check.now.en;
}

/** Those who get it in their morning. */
export function reachedLater(check: Pick<Check, "asleep" | "sleeping">): number {
  return check.asleep === "skip" ? 0 : check.sleeping;
}

/** The language that has readers and no text, and for which nothing was decided. */
export function undecided(check: Pick<Check, "texts" | "missing" | "without">): Language | null {
  const open = (each: Language) =>
    check.texts[each] === undefined && check.missing[each] === undefined && check.without[each] > 0;
  return languages.find(open) ?? null;
}

export function renderCheck(check: Check, menu: CheckMenu, reading: Reading): Message {
  const all = textIn(reading.language);
  const text = all.breaking.check;
  const named = languages.filter((each) => check.texts[each] !== undefined).map((each) => all.breaking.names[each]);
  const body = blocks(
    lines(bold(text.title), text.above(named.join(all.comma), named.length > 1)),
    lines(...reachLines(check, reading)),
    lines(...settingLines(check, reading)),
    lines(...warnings(check, reading)),
  );
  return message(body, menu === "main" ? mainButtons(check, reading) : menuButtons(check, menu, reading));
}

/** The last question: the button names the act and the number. */
export function renderConfirm(
  check: Check,
  { seal, stale, ...reading }: Reading & { seal: string; stale: boolean },
): Message {
  const all = textIn(reading.language).breaking;
  const text = all.confirm;
  const awake = reachedNow(check);
  const asleep = reachedLater(check);
  // Those who sleep are named beside the number, unless nobody else gets it or it is for later anyway.
  const apart = check.dueAt === null && awake > 0 && asleep > 0;
  const count = apart ? awake : awake + asleep;
  const how = check.dueAt === null ? text.how : text.howAt(comingAt(check.dueAt, reading));
  return message(
    blocks(
      stale ? text.stale : null,
      lines(bold(text.title(count)), html`🔴 ${all.title(breakingName(check.headline))}`),
      lines(how, apart ? text.later(asleep) : null),
    ),
    [[press(check, text.yes(count), "go", ...seal.split(":"))], [press(check, text.no, "check")]],
  );
}

function reachLines(check: Check, reading: Reading): (string | null)[] {
  const all = textIn(reading.language);
  const text = all.breaking.check;
  const now = reachedNow(check);
  const each = languages
    .filter((language) => check.now[language] > 0)
    .map((language) => text.language(all.breaking.names[language], check.now[language]));
  const missing = languages
    .filter((language) => check.texts[language] === undefined)
    .filter((language) => check.missing[language] !== undefined || check.without[language] + check.now[language] > 0)
    .map((language) => {
      const name = all.breaking.names[language];
      const other = all.breaking.names[language === "zh" ? "en" : "zh"];
      if (check.missing[language] === "other") return text.missingOther(name, other);
      return check.missing[language] === "none" ? text.missingNone(name) : text.missing(name);
    });
  const asleep = reachedLater(check) === 0 ? null : text.asleepWait(check.sleeping);
  return [
    check.audience === "all" ? null : text.audience(audienceName(check, reading.language)),
    text.readers(check.readers),
    text.now(now, each.length > 1 ? each.join(all.comma) : ""),
    asleep,
    ...missing,
    now + reachedLater(check) === 0 && undecided(check) === null ? text.nobody : null,
  ];
}

function settingLines(check: Check, reading: Reading): string[] {
  const all = textIn(reading.language).breaking;
  const text = all.check;
  const seconds = Math.ceil(reachedNow(check) / check.rate);
  const begins = check.dueAt ?? reading.now;
  const end = clock(new Date(begins.getTime() + seconds * 1000), reading.timezone);
  return [
    ...(reachedNow(check) > 0 ? [text.takes(all.duration(seconds), String(check.rate), end)] : []),
    text.settings(check.silent, text.levels[check.level]),
    ...(check.dueAt === null ? [] : [text.at(comingAt(check.dueAt, reading))]),
    ...(check.asleep === "skip" ? [text.asleepSkip(check.sleeping)] : []),
  ];
}

/** They never forbid; they say what an editor would want to know. */
function warnings(check: Check, reading: Reading): (string | null)[] {
  const text = textIn(reading.language).breaking.check;
  return [
    ...check.earlier.map(({ id, who, at }) => text.sentBefore(id, who, when(at, reading))),
    check.hasStory && check.earlier.length === 0 ? text.notSent : null,
    check.today > 0 && check.today >= check.usual ? text.today(check.today + 1, check.usual) : null,
  ];
}

function mainButtons(check: Check, reading: Reading): Button[][] {
  const all = textIn(reading.language).breaking;
  const text = all.check;
  const open = undecided(check);
  const count = reachedNow(check) + reachedLater(check);
  const missing: Button[][] =
    open === null
      ? []
      : [
          [press(check, text.write(all.names[open]), "edit", open)],
          [
            press(check, text.other(all.names[open === "zh" ? "en" : "zh"]), "miss", open, "other"),
            press(check, text.leave(check.without[open]), "miss", open, "none"),
          ],
        ];
  const edits = languages
    .filter((each) => check.texts[each] !== undefined)
    .map((each, _, list) =>
      press(check, list.length > 1 ? `${text.edit} ${all.names[each]}` : text.edit, "edit", each),
    );
  const awake = reachedNow(check);
  const label =
    check.dueAt !== null
      ? text.sendAt(count, comingAt(check.dueAt, reading))
      : awake > 0
        ? text.send(awake)
        : text.sendAsleep(count);
  // The send button waits until everything is decided.
  const send = open === null && count > 0 ? [[press(check, label, "send")]] : [];
  return [
    [press(check, text.onlyMe, "me"), ...(edits.length === 1 ? edits : [])],
    ...(edits.length > 1 ? [edits] : []),
    ...missing,
    [press(check, text.who, "menu", "who"), press(check, text.level, "menu", "level")],
    [
      press(check, text.ring, "menu", "ring"),
      press(check, text.night, "menu", "night"),
      press(check, text.time, "menu", "time"),
    ],
    [press(check, text.drop, "drop")],
    ...send,
  ];
}

function menuButtons(check: Check, menu: Exclude<CheckMenu, "main">, reading: Reading): Button[][] {
  const all = textIn(reading.language).breaking;
  const text = all.check;
  const option = (label: string, chosen: boolean, ...args: string[]) =>
    press(check, chosen ? all.choice.chosen(label) : label, "set", ...args);
  const back = [press(check, text.back, "check")];
  const one = (value: string, label: string) => [option(label, check.audience === value, "who", value)];
  switch (menu) {
    case "who":
      return [
        one("all", text.everybody),
        languages.map((each) => option(text.of(all.names[each]), check.audience === each, "who", each)),
        [press(check, text.bySubject, "aud", "subject"), press(check, text.bySource, "aud", "source")],
        back,
      ];
    case "level":
      return [
        [option(text.levelHelp.top, check.level === "top", "level", "top")],
        [option(text.levelHelp.usual, check.level === "usual", "level", "usual")],
        back,
      ];
    case "ring":
      return [
        [
          option(text.ringOptions.ring, !check.silent, "ring", "ring"),
          option(text.ringOptions.silent, check.silent, "ring", "silent"),
        ],
        back,
      ];
    case "night":
      return [
        [option(text.nightOptions.wait, check.asleep === "wait", "night", "wait")],
        [option(text.nightOptions.skip, check.asleep === "skip", "night", "skip")],
        back,
      ];
    case "time": {
      const times = text.timeOptions;
      return [
        [option(times.now, check.dueAt === null, "time", "now"), option(times.half, false, "time", "half")],
        [option(times.hour, false, "time", "hour"), option(times.morning, false, "time", "morning")],
        [press(check, times.other, "asktime")],
        back,
      ];
    }
  }
}

function audienceName({ audience, audienceName: name }: Check, language: Language): string {
  const all = textIn(language).breaking;
  if (audience === "zh" || audience === "en") return all.check.of(all.names[audience]);
  return audience.startsWith("source:") ? all.check.sourceOf(name) : all.check.subjectOf(name);
}

function press({ id }: { id: number }, text: string, ...args: string[]): Button {
  return { text, action: action("bc", id.toString(36), ...args) };
}
