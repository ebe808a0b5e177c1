import { afterEach, expect, test } from "vitest";
import { openDial, serveHttp } from "#runtime";
import { type Dial, type Fetched, fetchDocument } from "../src/sources/fetch.ts";
import { createRobots } from "../src/sources/robots.ts";

const now = new Date("2026-11-22T00:00:00Z");
const allowed = new Set(["127.0.0.1"]);
const options = { userAgent: "tidings/1.0 (+https://bot.example)", allowed, now };
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: (request: Request) => Response) {
  const asked: Request[] = [];
  const { url: root, close } = await serveHttp((request) => {
    asked.push(request);
    return answer(request);
  });
  const { dial, close: hangUp } = openDial(allowed);
  closers.push(hangUp, close);
  return {
    ...{ root, dial, asked },
    read: (path: string, more = {}): Promise<Fetched> => fetchDocument(dial, root + path, { ...options, ...more }),
  };
}

test("an answer, its validators and its freshness", async () => {
  const headers = {
    ...{ etag: '"1"', "last-modified": "Sat, 21 Nov 2026 00:00:00 GMT" },
    ...{ "cache-control": "max-age=600", age: "60" },
  };
  const { read, asked, root } = await serve(() => new Response("<rss/>", { headers }));
  const got = await read("/feed");
  expect(got).toMatchObject({
    ...{
      outcome: "read",
      status: 200,
      url: `${root}/feed`,
      lastingUrl: `${root}/feed`,
      etag: '"1"',
      maxAgeSeconds: 540,
    },
    lastModified: "Sat, 21 Nov 2026 00:00:00 GMT",
  });
  expect(got.outcome === "read" && new TextDecoder().decode(got.bytes)).toBe("<rss/>");
  expect(asked[0]!.headers.get("user-agent")).toBe(options.userAgent);
  expect(asked[0]!.headers.has("if-none-match")).toBe(false);
});

test("conditional: what has not changed costs no body and keeps its validators", async () => {
  const { read, asked } = await serve(() => new Response(null, { status: 304 }));
  const got = await read("/", { etag: '"1"', lastModified: "Sat, 21 Nov 2026 00:00:00 GMT" });
  expect(got).toMatchObject({ outcome: "unchanged", etag: '"1"', lastModified: "Sat, 21 Nov 2026 00:00:00 GMT" });
  expect(asked[0]!.headers.get("if-none-match")).toBe('"1"');
  expect(asked[0]!.headers.get("if-modified-since")).toBe("Sat, 21 Nov 2026 00:00:00 GMT");
});

test("redirects are followed; only permanent ones are remembered, as far as they are", async () => {
  const moves: Record<string, [number, string]> = {
    ...{
      "/a": [301, "/b"],
      "/b": [308, "/end"],
      "/c": [301, "/d"],
      "/d": [302, "/e"],
      "/e": [301, "/end"],
      "/t": [307, "/end"],
    },
  };
  const { read, root } = await serve((request) => {
    const [status, location] = moves[new URL(request.url).pathname] ?? [];
    return location === undefined ? new Response("ok") : new Response(null, { status: status!, headers: { location } });
  });
  expect(await read("/a")).toMatchObject({ url: `${root}/end`, lastingUrl: `${root}/end` });
  expect(await read("/c")).toMatchObject({ url: `${root}/end`, lastingUrl: `${root}/d` });
  expect(await read("/t")).toMatchObject({ url: `${root}/end`, lastingUrl: `${root}/t` });
});

const waits: [header: string, seconds: number | null][] = [
  ["120", 120],
  ["Sun, 22 Nov 2026 01:00:00 GMT", 3600],
  ["Sat, 21 Nov 2026 01:00:00 GMT", 0],
  ["99999999", 7 * 86_400],
  ["soon", null],
];

test.each(waits)("Retry-After: %s", async (header, seconds) => {
  const { read } = await serve(() => new Response(null, { status: 429, headers: { "retry-after": header } }));
  expect(await read("/")).toMatchObject({
    outcome: "failed",
    code: "status",
    status: 429,
    reason: "answered 429",
    retryAfterSeconds: seconds,
  });
});

const fresh: [headers: Record<string, string>, seconds: number | null][] = [
  [{}, null],
  [{ "cache-control": "no-cache" }, 0],
  [{ "cache-control": "public, max-age=31536000" }, 86_400],
  [{ "cache-control": "max-age=10", age: "20" }, 0],
  [{ expires: "Sun, 22 Nov 2026 00:10:00 GMT" }, 600],
  [{ expires: "0" }, null],
];

test.each(fresh)("freshness of %j", async (headers, seconds) => {
  const { read } = await serve(() => new Response("x", { headers }));
  expect(await read("/")).toMatchObject({ maxAgeSeconds: seconds });
});

test("robots.txt: asked once a day, by our own name, with its delay", async () => {
  const rules =
    "User-agent: *\nDisallow: /private\nCrawl-delay: 5\n\nUser-agent: tidings\nDisallow: /bots\nCrawl-delay: 900";
  const { dial, root, asked } = await serve(() => new Response(rules));
  const robots = createRobots(dial, options);
  expect(await robots.ask(`${root}/a`, now)).toEqual({ allowed: true, delaySeconds: 60 });
  expect(await robots.ask(`${root}/bots/a`, now)).toMatchObject({ allowed: false });
  expect(await robots.ask(`${root}/private`, now)).toMatchObject({ allowed: true });
  expect(asked.map((request) => request.url)).toEqual([`${root}/robots.txt`]);
  await robots.ask(`${root}/a`, new Date(now.getTime() + 25 * 3_600_000));
  expect(asked).toHaveLength(2);
});

test("robots.txt: none allows all, one that fails allows nothing for a while", async () => {
  let code = 404;
  const { dial, root, asked } = await serve(() => new Response(null, { status: code }));
  expect(await createRobots(dial, options).ask(`${root}/a`, now)).toMatchObject({ allowed: true });
  code = 503;
  const robots = createRobots(dial, options);
  expect(await robots.ask(`${root}/a`, now)).toMatchObject({ allowed: false });
  code = 404;
  expect(await robots.ask(`${root}/a`, new Date(now.getTime() + 16 * 60_000))).toMatchObject({ allowed: true });
  expect(asked).toHaveLength(3);
});

test("a robots.txt without end is none", async () => {
  const dial: Dial = async () => new Response(new Uint8Array(600 * 1024).fill(65));
  expect(await createRobots(dial, options).ask("https://nangang.example/a", now)).toMatchObject({ allowed: true });
});
