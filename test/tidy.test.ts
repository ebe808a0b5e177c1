import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

/** The house rules that a machine can hold: who may import whom, what is banned where, how large things may grow. */
const root = join(import.meta.dirname, "..");
const linesMax = 400;
const filesOver270Max = 0.1;
const functionLinesMax = 80;
const columnsMax = 124;

/** What is run, not imported. */
const entries = ["node.ts", "cli.ts", "worker.ts", "node/quick-start.ts"];

/** Open to every room: they know nothing of the others. */
const common = ["errors", "log", "config", "text", "breathe"];

/** Each room may import itself, the common ones and what it lists. */
const rooms: Record<string, { rooms: string[]; packages: string[] }> = {
  errors: { rooms: [], packages: [] },
  breathe: { rooms: [], packages: [] },
  log: { rooms: [], packages: ["pino"] },
  config: { rooms: [], packages: ["zod"] },
  text: { rooms: [], packages: ["temporal-polyfill", "city-timezones"] },
  news: { rooms: [], packages: ["temporal-polyfill", "opencc-js", "pinyin-pro", "zod", "@vvo/tzdb", "minisearch"] },
  sources: { rooms: ["news"], packages: ["*"] },
  pages: { rooms: ["news", "store"], packages: [] },
  digest: { rooms: ["news", "store"], packages: [] },
  app: { rooms: ["store", "telegram"], packages: ["grammy"] },
  postings: { rooms: ["news"], packages: [] },
  store: { rooms: ["news", "postings"], packages: ["drizzle-orm", "better-sqlite3", "@cloudflare/workers-types"] },
  telegram: { rooms: ["news"], packages: ["grammy"] },
  web: { rooms: ["pages", "news", "store"], packages: ["hono"] },
  jobs: { rooms: ["app", "news", "sources", "store", "digest", "telegram"], packages: ["grammy", "zod"] },
  bot: {
    rooms: ["app", "pages", "news", "sources", "store", "digest", "telegram"],
    packages: ["grammy", "zod", "@photostructure/tz-lookup"],
  },
  http: { rooms: ["app", "bot", "web"], packages: ["hono", "grammy"] },
  playground: { rooms: ["news"], packages: ["hono", "@hono/node-server", "grammy", "zod"] },
  node: { rooms: ["*"], packages: ["*"] },
  cli: { rooms: ["*"], packages: ["*"] },
  worker: { rooms: ["*"], packages: ["*"] },
};

/** Each runtime has files of its own, and none of the other's. */
const runtimes: { who: RegExp; never: RegExp }[] = [
  { who: /^node(\.ts|\/)/, never: /^(worker(\.ts|\/)|store\/d1\.ts|sources\/dial-worker\.ts)/ },
  // The command line moves a store from one runtime to the other, so it may open both.
  { who: /^cli(\.ts|\/)/, never: /^(worker(\.ts|\/)|sources\/dial-worker\.ts)/ },
  {
    who: /^worker(\.ts|\/)/,
    never: /^((node|cli)(\.ts|\/)|playground\/|store\/(sqlite|backup)\.ts|sources\/dial-node\.ts)/,
  },
];

/** Files that may touch this machine: Node's modules, the clock, the environment, the network. */
const machine =
  /^(node\.ts|node\/|cli\.ts|cli\/|worker\.ts|worker\/|store\/sqlite\.ts|store\/flush\.ts|store\/backup\.ts|sources\/dial-node\.ts|playground\/)/;

const bans: { what: RegExp; allowed: RegExp; instead: string }[] = [
  {
    what: /from "node:|from "better-sqlite3"|from "node-cron"|from "@hono\/node-server/,
    allowed: machine,
    instead: "keep it to the entry files",
  },
  {
    what: /\bprocess\.(env|exit|argv)\b/,
    allowed: /^(node\.ts|node\/|cli\.ts|cli\/)/,
    instead: "readConfig in an entry file",
  },
  { what: /new Date\(\)|Date\.now\(\)/, allowed: machine, instead: "a `now` that is passed" },
  { what: /Math\.random\(\)/, allowed: machine, instead: "a random value that is passed" },
  {
    what: /(?<![.\w])fetch\(/,
    allowed: /^(node\.ts|node\/|cli\.ts|cli\/|worker\.ts|worker\/|playground\/|sources\/dial-)/,
    instead: "a fetch that is passed",
  },
  { what: /\bconsole\./, allowed: /^(log\.ts|playground\/page\/)/, instead: "Log" },
  { what: /from "drizzle-orm/, allowed: /^store\//, instead: "a function of store/" },
  { what: /\b(enum|namespace) [A-Z]/, allowed: /^$/, instead: "a union type, a plain module" },
  { what: /\/\/ @ts-ignore|as any\b/, allowed: /^$/, instead: "a type" },
];

const files = list(join(root, "src")).map((path) => ({
  path: relative(join(root, "src"), path),
  text: readFileSync(path, "utf8"),
}));

describe("the house is tidy", () => {
  it("imports go one way", () => {
    const wrong = files.flatMap(({ path, text }) => {
      const room = roomOf(path);
      const rule = rooms[room];
      if (rule === undefined) return [`${path}: room ${room} is not on the plan`];
      return importsOf(text).flatMap((target) => forbidden(path, room, { target, rule }));
    });
    expect(wrong).toEqual([]);
  });

  it("no runtime knows the other's files", () => {
    const wrong = files.flatMap(({ path, text }) =>
      runtimes
        .filter(({ who }) => who.test(path))
        .flatMap(({ never }) => localImports(path, text).filter((target) => never.test(target)))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("nobody uses what is banned", () => {
    const wrong = files.flatMap(({ path, text }) =>
      bans
        .filter((ban) => !ban.allowed.test(path))
        .flatMap((ban) =>
          withoutComments(text)
            .split("\n")
            .flatMap((line, n) => (ban.what.test(line) ? [`${path}:${n + 1} ${line.trim()} → ${ban.instead}`] : [])),
        ),
    );
    expect(wrong).toEqual([]);
  });

  it("files and functions have a size", () => {
    const sizes = files.map(({ path, text }) => ({ path, lines: text.split("\n").length, data: isData(path) }));
    const code = sizes.filter((file) => !file.data);
    expect(code.filter((file) => file.lines > linesMax).map((file) => `${file.path}: ${file.lines} lines`)).toEqual([]);
    const large = code.filter((file) => file.lines > 270);
    expect(large.length / code.length, large.map((file) => file.path).join(", ")).toBeLessThanOrEqual(filesOver270Max);
    const long = files.filter(({ path }) => !isData(path)).flatMap(({ path, text }) => longFunctions(path, text));
    expect(long).toEqual([]);
  });

  it("lines fit a screen", () => {
    const wide = files
      .filter(({ path }) => !isData(path))
      .flatMap(({ path, text }) =>
        text
          .split("\n")
          .flatMap((line, n) => (line.length > columnsMax && !/["`/]/.test(line) ? [`${path}:${n + 1}`] : [])),
      );
    expect(wide).toEqual([]);
  });

  it("every file is used by another, but for the entries", () => {
    const used = new Set([...files, ...testFiles()].flatMap(({ path, text }) => localImports(path, text)));
    const dead = files
      .map((file) => file.path)
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts") && !entries.includes(path))
      .filter((path) => !used.has(path) && !path.startsWith("playground/page/"));
    expect(dead).toEqual([]);
  });

  it("names no machine and no registry", () => {
    const names = [
      "package.json",
      "package-lock.json",
      "README.md",
      "CONTRIBUTING.md",
      ".env.example",
      "wrangler.toml",
    ];
    for (const name of names) {
      const text = readIfThere(join(root, name));
      expect(text, name).not.toMatch(/\/(root|home|work)\/|"resolved": "https?:/);
    }
  });
});

type Import = { target: string; rule: { rooms: string[]; packages: string[] } };

function forbidden(path: string, room: string, { target, rule }: Import): string[] {
  if (target.startsWith(".")) {
    const other = roomOf(relative(join(root, "src"), join(dirname(join(root, "src", path)), target)));
    const allowed = other === room || common.includes(other) || rule.rooms.includes("*") || rule.rooms.includes(other);
    return allowed ? [] : [`${path} imports ${target}: ${room} may not know ${other}`];
  }
  if (target.startsWith("node:")) return [];
  const name = target.startsWith("@") ? target.split("/").slice(0, 2).join("/") : target.split("/")[0]!;
  return rule.packages.includes("*") || rule.packages.includes(name)
    ? []
    : [`${path} imports ${target}: ${room} may not use it`];
}

function roomOf(path: string): string {
  return path.split("/")[0]!.replace(/\.ts$/, "");
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)";|^import "([^"]+)";|\bimport\("([^"]+)"\)/gm)].map(
    (match) => (match[1] ?? match[2] ?? match[3])!,
  );
}

/** Files of ours that a file imports, as paths from src/. */
function localImports(path: string, text: string): string[] {
  return importsOf(text)
    .filter((target) => target.startsWith("."))
    .map((target) => relative(join(root, "src"), join(dirname(join(root, "src", path)), target)));
}

/** Tables and texts are data: they are as long as they are. */
function isData(path: string): boolean {
  return (
    path.startsWith("text/") ||
    /^playground\/(news|page)/.test(path) ||
    /(^|\/)(data|cities)[./]/.test(path) ||
    !path.endsWith(".ts")
  );
}

function longFunctions(path: string, text: string): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, start) => {
    const match = /^(\s*)(?:export )?(?:async )?function\*? (\w+)/.exec(line);
    if (match === null) return [];
    const end = lines.findIndex((other, at) => at > start && other === `${match[1]}}`);
    const length = end - start + 1;
    return length > functionLinesMax ? [`${path}: ${match[2]} has ${length} lines`] : [];
  });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, "")).replace(/(^|\s)\/\/.*$/gm, "");
}

function testFiles(): { path: string; text: string }[] {
  return list(join(root, "test")).map((path) => ({
    path: relative(join(root, "src"), path),
    text: readFileSync(path, "utf8"),
  }));
}

function list(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "fixtures" ? [] : list(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
