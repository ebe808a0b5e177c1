import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { SingleBar } from "cli-progress";
import type { Command } from "commander";
import { parse } from "csv-parse/sync";
import { UserError } from "../errors.ts";
import { readClockTime } from "../news/clock-time.ts";
import { clockTime, isTimezone } from "../news/schedule.ts";
import { splitLines } from "../sources/jsonl.ts";
import type { Db } from "../store/db.ts";
import { ensureSubscriber, findSubscriber } from "../store/subscribers.ts";
import { addSubscription, listSubscriptions, subscriptionsMax } from "../store/subscriptions.ts";
import { digestsAfter } from "../store/subscriptions-due.ts";
import { ordinal } from "../text/index.ts";
import { counted, fileProblem, refuseDatabase, type Shell } from "./shell.ts";

/** Lines with an error that are told one by one; that there are more is told. */
const failuresListedMax = 10_000;
/** A longer line is no reader. */
const lineBytesMax = 10_000;
const markChars = 12;
const storiesUsual = 8;
const columns = ["chat id", "language", "zone", "time"];
/** Telegram's ids have at most 52 bits. */
const chatIdMax = 2 ** 52;

type Options = { json?: boolean };
type Failure = { line: number; reason: string };
type Counts = { imported: number; unchanged: number; failed: Failure[] };

/** subscribers import, export: readers and their times as CSV, for bots that move here and for a look in a table. */
export function addSubscriberCommands(program: Command, shell: () => Shell): void {
  const group = program
    .command("subscribers")
    .description("readers and their times as CSV: chat id, language, zone, time");
  group
    .command("import")
    .argument("<csv>", "lines of: chat id, language, zone, time (08:00, or 08:00 weekdays); a topic is -100…/45")
    .option("--json", "counts as JSON on standard output")
    .description("readers from another bot, a line for each of their digests; who is here already is left alone")
    .action((file: string, options: Options) => importReaders(shell(), file, options));
  group
    .command("export")
    .argument("<csv>", "the file to write")
    .description("every reader's digests, as import reads them")
    .action((file: string) => exportReaders(shell(), file));
}

async function importReaders(shell: Shell, file: string, { json }: Options): Promise<void> {
  const size = sizeOf(file);
  const counts: Counts = { imported: 0, unchanged: 0, failed: [] };
  const bar = new SingleBar({ format: "{bar} {percentage}%", hideCursor: true });
  const onBytes = (bytes: number) => bar.increment(bytes);
  const mark = await markOf(file);
  try {
    await shell.withStore(
      async ({ db }) => {
        if (process.stderr.isTTY && json !== true) bar.start(size, 0);
        for await (const { line, read } of readLines(file, { shell, onBytes })) {
          if (typeof read === "string") fail(counts, { line, reason: read });
          else await bring(db, read, { line, mark, counts, now: shell.now() });
        }
      },
      { makes: true, durability: "normal" },
    );
  } finally {
    bar.stop();
  }
  if (json === true) return shell.print(JSON.stringify(counts));
  shell.print(`${counts.imported} imported, ${counts.unchanged} were here, ${counts.failed.length} failed`);
  for (const { line, reason } of counts.failed) shell.print(`  line ${line}: ${reason}`);
}

type Reading = { shell: Shell; onBytes: (bytes: number) => void };

/** One reader a line, whatever stands in the lines around it: a quotation mark too many spoils its own line alone. */
async function* readLines(file: string, { shell, onBytes }: Reading): AsyncGenerator<{ line: number; read: Read }> {
  const chunks = createReadStream(file).on("data", (chunk) => onBytes(chunk.length));
  let line = 0;
  for await (const bytes of splitLines(chunks, lineBytesMax)) {
    line += 1;
    if (typeof bytes === "symbol") {
      yield { line, read: `the line is longer than ${lineBytesMax} bytes` };
      continue;
    }
    const record = recordOf(new TextDecoder("utf-8", { ignoreBOM: line > 1 }).decode(bytes));
    if (record === null) yield { line, read: "its quotation marks do not match" };
    // An empty line says nothing, and a first line of names is no reader.
    else if (record.length > 0 && !(line === 1 && /chat/i.test(record[0]!))) {
      yield { line, read: readLine(record, shell) };
    }
  }
}

/** The fields of a line, none of an empty one; null when its quotation marks do not match. */
function recordOf(line: string): string[] | null {
  try {
    const [record = []] = parse(line, { trim: true, relax_quotes: true, skip_empty_lines: true }) as string[][];
    return record;
  } catch {
    return null;
  }
}

function fail(counts: Counts, failure: Failure): void {
  if (counts.failed.length < failuresListedMax) counts.failed.push(failure);
  else if (counts.failed.length === failuresListedMax)
    counts.failed.push({ line: failure.line, reason: "and more lines after this one" });
}

type Bringing = { line: number; mark: string; counts: Counts; now: Date };

/**
 * A digest for each line. Who was here before this file is left as they are, and who stopped; the file's mark tells its
 * own digests apart, so that it can be imported again, also after half of it was.
 */
async function bring(db: Db, reader: Reader, { line, mark, counts, now }: Bringing): Promise<void> {
  const { chatId, threadId, language, timezone, minute, rule } = reader;
  const prefix = `import ${mark} ${chatId}/${threadId} `;
  const origin = `${prefix}${minute} ${rule}`;
  const known = await findSubscriber(db, chatId, threadId);
  const has = known === undefined ? [] : await listSubscriptions(db, known.id);
  const before = has.some((each) => !each.origin.startsWith(prefix));
  if (known?.state === "stopped" || before || has.some((each) => each.origin === origin)) {
    counts.unchanged += 1;
    return;
  }
  if (has.length >= subscriptionsMax) {
    return fail(counts, { line, reason: `chat ${chatId} has ${has.length} digests already; more it cannot have` });
  }
  const kind = chatId > 0 ? "private" : chatId <= -1_000_000_000_000 ? "supergroup" : "group";
  const fresh = { chatId, threadId, kind, title: "", language, newsLanguages: language, timezone } as const;
  const subscriber = known ?? (await ensureSubscriber(db, fresh, now));
  const subscription = { minute, rule, count: storiesUsual, silent: chatId < 0 };
  await addSubscription(db, subscriber, { fresh: { ...subscription, origin }, now });
  counts.imported += 1;
}

type Reader = {
  chatId: number;
  threadId: number;
  language: "zh" | "en";
  timezone: string;
  minute: number;
  rule: string;
};
/** A reader, or what is wrong with the line. */
type Read = Reader | string;

function readLine(record: string[], { config }: Shell): Read {
  const [id = "", language = "", zone = "", time = ""] = record;
  const [, chat = "", thread = "0"] = /^(-?\d{1,16})(?:\/(\d{1,10}))?$/.exec(id) ?? [];
  const chatId = Number(chat);
  if (chatId === 0 || Math.abs(chatId) > chatIdMax || (chatId > 0 && thread !== "0")) {
    return `"${id.slice(0, 40)}" is not a chat id`;
  }
  const spoken = language === "" ? config.DEFAULT_LANGUAGE : language.toLowerCase().slice(0, 2);
  if (spoken !== "zh" && spoken !== "en") return `the language "${language.slice(0, 20)}" is neither zh nor en`;
  const timezone = zone === "" ? config.DEFAULT_TIMEZONE : zone;
  if (!isTimezone(timezone)) return `"${zone.slice(0, 40)}" is not an IANA time zone`;
  const said = readClockTime(time === "" ? "08:00" : time);
  if (said === null) return `"${time.slice(0, 40)}" is not a time such as 08:00`;
  const { minute, rule } = said;
  return { chatId, threadId: Number(thread), language: spoken, timezone, minute, rule: rule ?? "daily" };
}

/** The same for the same bytes. */
async function markOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex").slice(0, markChars);
}

function sizeOf(file: string): number {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) throw new Error("it is not a file");
    return stats.size;
  } catch (error) {
    throw new UserError(`Cannot read ${file}: ${fileProblem(error)}`);
  }
}

async function exportReaders(shell: Shell, file: string): Promise<void> {
  refuseDatabase(shell, file);
  const written = await shell.withStore(async ({ db }) => {
    const out = createWriteStream(file, { flags: "w" });
    await once(out, "open").catch((error) => {
      throw new UserError(`Cannot write ${file}: ${fileProblem(error)}`);
    });
    let rowsWritten = 0;
    out.write(`${columns.join(",")}\n`);
    for (let afterId = 0; ; ) {
      const rows = await digestsAfter(db, afterId);
      const last = rows.at(-1);
      if (last === undefined) break;
      afterId = last.id;
      rowsWritten += rows.length;
      const lines = rows.map((row) => `${placeOf(row)},${row.language},${row.timezone},${timeOf(row)}\n`);
      if (!out.write(lines.join(""))) await once(out, "drain");
    }
    out.end();
    await once(out, "finish");
    return rowsWritten;
  });
  shell.print(`${file}: ${counted(written, "digest")}`);
}

/** A chat's id, and its topic's behind it: -1001234567890/45. */
function placeOf({ chatId, threadId }: { chatId: number; threadId: number }): string {
  return threadId === 0 ? `${chatId}` : `${chatId}/${threadId}`;
}

const weekdays = ["", "mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** As news/clock-time reads it back; without a comma, which would end the column. */
function timeOf({ minute, rule }: { minute: number; rule: string }): string {
  const [kind, list = ""] = rule.split(":");
  const days = list.split(",").map(Number);
  if (kind === "workdays") return `${clockTime(minute)} weekdays`;
  if (kind === "weekly") return `${clockTime(minute)} ${days.map((day) => weekdays[day]).join(" ")}`;
  if (kind === "monthly") return `${clockTime(minute)} ${days.map(ordinal).join(" ")}`;
  return clockTime(minute);
}
