import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createShell, UsageError } from "../src/cli/shell.ts";
import { addSubjectsCommand } from "../src/cli/subjects.ts";
import { UserError } from "../src/errors.ts";
import { subjectsOf } from "../src/news/subjects.ts";
import { tokenize } from "../src/news/terms.ts";
import { openSqlite } from "../src/store/sqlite.ts";
import { compiledSubjects, findSubject } from "../src/store/subjects.ts";

let folder = "";
const file = () => join(folder, "a.db");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tidings-"));
  const { client, close } = openSqlite(file());
  client.exec("INSERT INTO sources (id, name, kind, family, created_at) VALUES (1, '北岸日报', 'file', 'a', 0)");
  close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command in this process: what it prints, and how it fails. */
async function tidings(...args: string[]) {
  const lines: string[] = [];
  const shell = { ...createShell({ DATABASE_PATH: file() }, {}), print: (line: string) => void lines.push(line) };
  const program = new Command("tidings").exitOverride();
  addSubjectsCommand(program, () => shell);
  try {
    await program.parseAsync(["subjects", ...args], { from: "user" });
    return { status: 0, out: lines };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { status: error instanceof UsageError ? 2 : 1, out: [error.message] };
  }
}

test("a subject is defined, changed, found by each of its names, and taken away", async () => {
  const made = await tidings("set", "lake", "--zh", "长湖", "--en", "Long Lake", "--query", "长湖 OR 湖区", "--json");
  expect(JSON.parse(made.out[0]!)).toEqual({
    name: "lake",
    zh: "长湖",
    en: "Long Lake",
    query: "长湖 OR 湖区",
    sources: [],
  });
  await tidings("set", "长湖", "--sources", "北岸日报/湖区, 北岸日报");
  const { db, close } = openSqlite(file());
  const lake = (await findSubject(db, "long lake"))!;
  expect(lake).toMatchObject({ slug: "lake", query: "长湖 OR 湖区", sources: ["北岸日报/湖区", "北岸日报"] });
  const { compiled } = await compiledSubjects(db);
  const article = { title: "湖区封冻", lead: "", body: "", source: "南港晚报", sections: [] };
  expect(subjectsOf(article, tokenize(article.title).terms, compiled)).toContain(lake.id);
  close();
  expect((await tidings("list")).out).toContain("lake · 长湖 · Long Lake");
  expect((await tidings("remove", "Long Lake")).out).toEqual(["lake is gone."]);
  expect((await tidings("list", "--json")).out).toHaveLength(6);
});

test.each([
  [["set", "x", "--zh", "一", "--en", "one"], 2, '"x" is no short name'],
  [["set", "lake", "--zh", "长湖"], 2, "--zh and --en"],
  [["set", "lake", "--zh", "长湖", "--en", "Lake"], 2, "--query"],
  [["set", "lake", "--zh", "长".repeat(40), "--en", "Lake".repeat(9), "--query", "湖"], 2, "at most 30"],
  [["set", "lake", "--zh", "长湖", "--en", "Lake", "--sources", "北岸"], 1, "There is no source 北岸"],
  [["remove", "nothing"], 1, '"subjects list"'],
])("%j says what is wrong", async (args, status, words) => {
  const failed = await tidings(...(args as string[]));
  expect(failed.status).toBe(status);
  expect(failed.out[0]).toContain(words);
});
