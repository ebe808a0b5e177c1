import { readConfig } from "../../src/config.ts";
import { silentLog } from "../../src/log.ts";
import { startHost } from "../../src/node/host.ts";
import { openSqlite } from "../../src/store/sqlite.ts";

/** The live program in a process of its own, which can be killed; its parent says when a minute ends. */
const config = readConfig(process.env);
const host = await startHost({
  config,
  log: silentLog,
  openStore: () => openSqlite(config.DATABASE_PATH, { checkpoints: "apart" }),
  token: config.BOT_TOKEN ?? "",
  apiRoot: () => config.TELEGRAM_API_ROOT,
  now: () => new Date(),
});
process.on("message", async (message) => {
  if (message === "tick") await host.tick();
  if (message === "stop") {
    await host.stop();
    process.disconnect();
  } else process.send?.(message);
});
await host.ready;
process.send?.("ready");
