import { readClockTime } from "../news/clock-time.ts";
import { nextSlot } from "../news/schedule.ts";
import { type Broadcast, type BroadcastChange, changeDraft, moveBroadcast, wordingFor } from "../store/broadcasts.ts";
import type { Language } from "../store/schema.ts";
import {
  type CheckMenu,
  reachedLater,
  reachedNow,
  renderCheck,
  renderConfirm,
  undecided,
} from "../telegram/breaking-check.ts";
import { breakingSize, renderCopy } from "../telegram/breaking-message.ts";
import { html, lines, plainText } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import { send } from "../telegram/send.ts";
import { ask, say, show } from "./answer.ts";
import { askAudience, setAudience, showAudience } from "./breaking-audience.ts";
import { wordingOf, writtenOf } from "./breaking-draft.ts";
import { checkOf, isSealed, sealOf } from "./breaking-facts.ts";
import { mendTexts } from "./breaking-mend.ts";
import { showRun } from "./breaking-screen.ts";
import { actorOf } from "./duty.ts";
import { readingOf, timezoneOf, type Visit } from "./visit.ts";

/** So long a sending can be taken back. */
const countdownMs = 10_000;
const hourMs = 3_600_000;

/** The copies, exactly as readers get them, and below them the check. */
export async function previewCheck(visit: Visit, broadcast: Broadcast): Promise<void> {
  await showCopies(visit, broadcast);
  await say(visit, await checkMessage(visit, broadcast));
}

/** One copy for each language that has a text. */
export async function showCopies(visit: Visit, broadcast: Broadcast): Promise<void> {
  const reader = { timezone: timezoneOf(visit), kind: "private" };
  for (const language of ["zh", "en"] as const) {
    const found = broadcast.texts[language] === undefined ? undefined : wordingFor(broadcast, language);
    if (found === undefined) continue;
    const copy = renderCopy(found, broadcast, reader);
    await send(visit.ctx.api, { chatId: visit.chatId, threadId: 0 }, { message: copy, silent: true, paid: false });
  }
}

async function checkMessage(visit: Visit, broadcast: Broadcast, menu: CheckMenu = "main"): Promise<Message> {
  return renderCheck(await checkOf(visit, broadcast), menu, readingOf(visit));
}

/** Why a wording cannot be sent; null when it can. */
export function wordingProblem(visit: Visit, { texts, photo, url }: Pick<Broadcast, "texts" | "photo" | "url">) {
  const text = visit.text.breaking;
  for (const language of ["zh", "en"] as const) {
    const wording = texts[language];
    if (wording === undefined) continue;
    if (wording.headline === "") return text.empty;
    const copy = { broadcastId: 0, wording, url, photo, correctedAt: visit.now, private: true };
    const { chars, most } = breakingSize(copy, { ...readingOf(visit), language });
    if (chars > most) return text.tooLong(chars, most);
  }
  return null;
}

export type CheckAct = (visit: Visit, broadcast: Broadcast, args: string[]) => Promise<void>;

/** What the buttons of the check do. All of them ask for a draft: whatever is past that is shown as it is. */
export const checkActs: Record<string, CheckAct> = {
  check: draftOnly(async (visit, broadcast) => show(visit, await checkMessage(visit, broadcast))),
  menu: draftOnly(async (visit, broadcast, [menu]) => {
    const known = (["who", "level", "ring", "night", "time"] as const).find((each) => each === menu);
    await show(visit, await checkMessage(visit, broadcast, known ?? "main"));
  }),
  set: draftOnly(async (visit, broadcast, [what, value]) => {
    const change = changeOf(visit, what ?? "", value ?? "");
    await changed(visit, change === null ? broadcast : await changeDraft(visit.app.db, broadcast.id, change));
  }),
  aud: draftOnly(showAudience),
  audset: draftOnly(async (visit, broadcast, args) => changed(visit, await setAudience(visit, broadcast, args))),
  audask: draftOnly(askAudience),
  miss: draftOnly(async (visit, broadcast, [language, what]) => {
    if ((language !== "zh" && language !== "en") || (what !== "other" && what !== "none")) return;
    const missing = { ...broadcast.missing, [language]: what };
    await changed(visit, await changeDraft(visit.app.db, broadcast.id, { missing }));
  }),
  me: draftOnly(async (visit, broadcast) => {
    await say(visit, message(lines(visit.text.breaking.check.sample)));
    await showCopies(visit, broadcast);
  }),
  edit: draftOnly(async (visit, broadcast, [language]) => {
    if (language !== "zh" && language !== "en") return;
    const text = visit.text.breaking;
    const wording = broadcast.texts[language];
    const name = text.names[language];
    const asked =
      wording === undefined
        ? text.check.askWrite(name)
        : text.check.askText(name, `${wording.headline}\n${plainText(wording.body)}`);
    await ask(visit, message(html`${asked}`), `bc:text:${broadcast.id.toString(36)}:${language}`);
  }),
  asktime: draftOnly(async (visit, broadcast) => {
    await ask(visit, message(lines(visit.text.breaking.check.askTime)), `bc:time:${broadcast.id.toString(36)}`);
  }),
  drop: draftOnly(async (visit, broadcast) => {
    const move = { from: ["draft" as const], change: { state: "dropped" as const }, act: { act: "dropped" } };
    await moveBroadcast(visit.app.db, broadcast.id, { ...move, now: visit.now, actor: actorOf(visit) });
    await show(visit, message(lines(visit.text.breaking.check.dropped)));
  }),
  send: draftOnly(async (visit, broadcast) => {
    const check = await checkOf(visit, broadcast);
    const ready = undecided(check) === null && reachedNow(check) + reachedLater(check) > 0;
    const seal = sealOf(visit, broadcast);
    const reading = readingOf(visit);
    await show(
      visit,
      ready ? renderConfirm(check, { ...reading, seal, stale: false }) : renderCheck(check, "main", reading),
    );
  }),
  go: draftOnly(async (visit, broadcast, [asked, print]) => {
    const { app, now } = visit;
    const check = await checkOf(visit, broadcast);
    if (undecided(check) !== null) return show(visit, renderCheck(check, "main", readingOf(visit)));
    // A question further up the chat sends nothing, nor one about what is not what would be sent.
    if (!isSealed(visit, broadcast, { asked, print })) {
      const seal = sealOf(visit, broadcast);
      return show(visit, renderConfirm(check, { ...readingOf(visit), seal, stale: true }));
    }
    const later = broadcast.dueAt !== null && broadcast.dueAt > now;
    const dueAt = later ? broadcast.dueAt! : new Date(Math.ceil((now.getTime() + countdownMs) / 1000) * 1000);
    const state = later ? ("scheduled" as const) : ("countdown" as const);
    const actor = actorOf(visit);
    const change = { state, dueAt, userId: actor.userId, userName: actor.name };
    const act = { act: later ? "scheduled" : "confirmed", detail: String(reachedNow(check) + reachedLater(check)) };
    await moveBroadcast(app.db, broadcast.id, { from: ["draft"], change, now, actor, act });
    app.enqueue({ kind: "broadcast" });
    await showRun(visit, broadcast.id);
  }),
};

/** A countdown or schedule is taken back: it is a draft again, and nothing was sent. */
export async function undo(visit: Visit, broadcast: Broadcast): Promise<void> {
  const { app, now } = visit;
  const scheduled = broadcast.state === "scheduled";
  const moved = await moveBroadcast(app.db, broadcast.id, {
    from: ["countdown", "scheduled"],
    change: { state: "draft", ...(scheduled ? {} : { dueAt: null }) },
    now,
    actor: actorOf(visit),
    act: { act: "undone" },
  });
  if (moved === undefined) return showRun(visit, broadcast.id);
  await show(visit, await checkMessage(visit, moved));
}

/** The new text of one language, as an answer to our question. */
export async function answerText(visit: Visit, broadcast: Broadcast, language: Language): Promise<void> {
  const written = writtenOf(visit, wordsOf(visit));
  if (written === null) return;
  const before = broadcast.texts[language];
  // Who says it stays.
  const by = { by: before?.by ?? "", at: before?.at ?? null };
  const whole = () => ({ ...broadcast.texts, [language]: { ...wordingOf(written, language).text, ...by } });
  const texts = mendTexts(written.text, broadcast.texts)?.texts ?? whole();
  // A note of what was wrong belongs to corrections.
  for (const each of Object.values(texts)) delete each.note;
  const photo = written.photo ?? broadcast.photo;
  const problem = wordingProblem(visit, { ...broadcast, photo, texts });
  if (problem !== null) return say(visit, message(lines(problem)));
  const next = await changeDraft(visit.app.db, broadcast.id, { texts, photo });
  if (next === undefined) return say(visit, message(lines(visit.text.breaking.check.changed)));
  await previewCheck(visit, next);
}

/** The time that somebody typed: today, or tomorrow when that is over. */
export async function answerSendTime(visit: Visit, broadcast: Broadcast, words: string): Promise<void> {
  const time = readClockTime(words);
  if (time === null) return say(visit, message(lines(visit.text.subscribe.notTime(words.slice(0, 30)))));
  const dueAt = nextSlot({ rule: "daily", minute: time.minute, timezone: timezoneOf(visit) }, visit.now);
  const next = await changeDraft(visit.app.db, broadcast.id, { dueAt });
  if (next === undefined) return say(visit, message(lines(visit.text.breaking.check.changed)));
  await say(visit, await checkMessage(visit, next));
}

/** The whole text of the message that this visit is about. */
export function wordsOf({ ctx }: Visit): string {
  return (ctx.message?.text ?? ctx.message?.caption ?? "").trim();
}

function changeOf(visit: Visit, what: string, value: string): BroadcastChange | null {
  if (what === "level" && (value === "top" || value === "usual")) return { level: value };
  if (what === "ring") return { silent: value === "silent" };
  if (what === "night" && (value === "wait" || value === "skip")) return { asleep: value };
  if (what === "who" && /^(all|zh|en)$/.test(value)) return { audience: value };
  if (what !== "time") return null;
  const at = visit.now.getTime();
  const morning = { rule: "daily", minute: 7 * 60, timezone: timezoneOf(visit) };
  const times: Record<string, Date | null> = {
    now: null,
    half: new Date(at + hourMs / 2),
    hour: new Date(at + hourMs),
    morning: nextSlot(morning, visit.now),
  };
  return value in times ? { dueAt: times[value]! } : null;
}

async function changed(visit: Visit, broadcast: Broadcast | undefined): Promise<void> {
  if (broadcast !== undefined) await show(visit, await checkMessage(visit, broadcast));
}

function draftOnly(act: CheckAct): CheckAct {
  return async (visit, broadcast, args) => {
    if (broadcast.state === "draft") return act(visit, broadcast, args);
    if (broadcast.state === "dropped") return show(visit, message(lines(visit.text.breaking.check.dropped)));
    await showRun(visit, broadcast.id);
  };
}
