import { countVisit } from "../store/visits.ts";
import type { Visit } from "./visit.ts";

/** Commands a minute: of a person, of a group; and presses of a person. */
export const commandsPerPerson = 10;
export const commandsPerGroup = 20;
export const pressesPerPerson = 40;

/** Within the limits, the first beyond them (it is told so), or one of the many after it (silence). */
export type Pace = "fine" | "notice" | "silence";

export async function paceOf(visit: Visit, kind: "command" | "press"): Promise<Pace> {
  const { db } = visit.app;
  const person = visit.userId ?? visit.chatId;
  const mostOfPerson = kind === "command" ? commandsPerPerson : pressesPerPerson;
  const own = await countVisit(db, `${kind === "command" ? "u" : "p"}${person}`, visit.now);
  if (own > mostOfPerson) return own === mostOfPerson + 1 ? "notice" : "silence";
  // Telegram counts edits in a group as well, so pages that are turned there count like commands.
  if (visit.kind === "private") return "fine";
  const group = await countVisit(db, `c${visit.chatId}`, visit.now);
  if (group <= commandsPerGroup) return "fine";
  return group === commandsPerGroup + 1 ? "notice" : "silence";
}
