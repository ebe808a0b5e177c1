import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Command, CommanderError } from "commander";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { addBackupCommands } from "../src/cli/backup.ts";
import { addFindCommands } from "../src/cli/find.ts";
import { addImportCommand } from "../src/cli/import.ts";
import { createProgram } from "../src/cli/program.ts";
import { addReadCommand } from "../src/cli/read.ts";
import { createShell } from "../src/cli/shell.ts";
import { addSourcesCommand } from "../src/cli/sources.ts";
import { addStatsCommand } from "../src/cli/stats.ts";
import { UserError } from "../src/errors.ts";
import { logTo } from "../src/node/terminal-log.ts";
import { openSqlite } from "../src/store/sqlite.ts";

/** What the command line says to who mistypes, and what it leaves alone. */
let folder = "";
const file = () => join(folder, "data", "tidings.db");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidings-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function tidings(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const shell = { ...createShell({ DATABASE_PATH: file() }, {}), print: (line: string) => void lines.push(line) };
  const program = new Command("tidings").exitOverride();
  const areas = [addFindCommands, addImportCommand, addReadCommand, addSourcesCommand, addStatsCommand];
  for (const add of [...areas, addBackupCommands]) add(program, () => shell);
  try {
    await program.parseAsync(args, { from: "user" });
    return lines.join("\n");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

it("who only asks makes no database, and is told what does", async () => {
  for (const asked of ["article 99", "search typhoon", "top", "stories", "related 1", "stats", "sources list"]) {
    expect(await tidings(...asked.split(" ")), asked).toMatch(/^There is no database .*: npm start, "import <file>"/);
  }
  expect(existsSync(join(folder, "data"))).toBe(false);
  writeFileSync(join(folder, "a.jsonl"), `${JSON.stringify({ title: "云溪隧道贯通" })}\n`);
  expect(await tidings("import", join(folder, "a.jsonl"))).toContain("1 imported");
  expect(await tidings("search", "隧道")).toContain("云溪隧道贯通");
});

it("says in plain words why a file cannot be read", async () => {
  expect(await tidings("import", "nosuch.jsonl")).toBe("Cannot read nosuch.jsonl: there is no such file");
  expect(await tidings("read", "nosuch.xml")).toBe("Cannot read nosuch.xml: there is no such file");
  expect(await tidings("import", folder)).toBe(`Cannot read ${folder}: it is not a file`);
  expect(await tidings("read", folder)).toBe(`Cannot read ${folder}: it is a folder`);
  expect(existsSync(join(folder, "data"))).toBe(false);
});

it("prints exactly the fields that others rely on", async () => {
  const lines = ["云溪隧道贯通", "云溪隧道今天贯通"].map((title, n) =>
    JSON.stringify({ title, externalId: `a-${n}`, lead: "全长11.7公里。", publishedAt: new Date().toISOString() }),
  );
  writeFileSync(join(folder, "a.jsonl"), `${lines.join("\n")}\nnot JSON\n`);
  const json = async (...args: string[]) => JSON.parse(await tidings(...args, "--json"));
  const fields = (value: object) => Object.keys(value).sort().join(" ");

  const imported = await json("import", join(folder, "a.jsonl"));
  expect(fields(imported)).toBe("failed imported unchanged updated");
  expect(fields(imported.failed[0])).toBe("line reason");
  const found = await json("search", "隧道");
  expect(fields(found)).toBe("more results total");
  expect(fields(found.results[0])).toBe("externalId id publishedAt snippet source storyId title url");
  const [story] = await json("top");
  expect(fields(story)).toBe("articles storyId title why");
  expect(fields(story.articles[0])).toBe("externalId id publishedAt source title");
  expect(fields(await json("article", "a-0", "--external"))).toBe(
    "author body credits dateline externalId id language lead publishedAt rank reporter source storyId title titleCut url",
  );
  const related = await json("related", "a-0", "--external");
  expect(fields(related)).toBe("related sameStory storyId");
  expect(fields(related.sameStory[0])).toBe("externalId id title");
});

it("says in one line what is wrong with the usage", async () => {
  const lines: string[] = [];
  const written = vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  for (const args of [["serch", "x"], ["search"], ["search", "x", "--limt", "3"]]) {
    await expect(createProgram().parseAsync(args, { from: "user" })).rejects.toThrow(CommanderError);
  }
  written.mockRestore();
  for (const line of lines) expect(line).toMatch(/^error: .+ \(--help tells more\)\n$/);
  expect(lines).toHaveLength(3);
});

it("brings in what is compressed as it is, bad lines told, and says so when it is cut off", async () => {
  const lines = ['{"title":"云溪隧道贯通"}', "no JSON", '{"title":"长湖的水退了"}'].join("\n");
  const packed = join(folder, "archive.jsonl.gz");
  writeFileSync(packed, gzipSync(lines));
  expect(await tidings("import", packed)).toBe("2 imported, 0 updated, 0 unchanged, 1 not read");
  expect(await tidings("search", "隧道")).toContain("archive · ");
  writeFileSync(packed, gzipSync(lines).subarray(0, 40));
  expect(await tidings("import", packed)).toBe(`Cannot read ${packed}: what is compressed in it is cut off`);
});

it("fails where a file has nothing to read, and not where a line of it is bad", async () => {
  const picture = join(folder, "picture.png");
  writeFileSync(
    picture,
    Uint8Array.from({ length: 300 }, (_, n) => (n * 37) % 256),
  );
  expect(await tidings("import", picture)).toMatch(/^Nothing could be read: import takes portal pages, JSON Lines/);
  const good = join(folder, "good.jsonl");
  writeFileSync(good, '{"title":"长湖的水退了"}\n');
  expect(await tidings("import", picture, good)).toBe("1 imported, 0 updated, 0 unchanged, 1 not read");
  expect(await tidings("import", good)).toBe("0 imported, 0 updated, 1 unchanged");
  const empty = join(folder, "empty.jsonl");
  writeFileSync(empty, "");
  expect(await tidings("import", empty)).toMatch(/^0 imported/);
});

it("sends who imports a whole store to restore, and makes no database for it", async () => {
  const exported = join(folder, "store.tidings.gz");
  writeFileSync(exported, gzipSync('{"tidings":"store","format":1}\n{"table":"sources","columns":["id"]}\n'));
  expect(await tidings("import", exported)).toMatch(/is an exported store, .*: npm run -s tidings -- restore \S+\.gz$/);
  const copy = join(folder, "copy.db");
  openSqlite(copy).close();
  expect(await tidings("import", copy)).toMatch(/is a database, .*: npm run -s tidings -- restore \S+copy\.db$/);
  expect(existsSync(join(folder, "data"))).toBe(false);
});

it("tells of another day, of what was meant and of what comes near", async () => {
  const lines = [
    { title: "台风“青竹”在临澜登陆", publishedAt: "2026-11-20T23:30:00+08:00", source: "北岸日报" },
    { title: "云溪隧道贯通", publishedAt: "2026-11-21T00:30:00+08:00", source: "北岸日报" },
  ];
  writeFileSync(join(folder, "a.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
  await tidings("import", join(folder, "a.jsonl"));
  const top = await tidings("top", "--day", "2026-11-20", "--json");
  expect(JSON.parse(top).map((story: { title: string }) => story.title)).toEqual([lines[0]!.title]);
  expect(await tidings("top", "--day", "2026-11-21")).toMatch(/^1\. 云溪隧道贯通\n {3}1 outlet · \d+$/);
  expect(await tidings("top", "--day", "2026-11-22")).toBe("no news of 2026-11-22");
  expect(await tidings("top", "--day", "2026-02-30")).toBe(
    '--day is a date such as 2026-11-21, or yesterday, not "2026-02-30"',
  );
  expect(await tidings("search", "云溪燧道贯通")).toMatch(
    /云溪隧道贯通[\s\S]*Did you mean 云溪隧道贯通\?\nNo article has all of it; near to it: 1 article$/,
  );
});

it("names the setting that allows an address inside one's own network", async () => {
  const allowed = /is inside a network \(SOURCE_HOSTS allows it\)$/;
  expect(await tidings("read", "http://127.0.0.1:9/feed.xml")).toMatch(allowed);
  expect(await tidings("sources", "check", "http://wiki.internal/feed")).toMatch(allowed);
});

it("a backup replaces a file only with --force, and never the database itself", async () => {
  openSqlite(file()).close();
  const copy = join(folder, "copy.db");
  writeFileSync(copy, "something dear");
  expect(await tidings("backup", copy)).toContain("is there already: choose another name, or replace it with --force");
  expect(readFileSync(copy, "utf8")).toBe("something dear");
  expect(await tidings("backup", copy, "--force")).toContain("verified");
  expect(await tidings("backup", file(), "--force")).toContain("is the database itself");
});

it("logs JSON for machines and readable lines for a person at a terminal, and a token to neither", async () => {
  const written = async (isTTY: boolean): Promise<string> => {
    const text: string[] = [];
    const log = await logTo({ isTTY, write: (line) => text.push(line) }, "info");
    log.debug({}, "not this");
    log.error(
      { update: 7, error: new Error("boom 1234567890:AAH-abcdefghijklmnopqrstuvwxyz_01234") },
      "a command broke",
    );
    return text.join("");
  };
  expect(JSON.parse(await written(false))).toMatchObject({ msg: "a command broke", update: 7, error: "boom <token>" });
  expect(await written(true)).toMatch(
    /^\[\d\d:\d\d:\d\d\] ERROR: a command broke \{"update":7,"error":"boom <token>"\}\n$/,
  );
});
