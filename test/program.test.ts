import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { facts } from "../src/store/schema.ts";
import { openSqlite } from "../src/store/sqlite.ts";
import { editor, programCases, programToken, type Running } from "./cases/program.ts";
import { openTelegram, tempFolder } from "./support/host.ts";

const secret = "a-secret-of-32-characters-or-so-";
const program = join(import.meta.dirname, "support/host-child.ts");

/** A port that is free now: the public address must be known before the program listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts it, and waits until it serves. */
async function start(settings: Record<string, string>): Promise<ChildProcess> {
  const child = fork(program, [], { env: { PATH: process.env["PATH"], ...settings }, execArgv: [] });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the program ended with ${code}`);
  });
  ended.catch(() => undefined);
  await Promise.race([once(child, "message"), ended]);
  return child;
}

async function open(): Promise<Running> {
  const telegram = await openTelegram({ token: programToken });
  const folder = tempFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = join(folder.path, "live.db");
  const settings = {
    ...{ BOT_TOKEN: programToken, TELEGRAM_API_ROOT: telegram.url, DATABASE_PATH: file, PORT: String(port) },
    ...{ PUBLIC_URL: url, WEBHOOK_SECRET: secret, ADMIN_IDS: String(editor), NIGHT_HOURS: "00:00-00:00" },
    SOURCE_HOSTS: "127.0.0.1",
  };
  let child = await start(settings);
  const store = openSqlite(file);
  return {
    ...{ url, secret, playground: telegram.playground, db: store.db },
    tick: async () => {
      child.send("tick");
      await once(child, "message");
    },
    kill: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
      telegram.playground.latencyMs = 0;
      // Another server is waited for so long; this one is surely dead.
      await store.db.delete(facts).where(eq(facts.name, "runner"));
      child = await start(settings);
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.send("stop");
        await once(child, "exit");
      }
      store.close();
      await telegram.close();
      folder.remove();
    },
  };
}

programCases("Node", open);
