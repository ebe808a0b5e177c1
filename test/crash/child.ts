import { Api } from "grammy";
import { deliver } from "../../src/jobs/deliver.ts";
import type { Composer, Outgoing } from "../../src/jobs/deliver-prepare.ts";
import { planDigests } from "../../src/jobs/plan-digests.ts";
import { silentLog } from "../../src/log.ts";
import { endLeases } from "../../src/store/deliveries-settle.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import { keepStop, liveStops } from "../../src/store/stops.ts";
import { createGate } from "../../src/telegram/gate.ts";

/** What is killed: the real planning and delivering over a real file, begun as a server begins after a crash. */
const [file, apiRoot, token, shiftMs, rate] = process.argv.slice(2) as [string, string, string, string, string];
const { db, close } = openSqlite(file);
const now = () => new Date(Date.now() + Number(shiftMs));

/** Every tenth chat gets its digest in two parts. */
const compose: Composer = async (due) => {
  const { chatId } = due.subscriber;
  const part = (n: number): Outgoing => {
    const html = `${due.slot} ${chatId} ${n}`;
    return { html, buttons: [], preview: null, articleIds: [due.slot * 2 + n] };
  };
  return chatId % 10 === 0 ? [part(1), part(2)] : [part(1)];
};

await endLeases(db, now());
const gate = createGate({
  rate: Number(rate),
  now,
  stops: await liveStops(db, now()),
  keep: (stop) => keepStop(db, stop),
});
const config = { PAID_BROADCAST: false };
const app = { db, config, log: silentLog, api: new Api(token, { apiRoot }), gate, now, random: Math.random };
await planDigests({ ...app, enqueue: () => {} });
await deliver(app, { compose, inFlight: 50 });
close();
