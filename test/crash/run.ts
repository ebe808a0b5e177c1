import { crash } from "./crash.ts";

/** `npm run crash [-- kills chats seed]`: 30 kills around a digest of 200 chats when nothing else is said. */
const [kills = 30, chats = 200, seed = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number);
const start = performance.now();
const report = await crash({ kills, chats, seed, rate: 100_000, latencyMs: 20 });
const lines = [
  `seed ${seed}: ${report.kills} kills at random moments, ${report.digests} digests of ${chats} chats`,
  `rows in the ledger ${report.rows}, messages that the Bot API took ${report.messages}`,
  `lost ${report.lost}, twice ${report.twice}, unknown ${report.unknown} (${report.unknownArrived} of them had arrived;` +
    ` at most ${report.unknownOfOneKillMax} of one kill, 50 calls at once)`,
  `${((performance.now() - start) / 1000).toFixed(1)} s`,
];
process.stdout.write(`${lines.join("\n")}\n`);
process.exitCode = report.lost + report.twice > 0 ? 1 : 0;
