import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SingleBar } from "cli-progress";
import type { Command } from "commander";
import { Api } from "grammy";
import { describeError, UserError } from "../errors.ts";
import { createClient } from "../node/client.ts";
import { openSnapshot, refuseInUse } from "../store/backup.ts";
import { goOn, standstillOf } from "../store/standstill.ts";
import { type Exported, exportClosed, exportStore } from "./moving/export.ts";
import { restoreToD1, restoreToSqlite, type StoreRestored } from "./moving/restore.ts";
import { refuseToReplace, type Shell } from "./shell.ts";
import { stopped } from "./stopping.ts";

type Options = { json?: boolean; move?: boolean; force?: boolean };

/** export, reopen; and what restore does with an exported store. */
export function addExportCommands(program: Command, shell: () => Shell): void {
  program
    .command("export")
    .argument("<file>", "where it goes, such as store.tidings.gz; - is standard output")
    .option("--move", "close this store for good: it goes on where the file is restored")
    .option("--force", "replace a file that is there")
    .option("--json", "JSON on standard output")
    .description("writes the whole store into one file, for restore on this machine or on Cloudflare")
    .action((file: string, options: Options) => exportWhole(shell(), file, options));
  program
    .command("reopen")
    .description("opens a store again that export --move closed, when it was restored nowhere")
    .action(() => reopen(shell()));
}

async function exportWhole(shell: Shell, file: string, { json, move = false, force }: Options): Promise<void> {
  if (file !== "-") refuseToReplace(shell, file, force);
  const bar = new SingleBar({ format: "{value} rows", hideCursor: true, noTTYOutput: false });
  if (process.stderr.isTTY) bar.start(0, 0);
  const { signal, free } = stopped();
  const onRows = (rows: number) => {
    // A store that stands still for this goes on.
    signal.throwIfAborted();
    bar.increment(rows);
  };
  const options = { now: shell.now, move, sleep: (ms: number) => sleep(ms, undefined, { signal }), onRows };
  const exported = await exportFrom(shell, file, options)
    .catch((error) => {
      throw signal.aborted ? new UserError("Stopped: nothing was written, and the store is as it was.") : error;
    })
    .finally(() => {
      bar.stop();
      free();
    });
  // With "-" standard output is the store itself.
  const tell = file === "-" ? (line: string) => void process.stderr.write(`${line}\n`) : shell.print;
  if (json === true) return tell(JSON.stringify({ file, ...exported }));
  const all = Object.values(exported.rows).reduce((sum, rows) => sum + rows, 0);
  const { articles = 0, subscribers = 0, deliveries = 0 } = exported.rows;
  tell(`${file}: ${(exported.bytes / 2 ** 20).toFixed(1)} MB, ${all} rows`);
  tell(`${articles} articles, ${subscribers} subscribers, ${deliveries} deliveries`);
  if (move) tell("This store is closed. Restore the file where the bot goes on; reopen opens this one again.");
}

type Exporting = Parameters<typeof exportClosed>[2];

async function exportFrom(shell: Shell, file: string, options: Exporting): Promise<Exported> {
  if (shell.cloudflare !== undefined) {
    const endWebhook = options.move ? webhookOf(shell) : undefined;
    const exported = await shell.withStore(({ db }) => exportClosed(db, file, options));
    await endWebhook?.();
    return exported;
  }
  if (!existsSync(shell.file)) throw new UserError(`There is no database ${shell.file} to export.`);
  if (options.move) {
    refuseInUse(shell.file, shell.now());
    return shell.withStore(({ db }) => exportClosed(db, file, options));
  }
  const snapshot = openSnapshot(shell.file);
  return exportStore(snapshot.db, file, options).finally(snapshot.close);
}

/** Ends the bot's webhook: what people say waits with Telegram, for a day, for whoever serves the bot next. */
function webhookOf(shell: Shell): () => Promise<void> {
  const { BOT_TOKEN, TELEGRAM_API_ROOT } = shell.config;
  if (BOT_TOKEN === undefined) {
    throw new UserError("Set BOT_TOKEN (environment or .env): the bot's webhook is ended once its store has moved.");
  }
  const api = new Api(BOT_TOKEN, createClient(shell.config, TELEGRAM_API_ROOT));
  return async () => {
    await api.deleteWebhook().catch((error) => {
      throw new UserError(
        `The store is exported and closed, but its webhook could not be ended: ${describeError(error)}. Run this again.`,
      );
    });
  };
}

async function reopen(shell: Shell): Promise<void> {
  await shell.withStore(async ({ db }) => {
    const standstill = await standstillOf(db);
    if (standstill?.why === "restoring") {
      throw new UserError("A restore into this store did not end: run the same restore again.");
    }
    await goOn(db);
    shell.print(standstill === null ? "The store is open." : "The store is open again.");
  });
}

/** An exported store, put in this database's place. */
export async function restoreExported(shell: Shell, file: string, { json }: Options): Promise<void> {
  if (file !== "-" && !existsSync(file)) throw new UserError(`There is no file ${file}.`);
  const bar = new SingleBar({ format: "{value} rows", hideCursor: true, noTTYOutput: false });
  if (process.stderr.isTTY) bar.start(0, 0);
  const { signal, free } = stopped();
  const onRows = (rows: number) => {
    signal.throwIfAborted();
    bar.increment(rows);
  };
  const options = { now: shell.now(), onRows };
  const restored: StoreRestored & { kept?: string | null; shortened?: number } = await (shell.cloudflare === undefined
    ? restoreToSqlite(file, shell.file, options)
    : shell.withStore(({ db }) => restoreToD1(file, db, options))
  )
    .catch((error) => {
      if (!signal.aborted) throw error;
      const left = shell.cloudflare === undefined ? "nothing was changed." : "the same restore goes on from here.";
      throw new UserError(`Stopped: ${left}`);
    })
    .finally(() => {
      bar.stop();
      free();
    });
  if (json === true) return shell.print(JSON.stringify(restored));
  const place = shell.cloudflare === undefined ? shell.file : `D1 (${shell.cloudflare})`;
  const all = Object.values(restored.rows).reduce((sum, rows) => sum + rows, 0);
  shell.print(`${place}: ${all} rows restored from ${file}${restored.resumed ? ", where it was cut off" : ""}`);
  tellSettled(shell, restored);
  if (restored.shortened) shell.print(`articles longer than D1 takes, cut there: ${restored.shortened}`);
  if (!restored.moved) shell.print("The store that it came from was not closed (export --move): do not run both.");
}

/** What became of what waited. */
export function tellSettled(shell: Shell, restored: { kept?: string | null; unknown: number; passed: number }): void {
  if (restored.kept) shell.print(`what was there is kept as ${restored.kept}`);
  shell.print(`deliveries that waited in the backup, now unknown: ${restored.unknown}`);
  shell.print(`digests that were due since and are passed over: ${restored.passed}`);
}
