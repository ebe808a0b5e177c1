import { SingleBar } from "cli-progress";
import type { Command } from "commander";
import { backupSqlite, restoreSqlite } from "../store/backup.ts";
import type { Shell } from "./shell.ts";

type Options = { json?: boolean };

/** backup, restore: the whole database as one file, and back. */
export function addBackupCommands(program: Command, shell: () => Shell): void {
  program
    .command("backup")
    .argument("<file>", "where the copy goes")
    .option("--json", "JSON on standard output")
    .description("copies the database while the server runs, and opens the copy to verify it")
    .action((file: string, options: Options) => backup(shell(), file, options));
  program
    .command("restore")
    .argument("<file>", "a backup")
    .option("--json", "JSON on standard output")
    .description("puts a backup in the database's place, once the server is stopped; nobody gets anything twice")
    .action((file: string, options: Options) => restore(shell(), file, options));
}

async function backup(shell: Shell, file: string, { json }: Options): Promise<void> {
  const bar = new SingleBar({ format: "{bar} {percentage}%", hideCursor: true, noTTYOutput: false });
  if (process.stderr.isTTY) bar.start(1, 0);
  const onProgress = (copied: number, total: number) => {
    bar.setTotal(total);
    bar.update(copied);
  };
  const report = await backupSqlite(shell.file, file, { onProgress }).finally(() => bar.stop());
  const { bytes, articles, subscribers, deliveries } = report;
  const size = `${(bytes / 2 ** 20).toFixed(1)} MB`;
  const holds = `${articles} articles, ${subscribers} subscribers, ${deliveries} deliveries`;
  shell.print(json === true ? JSON.stringify(report) : `${file}: ${size}, verified; ${holds}`);
}

async function restore(shell: Shell, file: string, { json }: Options): Promise<void> {
  const restored = await restoreSqlite(file, shell.file, shell.now());
  if (json === true) return shell.print(JSON.stringify(restored));
  shell.print(`${shell.file}: restored from ${file}`);
  if (restored.kept !== null) shell.print(`what was there is kept as ${restored.kept}`);
  shell.print(`deliveries that waited in the backup, now unknown: ${restored.unknown}`);
  shell.print(`digests that were due since and are passed over: ${restored.passed}`);
}
