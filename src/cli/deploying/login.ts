import { UserError } from "../../errors.ts";
import type { DeployParts } from "./deploy.ts";
import { askLogin, type Login } from "./steps.ts";
import type { Wrangler } from "./wrangler.ts";

/** Which account; and wrangler as it is to be asked from then on. */
export type LoggedIn = { accountId: string | undefined; wrangler: Wrangler };

/** Somebody is logged in, and it is clear for which account. In a dry run nobody need be. */
export async function logIn(
  parts: DeployParts,
  { dryRun, earlier }: { dryRun: boolean; earlier: string | undefined },
): Promise<LoggedIn> {
  const { wrangler, questions, env, say } = parts;
  let told = await askLogin(wrangler);
  if (told === null && dryRun) {
    say("  would log in at Cloudflare; nobody is now, so this is told as if nothing were there yet");
    return { accountId: undefined, wrangler: unseen(wrangler) };
  }
  if (told === null && questions !== null && (await questions.confirm("Log in to Cloudflare (opens your browser)?"))) {
    await wrangler.interact("login");
    told = await askLogin(wrangler);
  }
  if (told === null) {
    throw new UserError("Nobody is logged in at Cloudflare: run npx wrangler login, or set CLOUDFLARE_API_TOKEN.");
  }
  const accountId = await accountOf(parts, { told, earlier, dryRun });
  if (accountId !== undefined) env.CLOUDFLARE_ACCOUNT_ID = accountId;
  say(`✓ logged in at Cloudflare${told.email === null ? "" : ` as ${told.email}`}`);
  return { accountId, wrangler: accountId === undefined ? unseen(wrangler) : wrangler };
}

type Choosing = { told: Login; earlier: string | undefined; dryRun: boolean };

async function accountOf({ questions, env, say }: DeployParts, { told, earlier, dryRun }: Choosing) {
  const { accounts } = told;
  const listed = accounts.map(({ id, name }) => `${id} (${name})`).join(", ");
  const given = env.CLOUDFLARE_ACCOUNT_ID?.trim() || undefined;
  const wanted = given ?? earlier ?? (accounts.length === 1 ? accounts[0]!.id : undefined);
  // An API token may be allowed to work on an account, and not to list it.
  if (wanted !== undefined && (accounts.length === 0 || accounts.some(({ id }) => id === wanted))) return wanted;
  if (wanted !== undefined) {
    const whence = given === undefined ? "this bot was deployed to" : "CLOUDFLARE_ACCOUNT_ID names";
    throw new UserError(
      `The account ${wanted}, which ${whence}, is none of this login's: ${listed}. Log in with the other (npx wrangler login), or set CLOUDFLARE_ACCOUNT_ID to one of these.`,
    );
  }
  if (accounts.length === 0) throw new UserError("This login lists no account: set CLOUDFLARE_ACCOUNT_ID.");
  const chosen = await questions?.choose("Which account?", accounts);
  if (chosen !== undefined) return chosen;
  if (!dryRun) throw new UserError(`Set CLOUDFLARE_ACCOUNT_ID to one of: ${listed}.`);
  say(`  would ask which account: ${listed}`);
  return undefined;
}

/** Cloudflare, as if nothing were there: nobody can be asked. */
function unseen(wrangler: Wrangler): Wrangler {
  return {
    ...wrangler,
    async ask(...args) {
      if (args[0] === "queues") throw new UserError("not found");
      return "[]";
    },
  };
}
