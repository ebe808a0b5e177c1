import { clock, comingAt, type Language, type Reading, textIn } from "../text/index.ts";
import { action } from "./action.ts";
import { breakingName } from "./breaking-message.ts";
import { blocks, bold, type Html, html, italic, lines } from "./html.ts";
import { type Button, type Message, message } from "./message.ts";

const barLength = 12;
/** Telegram deletes a message for so long. */
const deletableMs = 48 * 3_600_000;

/** How a broadcast goes, as its screen tells it. */
export type Progress = {
  id: number;
  headline: string;
  state: "scheduled" | "countdown" | "sending" | "paused" | "stopped" | "done";
  who: string;
  dueAt: Date | null;
  startedAt: Date | null;
  endedAt: Date | null;
  recalledAt: Date | null;
  total: number;
  sent: number;
  unreachable: number;
  failed: number;
  unknown: number;
  skipped: number;
  waiting: number;
  asleep: number;
  nextAt: Date | null;
  /** Settled a second. */
  rate: number;
  /** Seconds that Telegram asked all to wait; 0 when it does not. */
  stopSeconds: number;
  /** Unknown ones that got no second attempt. */
  unknownLeft: number;
  /** Who switched breaking items off, blocked us or unsubscribed within an hour. */
  left: { off: number; blocked: number; stopped: number };
  /** The last correction or recall; null when there was none. */
  round: {
    kind: "correct" | "note" | "delete";
    running: boolean;
    ends: Partial<Record<RoundEnd, number>>;
    left: number;
  } | null;
};
export type RoundEnd = "edited" | "deleted" | "withdrawn" | "gone" | "unreachable" | "failed";

/** What may be pressed under it: a viewer only looks. */
export type ScreenOptions = Reading & { mayAct: boolean };

/** One message that lives: how far it is, what can be done about it. */
export function renderProgress(progress: Progress, options: ScreenOptions): Message {
  if (progress.state === "countdown" || progress.state === "scheduled") return renderCountdown(progress, options);
  const body = blocks(
    lines(...titleLines(progress, options)),
    lines(...countLines(progress, options)),
    lines(...paceLines(progress, options)),
    lines(...roundLines(progress, options)),
    progress.state === "done" && progress.unknownLeft > 0 ? textIn(options.language).breaking.run.unknownWhy : null,
    italic(foot(progress, options)),
  );
  return message(body, options.mayAct ? buttonsOf(progress, options) : [[refresh(progress, options)]]);
}

/** What is left of a screen that goes on further down: nothing in it can be pressed by mistake. */
export function renderMoved({ id, headline }: Pick<Progress, "id" | "headline">, language: Language): Message {
  return message(lines(html`↓ B-${id}｜${breakingName(headline)}`, textIn(language).breaking.run.moved));
}

/** The share of people who are settled, so that it gets to 100; where it was stopped, of those whom it had got to. */
export function percentOf(progress: Pick<Progress, "state" | "total" | "asleep" | "waiting" | "skipped">): number {
  // Before anybody is in the ledger nothing is done; with only sleepers all is.
  if (progress.total === 0) return 0;
  const all = progress.total - progress.asleep;
  const left = Math.max(0, progress.waiting - progress.asleep);
  const leftOut = progress.state === "stopped" ? progress.skipped : 0;
  return all <= 0 ? 100 : Math.floor((100 * Math.max(0, all - left - leftOut)) / all);
}

/** Seconds that it still takes; null when it does not move. */
export function secondsLeft({ waiting, asleep, rate }: Progress): number | null {
  return rate <= 0 ? null : Math.ceil(Math.max(0, waiting - asleep) / rate);
}

function renderCountdown(progress: Progress, options: ScreenOptions): Message {
  const text = textIn(options.language).breaking;
  const { dueAt, state } = progress;
  const scheduled = state === "scheduled" && dueAt !== null;
  // Whole seconds that are left for certain: it was promised ten, and "11" looks like a fault.
  const seconds = dueAt === null ? 0 : Math.max(0, Math.floor((dueAt.getTime() - options.now.getTime()) / 1000));
  const line = scheduled
    ? text.confirm.scheduled(comingAt(dueAt, options))
    : seconds === 0
      ? text.confirm.begins
      : text.confirm.countdown(seconds);
  const undo: Button = {
    text: scheduled ? text.confirm.cancel : text.confirm.undo,
    action: action("bc", id36(progress), "undo"),
  };
  return message(
    lines(html`${text.run.titles.waiting}｜${breakingName(progress.headline)}`, bold(line)),
    options.mayAct ? [[undo]] : [],
  );
}

function titleLines(progress: Progress, { language }: ScreenOptions): Html[] {
  const { titles } = textIn(language).breaking.run;
  const recalling = progress.round?.running === true ? titles.recalling : titles.recalled;
  const title = progress.recalledAt !== null ? recalling : titles[progress.state as "sending"];
  const name = language === "zh" ? "｜" : " · ";
  const head = html`${bold(title)}${name}${breakingName(progress.headline)}`;
  if (progress.state === "done" || progress.recalledAt !== null) return [head];
  const percent = percentOf(progress);
  const full = Math.round((percent * barLength) / 100);
  return [head, html`${"▓".repeat(full)}${"░".repeat(barLength - full)} ${bold(`${percent}%`)}`];
}

function countLines(progress: Progress, options: ScreenOptions): (Html | string | null)[] {
  const all = textIn(options.language);
  const text = all.breaking.run;
  const n = all.number;
  const { state } = progress;
  const ended = state === "done" || state === "stopped";
  const left = Math.max(0, progress.waiting - progress.asleep);
  const asleep =
    progress.asleep === 0 || state === "stopped"
      ? null
      : state === "done" && progress.nextAt !== null
        ? text.asleepFrom(n(progress.asleep), comingAt(progress.nextAt, options))
        : text.asleep(n(progress.asleep));
  return [
    // Before anybody is in the ledger it is not known of how many.
    ended || progress.total === 0
      ? text.deliveredDone(n(progress.sent))
      : text.delivered(n(progress.sent), n(progress.total - progress.asleep)),
    state === "paused" ? text.left(n(left)) : null,
    progress.unreachable > 0 || state === "sending" ? text.unreachable(n(progress.unreachable)) : null,
    text.amiss(n(progress.failed), n(progress.unknown)),
    asleep,
    progress.skipped > 0 ? text.skipped(n(progress.skipped)) : null,
  ];
}

function paceLines(progress: Progress, options: ScreenOptions): (string | null)[] {
  const all = textIn(options.language).breaking;
  const text = all.run;
  const { state, startedAt, endedAt } = progress;
  if (state === "sending") {
    if (progress.stopSeconds > 0) return [text.wait(progress.stopSeconds)];
    const left = secondsLeft(progress);
    if (left === null) return [];
    const end = new Date(options.now.getTime() + left * 1000);
    return [text.rate(progress.rate.toFixed(1), all.duration(left)), text.doneAt(clock(end, options.timezone))];
  }
  if (state !== "done" || startedAt === null || endedAt === null) return [];
  const took = Math.max(1, (endedAt.getTime() - startedAt.getTime()) / 1000);
  const settled = progress.total - progress.waiting;
  return [text.took(all.duration(took), (settled / took).toFixed(1)), leftLine(progress.left, options)];
}

function leftLine(left: Progress["left"], { language }: ScreenOptions): string | null {
  const all = textIn(language);
  const { title, ...names } = all.breaking.run.leftParts;
  const parts = (["off", "blocked", "stopped"] as const).filter((each) => left[each] > 0);
  return parts.length === 0 ? null : title(parts.map((each) => `${names[each]} ${all.number(left[each])}`).join(" · "));
}

function roundLines({ round, unknown }: Progress, { language }: ScreenOptions): (string | null)[] {
  if (round === null) return [];
  const all = textIn(language);
  const text = all.breaking.run;
  const n = all.number;
  const { ends, left, running } = round;
  const of = (name: RoundEnd) => ends[name] ?? 0;
  const ended = Object.values(ends).reduce((sum, count) => sum + count, 0);
  const unknownLine = unknown > 0 ? text.unknownListed(n(unknown)) : null;
  if (round.kind === "correct") {
    const amiss = ended - of("edited");
    if (running) return [text.correcting(n(ended), n(ended + left))];
    return [text.corrected(n(of("edited")), n(amiss)), unknownLine];
  }
  if (running) return [text.recalling(n(ended), n(ended + left))];
  const names = Object.keys(text.recallParts) as RoundEnd[];
  const parts = names.filter((name) => of(name) > 0).map((name) => `${text.recallParts[name]} ${n(of(name))}`);
  return [text.recalled(parts.length > 0 ? parts.join(all.comma) : "0"), unknownLine];
}

function foot(progress: Progress, { language, timezone, now }: ScreenOptions): string {
  const text = textIn(language).breaking.run;
  const at = progress.startedAt === null ? "" : clock(progress.startedAt, timezone);
  const full = text.foot(progress.id, progress.who, at, secondClock(now, timezone));
  const moving = progress.state === "sending" || progress.round?.running === true;
  if (moving) return full;
  // What stands still names no moment, so that the message is not edited for its clock's sake.
  const still = full.slice(0, full.lastIndexOf(" · "));
  const { state, startedAt, recalledAt, sent } = progress;
  const until = new Date((startedAt ?? now).getTime() + deletableMs);
  if ((state !== "done" && state !== "stopped") || recalledAt !== null || sent === 0 || until <= now) return still;
  return `${still} · ${text.deletable(comingAt(until, { language, timezone, now }))}`;
}

function buttonsOf(progress: Progress, { language }: ScreenOptions): Button[][] {
  const text = textIn(language).breaking.run;
  const press = (label: string, what: string): Button => ({ text: label, action: action("bc", id36(progress), what) });
  const { state, sent } = progress;
  const awake = Math.max(0, progress.waiting - progress.asleep);
  const left = awake > 0 ? awake : progress.waiting;
  if (progress.recalledAt !== null) return [[press(text.record, "record")]];
  if (state === "sending" || state === "paused") {
    const go = state === "sending" ? press(text.pause, "pause") : press(text.resume(left), "resume");
    return [
      [go, press(text.correct, "correct")],
      [press(text.stop, "stop"), ...(sent > 0 ? [press(text.stopAndRecall(sent), "recall")] : [])],
    ];
  }
  const amiss = progress.failed + progress.unreachable;
  return [
    sent > 0 ? [press(text.correct, "correct"), press(text.recall, "recall")] : [],
    [
      ...(progress.unknownLeft > 0 ? [press(text.resend(progress.unknownLeft), "resend")] : []),
      ...(amiss > 0 ? [press(text.failures(amiss), "failures")] : []),
    ],
    [press(text.record, "record")],
  ];
}

function refresh(progress: Progress, { language }: ScreenOptions): Button {
  return { text: textIn(language).breaking.run.refresh, action: action("bc", id36(progress), "open") };
}

function id36({ id }: { id: number }): string {
  return id.toString(36);
}

function secondClock(at: Date, timezone: string): string {
  return `${clock(at, timezone)}:${String(at.getUTCSeconds()).padStart(2, "0")}`;
}
