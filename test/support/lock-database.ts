import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";

/** Another program on the same file: told a number of milliseconds, it holds the write lock for so long. */
const client = new Database(process.argv[2] ?? "");
process.on("message", async (ms: number) => {
  client.exec("BEGIN IMMEDIATE");
  process.send?.("held");
  await setTimeout(ms);
  client.exec("COMMIT");
  process.send?.("free");
});
process.on("disconnect", () => {
  client.close();
  process.exit(0);
});
process.send?.("ready");
