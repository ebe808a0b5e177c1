import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { Api } from "grammy";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { readConfig } from "../src/config.ts";
import { createWorkerDial } from "../src/sources/dial-worker.ts";
import { fetchDocument } from "../src/sources/fetch.ts";
import { findSource } from "../src/sources/find-source.ts";
import { stepOf } from "../src/telegram/errors.ts";
import { createBudget } from "../src/worker/budget.ts";
import { telegramFetch } from "../src/worker/client.ts";
import { createLanes, laneLeaseMs } from "../src/worker/lanes.ts";
import { createOutbox } from "../src/worker/outbox.ts";
import { openWeb } from "../src/worker/web.ts";

const root = join(import.meta.dirname, "..");
/** Cloudflare takes 3 MB compressed on its free plan; more would be a mistake, too. */
const bundleBytesMax = 2 * 1024 * 1024;
const buildMs = 60_000;

describe("the bundle", () => {
  it(
    "is built by wrangler without a network, is small, and has nothing of Node's",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "tidings-"));
      try {
        const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
        const env = {
          ...process.env,
          WRANGLER_SEND_METRICS: "false",
          WRANGLER_WRITE_LOGS: "false",
          WRANGLER_HIDE_BANNER: "true",
        };
        const asked = [wrangler, "deploy", "--dry-run", "--env", "", "--outdir", folder, "--metafile"];
        await promisify(execFile)(process.execPath, asked, { cwd: root, env, timeout: buildMs });
        const code = readFileSync(join(folder, "worker.js"));
        expect(gzipSync(code).length).toBeLessThan(bundleBytesMax);
        const imports = [...code.toString().matchAll(/^import .*?from "([^"]+)";$/gm)].map((match) => match[1]!);
        expect(imports.filter((name) => name !== "cloudflare:workers")).toEqual([]);
        const meta = JSON.parse(readFileSync(join(folder, "bundle-meta.json"), "utf8")) as { inputs: object };
        const inputs = Object.keys(meta.inputs);
        const nodes = /better-sqlite3|node-cron|@hono\/node-server|\/undici\/|src\/(node|cli|playground)\//;
        expect(inputs.filter((path) => nodes.test(path) || builtinModules.includes(path))).toEqual([]);
        expect(inputs.some((path) => path.endsWith("src/worker/handlers.ts"))).toBe(true);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    buildMs,
  );
});

describe("an invocation's budget", () => {
  const answers = () => Promise.resolve(new Response("{}"));

  it("lets five wait for an answer at once, and the others in turn", async () => {
    let waiting = 0;
    let most = 0;
    const budget = createBudget(async () => {
      waiting += 1;
      most = Math.max(most, waiting);
      await new Promise((resolve) => setTimeout(resolve, 5));
      waiting -= 1;
      return new Response("{}");
    });
    await Promise.all(Array.from({ length: 40 }, () => budget.fetch("https://example.org/")));
    expect(most).toBe(5);
    expect(budget.spent.calls).toBe(40);
    budget.end();
  });

  it("asks to stop before the platform does", async () => {
    const budget = createBudget(answers);
    for (let n = 0; n < 7_999; n += 1) budget.call();
    expect(budget.signal.aborted).toBe(false);
    await budget.fetch("https://example.org/");
    expect(budget.signal.aborted).toBe(true);
    budget.end();
  });

  it("asks to stop before the database's thousand", () => {
    const budget = createBudget(answers);
    const database = budget.database({ prepare: (sql: string) => sql, batch: async () => [] } as never);
    for (let n = 0; n < 850; n += 1) database.prepare("select 1");
    expect(budget.signal.aborted).toBe(true);
    budget.end();
  });
});

describe("Telegram out of reach", () => {
  it.each([
    [521, "retry"],
    [523, "retry"],
    [530, "retry"],
    [502, "unknown"],
    [520, "unknown"],
    [524, "unknown"],
  ])("%i in its place means %s", async (status, step) => {
    const page = () => new Response("<html>error code</html>", { status });
    const fetch = telegramFetch(async () => page());
    const api = new Api("77:TEST-TOKEN-OF-NOBODY", { fetch: fetch as never });
    const error = await api.sendMessage(1, "x").catch((thrown: unknown) => thrown);
    expect(stepOf(error).step).toBe(step);
  });
});

describe("lanes across invocations", () => {
  it("one works, one who comes meanwhile is remembered, and a dead one makes room", async () => {
    let now = new Date("2026-11-22T08:00:00Z");
    const lanes = createLanes(() => now);
    expect(await lanes.enter("prune", "a", 1)).toBe(1);
    expect(await lanes.enter("prune", "b", 1)).toBe(0);
    expect(await lanes.enter("deliver", "b", 2)).toBe(1);
    expect(await lanes.enter("deliver", "c", 2)).toBe(2);
    expect(await lanes.enter("deliver", "d", 2)).toBe(0);
    expect(await lanes.leave("prune", "a")).toBe(true);
    expect(await lanes.leave("deliver", "b")).toBe(true);
    expect(await lanes.leave("deliver", "c")).toBe(false);
    expect(await lanes.enter("prune", "x", 1)).toBe(1);
    now = new Date(now.getTime() + laneLeaseMs - 1);
    expect(await lanes.enter("prune", "y", 1)).toBe(0);
    expect(await lanes.enter("prune", "x", 1)).toBe(1);
    now = new Date(now.getTime() + laneLeaseMs);
    expect(await lanes.enter("prune", "y", 1)).toBe(1);
  });
});

describe("what an invocation queues", () => {
  it("is sent together, each once, a hundred at a time, and a queue that is full breaks nothing", async () => {
    const sent: number[][] = [];
    const errors: unknown[] = [];
    let broken = false;
    const outbox = createOutbox<number>(
      async (items) => {
        if (broken) throw new Error("Too Many Requests");
        sent.push(items);
      },
      { keepAlive: () => undefined, onError: (error) => errors.push(error) },
    );
    for (let n = 0; n < 250; n += 1) for (let times = 0; times < 2; times += 1) outbox.put(n);
    await outbox.flush();
    expect(sent.map((items) => items.length)).toEqual([100, 100, 50]);
    broken = true;
    outbox.put(1);
    await outbox.flush();
    expect(errors).toHaveLength(1);
  });
});

describe("the web of an invocation", () => {
  it("reads no document that might take more memory than an isolate has, and says that it is too large", async () => {
    const now = () => new Date("2026-11-22T08:00:00Z");
    const item = "<item><title>长湖的水退了</title><guid>1</guid></item>";
    const feed = `<rss version="2.0"><channel><title>南港网</title>${item}</channel></rss>`;
    let spaces = 0;
    const fetch = async () => new Response(feed + " ".repeat(spaces));
    const web = openWeb(readConfig({ SOURCE_HOSTS: "news.example.org" }), { now, fetch });
    const find = () => findSource(web.dial, "https://news.example.org/feed", { ...web, now: now() });
    expect(await find()).toMatchObject({ kind: "feed", name: "南港网" });
    spaces = 4 * 1024 * 1024;
    expect(await find()).toMatchObject({ outcome: "failed", code: "too-large", reason: "is larger than 4096 KiB" });
  });
});

describe("the dialler of Workers", () => {
  const resolver = "https://resolver.example/dns-query";
  const [publicFour, publicSix] = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"];
  type Records = { A?: string[]; AAAA?: string[]; answer?: () => Response };
  const status = (code: number) => () => Response.json({ Status: code });
  const names: Record<string, Records> = {
    "news.example.org": { A: [publicFour], AAAA: [publicSix] },
    "inside.example.org": { A: ["10.0.0.7"] },
    "half.example.org": { A: [publicFour, "169.254.169.254"] },
    "six.example.org": { A: [publicFour], AAAA: ["fd00:ec2::254"] },
    "mapped.example.org": { AAAA: ["::ffff:127.0.0.1"] },
    "empty.example.org": {},
    "nowhere.example.org": { answer: status(3) },
    "failing.example.org": { answer: status(2) },
    "refused.example.org": { answer: status(5) },
    "away.example.org": { answer: () => new Response("no", { status: 503 }) },
    "garbled.example.org": { answer: () => new Response("<html>") },
  };

  /** What is asked, and a web in which every public address answers, or redirects. */
  function open(pages: Record<string, () => Response> = {}, allowed: string[] = []) {
    const asked: string[] = [];
    const looked: string[] = [];
    const sent: Headers[] = [];
    const clock = { now: new Date("2026-11-22T08:00:00Z") };
    const fetch = async (url: string, init: RequestInit) => {
      const { hostname, searchParams, origin, pathname } = new URL(url);
      if (origin + pathname === resolver) {
        const name = searchParams.get("name")!;
        looked.push(name);
        const { answer, ...records } = names[name] ?? { answer: status(3) };
        if (answer !== undefined) return answer();
        const type = searchParams.get("type") as "A" | "AAAA";
        const number = type === "A" ? 1 : 28;
        const found = (records[type] ?? []).map((data) => ({ name, type: number, TTL: 60, data }));
        // A name that is another's other name says so, too.
        const alias = { name, type: 5, TTL: 60, data: "edge.example.net." };
        return Response.json({ Status: 0, Answer: found.length > 0 ? [alias, ...found] : undefined });
      }
      asked.push(url);
      sent.push(new Headers(init.headers));
      return pages[url]?.() ?? new Response(`page of ${hostname}`);
    };
    const allow = new Set(allowed);
    const now = () => clock.now;
    const dial = createWorkerDial({ allowed: allow, fetch: fetch as never, now, resolver });
    const read = (url: string) => fetchDocument(dial, url, { userAgent: "tidings-test", allowed: allow, now: now() });
    return { asked, looked, sent, read, clock };
  }

  it("reads from names whose every address is public, and asks for nothing that fetch does not unfold", async () => {
    const { asked, sent, read } = open();
    expect(await read("https://news.example.org/feed")).toMatchObject({ outcome: "read", status: 200 });
    expect(asked).toEqual(["https://news.example.org/feed"]);
    expect(sent[0]!.get("accept-encoding")).toBe("gzip, br");
  });

  it.each(["inside", "half", "six", "mapped"])("asks nothing of %s.example.org, which leads inside", async (name) => {
    const { asked, read } = open();
    expect(await read(`https://${name}.example.org/`)).toMatchObject({ outcome: "failed", code: "blocked" });
    expect(asked).toEqual([]);
  });

  it.each(["http://127.0.0.1/", "http://[::1]/", "http://0x7f.1/", "http://169.254.169.254/latest", "http://router/"])(
    "asks nothing of %s",
    async (url) => {
      const { asked, read } = open();
      expect(await read(url)).toMatchObject({ outcome: "failed", code: "blocked" });
      expect(asked).toEqual([]);
    },
  );

  it("looks each redirect up, too", async () => {
    const to = (location: string) => () => new Response(null, { status: 302, headers: { location } });
    const { asked, read } = open({ "https://news.example.org/": to("https://inside.example.org/secret") });
    expect(await read("https://news.example.org/")).toMatchObject({ outcome: "failed", code: "blocked" });
    expect(asked).toEqual(["https://news.example.org/"]);
  });

  it("looks again after half a minute: who has turned inward since is asked no more", async () => {
    const { asked, looked, read, clock } = open();
    const turning: Records = { A: [publicFour] };
    names["turning.example.org"] = turning;
    for (let n = 0; n < 3; n++) await read("https://turning.example.org/");
    expect([asked.length, looked.length]).toEqual([3, 2]);
    turning.A = ["192.168.1.1"];
    clock.now = new Date(clock.now.getTime() + 30_000);
    expect(await read("https://turning.example.org/")).toMatchObject({ code: "blocked" });
    expect([asked.length, looked.length]).toEqual([3, 4]);
  });

  it.each([
    ["nowhere", "dns", "has no such name"],
    ["empty", "no-address", "has no address"],
    ["failing", "dns-later", "cannot be looked up just now"],
    ["refused", "dns-later", "cannot be looked up just now"],
    ["away", "dns-later", "cannot be looked up just now"],
    ["garbled", "dns-later", "cannot be looked up just now"],
  ])(
    "tells a name that there is not from one without address and from one that nobody knows now: %s",
    async (...row) => {
      const [name, code, reason] = row;
      const { asked, read } = open();
      expect(await read(`https://${name}.example.org/`)).toMatchObject({ outcome: "failed", code, reason });
      expect(asked).toEqual([]);
    },
  );

  it("reads of a resolver's answer without end no more than its limit", async () => {
    const { read } = open();
    let given = 0;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull: (to) => {
          given += 1;
          to.enqueue(new Uint8Array(16 * 1024).fill(32));
        },
      });
    names["endless.example.org"] = { answer: () => new Response(endless()) };
    expect(await read("https://endless.example.org/")).toMatchObject({ code: "dns-later" });
    // 64 KiB, what goes over, and what the stream holds ready: for each of two types.
    expect(given).toBeLessThanOrEqual(2 * 6);
  });

  it("asks again for a name that nobody knew", async () => {
    const { asked, read } = open();
    names["back.example.org"] = { answer: status(2) };
    expect(await read("https://back.example.org/")).toMatchObject({ code: "dns-later" });
    names["back.example.org"] = { A: [publicFour] };
    expect(await read("https://back.example.org/")).toMatchObject({ outcome: "read" });
    expect(asked).toHaveLength(1);
  });

  it.each([
    [520, "connection", "broke the connection"],
    [521, "connection", "refused the connection"],
    [522, "timeout", "did not answer in time"],
    [523, "connection", "cannot be reached"],
    [525, "tls", "breaks off the encryption"],
    [526, "tls", "has a certificate that nobody vouches for"],
    [530, "connection", "cannot be reached"],
  ])("reads Cloudflare's answer %i in a server's place as Node's socket would tell it", async (code, kind, reason) => {
    const { read } = open({ "https://news.example.org/": () => new Response("error code", { status: code }) });
    expect(await read("https://news.example.org/")).toMatchObject({ outcome: "failed", code: kind, reason });
  });

  it("lets the operator's own hosts pass without being looked up", async () => {
    const { asked, read } = open({}, ["inside.example.org"]);
    expect(await read("http://inside.example.org/feed")).toMatchObject({ outcome: "read" });
    expect(asked).toHaveLength(1);
  });

  it("is given no short cut into the operator's own zone: its requests come in as anybody's", () => {
    const { compatibility_flags: flags, env } = parse(readFileSync(join(root, "wrangler.toml"), "utf8"));
    expect(flags).toContain("global_fetch_strictly_public");
    for (const named of Object.values(env as Record<string, object>))
      expect(named).not.toHaveProperty("compatibility_flags");
  });
});
