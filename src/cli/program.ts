import { Command, Option } from "commander";
import { addBackupCommands } from "./backup.ts";
import { addBroadcastCommand } from "./broadcasts.ts";
import { addDeliveryCommands } from "./deliveries.ts";
import { addDeployCommand } from "./deploy.ts";
import { addDoctorCommand } from "./doctor.ts";
import { addExportCommands } from "./export.ts";
import { addFindCommands } from "./find.ts";
import { addImportCommand } from "./import.ts";
import { addReadCommand } from "./read.ts";
import { createShell, type Shell, type ShellOptions } from "./shell.ts";
import { addSourcesCommand } from "./sources.ts";
import { addStatsCommand } from "./stats.ts";
import { addSubjectsCommand } from "./subjects.ts";
import { addSubscriberCommands } from "./subscribers.ts";
import { addWebhookCommand } from "./webhook.ts";

/** `npm run -s tidings -- <command>`: the same program from a shell, also beside a running server. */
export function createProgram(): Command {
  const program = new Command("tidings")
    .description("News digests in Telegram: the command line")
    .option("--playground", "look into the playground's database instead of DATABASE_PATH")
    .addOption(
      new Option("--cloudflare", "look into the D1 database of npm run deploy instead").conflicts("playground"),
    )
    .option("--cloudflare-staging", "… of npm run deploy -- --env staging")
    .option("--cloudflare-local", "… that wrangler keeps on this machine")
    .exitOverride()
    .configureOutput({
      writeErr: (text) => process.stderr.write(text),
      outputError: (text, write) => write(`${text.trim().replace(/\s*\n\s*/g, " ")} (--help tells more)\n`),
    });
  let made: Shell | undefined;
  const shell = () => {
    made ??= createShell(process.env, program.opts<ShellOptions>());
    return made;
  };
  addImportCommand(program, shell);
  addReadCommand(program, shell);
  addSourcesCommand(program, shell);
  addSubjectsCommand(program, shell);
  addFindCommands(program, shell);
  addDeliveryCommands(program, shell);
  addBroadcastCommand(program, shell);
  addBackupCommands(program, shell);
  addExportCommands(program, shell);
  addSubscriberCommands(program, shell);
  addStatsCommand(program, shell);
  addWebhookCommand(program, shell);
  addDoctorCommand(program, shell);
  addDeployCommand(program);
  return program;
}
