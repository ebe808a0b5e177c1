import { Command } from "commander";
import { addBackupCommands } from "./backup.ts";
import { addBroadcastCommand } from "./broadcasts.ts";
import { addDeliveryCommands } from "./deliveries.ts";
import { addDoctorCommand } from "./doctor.ts";
import { addFindCommands } from "./find.ts";
import { addImportCommand } from "./import.ts";
import { addReadCommand } from "./read.ts";
import { createShell, type Shell } from "./shell.ts";
import { addSourcesCommand } from "./sources.ts";
import { addSubscriberCommands } from "./subscribers.ts";
import { addWebhookCommand } from "./webhook.ts";

/** `npm run -s tidings -- <command>`: the same program from a shell, also beside a running server. */
export function createProgram(): Command {
  const program = new Command("tidings")
    .description("News digests in Telegram: the command line")
    .option("--playground", "look into the playground's database instead of DATABASE_PATH")
    .showHelpAfterError("(--help tells more)")
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });
  let made: Shell | undefined;
  const shell = () => {
    made ??= createShell(process.env, program.opts<{ playground?: boolean }>());
    return made;
  };
  addImportCommand(program, shell);
  addReadCommand(program, shell);
  addSourcesCommand(program, shell);
  addFindCommands(program, shell);
  addDeliveryCommands(program, shell);
  addBroadcastCommand(program, shell);
  addBackupCommands(program, shell);
  addSubscriberCommands(program, shell);
  addWebhookCommand(program, shell);
  addDoctorCommand(program, shell);
  return program;
}
