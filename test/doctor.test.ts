import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTelegram, type Telegram, tempFolder, token } from "./support/host.ts";

type Finding = { check: string; ok: boolean; found: string; fix: string | null };
const cli = join(import.meta.dirname, "../src/cli.ts");
let telegram: Telegram;
let folder: ReturnType<typeof tempFolder>;

beforeEach(async () => {
  telegram = await openTelegram();
  folder = tempFolder();
});
afterEach(async () => {
  await telegram.close();
  folder.remove();
});

function doctor(
  env: Record<string, string>,
  options: string[] = [],
): Promise<{ status: number; findings: Finding[]; errors: string }> {
  const all = {
    PATH: process.env["PATH"] ?? "",
    DATABASE_PATH: join(folder.path, "a.db"),
    TELEGRAM_API_ROOT: telegram.url,
  };
  return new Promise((resolve) => {
    const args = [cli, ...options, "doctor", "--json"];
    execFile(process.execPath, args, { env: { ...all, ...env }, cwd: folder.path }, (error, out, errors) => {
      resolve({ status: Number(error?.code ?? 0), findings: JSON.parse(out) as Finding[], errors });
    });
  });
}

it("finds a bot in good health", async () => {
  const { status, findings } = await doctor({ BOT_TOKEN: token });
  expect(findings.map((each) => [each.check, each.ok])).toEqual([
    ["token", true],
    ["webhook", true],
    ["clock", true],
    ["disk", true],
    ["database", true],
  ]);
  expect(status).toBe(0);
});

it("--playground looks into the playground's database, which needs no token", async () => {
  const { status, findings } = await doctor({}, ["--playground"]);
  expect(findings.map((each) => [each.check, each.ok])).toEqual([
    ["disk", true],
    ["database", true],
  ]);
  expect(findings[1]!.found).toContain("data/playground.db");
  expect(status).toBe(0);
});

it("says the fix for what is wrong, never the token", async () => {
  writeFileSync(join(folder.path, "bad.db"), "not a database at all, and long enough to be looked at\n".repeat(100));
  await fetch(`${telegram.url}/bot${token}/setWebhook?url=https://elsewhere.example.org/hook`);
  const wrong = await doctor({ BOT_TOKEN: token, DATABASE_PATH: join(folder.path, "bad.db") });
  expect(wrong.status).toBe(1);
  expect(wrong.findings.filter((each) => !each.ok).map((each) => each.fix)).toEqual([
    expect.stringContaining("webhook delete"),
    expect.stringContaining("DATABASE_PATH"),
  ]);
  const unknown = await doctor({ BOT_TOKEN: "77:ANOTHER-TOKEN-ALTOGETHER" });
  expect(unknown.findings[0]).toMatchObject({ check: "token", ok: false, fix: expect.stringContaining("@BotFather") });
  expect(JSON.stringify(unknown)).not.toContain("ANOTHER-TOKEN");
  const none = await doctor({});
  expect(none.findings[0]).toMatchObject({ check: "token", ok: false, fix: expect.stringContaining("BOT_TOKEN") });
}, 40_000);
