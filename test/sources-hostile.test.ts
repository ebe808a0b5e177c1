import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { createNodeDial } from "../src/sources/dial-node.ts";
import { fetchDocument } from "../src/sources/fetch.ts";
import { readDocument } from "../src/sources/read.ts";
import { documents } from "./hostile-documents.ts";
import { type Hostile, hostile, startHostile } from "./hostile-servers.ts";

const limits = { bytesMax: 256 * 1024, totalMs: 2_000, redirectsMax: 4 };
const now = new Date("2026-11-22T00:00:00Z");
const mebibyte = 1024 * 1024;

const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

async function visit(server: Hostile) {
  const { port, close } = await startHostile(server);
  // Only this one port of this machine is allowed: all others are as forbidden as ever.
  const allowed = new Set([`127.0.0.1:${port}`]);
  const { dial, close: hangUp } = createNodeDial({ allowed });
  closers.push(hangUp);
  const before = process.memoryUsage().arrayBuffers;
  const started = performance.now();
  const read = await fetchDocument(dial, `${server.scheme ?? "http"}://127.0.0.1:${port}/`, {
    userAgent: "tidings-test",
    allowed,
    now,
    limits,
  });
  const cost = { ms: performance.now() - started, bytes: process.memoryUsage().arrayBuffers - before };
  close();
  return { read, cost };
}

test("fifty ways to mean no good, each another", () => {
  expect(hostile.length).toBeGreaterThanOrEqual(50);
  expect(new Set(hostile.map((server) => server.name)).size).toBe(hostile.length);
});

test.concurrent.each(hostile)("$name", async (server) => {
  const { read, cost } = await visit(server);
  expect(read).toMatchObject({ outcome: "failed", reason: expect.stringMatching(server.expected) });
  expect(cost.ms).toBeLessThan(limits.totalMs + 15_000);
  expect(cost.bytes).toBeLessThan(200 * mebibyte);
  if (read.outcome === "failed" && read.retryAfterSeconds !== null)
    expect(read.retryAfterSeconds).toBeLessThanOrEqual(7 * 86_400);
});

test("a port where nobody listens, a name that there is not", async () => {
  const { port, close } = await startHostile(hostile[0]!);
  close();
  const allowed = new Set(["127.0.0.1"]);
  const { dial, close: hangUp } = createNodeDial({ allowed });
  const options = { userAgent: "tidings-test", allowed, now, limits: { ...limits, totalMs: 5_000 } };
  expect(await fetchDocument(dial, `http://127.0.0.1:${port}/`, options)).toMatchObject({
    code: "connection",
    reason: "refused the connection",
  });
  expect(await fetchDocument(dial, "http://no-such-name.invalid/", options)).toMatchObject({
    outcome: "failed",
    code: expect.stringMatching(/dns|timeout/),
  });
  await hangUp();
});

test("a compressed body that ends early is read as far as it goes", async () => {
  const half = gzipSync(Buffer.from("<rss>".repeat(9_000))).subarray(0, 60);
  const answer = {
    http: (_request: unknown, response: ServerResponse) =>
      void response.writeHead(200, { "content-encoding": "gzip" }).end(half),
  };
  const { read } = await visit({ name: "half a gzip", answer, expected: /./ });
  expect(read).toMatchObject({ outcome: "read" });
});

test.each(documents)("read without harm: %s", async (_name, text) => {
  // The runner ends a test that takes more than 20 s.
  const reading = await readDocument(new TextEncoder().encode(text), {
    name: "x",
    url: "https://a.example/",
    headers: {},
    zone: "UTC",
  });
  expect(reading.articles.length).toBeLessThanOrEqual(1_000);
  for (const article of reading.articles) {
    expect(article.title.length).toBeLessThanOrEqual(1_000);
    expect(article.title).not.toContain("root:");
  }
});
