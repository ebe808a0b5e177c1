import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * An executable that stands for wrangler where there is no Cloudflare: it notes what it is asked, keeps databases and
 * queues in a file, and answers in the real one's form. Migrations it hands to the real one, for a local database.
 */
type State = {
  databases: { uuid: string; name: string }[];
  queues: string[];
  loggedOut?: boolean;
  accounts?: { name: string; id: string }[];
  /** A command that never ends. */
  hanging?: string;
  failing?: string;
  migrated?: string[];
};

const { FAKE_FOLDER: folder = "", FAKE_URL: url = "" } = process.env;
const args = process.argv.slice(2);
const stateFile = join(folder, "state.json");
const state: State = existsSync(stateFile)
  ? JSON.parse(readFileSync(stateFile, "utf8"))
  : { databases: [], queues: [] };
const secretsFile = args[args.indexOf("--secrets-file") + 1] ?? "";
const secrets = args.includes("--secrets-file") ? JSON.parse(readFileSync(secretsFile, "utf8")) : undefined;
appendFileSync(join(folder, "asked.ndjson"), `${JSON.stringify({ args, secrets })}\n`);

const [first = "", second = "", third = ""] = args;
const command = `${first} ${second}`;
if (state.failing !== undefined && args.join(" ").startsWith(state.failing))
  fail("A request to the Cloudflare API failed");
const accounts = state.accounts ?? [{ name: "Harbour Post", id: "a1" }];
if (/^(d1|queues|deploy)/.test(first) && accounts.length > 1 && !process.env["CLOUDFLARE_ACCOUNT_ID"])
  fail("More than one account available but unable to select one in non-interactive mode.");
if (state.hanging !== undefined && args.join(" ").startsWith(state.hanging)) {
  await new Promise(() => setInterval(() => {}, 1_000));
}
if (first === "login") state.loggedOut = false;
else if (first === "whoami") {
  answer(state.loggedOut ? { loggedIn: false } : { loggedIn: true, email: "ed@example.org", accounts });
} else if (command === "d1 list") answer(state.databases);
else if (command === "d1 create") {
  state.databases.push({ uuid: `11111111-0000-0000-0000-00000000000${state.databases.length}`, name: third });
} else if (command === "queues info") {
  if (!state.queues.includes(third)) fail(`Queue "${third}" does not exist. To create it, run: wrangler queues create`);
} else if (command === "queues create") state.queues.push(third);
else if (first === "d1" && second === "migrations") {
  await migrate();
} else if (first === "deploy") {
  const entry = { type: "deploy", version: 1, worker_name: "tidings", targets: [url, "schedule: * * * * *"] };
  writeFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH ?? "", `${JSON.stringify(entry)}\n`);
} else fail(`Unknown arguments: ${args.join(" ")}`);
writeFileSync(stateFile, JSON.stringify(state));

/** What is there already is not done twice, as with the real one. */
async function migrate(): Promise<void> {
  const environment = args[args.indexOf("--env") + 1] ?? "";
  if (state.migrated?.includes(environment)) return;
  const config = args[args.indexOf("--config") + 1] ?? "";
  const { d1_databases, env } = JSON.parse(readFileSync(config, "utf8"));
  const [database] = environment === "" ? d1_databases : env[environment].d1_databases;
  // Most calls answer at once, and need nothing of that.
  const { migrateLocally } = await import("./local-d1.ts");
  migrateLocally(folder, { config, environment, database: database.database_id });
  state.migrated = [...(state.migrated ?? []), environment];
}

function answer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function fail(message: string): never {
  process.stderr.write(`✘ [ERROR] ${message}\n`);
  process.exit(1);
}
