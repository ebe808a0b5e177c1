import type { D1Database } from "@cloudflare/workers-types";
import { createIngest, type Incoming, incomingMax } from "../../src/jobs/ingest.ts";
import { openD1 } from "../../src/store/d1.ts";
import type { Answer } from "../support/runtime.ts";
import type { OpenStore } from "../support/store.ts";

/** What the cases stand on in workerd: D1, and servers on loopback whose answers are made here. */
export const runtime = "workerd";

/** A database in workerd answers in milliseconds where a file answers in microseconds. */
export const patienceMs = 60_000;

export type { Answer };

/** What test/worker/start.ts binds. */
export type InsideEnv = { GATEWAY: string; NEWS: D1Database } & Record<`DB${number}`, D1Database>;

/** Databases for tests that open more than one. */
export const databases = 3;

let env: InsideEnv;
const open = new Set<number>();
const servers = new Map<string, Answer>();

export function useEnv(given: InsideEnv): void {
  env = given;
}

/** One of the databases, emptied. */
export const openStore: OpenStore = async () => {
  const at = Array.from({ length: databases }, (_, n) => n).find((n) => !open.has(n));
  if (at === undefined) throw new Error("a test opens more stores than there are databases");
  open.add(at);
  const database = env[`DB${at}`]!;
  await empty(database, () => true);
  return { db: openD1(database), close: async () => void open.delete(at) };
};

let news: { at: number; print: string } | undefined;

/** The database with sample news: read anew only when the last test changed news, or for another moment. */
export async function openNewsStore(at: Date): ReturnType<OpenStore> {
  const db = openD1(env.NEWS);
  if (news?.at === at.getTime() && news.print === (await printOf(env.NEWS))) {
    await empty(env.NEWS, (table) => !isNews(table));
  } else {
    await empty(env.NEWS, () => true);
    const ingest = createIngest(db, () => at);
    const drafts = await newsUpTo(at);
    for (let n = 0; n < drafts.length; n += incomingMax) await ingest(drafts.slice(n, n + incomingMax));
    news = { at: at.getTime(), print: await printOf(env.NEWS) };
  }
  return { db, close: async () => {} };
}

/** The playground's sample news: its texts are files, which Node reads. */
export async function newsUpTo(at: Date): Promise<Incoming[]> {
  const all = (await (await fetch(`${env.GATEWAY}/news?at=${at.getTime()}`)).json()) as Incoming[];
  return all.map(({ source, draft: { publishedAt, ...draft } }) => ({
    source,
    draft: { ...draft, publishedAt: publishedAt === null ? null : new Date(publishedAt) },
  }));
}

/** The text of a file of test/fixtures. */
export async function readFixture(name: string): Promise<string> {
  return (await fetch(`${env.GATEWAY}/fixture?name=${name}`)).text();
}

/** Real HTTP on loopback: a server of Node's hands each request in, and the answer is made here. */
export async function serveHttp(answer: Answer): Promise<{ url: string; close(): Promise<void> }> {
  const { id, url } = (await (await fetch(`${env.GATEWAY}/open`, { method: "POST" })).json()) as Record<string, string>;
  servers.set(id!, answer);
  return {
    url: url!,
    close: async () => {
      servers.delete(id!);
      await (await fetch(`${env.GATEWAY}/close?id=${id}`, { method: "POST" })).text();
    },
  };
}

/** A request that came to one of our servers. */
export async function answerFor(request: Request): Promise<Response> {
  const answer = servers.get(request.headers.get("x-server") ?? "");
  if (answer === undefined) return new Response("this server was closed", { status: 502 });
  const headers = new Headers(request.headers);
  for (const name of ["x-server", "x-asked"]) headers.delete(name);
  const asked = new Request(request.headers.get("x-asked")!, { method: request.method, headers, body: request.body });
  const broken = new AbortController();
  const answered = await answer(asked, { outgoing: { destroy: () => broken.abort() } });
  return broken.signal.aborted ? new Response(null, { status: 502, headers: { "x-broken": "1" } }) : answered;
}

const newsTables = /^(sources|article|search_|stor|subjects)/;

function isNews(table: string): boolean {
  return newsTables.test(table);
}

/** Empties tables; full-text ones are told so in their own way, and take their shadows along. */
async function empty(database: D1Database, wanted: (table: string) => boolean): Promise<void> {
  const { results } = await database
    .prepare("select name, sql from sqlite_master where type = 'table'")
    .all<{ name: string; sql: string }>();
  const virtual = results.filter((each) => /virtual table/i.test(each.sql)).map((each) => each.name);
  const plain = results
    .map((each) => each.name)
    .filter((name) => !/^(_cf_|sqlite_|d1_migrations)/.test(name) && !virtual.some((each) => name.startsWith(each)));
  await database.batch([
    database.prepare("pragma defer_foreign_keys = on"),
    ...plain.filter(wanted).map((name) => database.prepare(`delete from ${name}`)),
    ...virtual.filter(wanted).map((name) => database.prepare(`insert into ${name}(${name}) values ('delete-all')`)),
    database.prepare("delete from sqlite_sequence"),
  ]);
}

/** Changes when a test changed news. */
async function printOf(database: D1Database): Promise<string> {
  const sums = ["articles.story_id", "articles.length(body)", "stories.heat", "stories.merged_into", "story_days.heat"];
  const counted = ["story_terms", "story_edits", "article_titles", "subjects", "sources", "search_rows"];
  const asked = [
    ...sums
      .map((each) => each.split("."))
      .map(([table, sum]) => `select count(*) || ' ' || total(${sum}) from ${table}`),
    ...counted.map((table) => `select count(*) from ${table}`),
  ];
  const counts = await database
    .prepare(`select ${asked.map((each) => `(${each})`).join(" || ', ' || ")} as print`)
    .first();
  return JSON.stringify(counts);
}
