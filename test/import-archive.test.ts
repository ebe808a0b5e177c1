import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, expect, it } from "vitest";
import { addImportCommand } from "../src/cli/import.ts";
import { createShell } from "../src/cli/shell.ts";
import { searchArticles } from "../src/store/search.ts";
import { openSqlite } from "../src/store/sqlite.ts";
import { randomFrom } from "./support/made-text.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings-archive-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const now = new Date("2026-11-22T08:00:00Z");
/** An import gives way to all else on the machine. */
const importMs = 90_000;

/** Texts of characters by chance, the oldest first; every third article tells what the one before it told. */
function madeArchive({
  count,
  charsEach,
}: {
  count: number;
  charsEach: number;
}): { title: string; body: string; publishedAt: string; source: string; url: string }[] {
  const random = randomFrom(11);
  const text = (length: number) =>
    Array.from({ length }, () => String.fromCharCode(0x4e00 + Math.floor(random() * 3_000))).join("");
  let body = "";
  return Array.from({ length: count }, (_, n) => {
    if (n % 3 !== 2) body = `${text(charsEach)}。`;
    return {
      ...{ title: body.slice(0, 20), body, source: `报${n % 4}`, url: `https://ring.example/${n}` },
      publishedAt: new Date(now.getTime() - (count - n) * 600_000).toISOString(),
    };
  });
}

/** Brings a file in twice: the second time there is nothing new. */
async function importTwice(name: string, archive: readonly { title: string }[]): Promise<string> {
  const [news, file] = [join(folder, `${name}.jsonl`), join(folder, `${name}.db`)];
  writeFileSync(news, archive.map((each) => JSON.stringify(each)).join("\n"));
  const said: string[] = [];
  const shell = { ...createShell({ DATABASE_PATH: file }, {}), print: (line: string) => void said.push(line) };
  const program = new Command("tidings").exitOverride();
  addImportCommand(program, () => shell);
  const counted = async () => {
    said.length = 0;
    await program.parseAsync(["import", news, "--json"], { from: "user" });
    return JSON.parse(said.join("")) as object;
  };
  const count = archive.length;
  expect(await counted()).toEqual({ imported: count, updated: 0, unchanged: 0, failed: [] });
  expect(await counted()).toEqual({ imported: 0, updated: 0, unchanged: count, failed: [] });
  return file;
}

it(
  "an archive is stored, searchable and in stories, with nothing left waiting",
  async () => {
    const count = 700;
    const archive = madeArchive({ count, charsEach: 400 });
    // 9 MB altogether, more than what is brought in as news is, most of it nothing that is kept.
    const lines = archive.map((each) => ({ ...each, remark: "-".repeat(12_000) }));
    const file = await importTwice("archive", lines);
    const { db, client, close } = openSqlite(file);
    const number = (sql: string) => client.prepare(sql).pluck().get() as number;
    expect(number("SELECT count(*) FROM search_waiting")).toBe(0);
    expect(number("SELECT count(*) FROM story_keys_waiting")).toBe(0);
    expect(number("SELECT sum(docs) FROM search_segments WHERE state = 'live'")).toBe(count);
    expect(number("SELECT count(*) FROM search_segments WHERE state <> 'live'")).toBe(0);
    expect(number("SELECT count(*) FROM articles WHERE story_id IS NULL")).toBe(0);
    const told = Math.floor(count / 3);
    expect(number("SELECT count(*) FROM stories WHERE merged_into IS NULL")).toBe(count - told);
    expect(number("SELECT count(*) FROM stories WHERE articles = 2")).toBe(told);
    for (let n = 0; n < count; n += 50) {
      const piece = archive[n]!.body.slice(n % 300, (n % 300) + 4);
      const { hits } = await searchArticles(db, piece, { limit: 5, now });
      expect(hits, piece).toHaveLength(n % 3 === 0 ? 1 : 2);
    }
    close();
  },
  importMs,
);

it(
  "of a few articles after each other few segments are left",
  async () => {
    const count = 480;
    const file = await importTwice("news", madeArchive({ count, charsEach: 60 }));
    const { client, close } = openSqlite(file);
    const number = (sql: string) => client.prepare(sql).pluck().get() as number;
    expect(number("SELECT sum(docs) FROM search_segments WHERE state = 'live'")).toBe(count);
    expect(number("SELECT count(*) FROM search_segments WHERE state = 'live'")).toBeLessThan(28);
    close();
  },
  importMs,
);
