import { countVisit } from "../store/visits.ts";
import { lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { say } from "./answer.ts";
import type { Command } from "./handler.ts";
import type { Visit } from "./visit.ts";

/** Commands a minute: of a person, of a group; and presses of a person. */
const commandsPerPerson = 10;
const commandsPerGroup = 20;
const pressesPerPerson = 40;

/** Within the limits, or beyond those of a person or a group (`whose`). */
type Pace = { is: "fine" } | { is: "beyond"; most: number; whose: string };

/**
 * Whether a command is to be answered. What is beyond the limit is told once, with when to go on, and then met with
 * silence; but what changes a setting is done once a minute all the same: who typed much must not find out days later
 * that a subscription was never made.
 */
export async function inPace(visit: Visit, name = "", command?: Command): Promise<boolean> {
  const isSetting = command !== undefined && (command.setting === true || command.role !== undefined);
  const [pace, same] = await Promise.all([
    paceOf(visit, { key: "u", most: commandsPerPerson }),
    isSetting ? countVisit(visit.app.db, `s${personOf(visit)}:${name}`, visit.now) : Number.POSITIVE_INFINITY,
  ]);
  if (pace.is === "fine" || same === 1) return true;
  // The first that is refused is told so, which is not always the first beyond the limit.
  const refused = await countVisit(visit.app.db, `n${pace.whose}`, visit.now);
  if (refused === 1) await say(visit, message(lines(visit.text.small.tooFast(pace.most, secondsLeft(visit)))));
  return false;
}

/** What a button says that was pressed too often in this minute; null when it may be. */
export async function tooManyPresses(visit: Visit): Promise<string | null> {
  const pace = await paceOf(visit, { key: "p", most: pressesPerPerson });
  return pace.is === "fine" ? null : visit.text.small.tooFastShort(secondsLeft(visit));
}

async function paceOf(visit: Visit, { key, most }: { key: "u" | "p"; most: number }): Promise<Pace> {
  const { db } = visit.app;
  const own = `${key}${personOf(visit)}`;
  if ((await countVisit(db, own, visit.now)) > most) return { is: "beyond", most, whose: own };
  // Telegram counts edits in a group as well, so pages that are turned there count like commands.
  if (visit.kind === "private") return { is: "fine" };
  const group = `c${visit.chatId}`;
  const isFine = (await countVisit(db, group, visit.now)) <= commandsPerGroup;
  return isFine ? { is: "fine" } : { is: "beyond", most: commandsPerGroup, whose: group };
}

function personOf(visit: Visit): number {
  return visit.userId ?? visit.chatId;
}

/** Until the next minute, with which the counting begins anew. */
function secondsLeft({ now }: Visit): number {
  return 60 - (Math.floor(now.getTime() / 1000) % 60);
}
