/**
 * npm exec -c 'node test/conformance/feedparser.ts <folder>': reads every feed under the folder. Where a feed carries
 * feedparser's own expectation (`Expect:` in a comment at its top), each comparison in it that means something to an
 * article store is checked; for all others, that nothing throws and nothing takes long.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { decodeBytes } from "../../src/sources/encoding.ts";
import { plainText } from "../../src/sources/plain.ts";
import { type Reading, readDocument } from "../../src/sources/read.ts";
import { type Check, checksOf } from "./expectation.ts";

const slowMs = 2_000;
const zone = "UTC";

type Read = Reading;

const folder = process.argv[2];
const verbose = process.argv.includes("--verbose");
if (folder === undefined) {
  process.stderr.write("usage: node test/conformance/feedparser.ts <folder> [--verbose]\n");
  process.exit(2);
}

const score = new Map<string, { right: number; all: number }>();
const left = new Map<string, number>();
const trouble: string[] = [];
let files = 0;
let empty = 0;
let slowest = { ms: 0, name: "" };

for (const path of filesUnder(folder)) {
  const name = relative(folder, path);
  let bytes: Uint8Array = readFileSync(path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  const { text } = decodeBytes(bytes);
  const headers = headersIn(text);
  const started = performance.now();
  let read: Read | null = null;
  try {
    read = await readDocument(bytes, { name: path, url: null, headers, zone });
  } catch (error) {
    trouble.push(`${name}: threw ${error instanceof Error ? error.stack : error}`);
  }
  const ms = performance.now() - started;
  if (ms > slowest.ms) slowest = { ms, name };
  if (ms > slowMs) trouble.push(`${name}: took ${Math.round(ms)} ms`);
  files++;
  if (read?.articles.length === 0) empty++;
  const { checks, others } = checksOf(text.slice(0, 20_000));
  for (const other of others) left.set(other, (left.get(other) ?? 0) + 1);
  for (const check of checks) judge(name, check, read);
}

function judge(name: string, check: Check, read: Read | null): void {
  const got = read === null ? undefined : readValue(read, check);
  const right = got !== undefined && same(got, check.expected);
  const row = score.get(check.what) ?? { right: 0, all: 0 };
  score.set(check.what, { right: row.right + Number(right), all: row.all + 1 });
  if (!right && verbose) {
    process.stdout.write(`${name}: ${check.what} is ${JSON.stringify(got)}, not ${JSON.stringify(check.expected)}\n`);
  }
}

/** What tidings has for a value of feedparser's. A teaser may be kept as lead, or, when long, as the body. */
function readValue(read: Read, check: Check): (string | null)[] | undefined {
  const article = read.articles[check.entry];
  if (check.what === "feed title") return [read.title];
  if (article === undefined) return undefined;
  if (check.what === "title") return [article.title];
  if (check.what === "link") return [article.url];
  if (check.what === "id") return [article.externalId];
  if (check.what === "summary") return [article.lead, article.body];
  if (check.what === "content") return [article.body, article.lead];
  if (check.what === "author") return [article.author];
  return [article.publishedAt?.toISOString() ?? null];
}

/** Texts are compared as a reader sees them: without markup, white space made single. */
function same(got: (string | null)[], expected: string | null): boolean {
  if (expected === null) return got.every((value) => value === null || value === "");
  const wanted = seen(expected);
  return got.some(
    (value) => value !== null && (value === expected || seen(value) === wanted || plain(value) === wanted),
  );
}

function seen(text: string): string {
  return plain(plainText(text));
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function headersIn(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [, name, value] of text.slice(0, 4_000).matchAll(/^\s*Header:\s+([\w-]+):\s*(.+?)\s*$/gim)) {
    headers[name!.toLowerCase()] = value!;
  }
  return headers;
}

function filesUnder(path: string): string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.(?:txt|md)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

let right = 0;
let all = 0;
for (const [what, row] of [...score].sort(([a], [b]) => (a < b ? -1 : 1))) {
  process.stdout.write(`${what.padEnd(12)} ${row.right} of ${row.all}\n`);
  right += row.right;
  all += row.all;
}
const share = all === 0 ? "" : ` (${((100 * right) / all).toFixed(1)} %)`;
process.stdout.write(`all          ${right} of ${all}${share}\n`);
process.stdout.write(
  `files        ${files}, ${empty} without articles, slowest ${Math.round(slowest.ms)} ms (${slowest.name})\n`,
);
process.stdout.write(`not for an article store: ${[...left.values()].reduce((a, b) => a + b, 0)} comparisons\n`);
if (verbose) process.stdout.write(`${[...left].map(([what, n]) => `  ${n} ${what}`).join("\n")}\n`);
for (const one of trouble) process.stdout.write(`TROUBLE ${one}\n`);
process.exitCode = trouble.length > 0 ? 1 : 0;
