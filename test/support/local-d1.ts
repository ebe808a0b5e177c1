import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudflareStore, openCloudflare } from "../../src/cli/cloudflare.ts";
import { knownMigrations, migrationsFolder } from "../../src/store/sqlite.ts";

const root = join(import.meta.dirname, "../..");
const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
/** Where wrangler keeps local databases below the folder in which it runs. */
const state = ".wrangler/state";

/** What wrangler is told where nobody is to be asked and nothing reported. */
export const quietWrangler = { CI: "1", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" };

/**
 * Puts a local D1 database that wrangler itself has migrated into a folder. wrangler takes seconds for that, so what it
 * made of these very migrations is kept beside the packages.
 */
export function migrateLocally(folder: string, { config = "", environment = "", database = "" } = {}): void {
  const kept = join(root, "node_modules/.cache", `tidings-d1-${keyOf(environment, database)}`);
  if (!existsSync(kept)) {
    mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
    const fresh = mkdtempSync(`${kept}-`);
    const told = ["d1", "migrations", "apply", "DB", "--local", "--persist-to", fresh, "--env", environment];
    const env = { ...process.env, ...quietWrangler };
    const from = config === "" ? join(root, "wrangler.toml") : config;
    execFileSync(process.execPath, [wrangler, ...told, "--config", from], { cwd: folder, env, stdio: "pipe" });
    try {
      renameSync(fresh, kept);
    } catch {
      // Another test file was first.
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  cpSync(kept, join(folder, state), { recursive: true });
}

/** A migrated local D1 database of its own, and how to be rid of it. */
export async function openLocalD1(): Promise<CloudflareStore & { folder: string; release(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-d1-"));
  migrateLocally(folder);
  const store = await openCloudflare("local", folder);
  return {
    ...store,
    folder,
    /** Leaves the folder to another process. */
    release: store.close,
    close: async () => {
      await store.close().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function keyOf(environment: string, database: string): string {
  const hash = createHash("sha256").update(`${environment} ${database}`);
  hash.update(readFileSync(join(root, "node_modules/wrangler/package.json")));
  for (const name of knownMigrations()) hash.update(name).update(readFileSync(join(migrationsFolder, name)));
  return hash.digest("hex").slice(0, 12);
}
