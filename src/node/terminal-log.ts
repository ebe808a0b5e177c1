import { createLog, type Log } from "../log.ts";

type Stream = { isTTY?: boolean; hasColors?(): boolean; write(text: string): unknown };

/** The log on standard error: JSON lines for machines, and a short readable line for a person at a terminal. */
export async function logTo(stream: Stream, level: string): Promise<Log> {
  if (stream.isTTY !== true) return createLog(level, (line) => stream.write(line));
  // Read only where somebody looks: a server needs none of it.
  const { prettyFactory } = await import("pino-pretty");
  const pretty = prettyFactory({
    colorize: stream.hasColors?.() === true,
    singleLine: true,
    translateTime: "SYS:HH:MM:ss",
    errorLikeObjectKeys: [],
  });
  return createLog(level, (line) => stream.write(pretty(line)));
}
