import type { D1Database } from "@cloudflare/workers-types";
import type { Config } from "../../src/config.ts";
import type { WebTools } from "../../src/jobs/complete-articles.ts";
import { createIngest, type Incoming, incomingMax } from "../../src/jobs/ingest.ts";
import { createWorkerDial } from "../../src/sources/dial-worker.ts";
import type { Dial } from "../../src/sources/fetch.ts";
import type { AllowedHosts } from "../../src/sources/guard.ts";
import { openD1 } from "../../src/store/d1.ts";
import { openWeb as openWorkerWeb } from "../../src/worker/web.ts";
import type { HostileName } from "../cases/reading.ts";
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
const databases = 3;
/** All that are bound. */
export const databaseNames = ["NEWS", ...Array.from({ length: databases }, (_, n) => `DB${n}` as const)] as const;

let env: InsideEnv;
const open = new Set<number>();
const servers = new Map<string, Answer>();

export function useEnv(given: InsideEnv): void {
  env = given;
}

/** Brings all databases to where the statements of the migrations end. */
export async function migrateAll(statements: readonly string[]): Promise<void> {
  for (const name of databaseNames) await env[name]!.batch(statements.map((each) => env[name]!.prepare(each)));
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

const ownFetch = (url: string, init?: RequestInit): Promise<Response> => fetch(url, init);

/** The web as the program reaches it here. */
export function openWeb(config: Config, now: () => Date): WebTools & { close(): Promise<void> } {
  return { ...openWorkerWeb(config, { now, fetch: ownFetch }), close: async () => {} };
}

/** The dialler with which the program reaches the web here; names are looked up by a resolver of the tests. */
export function openDial(allowed: AllowedHosts): { dial: Dial; close(): Promise<void> } {
  const now = () => new Date();
  const dial = createWorkerDial({ allowed, fetch: ownFetch, now, resolver: `${env.GATEWAY}/dns-query` });
  return { dial, close: async () => {} };
}

/** A site that means no good: on sockets of Node's, from where workerd's own fetch meets it. */
export async function startHostile(name: HostileName): Promise<{ port: number; close(): Promise<void> }> {
  const asked = `${env.GATEWAY}/hostile?${new URLSearchParams({ name })}`;
  const { id, port } = (await (await fetch(asked, { method: "POST" })).json()) as { id: string; port: number };
  const close = async () => void (await (await fetch(`${env.GATEWAY}/close?id=${id}`, { method: "POST" })).text());
  return { port, close };
}

/** An isolate does not know how much it holds. */
export function bytesHeld(): number | null {
  return null;
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
  const counted = [
    "story_keys",
    "story_keys_waiting",
    "story_edits",
    "article_titles",
    "subjects",
    "sources",
    "search_pages",
  ];
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
