import { createServer } from "node:net";
import { join } from "node:path";
import { tick } from "../src/jobs/tick.ts";
import { editor, programCases, programToken, type Running } from "./cases/program.ts";
import { liveHost, openTelegram, tempFolder } from "./support/host.ts";

const secret = "a-secret-of-32-characters-or-so-";

/** A port that is free now: the public address must be known before the program listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function open(): Promise<Running> {
  const telegram = await openTelegram({ token: programToken });
  const folder = tempFolder();
  const port = await freePort();
  const env = { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, WEBHOOK_SECRET: secret };
  const host = await liveHost(telegram.url, join(folder.path, "live.db"), {
    token: programToken,
    env: { ...env, ADMIN_IDS: String(editor) },
  });
  const app = await host.ready;
  return {
    ...{ url: host.url, secret, playground: telegram.playground, db: host.store.db },
    tick: () => tick(app),
    close: async () => {
      await host.stop();
      await telegram.close();
      folder.remove();
    },
  };
}

programCases("Node", open);
