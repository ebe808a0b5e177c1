import { expect, test } from "vitest";
import { bytesHeld, openDial, runtime, startHostile } from "#runtime";
import { fetchDocument } from "../src/sources/fetch.ts";
import { readDocument } from "../src/sources/read.ts";
import { expectedOf, type HostileName, type HostileSite, hostileSites } from "./cases/reading.ts";
import { documents } from "./hostile-documents.ts";

const limits = { bytesMax: 256 * 1024, totalMs: 2_000, redirectsMax: 4 };
const now = new Date("2026-11-22T00:00:00Z");
const mebibyte = 1024 * 1024;

async function visit(name: HostileName, { scheme = "http" }: Partial<HostileSite> = {}) {
  const { port, close } = await startHostile(name);
  // Only this one port of this machine is allowed: all others are as forbidden as ever.
  const allowed = new Set([`127.0.0.1:${port}`]);
  const { dial, close: hangUp } = openDial(allowed);
  const before = bytesHeld() ?? 0;
  const started = performance.now();
  const url = `${scheme}://127.0.0.1:${port}/`;
  const read = await fetchDocument(dial, url, { userAgent: "tidings-test", allowed, now, limits });
  const cost = { ms: performance.now() - started, bytes: (bytesHeld() ?? 0) - before };
  await close();
  await hangUp();
  return { read, cost };
}

test("fifty ways to mean no good, each another", () => {
  expect(hostileSites.length).toBeGreaterThanOrEqual(50);
  expect(new Set(hostileSites.map(({ name }) => name)).size).toBe(hostileSites.length);
});

test.concurrent.each(hostileSites)("$name", async (site: HostileSite & { name: HostileName }) => {
  const { read, cost } = await visit(site.name, site);
  expect(read.outcome === "failed" ? read.reason : "was read").toMatch(expectedOf(site, runtime));
  expect(cost.ms).toBeLessThan(limits.totalMs + 15_000);
  expect(cost.bytes).toBeLessThan(200 * mebibyte);
  if (read.outcome === "failed" && read.retryAfterSeconds !== null)
    expect(read.retryAfterSeconds).toBeLessThanOrEqual(7 * 86_400);
});

test("a name that there is not", async () => {
  const allowed = new Set<string>();
  const { dial, close: hangUp } = openDial(allowed);
  const options = { userAgent: "tidings-test", allowed, now, limits: { ...limits, totalMs: 5_000 } };
  expect(await fetchDocument(dial, "http://no-such-name.invalid/", options)).toMatchObject({
    outcome: "failed",
    code: expect.stringMatching(/^dns|timeout/),
  });
  await hangUp();
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
