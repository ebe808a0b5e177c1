import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { type Config, readConfig } from "../../src/config.ts";
import { silentLog } from "../../src/log.ts";
import { type Host, type HostOptions, startHost } from "../../src/node/host.ts";
import { createPlayground, type Playground, type PlaygroundOptions } from "../../src/playground/playground.ts";
import { openSqlite } from "../../src/store/sqlite.ts";

export const token = "77:TEST-TOKEN-OF-NOBODY";
export const reader = 501;
const keepAliveMs = 75_000;

export type Telegram = { playground: Playground; url: string; close(): Promise<void> };

/** A Telegram with one reader, on a port of its own. */
export async function openTelegram(options: Partial<PlaygroundOptions> = {}): Promise<Telegram> {
  const playground = createPlayground({ now: () => new Date(), token, ...options });
  playground.addPerson({ id: reader, firstName: "Ann", language: "en" });
  const server = serve({ fetch: playground.app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise<void>((resolve) => server.once("listening", () => resolve()));
  // As long as Telegram's: a connection that is closed just when it is used again is a message whose end nobody knows.
  if ("keepAliveTimeout" in server) server.keepAliveTimeout = keepAliveMs;
  return {
    playground,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        playground.close();
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

/** A folder that is gone after the test. */
export function tempFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "tidings-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The live program against a Bot API of ours. */
export function liveHost(
  apiRoot: string,
  file: string,
  more: Partial<HostOptions> & { env?: Record<string, string> } = {},
): Promise<Host> {
  const { env = {}, ...rest } = more;
  const config: Config = readConfig({ BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot, PORT: "0", ...env });
  return startHost({
    config,
    log: silentLog,
    openStore: () => openSqlite(file),
    token,
    apiRoot: () => apiRoot,
    now: () => new Date(),
    ...rest,
  });
}
