import { Api } from "grammy";
import { readConfig } from "../../src/config.ts";
import { runBroadcasts } from "../../src/jobs/broadcast.ts";
import { runRounds } from "../../src/jobs/broadcast-round.ts";
import { createComposer } from "../../src/jobs/compose-delivery.ts";
import { deliver } from "../../src/jobs/deliver.ts";
import { createRunner } from "../../src/jobs/run.ts";
import { silentLog } from "../../src/log.ts";
import { endLeases } from "../../src/store/deliveries-settle.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import { keepStop, liveStops } from "../../src/store/stops.ts";
import { createGate } from "../../src/telegram/gate.ts";

/** What is killed: the jobs of broadcasts over a real file, begun as a server begins after a crash. */
const [file, apiRoot, token, rate] = process.argv.slice(2) as [string, string, string, string];
const { db, close } = openSqlite(file);
const now = () => new Date();
await endLeases(db, now());
const gate = createGate({
  rate: Number(rate),
  now,
  stops: await liveStops(db, now()),
  keep: (stop) => keepStop(db, stop),
});
const app = {
  db,
  config: readConfig({}),
  log: silentLog,
  api: new Api(token, { apiRoot }),
  me: { id: 1, username: "tidings_bot", first_name: "tidings" },
  gate,
  now,
  random: Math.random,
  enqueue: (job: { kind: string }) => runner.enqueue(job as never),
};
const compose = createComposer(app);
const runner = createRunner(
  async (job) => {
    if (job.kind === "broadcast") await runBroadcasts(app);
    else if (job.kind === "broadcast-round") await runRounds(app);
    else if (job.kind === "deliver") await deliver(app, { compose, inFlight: 50 });
  },
  (job, error) => {
    process.stderr.write(`${job.kind}: ${error instanceof Error ? error.stack : error}\n`);
  },
);
for (const kind of ["broadcast", "broadcast-round", "deliver"] as const) runner.enqueue({ kind });
await runner.idle();
close();
