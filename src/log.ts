import { pino } from "pino";
import { describeError, withoutSecrets } from "./errors.ts";

export type LogFields = Record<string, unknown>;

/** What the program may say: a sentence, and fields for a machine. pino on Node, the same shape elsewhere. */
export type Log = {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
};

/** JSON lines to the writer given (standard error on Node); a token never gets out, whoever logged it. */
export function createLog(level: string, write: (line: string) => void): Log {
  const writeSafe = (line: string) => write(withoutSecrets(line));
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: describeError },
      // On Workers pino is its build for browsers, which hands over the same fields as an object.
      browser: { serialize: true, write: (entry: object) => writeSafe(JSON.stringify(entry)) },
    },
    { write: writeSafe },
  );
}

/** Where a Worker's lines go: the platform keeps them, with their fields. */
export function toConsole(line: string): void {
  // biome-ignore lint/suspicious/noConsole: there is no standard error on Workers
  console.log(line);
}

export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {}
