import type { Role } from "../store/schema.ts";
import type { Visit } from "./visit.ts";

/** What a command does with the words behind it. */
export type Command = {
  run(visit: Visit, words: string): Promise<void>;
  /** In groups, channels and topics only their admins may. */
  managed?: boolean;
  /** Changes what somebody gets: done also beyond the limit of commands, once a minute. */
  setting?: boolean;
  /** Works in a private chat with the bot only. */
  privateOnly?: boolean;
  /** Exists only for those who run the bot. */
  operator?: boolean;
  /** Exists only for those with at least this role. */
  role?: Role;
};

/** What a button does. */
export type Press = {
  /** A reason not to do it, told over the button; null goes on. */
  refuse?(visit: Visit, args: string[]): Promise<string | null>;
  act(visit: Visit, args: string[]): Promise<void>;
  /** In groups, channels and topics only their admins may. */
  managed?: boolean;
  /** For those with at least this role, who are not held to a pace: a pause must always get through. */
  role?: Role;
};

export type Area = { commands: Record<string, Command>; presses: Record<string, Press> };

/** A whole number from a button, within bounds; null for anything else, because buttons can be forged. */
export function wholeNumber(arg: string | undefined, min: number, max: number): number | null {
  if (arg === undefined || !/^\d{1,15}$/.test(arg)) return null;
  const n = Number(arg);
  return n >= min && n <= max ? n : null;
}

/** An id in base 36 from a button or a link. */
export function idOf(arg: string | undefined): number | null {
  if (arg === undefined || !/^[0-9a-z]{1,11}$/.test(arg)) return null;
  const n = Number.parseInt(arg, 36);
  return Number.isSafeInteger(n) ? n : null;
}
