import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addBackupCommands } from "../src/cli/backup.ts";
import { createShell, type Shell } from "../src/cli/shell.ts";
import { addSourcesCommand } from "../src/cli/sources.ts";
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
  addSourcesCommand(program, () => shell);
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

  it("takes a line for each digest of a chat and of its topics, also when half of the file was imported before", async () => {
    const file = join(folder, "readers.csv");
    const out = join(folder, "out.csv");
    const lines = [
      "101,zh,UTC,08:00",
      "101,zh,UTC,20:00",
      "-1001234567890/45,zh,UTC,08:00",
      "-1001234567890,zh,UTC,09:00",
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    await run("subscribers", "import", file);
    await shell.withStore(async ({ db }) => {
      await db.delete(subscriptions).where(eq(subscriptions.minute, 20 * 60));
    });
    await run("subscribers", "import", file);
    expect(printed).toEqual(["4 imported, 0 were here, 0 failed", "1 imported, 3 were here, 0 failed"]);
    await run("subscribers", "export", out);
    expect(readFileSync(out, "utf8").trim().split("\n").slice(1).sort()).toEqual(lines.toSorted());

    // Another list does not give those who are here a second digest.
    writeFileSync(file, "101,zh,UTC,07:00\n");
    await run("subscribers", "import", file);
    expect(printed.at(-1)).toBe("0 imported, 1 were here, 0 failed");
  });

  it("leaves alone who stopped", async () => {
    const file = join(folder, "readers.csv");
    writeFileSync(file, "101,zh,UTC,08:00\n");
    await run("subscribers", "import", file);
    await shell.withStore(async ({ db }) => {
      await db.delete(subscriptions);
      await db.update(subscribers).set({ state: "stopped" });
    });
    await run("subscribers", "import", file);
    expect(printed.at(-1)).toBe("0 imported, 1 were here, 0 failed");
  });

  it("is not stopped by a line that is no CSV, by a long one or by a chat with too many digests", async () => {
    const file = join(folder, "readers.csv");
    const hours = Array.from({ length: 11 }, (_, hour) => `105,zh,UTC,${hour + 10}:00`);
    const lines = ['"101,zh,UTC,08:00', "102,zh,UTC,08:00", '"103" x,zh,UTC', "x".repeat(20_000), "104/7,zh,UTC,08:00"];
    writeFileSync(file, [...lines, ...hours].join("\r\n"));
    await run("subscribers", "import", file, "--json");
    const { imported, failed } = JSON.parse(printed[0]!) as {
      imported: number;
      failed: { line: number; reason: string }[];
    };
    expect(imported).toBe(11);
    expect(failed.map(({ line }) => line)).toEqual([1, 3, 4, 5, 16]);
    expect(failed.map(({ reason }) => reason).join("\n")).toMatch(
      /^its quotation marks.*\nits quotation.*\nthe line is longer.*\n"104\/7" is not a chat id\nchat 105 has 10 digests/s,
    );
    await expect(run("subscribers", "import", folder)).rejects.toThrow("Cannot read");
  });

  it("never writes over the database, nor over a list when there is none", async () => {
    const file = join(folder, "readers.csv");
    writeFileSync(file, "kept");
    await expect(run("subscribers", "export", file)).rejects.toThrow("There is no database");
    expect(readFileSync(file, "utf8")).toBe("kept");
    writeFileSync(file, csv);
    await run("subscribers", "import", file);
    for (const own of ["test.db", "test.db-wal"]) {
      await expect(run("subscribers", "export", join(folder, own))).rejects.toThrow("is the database itself");
      await expect(run("sources", "export", join(folder, own))).rejects.toThrow("is the database itself");
    }
    await expect(run("subscribers", "export", join(folder, "none", "x.csv"))).rejects.toThrow("Cannot write");
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
