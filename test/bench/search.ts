import { existsSync, mkdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { articlesPerBatch, saveArticles } from "../../src/store/articles.ts";
import { indexWaiting } from "../../src/store/search-index.ts";
import { mergeAll, mergeIndex, pagesToMerge } from "../../src/store/search-merge.ts";
import { openSqlite, type SqliteStore } from "../../src/store/sqlite.ts";
import { type Corpus, corpusNow, madeCorpus, readCorpus } from "./search/corpus.ts";
import { measureQueries } from "./search/queries.ts";
import { measureRivals } from "./search/rivals.ts";

/** As an import does it. */
const articlesPerSegment = 4_800;

/**
 * Search as it is used, over many articles: `npm run bench -- search --articles 1000000 [--data <folder>] [--keep <dir>]
 * [--rivals]`. With --keep, the database stays in the folder, and is used again when it is as large.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      articles: { type: "string", default: "100000" },
      data: { type: "string" },
      keep: { type: "string" },
      rivals: { type: "boolean", default: false },
    },
  });
  const count = Number(values.articles);
  const corpus = values.data === undefined ? madeCorpus() : readCorpus(values.data);
  const folder = values.keep ?? join(tmpdir(), `tidings-bench-search-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const store = openSqlite(join(folder, `search-${count}.db`), { durability: "normal" });
  try {
    print(`${count} articles of 600 characters, words: ${corpus.name}`);
    await fill(store, corpus, count);
    printSizes(store, count);
    await measureQueries(store, corpus, { count, print });
    if (values.rivals) await measureRivals(corpus, { count, folder, print, store });
  } finally {
    store.close();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Stores and indexes what is missing, and merges the index as an import does at its end. */
async function fill(store: SqliteStore, corpus: Corpus, count: number): Promise<void> {
  const have = (store.client.prepare("SELECT count(*) AS n FROM articles").get() as { n: number }).n;
  if (have >= count) {
    print(`  (the database was there: ${have} articles)`);
    return merged(store);
  }
  const add = store.client.prepare(
    "INSERT OR IGNORE INTO sources (id, name, kind, family, created_at) VALUES (?, ?, 'file', ?, 0)",
  );
  for (let id = 1; id <= 60; id++) add.run(id, `Source ${id}`, `family-${id}`);
  const step = Math.max(articlesPerBatch, Math.floor(count / 10));
  let from = performance.now();
  let longestMs = 0;
  for (let n = have; n < count; ) {
    const batch = Math.min(articlesPerBatch, count - n);
    const drafts = Array.from({ length: batch }, (_, k) => corpus.article(n + k, count));
    const before = performance.now();
    await saveArticles(
      store.db,
      drafts.map(({ source, draft }) => ({ sourceId: source, draft })),
      { now: corpusNow, indexed: "later" },
    );
    if (Math.floor((n + batch) / articlesPerSegment) > Math.floor(n / articlesPerSegment) || n + batch === count) {
      await indexWaiting(store.db, articlesPerSegment);
      await mergeIndex(store.db, pagesToMerge(articlesPerSegment));
    }
    longestMs = Math.max(longestMs, performance.now() - before);
    if (Math.floor((n + batch) / step) > Math.floor(n / step)) {
      const seconds = (performance.now() - from) / 1000;
      print(
        `  stored and indexed ${n + batch}: ${Math.round(step / seconds)}/s, longest write ${longestMs.toFixed(0)} ms`,
      );
      from = performance.now();
      longestMs = 0;
    }
    n += batch;
  }
  await merged(store);
}

async function merged(store: SqliteStore): Promise<void> {
  const from = performance.now();
  await mergeAll(store.db, async () => undefined);
  print(`  index merged in ${((performance.now() - from) / 1000).toFixed(0)} s`);
}

/** Bytes beyond the texts, and of them those of the index. */
function printSizes({ client }: SqliteStore, count: number): void {
  client.pragma("wal_checkpoint(TRUNCATE)");
  const file = client.name;
  const sizes = client
    .prepare(
      "SELECT sum(pgsize) AS bytes FROM dbstat WHERE name LIKE 'search%' OR name LIKE 'sqlite_autoindex_search%'",
    )
    .get() as { bytes: number };
  const all = existsSync(file) ? statSync(file).size : 0;
  const text = client
    .prepare(
      "SELECT avg(length(CAST(title || lead || body AS BLOB))) AS bytes FROM (SELECT * FROM articles LIMIT 5000)",
    )
    .get() as { bytes: number };
  print(
    `disk: index ${Math.round(sizes.bytes / count)} bytes an article; everything but the text ${Math.round(all / count - text.bytes)}`,
  );
}
