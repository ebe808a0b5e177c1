import { expect, it } from "vitest";
import { crashBroadcasts, inFlight } from "./crash/broadcast.ts";

it("a broadcast killed at random moments: nobody twice, nobody missed without being listed, counts as the rows", async () => {
  const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`breaking crash: seed ${seed}\n`);
  const report = await crashBroadcasts({ kills: 3, chats: 150, seed, rate: 400, latencyMs: 20 });
  expect(report).toMatchObject({ twice: 0, missed: 0, miscounted: 0, stale: 0 });
  expect(report.unknownOfOneKillMax).toBeLessThanOrEqual(inFlight);
}, 60_000);
