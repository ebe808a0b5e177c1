import { once } from "node:events";
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { SingleBar } from "cli-progress";
import type { Command } from "commander";
import { parse } from "csv-parse";
import { UserError } from "../errors.ts";
import { readClockTime } from "../news/clock-time.ts";
import { clockTime, isTimezone } from "../news/schedule.ts";
import type { Db } from "../store/db.ts";
import { ensureSubscriber, findSubscriber } from "../store/subscribers.ts";
import { addSubscription, countSubscriptions } from "../store/subscriptions.ts";
import { digestsAfter } from "../store/subscriptions-due.ts";
import { counted, type Shell } from "./shell.ts";

/** Lines with an error that are told one by one. */
const failuresListedMax = 10_000;
const recordBytesMax = 10_000;
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
    .argument("<csv>", "lines of: chat id, language, zone, time (08:00, or 08:00 weekdays)")
    .option("--json", "counts as JSON on standard output")
    .description("readers from another bot; who is here already is left alone")
    .action((file: string, options: Options) => importReaders(shell(), file, options));
  group
    .command("export")
    .argument("<csv>", "the file to write")
    .description("every reader's digests, as import reads them")
    .action((file: string) => exportReaders(shell(), file));
}

async function importReaders(shell: Shell, file: string, { json }: Options): Promise<void> {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new UserError(`There is no file ${file}.`);
  const counts: Counts = { imported: 0, unchanged: 0, failed: [] };
  const bar = new SingleBar({ format: "{bar} {percentage}%", hideCursor: true });
  if (process.stderr.isTTY && json !== true) bar.start(size, 0);
  const options = { bom: true, info: true, relax_column_count: true, trim: true, max_record_size: recordBytesMax };
  const records = createReadStream(file).pipe(parse({ ...options, skip_empty_lines: true, relax_quotes: true }));
  try {
    await shell.withStore(
      async ({ db }) => {
        for await (const each of records) {
          const { record, info } = each as { record: string[]; info: { lines: number; bytes: number } };
          await importLine(db, { record, line: info.lines, counts, shell });
          bar.update(info.bytes);
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

type Line = { record: string[]; line: number; counts: Counts; shell: Shell };

async function importLine(db: Db, { record, line, counts, shell }: Line): Promise<void> {
  const read = readLine(record, shell);
  // A first line of names is no reader.
  if (line === 1 && /chat/i.test(record[0] ?? "")) return;
  if (typeof read === "string") {
    if (counts.failed.length < failuresListedMax) counts.failed.push({ line, reason: read });
    return;
  }
  const now = shell.now();
  const known = await findSubscriber(db, read.chatId, 0);
  if (known !== undefined && (await countSubscriptions(db, known.id)) > 0) {
    counts.unchanged += 1;
    return;
  }
  const { chatId, language, timezone } = read;
  const kind = chatId > 0 ? "private" : chatId <= -1_000_000_000_000 ? "supergroup" : "group";
  const fresh = { chatId, threadId: 0, kind, title: "", language, newsLanguages: language, timezone } as const;
  const subscriber = known ?? (await ensureSubscriber(db, fresh, now));
  const subscription = { minute: read.minute, rule: read.rule, count: storiesUsual, silent: chatId < 0 };
  await addSubscription(db, subscriber, { fresh: { ...subscription, origin: `import ${chatId}` }, now });
  counts.imported += 1;
}

/** What a line says, or what is wrong with it. */
function readLine(record: string[], { config }: Shell) {
  const [id = "", language = "", zone = "", time = "08:00"] = record;
  const chatId = Number(id);
  if (!/^-?\d{1,16}$/.test(id) || chatId === 0 || Math.abs(chatId) > chatIdMax) {
    return `"${id.slice(0, 40)}" is not a chat id`;
  }
  const spoken = language === "" ? config.DEFAULT_LANGUAGE : language.toLowerCase().slice(0, 2);
  if (spoken !== "zh" && spoken !== "en") return `the language "${language.slice(0, 20)}" is neither zh nor en`;
  const timezone = zone === "" ? config.DEFAULT_TIMEZONE : zone;
  if (!isTimezone(timezone)) return `"${zone.slice(0, 40)}" is not an IANA time zone`;
  const said = readClockTime(time === "" ? "08:00" : time);
  if (said === null) return `"${time.slice(0, 40)}" is not a time such as 08:00`;
  return { chatId, language: spoken, timezone, minute: said.minute, rule: said.rule ?? "daily" } as const;
}

async function exportReaders(shell: Shell, file: string): Promise<void> {
  const out = createWriteStream(file, { flags: "w" });
  await once(out, "open");
  let written = 0;
  await shell.withStore(async ({ db }) => {
    out.write(`${columns.join(",")}\n`);
    for (let afterId = 0; ; ) {
      const rows = await digestsAfter(db, afterId);
      const last = rows.at(-1);
      if (last === undefined) break;
      afterId = last.id;
      written += rows.length;
      const lines = rows.map(
        (row) => `${row.chatId},${row.language},${row.timezone},${timeOf(row.minute, row.rule)}\n`,
      );
      if (!out.write(lines.join(""))) await once(out, "drain");
    }
  });
  out.end();
  await once(out, "finish");
  shell.print(`${file}: ${counted(written, "digest")}`);
}

const weekdays = ["", "mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** As news/clock-time reads it back; without a comma, which would end the column. */
function timeOf(minute: number, rule: string): string {
  const [kind, list = ""] = rule.split(":");
  const days = list.split(",").map(Number);
  if (kind === "workdays") return `${clockTime(minute)} weekdays`;
  if (kind === "weekly") return `${clockTime(minute)} ${days.map((day) => weekdays[day]).join(" ")}`;
  if (kind === "monthly") return `${clockTime(minute)} ${days.map((day) => `${day}th`).join(" ")}`;
  return clockTime(minute);
}
