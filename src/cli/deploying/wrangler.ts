import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExecaError, execa } from "execa";
import { UserError, withoutSecrets } from "../../errors.ts";

/** A deployment uploads, and migrations may take long; a command that hangs is ended. */
const commandMs = 600_000;
const outputBytesMax = 16 * 1024 * 1024;
/** What is shown of a command that failed. */
const errorLinesMax = 12;

export type Wrangler = {
  /** Asks something; gives standard output. Throws a UserError with what wrangler said, and the fix when it is known. */
  ask(...args: string[]): Promise<string>;
  /** Does something; when nothing is to be done, only says what it would be. */
  change(...args: string[]): Promise<string>;
  /** As `change`, for a deployment: gives the worker's address. */
  deploy(...args: string[]): Promise<string>;
  /** In the foreground, for what opens a browser. */
  interact(...args: string[]): Promise<void>;
};

export type WranglerOptions = {
  /** The folder in which it runs. */
  folder: string;
  env: Record<string, string | undefined>;
  dryRun: boolean;
  say(line: string): void;
  /** Ends a command that runs. */
  signal?: AbortSignal;
};

/** wrangler, as npm puts it on the path. */
export function createWrangler({ folder, env, dryRun, say, signal }: WranglerOptions): Wrangler {
  const limits = { timeout: commandMs, maxBuffer: outputBytesMax };
  const options = { cwd: folder, extendEnv: false, ...limits, ...(signal && { cancelSignal: signal }) };
  // Looked at for each command: which account is meant is known after the first.
  const told = () => ({ ...env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1", FORCE_COLOR: "0" });

  async function run(args: string[], more: Record<string, string> = {}): Promise<string> {
    try {
      // CI: nothing is asked in the middle of a step.
      const { stdout } = await execa("wrangler", args, {
        ...options,
        stdin: "ignore",
        env: { ...told(), CI: "1", ...more },
      });
      return stdout;
    } catch (error) {
      throw explained(args, error);
    }
  }

  async function change(...args: string[]): Promise<string> {
    if (!dryRun) return run(args);
    say(`  would run: wrangler ${args.map((each) => each || '""').join(" ")}`);
    return "";
  }

  return {
    ask: (...args) => run(args),
    change,
    async deploy(...args) {
      if (dryRun) {
        await change(...args);
        return "";
      }
      const output = join(tmpdir(), `tidings-deploy-${crypto.randomUUID()}.ndjson`);
      try {
        await run(args, { WRANGLER_OUTPUT_FILE_PATH: output });
        return addressIn(readFileSync(output, "utf8"));
      } finally {
        rmSync(output, { force: true });
      }
    },
    async interact(...args) {
      await execa("wrangler", args, { ...options, env: told(), stdio: "inherit" }).catch((error) => {
        throw explained(args, error);
      });
    },
  };
}

/** wrangler tells what it did in lines of JSON; a deployment's has the worker's addresses. */
function addressIn(ndjson: string): string {
  const lines = ndjson.split("\n").filter((line) => line.trim() !== "");
  const entries = lines.map((line) => JSON.parse(line) as { type?: string; targets?: string[] });
  const targets = entries.findLast((entry) => entry.type === "deploy")?.targets ?? [];
  const address = targets.find((target) => URL.canParse(target) && /^https?:/.test(target));
  if (address === undefined) {
    throw new UserError(
      "The worker has no address. Register a workers.dev subdomain (Cloudflare's dashboard, Workers & Pages), or give --url with the worker's own domain.",
    );
  }
  return new URL(address).origin;
}

/** What is known to go wrong, and its fix. */
const fixes: [RegExp, string][] = [
  [/ENOENT|not found: wrangler/i, "wrangler is not on the path: run it as npm run deploy, after npm ci."],
  [
    /CLOUDFLARE_API_TOKEN|not authenticated|logged in|Authentication error|10000/i,
    "Log in with npx wrangler login, or set CLOUDFLARE_API_TOKEN.",
  ],
  [
    /More than one account|CLOUDFLARE_ACCOUNT_ID/i,
    "Set CLOUDFLARE_ACCOUNT_ID to the account that is meant (npx wrangler whoami lists them).",
  ],
  [
    /workers\.dev subdomain|onboarding/i,
    "Register a workers.dev subdomain: Cloudflare's dashboard, Workers & Pages; then run this again.",
  ],
  [
    /Paid plan|upgrade|100129|plan does not/i,
    "This account's plan does not have it: Workers Paid (5 USD a month) does.",
  ],
  [
    /Binding name .* already in use|10053/i,
    "A secret has the name of a setting: npx wrangler secret delete NAME, then run this again.",
  ],
  [
    /fetch failed|ETIMEDOUT|ECONNRE|EAI_AGAIN/i,
    "Cloudflare cannot be reached from here: check the network, then run this again.",
  ],
];

function explained(args: readonly string[], error: unknown): unknown {
  if (!(error instanceof ExecaError)) return error;
  const said = withoutSecrets(`${error.stderr ?? ""}\n${error.stdout ?? ""}`)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^[─-]+$|⛅|Logs were written|🪵/.test(line))
    .slice(0, errorLinesMax);
  const all = `${error.shortMessage}\n${said.join("\n")}`;
  const fix =
    fixes.find(([pattern]) => pattern.test(all))?.[1] ?? "What is done stays done: mend it, then run this again.";
  return new UserError(
    `wrangler ${args.slice(0, 3).join(" ")} failed:\n${said.map((line) => `  ${line}`).join("\n") || error.shortMessage}\n${fix}`,
  );
}
