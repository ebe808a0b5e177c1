import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { SingleBar } from "cli-progress";
import type { Command } from "commander";
import { UserError } from "../errors.ts";
import { backupSqlite, restoreSqlite } from "../store/backup.ts";
import { restoreExported, tellSettled } from "./export.ts";
import { looksExported } from "./moving/file.ts";
import { counted, refuseToReplace, type Shell } from "./shell.ts";

type Options = { json?: boolean; force?: boolean };

/** backup, restore: the whole database as one file, and back. */
export function addBackupCommands(program: Command, shell: () => Shell): void {
  program
    .command("backup")
    .argument("<file>", "where the copy goes")
    .option("--force", "replace a file that is there")
    .option("--json", "JSON on standard output")
    .description("copies the database while the server runs, and opens the copy to verify it")
    .action((file: string, options: Options) => backup(shell(), file, options));
  program
    .command("restore")
    .argument("<file>", "a backup, or an exported store")
    .option("--json", "JSON on standard output")
    .description("puts a backup or an exported store in the database's place; nobody gets anything twice")
    .action((file: string, options: Options) => restore(shell(), file, options));
}

async function backup(shell: Shell, file: string, { json, force }: Options): Promise<void> {
  if (shell.cloudflare !== undefined)
    throw new UserError('D1 is copied by "export", and keeps its own 30 days (time travel).');
  refuseToReplace(shell, file, force);
  const bar = new SingleBar({ format: "{bar} {percentage}%", hideCursor: true, noTTYOutput: false });
  if (process.stderr.isTTY) bar.start(1, 0);
  const onProgress = (copied: number, total: number) => {
    bar.setTotal(total);
    bar.update(copied);
  };
  const report = await backupSqlite(shell.file, file, { onProgress }).finally(() => bar.stop());
  const { bytes, articles, subscribers, deliveries } = report;
  const size = `${(bytes / 2 ** 20).toFixed(1)} MB`;
  const holds = [
    counted(articles, "article"),
    counted(subscribers, "subscriber"),
    deliveries === 1 ? "1 delivery" : `${deliveries} deliveries`,
  ].join(", ");
  shell.print(json === true ? JSON.stringify(report) : `${file}: ${size}, verified; ${holds}`);
}

async function restore(shell: Shell, file: string, options: Options): Promise<void> {
  if (file === "-" || looksExported(beginningOf(file))) return restoreExported(shell, file, options);
  if (shell.cloudflare !== undefined) {
    throw new UserError(`${file} is no exported store: Cloudflare takes what "export" wrote, not a backup.`);
  }
  const restored = await restoreSqlite(file, shell.file, shell.now());
  if (options.json === true) return shell.print(JSON.stringify(restored));
  shell.print(`${shell.file}: restored from ${file}`);
  tellSettled(shell, restored);
}

/** Enough to tell a backup from an exported store; nothing when there is no such file. */
function beginningOf(file: string): Uint8Array {
  if (!existsSync(file)) return new Uint8Array();
  const handle = openSync(file, "r");
  try {
    const beginning = Buffer.alloc(2);
    readSync(handle, beginning);
    return beginning;
  } finally {
    closeSync(handle);
  }
}
