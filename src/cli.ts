import { existsSync } from "node:fs";
import { CommanderError } from "commander";
import { createProgram } from "./cli/program.ts";
import { UsageError } from "./cli/shell.ts";
import { describeError, UserError } from "./errors.ts";

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
