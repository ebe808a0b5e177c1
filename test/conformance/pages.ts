/**
 * npm exec -c 'node test/conformance/pages.ts <folder>': reads the folder's pages (`<id>.html`) and holds the texts
 * found against those that people marked (`truth.json`: {id: {url, content}}), by F1 of 4-character shingles, beside
 * Readability alone.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readability } from "@mozilla/readability";
import { decodeBytes } from "../../src/sources/encoding.ts";
import { readPage } from "../../src/sources/page.ts";
import { parsePage } from "../../src/sources/page-dom.ts";
import { plainText } from "../../src/sources/plain.ts";

const shingleChars = 4;
const zone = "Asia/Shanghai";

const folder = process.argv[2];
const verbose = process.argv.includes("--verbose");
if (folder === undefined) {
  process.stderr.write("usage: node test/conformance/pages.ts <folder> [--verbose]\n");
  process.exit(2);
}

type Truth = Record<string, { url: string; content: string }>;
const truth = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")) as Truth;
const rows: { ours: number; readability: number; ms: number }[] = [];

for (const [id, { url, content }] of Object.entries(truth)) {
  const html = decodeBytes(readFileSync(join(folder, `${id}.html`)), { contentType: "text/html" }).text;
  const started = performance.now();
  const page = readPage(html, { url, zone });
  const ms = performance.now() - started;
  const body = page?.article?.body ?? "";
  const plain = parsePage(html);
  const alone = plain === null ? "" : (new Readability(plain as never).parse()?.content ?? "");
  const row = { ours: f1(body, content), readability: f1(plainText(alone), content), ms };
  rows.push(row);
  process.stdout.write(
    `${id.slice(0, 8)}  ${row.ours.toFixed(3)}  ${row.readability.toFixed(3)}  ${Math.round(ms)} ms  ${url.slice(0, 60)}\n`,
  );
  if (verbose) {
    const { title, author, publishedAt, lead, image, url: own } = page?.article ?? {};
    const lists = page === null ? "" : `related ${page.lists.related.length}, hot ${page.lists.hot.length}`;
    process.stdout.write(
      `    ${title} | ${author} | ${publishedAt?.toISOString()} | ${own} | ${image} | ${lists}\n    ${lead}\n`,
    );
    process.stdout.write(
      `    begins ${body.slice(0, 80).replaceAll("\n", "⏎")} … ends ${body.slice(-120).replaceAll("\n", "⏎")}\n`,
    );
    if (page?.article?.credits) process.stdout.write(`    credits ${page.article.credits.replaceAll("\n", "⏎")}\n`);
  }
}

function f1(found: string, wanted: string): number {
  const a = shingles(found);
  const b = shingles(wanted);
  let both = 0;
  for (const [shingle, n] of a) both += Math.min(n, b.get(shingle) ?? 0);
  const total = sum([...a.values()]) + sum([...b.values()]);
  return total === 0 ? 0 : (2 * both) / total;
}

function shingles(text: string): Map<string, number> {
  const chars = [...text.replace(/\s+/g, "")];
  const counts = new Map<string, number>();
  for (let at = 0; at + shingleChars <= chars.length; at++) {
    const shingle = chars.slice(at, at + shingleChars).join("");
    counts.set(shingle, (counts.get(shingle) ?? 0) + 1);
  }
  return counts;
}

function sum(numbers: number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

const mean = (of: (row: (typeof rows)[number]) => number): string => (sum(rows.map(of)) / rows.length).toFixed(3);
process.stdout.write(
  `mean of ${rows.length}: ${mean((row) => row.ours)}, Readability alone ${mean((row) => row.readability)}, `,
);
process.stdout.write(
  `lowest ${Math.min(...rows.map((row) => row.ours)).toFixed(3)}, ${mean((row) => row.ms)} ms a page\n`,
);
