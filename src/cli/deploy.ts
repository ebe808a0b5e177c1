import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseEnv } from "node:util";
import { type Command, Option } from "commander";
import { UserError } from "../errors.ts";
import { UsageError } from "./shell.ts";
import { stopped } from "./stopping.ts";

const root = join(import.meta.dirname, "../..");
const locations = ["weur", "eeur", "apac", "oc", "wnam", "enam"];

type Options = {
  env: "production" | "staging";
  dryRun?: boolean;
  yes?: boolean;
  store?: string;
  url?: string;
  location?: string;
};

/** deploy: the same bot on Cloudflare, by one command. */
export function addDeployCommand(program: Command): void {
  program
    .command("deploy")
    .addOption(new Option("--env <name>", "which bot").choices(["production", "staging"]).default("production"))
    .option("--store <file>", "an exported store to bring along, while the database is empty")
    .option("--url <address>", "the worker's own domain (https://…), where it has one beside workers.dev")
    .addOption(new Option("--location <hint>", "where the database is made").choices(locations))
    .option("--dry-run", "look at what is there, and only say what would be done")
    .option("--yes", "ask nothing: what is not given is an error")
    .description("puts the bot on Cloudflare, or brings it up to date there")
    .action(runDeploy);
}

async function runDeploy({ env: environment, dryRun = false, yes = false, ...options }: Options): Promise<void> {
  if (options.url !== undefined && !/^https:\/\/[^/]+$/.test(options.url) && !isLoopback(options.url)) {
    throw new UsageError("--url is the beginning of an address, such as https://news.example.org");
  }
  // These need what is installed for development alone, as wrangler is.
  const { deploy, envFile } = await import("./deploying/deploy.ts");
  const { createWrangler } = await import("./deploying/wrangler.ts");
  const { createQuestions, stoppedLine } = await import("./deploying/ask.ts");
  const { openCloudflare } = await import("./cloudflare.ts");
  const own = envFile(environment);
  const env = { ...process.env, ...(environment === "staging" ? stagingSettings(own) : {}) };
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const questions = yes || dryRun || !process.stdin.isTTY ? null : createQuestions();
  const folder = process.cwd();
  const { signal, free } = stopped();
  const wrangler = createWrangler({ folder, env, dryRun, say, signal });
  const clock = { now: () => new Date(), sleep: (ms: number) => sleep(ms, undefined, { signal }) };
  const openStore = (place: "production" | "staging") => openCloudflare(place, folder);
  const parts = { root, folder, env, wrangler, questions, say, openStore, signal, ...clock };
  try {
    await deploy(parts, { environment, dryRun, ...options });
  } catch (error) {
    throw signal.aborted ? new UserError(stoppedLine) : error;
  } finally {
    free();
  }
}

/** Another bot has another token: none of the first one's settings is taken over unseen. */
function stagingSettings(file: string): Record<string, string | undefined> {
  const given = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  return { BOT_TOKEN: undefined, ADMIN_IDS: undefined, WEBHOOK_SECRET: undefined, ...given };
}

function isLoopback(url: string): boolean {
  return /^http:\/\/127\.0\.0\.1(:\d+)?$/.test(url);
}
