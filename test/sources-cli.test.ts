import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addReadCommand } from "../src/cli/read.ts";
import { createShell, UsageError } from "../src/cli/shell.ts";
import { addSourcesCommand } from "../src/cli/sources.ts";
import { UserError } from "../src/errors.ts";
import { starterSources } from "../src/sources/starter.ts";
import { openSqlite } from "../src/store/sqlite.ts";

const cli = join(import.meta.dirname, "../src/cli.ts");
let folder = "";
let server: Server;
let root = "";

const feed = (title: string) =>
  `<rss version="2.0"><channel><title>${title}</title><item><title>长湖的水退了</title><link>/a/1</link><guid>1</guid>
  <pubDate>Sun, 22 Nov 2026 07:00:00 GMT</pubDate><description>水退了。</description></item></channel></rss>`;
const pages: Record<string, string> = {
  "/": '<html><head><title>南港网</title><link rel="alternate" type="application/rss+xml" href="/all.xml" title="全部"></head><body><a href="/a/1">长湖</a></body></html>',
  "/all.xml": feed("南港网"),
  "/other.xml": feed("南港网"),
  "/nothing": "nothing",
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tidings-"));
  server = createServer((request, response) => {
    const page = pages[request.url!];
    response.writeHead(page === undefined ? 404 : 200).end(page);
  });
  openSqlite(join(folder, "a.db")).close();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command in this process: what it prints, and how it fails. */
async function tidings(args: string[], options: { env?: Record<string, string> } = {}) {
  const env = { DATABASE_PATH: join(folder, "a.db"), SOURCE_HOSTS: "127.0.0.1", ...options.env };
  const lines: string[] = [];
  const shell = { ...createShell(env, {}), print: (line: string) => void lines.push(line) };
  const program = new Command("tidings").exitOverride();
  addReadCommand(program, () => shell);
  addSourcesCommand(program, () => shell);
  try {
    await program.parseAsync(args, { from: "user" });
    return { status: 0, out: `${lines.join("\n")}\n`, err: "" };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { status: error instanceof UsageError ? 2 : 1, out: lines.join("\n"), err: error.message };
  }
}

/** Runs a command as people do, with standard input. */
function piped(args: string[], input: string): Promise<string> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [cli, ...args], { cwd: folder }, (_error, out) => done(out));
    child.stdin!.end(input);
  });
}

test("a site is added by its feed, listed, paused, resumed, exported, imported and removed", async () => {
  const check = await tidings(["sources", "check", `${root}/`]);
  expect(check.out).toContain(`feed · 南港网 · zh · ${root}/all.xml\n  2026-11-22 07:00  长湖的水退了`);
  expect((await tidings(["sources", "list"])).out).toContain("No sources yet");
  const added = await tidings(["sources", "add", `${root}/`, "--interval", "60", "--json"]);
  expect(JSON.parse(added.out)).toMatchObject({
    kind: "feed",
    name: "南港网",
    url: `${root}/all.xml`,
    added: true,
    id: 1,
  });
  const again = await tidings(["sources", "add", `${root}/all.xml`]);
  expect(again).toMatchObject({ status: 1, err: expect.stringContaining("is source 1, 南港网, already") });
  await tidings(["sources", "add", `${root}/other.xml`]);
  const rows = (await tidings(["sources", "list", "--json"])).out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows).toMatchObject([
    { name: "南港网", state: "active", intervalMinutes: 60, failures: 0 },
    { name: expect.stringMatching(/^南港网 \(127.0.0.1:\d+\/other.xml\)$/) },
  ]);
  await tidings(["sources", "pause", "南港网"]);
  expect((await tidings(["sources", "list"])).out).toContain("paused");
  await tidings(["sources", "resume", "1"]);
  const file = join(folder, "out.opml");
  expect((await tidings(["sources", "export", file])).out).toContain("2 sources written");
  expect(readFileSync(file, "utf8")).toContain(`xmlUrl="${root}/all.xml"`);
  const imported = await tidings(["sources", "import", file, "--json"], {
    env: { DATABASE_PATH: join(folder, "b.db") },
  });
  expect(JSON.parse(imported.out)).toEqual({ added: 2, known: 0, failed: [] });
  expect((await tidings(["sources", "remove", `${root}/other.xml`])).out).toContain("is read no more");
  expect((await tidings(["sources", "list"])).out.trim().split("\n")).toHaveLength(1);
});

test("a source's name, weight, family, sections, interval and language are set", async () => {
  const env = { DATABASE_PATH: join(folder, "set.db") };
  for (const path of ["/all.xml", "/other.xml"]) await tidings(["sources", "add", `${root}${path}`], { env });
  const set = (...args: string[]) => tidings(["sources", "set", ...args], { env });
  const done = await set("1", "--name", "南港日报", "--weight", "2.5", "--interval", "30", "--sections", "本地, 港口");
  expect(done.out).toBe("南港日报 · weight 2.5 · family 南港日报 · zh · every 30 min\n");
  expect((await set(`${root}/other.xml`, "--family", "南港日报", "--language", "en")).out).toMatch(
    /weight 1 · family 南港日报 · en · every auto\n$/,
  );
  const { out } = await set("南港日报", "--interval", "auto", "--json");
  expect(JSON.parse(out)).toMatchObject({
    ...{ name: "南港日报", weight: 2.5, family: "南港日报", sections: ["本地", "港口"], intervalMinutes: null },
  });
  expect(await set("1")).toMatchObject({ status: 2, err: expect.stringContaining("Nothing to set") });
  for (const wrong of [
    ["--weight", "6"],
    ["--weight", "-1"],
    ["--interval", "0"],
    ["--language", "Chinese"],
    ["--name", " "],
  ])
    expect(await set("1", ...wrong)).toMatchObject({ status: 2 });
  expect(await set("2", "--name", "南港日报")).toMatchObject({ status: 1, err: "Another source is called 南港日报" });
  expect(await set("nobody", "--weight", "1")).toMatchObject({ status: 1, err: expect.stringContaining("no source") });

  // Folders of a list are sections, out and in again.
  const file = join(folder, "set.opml");
  await tidings(["sources", "export", file], { env });
  expect(readFileSync(file, "utf8")).toMatch(/<outline text="本地">\s*<outline text="南港日报"/);
  const again = { DATABASE_PATH: join(folder, "again.db") };
  await tidings(["sources", "import", file], { env: again });
  const rows = (await tidings(["sources", "list", "--json"], { env: again })).out.trim().split("\n");
  expect(rows.map((row) => JSON.parse(row)).find((row) => row.name === "南港日报")).toMatchObject({
    sections: ["本地"],
  });
});

test("what cannot be read is said in one line", async () => {
  expect(await tidings(["sources", "add", `${root}/nothing`])).toMatchObject({
    status: 1,
    err: expect.stringContaining("has neither a feed nor articles"),
  });
  expect(await tidings(["sources", "add", `${root}/404`])).toMatchObject({
    status: 1,
    err: expect.stringContaining("answered 404"),
  });
  expect(await tidings(["sources", "add", "not an address"])).toMatchObject({ status: 2 });
  const inside = await tidings(["sources", "add", root], { env: { SOURCE_HOSTS: "" } });
  expect(inside).toMatchObject({ status: 1, err: expect.stringContaining("is inside a network") });
  expect(await tidings(["sources", "pause", "nobody"])).toMatchObject({
    status: 1,
    err: expect.stringContaining('no source "nobody"'),
  });
});

test("read shows what would be stored, of a file, an address, or one a line", async () => {
  const file = join(folder, "feed.xml");
  writeFileSync(file, feed("南港网"));
  const one = JSON.parse((await tidings(["read", file, "--url", "https://nangang.example/f", "--json"])).out);
  expect(one).toMatchObject({
    ...{ kind: "feed", title: "南港网", language: "zh", links: [] },
    articles: [
      {
        title: "长湖的水退了",
        url: "https://nangang.example/a/1",
        guid: "1",
        lead: "水退了。",
        body: "",
        image: null,
        source: "南港网",
      },
    ],
  });
  expect(JSON.parse((await tidings(["read", `${root}/`, "--json"])).out)).toMatchObject({
    kind: "page",
    links: [{ kind: "feed", url: `${root}/all.xml` }],
  });
  const lines = [
    JSON.stringify({ file, url: "https://b.example/", headers: { "Content-Type": "text/xml" } }),
    JSON.stringify({ file: "/nowhere" }),
    "x",
  ];
  const answers = (await piped(["read", "-"], lines.join("\n")))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(answers).toMatchObject([
    { articles: [{ url: "https://b.example/a/1" }] },
    { error: expect.stringContaining("Cannot read") },
    { error: "not JSON" },
  ]);
});

test("the starter list's sources are tried before they are added", async () => {
  // Without a network none can be read, and none is added.
  const proxy = { HTTPS_PROXY: "http://127.0.0.1:9", DATABASE_PATH: join(folder, "c.db") };
  const { out } = await tidings(["sources", "starter", "--language", "en", "--json"], { env: proxy });
  const counts = JSON.parse(out);
  expect(counts).toMatchObject({ added: 0, known: 0 });
  expect(counts.failed).toHaveLength(starterSources.filter((source) => source.language === "en").length);
  expect((await tidings(["sources", "list"], { env: proxy })).err).toMatch(/^There is no database .*sources add/);
  expect(await tidings(["sources", "starter", "--language", "fr"])).toMatchObject({ status: 2 });
});
