import { createNodeDial } from "../../src/sources/dial-node.ts";
import { fetchDocument } from "../../src/sources/fetch.ts";
import { readDocument } from "../../src/sources/read.ts";
import { failureText } from "../../src/text/sources.ts";
import { type HostileName, type HostileSite, hostileSites } from "../cases/reading.ts";
import { documents } from "../hostile-documents.ts";
import { startHostile } from "../hostile-servers.ts";

/** As the tests have it: a tenth of what a source may have, so that what is endless ends soon. */
const limits = { bytesMax: 256 * 1024, totalMs: 2_000, redirectsMax: 4 };
const mebibyte = 1024 * 1024;

/**
 * `npm run bench -- hostile`: every hostile server and document of the tests, one after the other: what it tried, what that
 * cost in time, processor and memory, and what the operator reads.
 */
export async function run(): Promise<void> {
  print("| server | ms | CPU ms | MiB | the operator reads | 中文 |\n|---|---|---|---|---|---|");
  for (const server of hostileSites) {
    const { answer, ms, cpu, mib } = await costOf(() => visit(server));
    const words = { code: answer.code, detail: answer.reason };
    const texts = [failureText("en", words), failureText("zh", words)].map((text) => text.replaceAll("|", "\\|"));
    print(`| ${[server.name, ms, cpu, mib, ...texts].join(" | ")} |`);
  }
  print("\n| document | KiB | ms | CPU ms | MiB | is read as |\n|---|---|---|---|---|---|");
  for (const [name, text] of documents) {
    const bytes = new TextEncoder().encode(text);
    const { answer, ms, cpu, mib } = await costOf(() =>
      readDocument(bytes, { name: "x", url: "https://a.example/", headers: {}, zone: "UTC" }),
    );
    const as = `${answer.kind}, ${answer.articles.length} articles, ${answer.links.length} links`;
    print(`| ${[name, (bytes.length / 1024).toFixed(0), ms, cpu, mib, as].join(" | ")} |`);
  }
  print(
    `\n${hostileSites.length} servers, ${documents.length} documents; each is a test of its own (test/sources-hostile.test.ts)`,
  );
}

async function visit(server: HostileSite & { name: HostileName }): Promise<{ code: string; reason: string }> {
  const { port, close } = await startHostile(server.name);
  const allowed = new Set([`127.0.0.1:${port}`]);
  const { dial, close: hangUp } = createNodeDial({ allowed });
  const url = `${server.scheme ?? "http"}://127.0.0.1:${port}/`;
  const options = { userAgent: "tidings-bench", allowed, now: new Date("2026-11-22T00:00:00Z"), limits };
  const read = await fetchDocument(dial, url, options);
  await close();
  await hangUp();
  return read.outcome === "failed" ? read : { code: "read", reason: "was read" };
}

/** What some work costs: time, processor (the hostile server's own included), and memory that was held at its end. */
async function costOf<T>(work: () => Promise<T>): Promise<{ answer: T; ms: string; cpu: string; mib: string }> {
  globalThis.gc?.();
  const [before, cpu, started] = [memoryNow(), process.cpuUsage(), performance.now()];
  const answer = await work();
  const ms = performance.now() - started;
  const used = process.cpuUsage(cpu);
  const mib = Math.max(0, (memoryNow() - before) / mebibyte);
  return { answer, ms: ms.toFixed(0), cpu: ((used.user + used.system) / 1000).toFixed(0), mib: mib.toFixed(1) };
}

function memoryNow(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
