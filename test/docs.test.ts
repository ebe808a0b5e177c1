import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../src/bot/bot.ts";
import { createProgram } from "../src/cli/program.ts";
import { readConfig, settings } from "../src/config.ts";
import { commandTexts } from "../src/text/profile.ts";

/** The documents are held to the code: what they promise exists, and what exists is in them. */
const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const example = readFileSync(join(root, ".env.example"), "utf8");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };

describe("the README", () => {
  const defaults = readConfig({}) as Record<string, unknown>;

  it.each(Object.entries(settings))("tells of %s what it is and its default", (name, setting) => {
    const value = defaults[name];
    const shown = value === undefined || (Array.isArray(value) && value.length === 0) ? "–" : `\`${value}\``;
    expect(readme).toContain(`| \`${name}\` | ${shown} | ${setting.help} |`);
  });

  it("names no setting that does not exist", () => {
    const named = [...readme.matchAll(/^\| `([A-Z][A-Z_]+)` \|/gm)].map((match) => match[1]!);
    expect(named).toEqual(Object.keys(settings));
  });

  it.each(Object.entries(commandTexts))("tells what /%s does, in both languages", (name, text) => {
    expect(readme).toContain(`| \`/${name}\` | ${text.zh} | ${text.en} |`);
  });

  it("names every command of the bot that a reader may use", () => {
    const menu = Object.keys(commandTexts);
    expect([...commands].filter(([name, command]) => command.operator !== true && !menu.includes(name))).toEqual([]);
  });

  it.each(createProgram().commands.map((command) => command.name()))("tells of the command line's %s", (name) => {
    expect(readme).toMatch(new RegExp(`^\\| \`${name}[ \`]`, "m"));
  });

  it("uses only npm scripts that exist", () => {
    const used = [...readme.matchAll(/npm (?:run (?:-s )?)([a-z]+)/g)].map((match) => match[1]!);
    expect(used.filter((script) => !(script in manifest.scripts))).toEqual([]);
  });

  it("shows only pictures that are there", () => {
    for (const [, path] of readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)|<img[^>]+src="([^"]+)"/g)) {
      if (path !== undefined) expect(() => readFileSync(join(root, path)), path).not.toThrow();
    }
  });
});

describe(".env.example", () => {
  it.each(Object.entries(settings))("explains %s as the program does", (name, setting) => {
    expect(example).toContain(`# ${setting.help}\n#${name}=`);
  });

  it("is valid when every line is switched on", () => {
    const lines = [...example.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map((match) => [match[1]!, match[2]!] as const);
    expect(lines.map(([name]) => name)).toEqual(Object.keys(settings));
    expect(() => readConfig(Object.fromEntries(lines))).not.toThrow();
  });
});
