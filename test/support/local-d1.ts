import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type CloudflareStore, openCloudflare } from "../../src/cli/cloudflare.ts";

const root = join(import.meta.dirname, "../..");

/** What wrangler is told where nobody is to be asked and nothing reported. */
export const quietWrangler = { CI: "1", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" };

/** A folder with a local D1 database that wrangler itself has migrated; to be copied for each test that needs one. */
export async function migratedFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-d1-"));
  await promisify(execFile)(
    process.execPath,
    [
      join(root, "node_modules/wrangler/bin/wrangler.js"),
      ...["d1", "migrations", "apply", "DB", "--local"],
      ...["--config", join(root, "wrangler.toml"), "--persist-to", join(folder, ".wrangler/state")],
    ],
    { cwd: folder, env: { ...process.env, ...quietWrangler } },
  );
  return folder;
}

/** A migrated local D1 database of its own, and how to be rid of it. */
export async function openLocalD1(migrated: string): Promise<CloudflareStore & { folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-d1-"));
  cpSync(migrated, folder, { recursive: true });
  const store = await openCloudflare("local", folder);
  return {
    ...store,
    folder,
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
