/** Telegram's limit for what a button brings back. */
export const actionBytesMax = 64;
/** Old buttons live forever: a press of another version is answered as too old. */
const version = "1";

/** What a button does, as it travels: a verb and short arguments, with "~" for a ":" inside one. */
export function action(verb: string, ...args: (string | number)[]): string {
  const data = [version, verb, ...args.map((arg) => String(arg).replaceAll(":", "~"))].join(":");
  if (new TextEncoder().encode(data).length > actionBytesMax)
    throw new RangeError(`a button's action is too long: ${data}`);
  return data;
}

/** Null for what this version never made. */
export function readAction(data: string): { verb: string; args: string[] } | null {
  const [made, verb, ...args] = data.split(":");
  return made === version && verb !== undefined && verb !== ""
    ? { verb, args: args.map((arg) => arg.replaceAll("~", ":")) }
    : null;
}
