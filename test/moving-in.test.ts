import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addBackupCommands } from "../src/cli/backup.ts";
import { createShell, type Shell } from "../src/cli/shell.ts";
import { addSubscriberCommands } from "../src/cli/subscribers.ts";
import { nextSlot } from "../src/news/schedule.ts";
import { subscribers, subscriptions } from "../src/store/schema.ts";

let folder: string;
let printed: string[];
let shell: Shell;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidings-"));
  printed = [];
  shell = {
    ...createShell({ DATABASE_PATH: join(folder, "test.db") }, {}),
    print: (line) => void printed.push(line),
    now: () => new Date("2026-11-22T08:00:00Z"),
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<void> {
  const program = new Command().exitOverride();
  addSubscriberCommands(program, () => shell);
  addBackupCommands(program, () => shell);
  await program.parseAsync(args, { from: "user" });
}

describe("moving in", () => {
  const csv = [
    "chat_id,language,zone,time",
    "101,zh,Asia/Shanghai,08:00",
    '102,en,Europe/London,"8:30, mon, wed"',
    "-1001234567890,zh,,20:00 工作日",
    "abc,zh,,",
    "103,fr,,08:00",
    "104,en,Mars/Base,08:00",
    "105,en,UTC,whenever",
    "",
    "106,en-GB,UTC,07:00 1st 15th",
  ].join("\n");

  it("brings readers with their times, once, and tells each bad line with its number", async () => {
    const file = join(folder, "readers.csv");
    writeFileSync(file, `\ufeff${csv}\n`);
    await run("subscribers", "import", file, "--json");
    await run("subscribers", "import", file);
    const first = JSON.parse(printed[0]!) as { imported: number; failed: { line: number; reason: string }[] };
    expect(first.imported).toBe(4);
    expect(first.failed.map(({ line }) => line)).toEqual([5, 6, 7, 8]);
    expect(first.failed[3]!.reason).toContain("whenever");
    expect(printed[1]).toBe("0 imported, 4 were here, 4 failed");
    await shell.withStore(async ({ db }) => {
      expect((await db.select().from(subscribers)).map((row) => [row.chatId, row.kind, row.timezone])).toEqual([
        [101, "private", "Asia/Shanghai"],
        [102, "private", "Europe/London"],
        [-1_001_234_567_890, "supergroup", "Asia/Shanghai"],
        [106, "private", "UTC"],
      ]);
      const [first] = await db.select().from(subscriptions);
      expect(first!.dueAt).toEqual(nextSlot({ rule: "daily", minute: 480, timezone: "Asia/Shanghai" }, shell.now()));
    });
  });

  it("exports what it imports again", async () => {
    const file = join(folder, "readers.csv");
    const out = join(folder, "out.csv");
    const again = join(folder, "again.csv");
    writeFileSync(file, csv);
    await run("subscribers", "import", file);
    await run("subscribers", "export", out);
    shell = { ...shell, ...createShell({ DATABASE_PATH: join(folder, "other.db") }, {}), print: shell.print };
    await run("subscribers", "import", out);
    await run("subscribers", "export", again);
    expect(readFileSync(out, "utf8").split("\n")).toHaveLength(6);
    expect(readFileSync(again, "utf8")).toBe(readFileSync(out, "utf8"));
  });

  it("backs up and restores from the command line", async () => {
    const file = join(folder, "readers.csv");
    const copy = join(folder, "copy.db");
    writeFileSync(file, csv);
    await run("subscribers", "import", file);
    await run("backup", copy, "--json");
    expect(JSON.parse(printed.at(-1)!)).toMatchObject({ subscribers: 4 });
    await run("restore", copy);
    expect(printed.at(-1)).toContain("passed over: 0");
    await expect(run("restore", join(folder, "none.db"))).rejects.toThrow("There is no backup");
  });
});
