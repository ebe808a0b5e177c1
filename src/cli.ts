import { existsSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addDeliveryCommands } from "./cli/deliveries.ts";
import { addFindCommands } from "./cli/find.ts";
import { addImportCommand } from "./cli/import.ts";
import { createShell, type Shell, UsageError } from "./cli/shell.ts";
import { addWebhookCommand } from "./cli/webhook.ts";
import { describeError, UserError } from "./errors.ts";

/** `npm run -s tidings -- <command>`: the same program from a shell, also beside a running server. */
function createProgram(): Command {
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
  addFindCommands(program, shell);
  addDeliveryCommands(program, shell);
  addWebhookCommand(program, shell);
  return program;
}

/** Status 0 when it is done, 1 for what went wrong (one line on standard error), 2 for wrong usage. */
async function main(): Promise<number> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  // A reader that closes early (`| head`) is no error of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  try {
    await createProgram().parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const text = error instanceof UserError ? error.message : `tidings: ${describeError(error)}`;
    process.stderr.write(`${text}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main();
