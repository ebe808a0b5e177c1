import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { z } from "zod";
import { describeError, UserError } from "../errors.ts";
import { openD1 } from "../store/d1.ts";
import type { Db } from "../store/db.ts";

/** Written by `npm run deploy` into the folder where it runs, and kept out of git: wrangler.toml with the ids filled in. */
export const deployFile = "wrangler.deploy.json";
/** Where wrangler keeps local databases, below the folder where it runs. */
const localState = ".wrangler/state/v3";
const compatibilityDate = "2026-04-01";

/** Which database: the deployed bot's, the one beside it to try things, or wrangler's own on this machine. */
export type Place = "production" | "staging" | "local";

const bound = z.object({ d1_databases: z.tuple([z.object({ database_id: z.string(), database_name: z.string() })]) });
const deployed = bound.extend({ env: z.object({ staging: bound.optional() }).optional() });

export type CloudflareStore = { db: Db; database: D1Database; close(): Promise<void> };

/**
 * Opens a D1 database from this machine, with the login that wrangler has: the same binding that the worker gets, so
 * that every command works on it. Nothing of the worker runs here.
 */
export async function openCloudflare(
  place: Place,
  folder = process.cwd(),
  { remote = place !== "local" } = {},
): Promise<CloudflareStore> {
  const database = place === "local" ? { database_id: localDatabaseId, database_name: "tidings" } : idOf(place, folder);
  const { getPlatformProxy } = await import("wrangler").catch(() => {
    throw new UserError("wrangler is not installed: npm ci (without --omit=dev).");
  });
  const config = mkdtempSync(join(tmpdir(), "tidings-d1-"));
  const configPath = join(config, "wrangler.json");
  const binding = { binding: "DB", ...database, remote };
  writeFileSync(
    configPath,
    JSON.stringify({ name: "tidings", compatibility_date: compatibilityDate, d1_databases: [binding] }),
  );
  try {
    const proxy = await getPlatformProxy<{ DB: D1Database }>({
      configPath,
      envFiles: [],
      persist: { path: join(folder, localState) },
      remoteBindings: remote,
    });
    return { db: openD1(proxy.env.DB), database: proxy.env.DB, close: () => proxy.dispose() };
  } catch (error) {
    throw new UserError(
      `Cannot reach the D1 database: ${describeError(error)}. Is wrangler logged in (wrangler login)?`,
    );
  } finally {
    rmSync(config, { recursive: true, force: true });
  }
}

/** The id that stands in wrangler.toml, where no deployment has put another. */
const localDatabaseId = "00000000-0000-0000-0000-000000000000";

function idOf(place: "production" | "staging", folder: string) {
  const path = join(folder, deployFile);
  if (!existsSync(path)) throw new UserError(`There is no ${deployFile} here: run npm run deploy first.`);
  const config = deployed.safeParse(JSON.parse(readFileSync(path, "utf8")));
  const environment = place === "production" ? config.data : config.data?.env?.staging;
  const [database] = environment?.d1_databases ?? [];
  if (database === undefined || database.database_id === localDatabaseId) {
    throw new UserError(`${deployFile} names no database for ${place}: run npm run deploy first.`);
  }
  return database;
}
