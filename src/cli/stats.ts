import type { Command } from "commander";
import { aheadHours, statsOf } from "../pages/stats.ts";
import { clock, shortDate } from "../text/index.ts";
import { counted, type Shell, wholeNumber } from "./shell.ts";

const limitMax = 1_000;

type Options = { limit: number; days: number; json?: boolean };

/** stats: what readers think of stories, and how long the fullest minutes to come will take. */
export function addStatsCommand(program: Command, shell: () => Shell): void {
  program
    .command("stats")
    .option("--limit <n>", "stories and minutes at the most", wholeNumber("--limit", limitMax), 20)
    .option("--days <n>", "days of feedback", wholeNumber("--days", 42), 7)
    .option("--json", "one JSON object")
    .description("👍, 👎 and clicks of stories, and how long each popular minute to come will take")
    .action((options: Options) => stats(shell(), options));
}

async function stats(shell: Shell, { limit, days, json }: Options): Promise<void> {
  await shell.withStore(async ({ db }) => {
    const now = shell.now();
    const { minutes: fullest, sums, stories: told } = await statsOf(db, { now, days, limit });
    const rate = shell.config.SEND_RATE;
    const minutes = fullest.map(({ at, digests }) => ({ at, digests, seconds: Math.ceil(digests / rate) }));
    const stories = told.map(({ storyId, title, up, down, clicks }) => ({ storyId, title, up, down, clicks }));
    if (json) return shell.print(JSON.stringify({ rate, minutes, feedback: { days, ...sums }, stories }));
    const reading = { language: "en" as const, timezone: shell.config.DEFAULT_TIMEZONE, now };
    for (const { at, digests, seconds } of minutes) {
      const when = `${shortDate(at, reading)} ${clock(at, reading.timezone)}`;
      const takes = seconds < 60 ? counted(seconds, "second") : counted(Math.round(seconds / 60), "minute");
      shell.print(`${when}: ${digests.toLocaleString("en")}, ${takes}`);
    }
    if (minutes.length === 0) shell.print(`no digests within ${aheadHours} hours`);
    shell.print(`${counted(days, "day")}: 👍 ${sums.up}, 👎 ${sums.down}, ${counted(sums.clicks, "click")}`);
    for (const { storyId, title, up, down, clicks } of stories) {
      shell.print(`👍 ${up}  👎 ${down}  ${counted(clicks, "click")}  ${title} · ${storyId}`);
    }
  });
}
