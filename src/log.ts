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
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: describeError },
    },
    { write: (line: string) => write(withoutSecrets(line)) },
  );
}

export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {}
