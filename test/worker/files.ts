import { readdirSync } from "node:fs";

/** Test files of test/ whose cases run in workerd as well as on Node: all that are not said to be Node's. */
export function testFilesOfBoth(folder: string): string[] {
  return testFiles(folder).filter((name) => nodeOnly[name] === undefined);
}

export function testFiles(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
}

const program = "the program as a whole: test/cases/program.ts runs on both";
const tool = "the command line is Node's";
const playground = "tests the playground, which is Node's";

/** Test files that are about Node alone, and why. */
export const nodeOnly: Record<string, string> = {
  "backup.test.ts": "copies SQLite's file; D1 has Time Travel",
  "breaking-by-hand.test.ts": program,
  "breaking-crash.test.ts": "kills a process of Node's",
  "cli.test.ts": tool,
  "cost.test.ts": "reads the README",
  "crash.test.ts": "kills a process of Node's",
  "deploy-questions.test.ts": tool,
  "deploy.test.ts": tool,
  "docs.test.ts": "reads the documents",
  "doctor.test.ts": tool,
  "failures.test.ts": "full disks, locked files and processes of Node's",
  "host.test.ts": program,
  "import-archive.test.ts": tool,
  "journey.test.ts": program,
  "moving-in.test.ts": tool,
  "moving.test.ts": tool,
  "playground-chats.test.ts": playground,
  "playground-news.test.ts": playground,
  "playground-page.test.ts": playground,
  "playground-rules.test.ts": playground,
  "playground-text.test.ts": playground,
  "playground-updates.test.ts": playground,
  "power.test.ts": "cuts SQLite's file as a power cut does",
  "program.test.ts": "runs test/cases/program.ts on Node; worker-program.test.ts runs it in workerd",
  "proxy.test.ts": "a proxy is for Node; Workers have none",
  "read-apart.test.ts": "threads are Node's",
  "search-merge.test.ts": "several connections to a file of SQLite",
  "sources-cli.test.ts": tool,
  "story-keys.test.ts": "several connections to a file of SQLite",
  "store.test.ts": "SQLite's file; its cases are test/cases/store.ts; they run in workerd by test/worker/store.ts",
  "subjects-cli.test.ts": tool,
  "telegram-errors.test.ts": "errors of Node's sockets",
  "tidy.test.ts": "reads the source",
  "ingest.test.ts": "an ingest beside a server of Node's",
  "breaking-walk.test.ts": program,
  "worker.test.ts": "is this",
  "worker-edge.test.ts": "builds the worker, and holds its parts to the platform's limits",
  "worker-program.test.ts": "is in workerd as a whole",
  "wrangler-config.test.ts": "reads wrangler.toml",
};

const seconds =
  "its seconds are Node's: here bot, database and Telegram share one thread; test/cases/program.ts holds the limits";

/** Cases that do not run in workerd, and why. */
export const skipped: Record<string, string> = {
  "breaking.test.ts > a broadcast > corrected while it runs: the rest get the new text, the copies out are edited, and each one's end is known":
    seconds,
  "deliver.test.ts > delivering > keeps Telegram's limits without a single 429": seconds,
  "deliver.test.ts > networks > Telegram out of reach: all wait, and all come when it is back":
    "locally a refused connection does not say that it was; on Cloudflare it is 52x, see worker-edge.test.ts",
};
