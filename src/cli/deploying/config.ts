import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { settings } from "../../config.ts";
import { UserError } from "../../errors.ts";
import { deployFile } from "../cloudflare.ts";

/** What belongs to one machine, or is a secret, and is no variable of the worker. */
const notVariables: ReadonlySet<string> = new Set<keyof typeof settings>([
  ...(["BOT_TOKEN", "WEBHOOK_SECRET", "BOT_INFO", "PUBLIC_URL"] as const),
  ...(["DATABASE_PATH", "HOST", "PORT", "HTTPS_PROXY", "NO_PROXY"] as const),
]);

const environmentShape = z.looseObject({
  name: z.string(),
  d1_databases: z.array(z.looseObject({ database_name: z.string(), database_id: z.string().optional() })).length(1),
  queues: z.object({
    producers: z.array(z.looseObject({ queue: z.string() })),
    consumers: z.array(z.looseObject({ queue: z.string() })),
  }),
  vars: z.record(z.string(), z.string()).optional(),
});
const configShape = environmentShape.extend({
  main: z.string(),
  account_id: z.string().optional(),
  env: z.object({ staging: environmentShape }),
});

export type Environment = "production" | "staging";
type WranglerConfig = z.infer<typeof configShape>;

/**
 * What is deployed: wrangler.toml as it came with the program, and beside it what belongs to this operator: ids, the
 * account, variables. Kept out of git, so that an update of the program never meets it; made anew by each deployment.
 */
export type DeployConfig = {
  path: string;
  /** The worker's name. */
  name: string;
  database: string;
  databaseId: string | undefined;
  queues: string[];
  accountId: string | undefined;
  /** The worker's variables as they were last deployed. */
  vars: Record<string, string>;
  save(more: { databaseId: string; accountId: string | undefined; vars: Record<string, string> }): void;
};

export function readDeployConfig(root: string, folder: string, environment: Environment): DeployConfig {
  const template = configShape.parse(parse(readFileSync(join(root, "wrangler.toml"), "utf8")));
  const path = join(folder, deployFile);
  const before = existsSync(path) ? configShape.safeParse(JSON.parse(readFileSync(path, "utf8"))).data : undefined;
  const part = partOf(template, environment);
  const earlier = before === undefined ? undefined : partOf(before, environment);
  const sameDatabase = earlier?.d1_databases[0]?.database_name === part.d1_databases[0]?.database_name;
  return {
    path,
    name: part.name,
    database: part.d1_databases[0]!.database_name,
    databaseId: sameDatabase ? known(earlier?.d1_databases[0]?.database_id) : undefined,
    queues: [...new Set([...part.queues.producers, ...part.queues.consumers].map(({ queue }) => queue))],
    accountId: before?.account_id,
    vars: earlier?.vars ?? {},
    save({ databaseId, accountId, vars }) {
      const made = structuredClone(template);
      // The other environment keeps what it was given.
      const other = environment === "production" ? "staging" : "production";
      if (before !== undefined) carry(partOf(before, other), partOf(made, other));
      const mine = partOf(made, environment);
      mine.d1_databases[0]!.database_id = databaseId;
      mine.vars = vars;
      // Variables are these and no others: a setting that was taken out of .env is gone from the worker as well.
      made.keep_vars = false;
      if (accountId !== undefined) made.account_id = accountId;
      for (const each of [made, made.env.staging]) {
        for (const database of each.d1_databases) database.migrations_dir = relative(folder, join(root, "migrations"));
      }
      made.main = relative(folder, join(root, template.main));
      writeFileSync(path, `${JSON.stringify(made, null, 2)}\n`);
    },
  };
}

/** Settings that the worker gets as variables: those that are set. */
export function variablesOf(env: Record<string, string | undefined>): Record<string, string> {
  const names = Object.keys(settings).filter((name) => !notVariables.has(name));
  return Object.fromEntries(names.flatMap((name) => (env[name]?.trim() ? [[name, env[name].trim()]] : [])));
}

function partOf(config: WranglerConfig, environment: Environment) {
  return environment === "production" ? config : config.env.staging;
}

function carry(from: z.infer<typeof environmentShape>, to: z.infer<typeof environmentShape>): void {
  const id = known(from.d1_databases[0]?.database_id);
  if (id !== undefined) to.d1_databases[0]!.database_id = id;
  if (from.vars !== undefined) to.vars = from.vars;
}

/** wrangler.toml stands with zeros where no database is made yet. */
function known(id: string | undefined): string | undefined {
  return id === undefined || /^[0-]*$/.test(id) ? undefined : id;
}

/** Keeps the token for the next time, in a file that git does not see. */
export function keepToken(file: string, token: string): void {
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const gap = before === "" || before.endsWith("\n") ? "" : "\n";
  appendFileSync(file, `${gap}BOT_TOKEN=${token}\n`, { mode: 0o600 });
}

export function refuseMissing(root: string): void {
  if (existsSync(join(root, "wrangler.toml"))) return;
  throw new UserError("There is no wrangler.toml: run npm run deploy in the folder of tidings.");
}
