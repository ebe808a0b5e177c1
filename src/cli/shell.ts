import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { type Config, readConfig } from "../config.ts";
import { describeError, UserError } from "../errors.ts";
import { createLog, type Log } from "../log.ts";
import type { Db } from "../store/db.ts";
import { factOf, openSqlite, type SqliteOptions, type SqliteStore } from "../store/sqlite.ts";
import { openCloudflare, type Place } from "./cloudflare.ts";

/** The longest line that is read from standard input. */
const lineCharsMax = 1_000_000;

const playgroundDatabase = "data/playground.db";

/** What a command has to do with the outside: settings, the store, standard output and error, the clock. */
export type Shell = {
  config: Config;
  /** The database's file. */
  file: string;
  /** Set: the database is this one of Cloudflare's, and not the file. */
  cloudflare: Place | undefined;
  log: Log;
  /** The playground's own time, where its database is looked into. */
  now(): Date;
  /** One line on standard output. */
  print(line: string): void;
  /** Opens the database, hands it over and closes it, whatever happens. Only who brings something makes a new one. */
  withStore<T>(work: (store: Opened) => Promise<T>, options?: StoreOptions): Promise<T>;
};

export type StoreOptions = SqliteOptions & { makes?: boolean };

/** A store; `client` is a file's own connection. */
export type Opened = { db: Db; client?: SqliteStore["client"] };

export type ShellOptions = {
  playground?: boolean;
  cloudflare?: boolean;
  cloudflareStaging?: boolean;
  cloudflareLocal?: boolean;
};

export function createShell(env: Record<string, string | undefined>, options: ShellOptions): Shell {
  const config = readConfig(env);
  const file = options.playground ? playgroundDatabase : config.DATABASE_PATH;
  const cloudflare = placeOf(options);
  const shiftMs = options.playground && existsSync(file) ? Number(factOf(file, "clock_shift") ?? 0) : 0;
  return {
    config,
    file,
    cloudflare,
    log: createLog(config.LOG_LEVEL, (line) => process.stderr.write(line)),
    now: () => new Date(Date.now() + shiftMs),
    print: (line) => {
      process.stdout.write(`${line}\n`);
    },
    withStore: async (work, { makes = false, ...storeOptions } = {}) => {
      if (cloudflare !== undefined) {
        const store = await openCloudflare(cloudflare);
        return await work(store).finally(store.close);
      }
      if (!existsSync(file)) {
        if (!makes || options.playground) throw new UserError(noDatabase(file, options));
        process.stderr.write(`There was no database ${file}: a new one is made.\n`);
      }
      const store = openSqlite(file, storeOptions);
      try {
        return await work(store);
      } finally {
        store.close();
      }
    },
  };
}

function noDatabase(file: string, { playground }: ShellOptions): string {
  if (playground) return `There is no playground database ${file} yet: npm start without BOT_TOKEN makes it.`;
  return `There is no database ${file} yet: npm start, "import <file>" or "sources add <url>" makes it. DATABASE_PATH says where it is; --playground looks into the playground's.`;
}

/**
 * Answers each line of standard input with one line of JSON, in order, empty ones too. What cannot be answered is
 * `{"error": …}` in its line, and the next one is read.
 */
export async function answerLines(shell: Shell, answer: (line: string) => Promise<unknown>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    shell.print(JSON.stringify(await answerLine(line.slice(0, lineCharsMax).trim(), answer)));
  }
}

async function answerLine(line: string, answer: (line: string) => Promise<unknown>): Promise<unknown> {
  try {
    return await answer(line);
  } catch (error) {
    if (error instanceof UserError) return { error: error.message };
    throw error;
  }
}

/** An option's whole number; anything else is wrong usage. */
export function wholeNumber(name: string, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < 1 || number > most) {
      throw new UsageError(`${name} must be a whole number from 1 to ${most}, not "${value}"`);
    }
    return number;
  };
}

const fileProblems: Record<string, string> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
  Z_DATA_ERROR: "what is compressed in it is damaged",
  Z_BUF_ERROR: "what is compressed in it is cut off",
};

/** Why a file cannot be read, in plain words. */
export function fileProblem(error: unknown): string {
  return fileProblems[(error as NodeJS.ErrnoException).code ?? ""] ?? describeError(error);
}

/** "1 article", "2,000 articles". */
export function counted(n: number, one: string): string {
  return `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;
}

/** Wrong usage: status 2, where any other error is status 1. */
export class UsageError extends UserError {}

function placeOf({ cloudflare, cloudflareStaging, cloudflareLocal }: ShellOptions): Place | undefined {
  if (cloudflareLocal) return "local";
  if (cloudflareStaging) return "staging";
  return cloudflare ? "production" : undefined;
}

/** A file that a command makes is none that is there already, unless that was said, and never the database. */
export function refuseToReplace(shell: Pick<Shell, "file">, file: string, force = false): void {
  refuseDatabase(shell, file);
  if (existsSync(file) && !force) {
    throw new UserError(`${file} is there already: choose another name, or replace it with --force.`);
  }
}

/** A list that is written anew may be replaced by the next, but the database by none, nor its log. */
export function refuseDatabase(shell: Pick<Shell, "file">, file: string): void {
  const database = resolve(shell.file);
  if ([database, `${database}-wal`, `${database}-shm`].includes(resolve(file))) {
    throw new UserError(`${file} is the database itself.`);
  }
}
