import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Incoming } from "../../src/jobs/ingest.ts";
import { emptyDraft } from "../../src/news/article.ts";
import { checkpointApart } from "../../src/node/checkpoint-apart.ts";
import { ingestApart } from "../../src/node/ingest-apart.ts";
import { facts } from "../../src/store/schema.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import { madeNews } from "./import/news.ts";
import { corpusNow } from "./search/corpus.ts";

/** What sources bring at a time. */
const perSource = 12;
/** Sources that are read side by side. */
const lanes = 16;
const writeEveryMs = 20;

/**
 * `npm run bench -- ingest [articles]`: news as it comes in live, searchable and grouped, through the thread that the
 * server has for it; beside it, in the serving thread, small durable writes as commands make them.
 */
export async function run(args: string[]): Promise<void> {
  const count = Number(args[0] ?? 10_000);
  const folder = mkdtempSync(join(tmpdir(), "tidings-bench-ingest-"));
  const file = join(folder, "ingest.db");
  const incoming = [...madeNews(count)].map(
    ({ title, body, url, source, publishedAt, language }): Incoming => ({
      draft: { ...emptyDraft(title), body, url, publishedAt: new Date(publishedAt), language },
      source: { name: source, kind: "feed" },
    }),
  );
  const store = openSqlite(file, { checkpoints: "apart" });
  const checkpoints = checkpointApart(file);
  const thread = ingestApart(file, () => corpusNow);
  await thread.ingest(incoming.splice(0, perSource));

  const held = monitorEventLoopDelay({ resolution: 1 });
  const waits: number[] = [];
  const writing = setInterval(async () => {
    const from = performance.now();
    await store.db.batch([
      store.db
        .insert(facts)
        .values({ name: "bench", value: String(from) })
        .onConflictDoUpdate({ target: facts.name, set: { value: String(from) } }),
    ]);
    waits.push(performance.now() - from);
  }, writeEveryMs);
  held.enable();
  const from = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < incoming.length) {
      next += perSource;
      await thread.ingest(incoming.slice(next - perSource, next));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const seconds = (performance.now() - from) / 1000;
  held.disable();
  clearInterval(writing);
  const ms = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(1);
  waits.sort((a, b) => a - b);
  const wait = (share: number) => (waits[Math.floor((waits.length - 1) * share)] ?? 0).toFixed(1);
  print(`${count} articles came in in ${seconds.toFixed(1)} s: ${Math.round(count / seconds)}/s (at least 500)`);
  print(`the serving thread was held: p99 ${ms(held.percentile(99))}, worst ${ms(held.max)} ms (at most 50)`);
  print(`its own durable writes took: p50 ${wait(0.5)}, p99 ${wait(0.99)}, worst ${wait(1)} ms (${waits.length})`);
  await thread.close();
  await checkpoints.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
