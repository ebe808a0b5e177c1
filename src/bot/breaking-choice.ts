import { readHours } from "../news/quiet.ts";
import { choiceOf, saveChoice } from "../store/breaking-choices.ts";
import { hoursOf } from "../store/broadcast-audience.ts";
import { startedSince } from "../store/broadcasts.ts";
import { renderChoice } from "../telegram/breaking-message.ts";
import type { Message } from "../telegram/message.ts";
import { say, show } from "./answer.ts";
import { type Area, wholeNumber } from "./handler.ts";
import { ensureKnown, type Visit } from "./visit.ts";

const weekMs = 7 * 86_400_000;
const broadcastsMax = 2 ** 40;

/** What a reader wants of breaking items, one tap from any of them. */
export const breakingChoice: Area = {
  commands: {},
  presses: {
    // Below the item, which stays: the question takes nothing away.
    fewer: { act: async (visit, [id]) => say(visit, await choiceMessage(visit, broadcastOf(id))), managed: true },
    brk: { act: choose, managed: true },
  },
};

async function choose(visit: Visit, [what = "", id]: string[]): Promise<void> {
  const subscriber = await ensureKnown(visit);
  const choice = await choiceOf(visit.app.db, subscriber);
  if (what === "all" || what === "top" || what === "none") choice.level = what;
  else if (what === "silent" || what === "ring") choice.silent = what === "silent";
  else if (what === "wait") choice.night = "wait";
  else if (what === "night") choice.night = "ring";
  else return;
  const broadcastId = broadcastOf(id);
  const under = broadcastId === 0 ? null : broadcastId;
  await saveChoice(visit.app.db, subscriber.id, { ...choice, broadcastId: under, now: visit.now });
  await show(visit, await choiceMessage(visit, broadcastId));
}

async function choiceMessage(visit: Visit, broadcastId: number): Promise<Message> {
  const subscriber = await ensureKnown(visit);
  const sent = await startedSince(visit.app.db, new Date(visit.now.getTime() - weekMs));
  const lastWeek = { all: sent.length, top: sent.filter((each) => each.level === "top").length };
  const choice = await choiceOf(visit.app.db, subscriber);
  const hours = hoursOf(subscriber, readHours(visit.app.config.NIGHT_HOURS));
  const quiet = hours.from === hours.to ? null : hours;
  return renderChoice(choice, { language: visit.language, lastWeek, broadcastId, hours: quiet });
}

function broadcastOf(id: string | undefined): number {
  return wholeNumber(id, 0, broadcastsMax) ?? 0;
}
