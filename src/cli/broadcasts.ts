import type { Command } from "commander";
import { broadcastCounts, listBroadcasts } from "../store/broadcasts.ts";
import type { Shell } from "./shell.ts";

/** Broadcasts that one page of the listing reads. */
const rowsPerPage = 200;

/** broadcasts: what was sent to many, the newest first. */
export function addBroadcastCommand(program: Command, shell: () => Shell): void {
  program
    .command("broadcasts")
    .option("--json", "one JSON line a broadcast")
    .description("breaking items that are being sent and were sent, with what became of their copies")
    .action((options: { json?: boolean }) => list(shell(), options.json === true));
}

async function list(shell: Shell, json: boolean): Promise<void> {
  await shell.withStore(async ({ db }) => {
    for (let beforeId: number | undefined; ; ) {
      const page = await listBroadcasts(db, { limit: rowsPerPage, ...(beforeId === undefined ? {} : { beforeId }) });
      for (const broadcast of page) {
        const counts = await broadcastCounts(db, broadcast, shell.now());
        const { total, sent, unreachable, failed, unknown, waiting, skipped } = counts;
        const state = broadcast.recalledAt === null ? broadcast.state : "recalled";
        const line = {
          ...{ id: broadcast.id, storyId: broadcast.storyId, state },
          ...{ total, sent, unreachable, failed, unknown, waiting, skipped },
        };
        shell.print(json ? JSON.stringify(line) : textLine(line));
      }
      beforeId = page.at(-1)?.id;
      if (page.length < rowsPerPage) return;
    }
  });
}

function textLine({ id, state, ...counts }: Record<string, number | string | null>): string {
  const told = Object.entries(counts).filter(([name]) => name !== "storyId");
  return [`B-${id}`, state, ...told.map(([name, n]) => `${name} ${n}`)].join("  ");
}
