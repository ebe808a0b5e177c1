import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../errors.ts";
import type { Wrangler } from "./wrangler.ts";

const accountsShape = z.object({
  loggedIn: z.boolean().optional(),
  email: z.string().nullish(),
  accounts: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
});
const databasesShape = z.array(z.object({ uuid: z.string(), name: z.string() }));

export type Login = { email: string | null; accounts: { id: string; name: string }[] };

/** Who is logged in at Cloudflare; null when nobody is. */
export async function askLogin(wrangler: Wrangler): Promise<Login | null> {
  const output = await wrangler.ask("whoami", "--json").catch((error) => {
    // Nobody logged in is an answer, too; wrangler that is not there is not.
    if (/not on the path/.test(String(error))) throw error;
    return '{"loggedIn":false}';
  });
  const told = accountsShape.safeParse(jsonIn(output)).data;
  if (told === undefined || told.loggedIn === false || (told.loggedIn === undefined && told.accounts.length === 0)) {
    return null;
  }
  return { email: told.email ?? null, accounts: told.accounts };
}

/** The database's id; it is made when there is none of that name. Undefined where nothing is to be made. */
export async function ensureDatabase(wrangler: Wrangler, name: string, location: string | undefined) {
  const find = async () =>
    databasesShape.parse(jsonIn(await wrangler.ask("d1", "list", "--json"))).find((each) => each.name === name)?.uuid;
  const known = await find();
  if (known !== undefined) return { id: known, made: false };
  await wrangler.change("d1", "create", name, ...(location === undefined ? [] : ["--location", location]));
  return { id: await find(), made: true };
}

/** Makes the queues that are not there; gives those it made. */
export async function ensureQueues(wrangler: Wrangler, names: readonly string[]): Promise<string[]> {
  const made: string[] = [];
  for (const name of names) {
    const exists = await wrangler.ask("queues", "info", name).then(
      () => true,
      (error) => {
        if (/not exist|not found|No queue|11000|404/i.test(String(error))) return false;
        throw error;
      },
    );
    if (exists) continue;
    await wrangler.change("queues", "create", name);
    made.push(name);
  }
  return made;
}

/** Deploys the worker with its secrets; gives its address. The secrets' file is gone afterwards. */
export async function uploadWorker(
  wrangler: Wrangler,
  chosen: readonly string[],
  secrets: Record<string, string>,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-deploy-"));
  const file = join(folder, "secrets.json");
  try {
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
    return await wrangler.deploy("deploy", ...chosen, "--secrets-file", file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** wrangler may say something before its JSON. */
function jsonIn(output: string): unknown {
  const start = output.search(/^[[{]/m);
  try {
    return JSON.parse(start === -1 ? "null" : output.slice(start));
  } catch {
    throw new UserError(`wrangler answered what is not understood: ${output.slice(0, 200)}`);
  }
}
