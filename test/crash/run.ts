import { crashBroadcasts } from "./broadcast.ts";
import { crash } from "./crash.ts";

const start = performance.now();
const [name, ...rest] = process.argv.slice(2);
const wrong =
  name === "breaking" ? await runBreaking(rest.map(Number)) : await runDigests(process.argv.slice(2).map(Number));
process.stdout.write(`${((performance.now() - start) / 1000).toFixed(1)} s\n`);
process.exitCode = wrong ? 1 : 0;

/** `npm run crash [-- kills chats seed]`: 30 kills around a digest of 200 chats when nothing else is said. */
async function runDigests([kills = 30, chats = 200, seed = someSeed()]: number[]): Promise<boolean> {
  const report = await crash({ kills, chats, seed, rate: 100_000, latencyMs: 20 });
  print(
    `seed ${seed}: ${report.kills} kills at random moments, ${report.digests} digests of ${chats} chats`,
    `rows in the ledger ${report.rows}, messages that the Bot API took ${report.messages}`,
    `lost ${report.lost}, twice ${report.twice}, unknown ${report.unknown} (${report.unknownArrived} of them had arrived;` +
      ` at most ${report.unknownOfOneKillMax} of one kill, 50 calls at once)`,
  );
  return report.lost + report.twice > 0;
}

/** `npm run crash -- breaking [kills chats seed]`: while breaking items are sent, paused, corrected and recalled. */
async function runBreaking([kills = 200, chats = 2_000, seed = someSeed()]: number[]): Promise<boolean> {
  const report = await crashBroadcasts({ kills, chats, seed, rate: 2_000, latencyMs: 20 });
  const acts = Object.entries(report.acts).map(([act, n]) => `${act} ${n}`);
  print(
    `seed ${seed}: ${report.kills} kills at random moments of ${report.broadcasts} broadcasts to ${chats} chats`,
    `in between: ${acts.join(", ")}; copies that the Bot API took ${report.copies}`,
    `twice ${report.twice}, missed without being listed ${report.missed}, unknown ${report.unknown} (at most` +
      ` ${report.unknownOfOneKillMax} of one kill, 50 calls at once), miscounted ${report.miscounted}, stale ${report.stale}`,
  );
  return report.twice + report.missed + report.miscounted + report.stale > 0;
}

function someSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

function print(...lines: string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
