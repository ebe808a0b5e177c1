import { expect, it } from "vitest";
import { crash } from "./crash/crash.ts";

it("killed at random moments: nobody lost, nobody twice, whoever may have been missed is listed", async () => {
  const report = await crash({ kills: 4, chats: 150, seed: 20_261_122, rate: 100_000, latencyMs: 20 });
  expect({ lost: report.lost, twice: report.twice }).toEqual({ lost: 0, twice: 0 });
  expect(report.unknownOfOneKillMax).toBeLessThanOrEqual(50);
  expect(report.messages).toBe(report.rows - report.unknown + report.unknownArrived);
}, 60_000);
