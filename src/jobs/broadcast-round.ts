import type { App } from "../app.ts";
import {
  type CopyToEdit,
  claimCopies,
  type EditOutcome,
  endRound,
  fromFirstCopy,
  hasOlderInFlight,
  listCopies,
  nextCopyAt,
  type Round,
  releaseCopies,
  runningRounds,
  settleCopies,
} from "../store/broadcast-rounds.ts";
import { hasDue } from "../store/broadcast-rows.ts";
import { type Broadcast, findBroadcast, wordingFor } from "../store/broadcasts.ts";
import { renderCopy, renderWithdrawn } from "../telegram/breaking-message.ts";
import { stepOf } from "../telegram/errors.ts";
import { plainText, withoutLinks } from "../telegram/html.ts";
import type { Message } from "../telegram/message.ts";
import { refreshScreens } from "./broadcast-screen.ts";
import { later } from "./deliver-outcome.ts";
import { type LinkApp, linksOf, throughUs } from "./short-links.ts";

/** Calls at once; copies of one claim. */
const inFlightMax = 200;
const claimMax = 80;
/** A claimed copy is given to another after this: longer than any call may take. */
const leaseMs = 180_000;
/** A copy that could not be reached is tried again after this. */
const retryMs = 2_000;
const lookAgainMs = 250;
/** Telegram deletes for 48 hours; a little less, for what is on its way. */
export const deletableMs = 48 * 3_600_000 - 60_000;

export type RoundApp = Pick<App, "api" | "gate" | "log" | "now" | "enqueue"> & LinkApp;

/**
 * Corrects or recalls, copy by copy, at the rate that the gate gives. Each copy's end is written down; what a crash leaves
 * is done again, which changes nothing: an edit into what it is already, or a deletion of what is gone, is as good as done.
 */
export async function runRounds(app: RoundApp, signal?: AbortSignal): Promise<void> {
  const isEnding = () => signal?.aborted === true;
  const links = linksOf(app);
  while (!isEnding()) {
    const rounds = await runningRounds(app.db);
    if (rounds.length === 0) return;
    for (const round of rounds) {
      const broadcast = await findBroadcast(app.db, round.broadcastId);
      // A newer wording has a round of its own, which all copies are in.
      if (broadcast === undefined || broadcast.revision > round.revision) await endRound(app.db, round.id, app.now());
      else {
        const item = await throughUs(app.db, broadcast, await links());
        await runRound(app, { round, broadcast: item, signal });
      }
    }
    if (!isEnding()) await after(lookAgainMs);
  }
}

/** A broadcast with the address that its copies lead to. */
type Item = Broadcast & { read: string | null };
type Running = { round: Round; broadcast: Item; signal: AbortSignal | undefined };

/** Lists the copies, edits them, and lists again until no copy with an older wording is left or on its way. */
async function runRound(app: RoundApp, { round, broadcast, signal }: Running): Promise<void> {
  await releaseCopies(app.db, round.id, app.now());
  for (;;) {
    const busy = await hasOlderInFlight(app.db, round);
    const listed = await listAll(app, round, signal);
    if (!(await editAll(app, { round, broadcast, signal }))) return;
    if (listed === 0 && !busy) break;
    if (busy) await after(lookAgainMs);
  }
  await endRound(app.db, round.id, app.now());
  await refreshScreens(app, [round.broadcastId], { force: true });
}

async function listAll(app: RoundApp, round: Round, signal: AbortSignal | undefined): Promise<number> {
  let found = 0;
  for (let cursor = fromFirstCopy; signal?.aborted !== true; ) {
    const slice = await listCopies(app.db, round, { cursor, now: app.now() });
    if (slice === null) return found;
    found += slice.listed;
    cursor = slice.cursor;
    await after(0);
  }
  return found;
}

/** True when all that were listed have an end; false when it was stopped or a newer wording came. */
async function editAll(app: RoundApp, { round, broadcast, signal }: Running): Promise<boolean> {
  const flying = new Set<Promise<void>>();
  const ended: EditOutcome[] = [];
  const settle = async () => {
    if (ended.length === 0) return;
    await settleCopies(app.db, round, { outcomes: ended.splice(0), now: app.now() });
    if (round.notice) app.enqueue({ kind: "deliver" });
    await refreshScreens(app, [round.broadcastId]);
  };
  const isWanted = async () => {
    if (signal?.aborted === true) return false;
    return (await findBroadcast(app.db, broadcast.id))?.revision === round.revision;
  };
  while (await isWanted()) {
    await settle();
    if (flying.size > inFlightMax - claimMax) {
      await Promise.race(flying);
      continue;
    }
    // Those who have nothing yet come first: the copies that are out are edited after them.
    if (await hasDue(app.db, broadcast.id, app.now())) {
      await after(lookAgainMs);
      continue;
    }
    const { granted, againInMs } = await app.gate.take(claimMax, "breaking");
    if (granted === 0) {
      await after(againInMs);
      continue;
    }
    const copies = await claimCopies(app.db, round.id, { limit: granted, now: app.now(), leaseMs });
    const waits = await app.gate.chats(copies.map((copy) => copy.chatId));
    const ready = copies.filter((copy, n) => {
      if ((waits[n] ?? 0) > 0) {
        ended.push({ deliveryId: copy.deliveryId, state: "queued", dueAt: later(app.now(), waits[n]!), error: "" });
      }
      return (waits[n] ?? 0) <= 0;
    });
    await app.gate.giveBack(granted - ready.length);
    for (const copy of ready) {
      const flight = editOne(app, { round, broadcast, copy })
        .then((outcome) => void ended.push(outcome))
        .finally(() => flying.delete(flight));
      flying.add(flight);
    }
    if (copies.length > 0) continue;
    if (flying.size > 0) await Promise.race(flying);
    else {
      await settle();
      const next = await nextCopyAt(app.db, round.id);
      if (next === null) return true;
      await after(lookAgainMs);
    }
  }
  await Promise.all(flying);
  await settle();
  return false;
}

/** One copy, and what became of it. */
async function editOne(
  app: RoundApp,
  { round, broadcast, copy }: { round: Round; broadcast: Item; copy: CopyToEdit },
): Promise<EditOutcome> {
  const { deliveryId } = copy;
  if (copy.chatId === 0) return { deliveryId, state: "unreachable", error: "the reader deleted everything" };
  const wording = wordingFor(broadcast, copy.language) ?? anyWording(broadcast);
  if (wording === undefined) return { deliveryId, state: "failed", error: "there is no text" };
  const { at, note, kind } = round;
  const withdrawn = () => renderWithdrawn(wording, { at, note, timezone: copy.timezone });
  const young = app.now().getTime() - copy.sentAt.getTime() < deletableMs;
  if (kind === "delete" && young) {
    const deleted = await attempt(app, copy, () => app.api.deleteMessage(copy.chatId, copy.messageId));
    if (deleted.state === "edited") return { deliveryId, state: "deleted", error: "" };
    // What Telegram does not delete is edited instead, and said to be.
    if (deleted.state !== "failed" && !/can't be deleted/i.test(deleted.error)) return deleted;
  }
  const shown = kind === "correct" ? renderCopy(wording, broadcast, copy) : withdrawn();
  const outcome = await attempt(app, copy, (plain) =>
    edit(app, copy, { message: shown, plain, hasPhoto: broadcast.photo !== null }),
  );
  return kind === "delete" && outcome.state === "edited" ? { ...outcome, state: "withdrawn" } : outcome;
}

function anyWording({ texts }: Broadcast) {
  if (texts.zh !== undefined) return { text: texts.zh, language: "zh" as const };
  return texts.en === undefined ? undefined : { text: texts.en, language: "en" as const };
}

type Plain = "html" | "no-links" | "plain";

async function edit(
  app: RoundApp,
  { chatId, messageId }: CopyToEdit,
  { message, plain, hasPhoto }: { message: Message; plain: Plain; hasPhoto: boolean },
): Promise<unknown> {
  const text =
    plain === "html" ? message.html : plain === "no-links" ? withoutLinks(message.html) : plainText(message.html);
  const rows = message.buttons.map((row) =>
    row.map((each) =>
      "url" in each ? { text: each.text, url: each.url } : { text: each.text, callback_data: each.action },
    ),
  );
  const options = {
    ...(plain === "plain" ? {} : { parse_mode: "HTML" as const }),
    reply_markup: { inline_keyboard: rows },
  };
  if (hasPhoto) return app.api.editMessageCaption(chatId, messageId, { ...options, caption: text });
  const preview = message.preview === null ? { is_disabled: true } : { url: message.preview, prefer_small_media: true };
  return app.api.editMessageText(chatId, messageId, text, { ...options, link_preview_options: preview });
}

/** What a call's end means for the copy; "edited" when it is as it should be. */
async function attempt(
  app: RoundApp,
  copy: CopyToEdit,
  call: (plain: Plain) => Promise<unknown>,
): Promise<EditOutcome> {
  const { deliveryId, chatId } = copy;
  let plain: Plain = "html";
  for (;;) {
    try {
      await call(plain);
      await app.gate.answered([{ chatId, retryAfter: null }]);
      return { deliveryId, state: "edited", error: "" };
    } catch (error) {
      const step = stepOf(error);
      const { reason } = step;
      if (step.step === "unchanged") return { deliveryId, state: "edited", error: "" };
      if (step.step === "split" && plain === "html") plain = "no-links";
      else if (step.step === "plain-text" && plain !== "plain") plain = "plain";
      else if (step.step === "wait") {
        await app.gate.answered([{ chatId, retryAfter: step.seconds }]);
        return { deliveryId, state: "queued", dueAt: later(app.now(), step.seconds * 1000), error: reason };
      } else if (
        step.step === "retry" ||
        step.step === "unknown" ||
        step.step === "token" ||
        step.step === "conflict"
      ) {
        // Done twice, an edit is still one.
        if (step.step === "retry") await app.gate.unreachable();
        return { deliveryId, state: "queued", dueAt: later(app.now(), retryMs), error: reason };
      } else if (step.step === "not-there") {
        const refused = /can't be deleted/i.test(reason);
        return { deliveryId, state: refused ? "failed" : "gone", error: reason };
      } else if (step.step === "bug") return { deliveryId, state: "failed", error: reason };
      else return { deliveryId, state: "unreachable", error: reason };
    }
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
