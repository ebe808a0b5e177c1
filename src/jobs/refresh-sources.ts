import type { App } from "../app.ts";
import { type ArticleDraft, emptyDraft } from "../news/article.ts";
import { type Fetched, fetchDocument } from "../sources/fetch.ts";
import type { Reading as Document } from "../sources/read.ts";
import { intervalMinMs, isSilent, nextRead, nextTry, readInterval } from "../sources/rhythm.ts";
import { areKnown } from "../store/articles.ts";
import { type ClaimedReading, claimReadings, publishedTimes, settleReading } from "../store/readings.ts";
import type { SourceTrouble } from "../text/sources.ts";
import { completeFromPage, draftsOfLinks, pagesPerReadMax, type WebTools } from "./complete-articles.ts";
import { type Ingest, incomingMax } from "./ingest.ts";

/** Sources read side by side, and claimed by one write. */
const lanesMax = 16;
const claimMax = 32;
/** A teaser of a news item older than this is not worth a visit to its page. */
const completeMs = 3 * 86_400_000;
/** Clocks that go ahead: a time further in the future is now. */
const aheadMs = 10 * 60_000;
/** A source that could not be read for so long is told of. */
const failingMs = 2 * 86_400_000;
const dayMs = 86_400_000;

export type RefreshTools = WebTools & {
  ingest: Ingest;
  /** Called once when a source dies or falls silent against its own rhythm. */
  onTrouble?: (trouble: SourceTrouble) => Promise<void>;
};
type Parts = Pick<App, "db" | "now" | "random" | "log">;

/**
 * Reads every source whose time has come; one that fails costs the others nothing. Ends when none is due, or on
 * `signal`.
 */
export async function refreshSources(app: Parts, tools: RefreshTools, signal?: AbortSignal): Promise<void> {
  let queue: ClaimedReading[] = [];
  let claiming: Promise<void> | undefined;
  const claim = async (): Promise<void> => {
    queue = await claimReadings(app.db, { now: app.now(), limit: claimMax, token: crypto.randomUUID() });
    claiming = undefined;
  };
  const lane = async (): Promise<void> => {
    for (;;) {
      if (signal?.aborted) return;
      if (queue.length === 0) {
        claiming ??= claim();
        await claiming;
      }
      const next = queue.shift();
      if (next === undefined) return;
      await refreshSource(app, tools, next).catch((error) => failedBadly(app, { claim: next, tools }, error));
    }
  };
  await Promise.all(Array.from({ length: lanesMax }, lane));
}

/** One source: fetch, read, complete, store, and set the next read. */
export async function refreshSource(app: Parts, tools: RefreshTools, claim: ClaimedReading): Promise<void> {
  const now = app.now();
  const got = await fetchDocument(tools.dial, claim.url, {
    ...{ userAgent: tools.userAgent, allowed: tools.allowed, now, etag: claim.etag, lastModified: claim.lastModified },
  });
  if (got.outcome === "failed") return settleFailure(app, { claim, tools }, got);
  const digest = got.outcome === "read" ? await digestOf(got.bytes) : claim.digest;
  if (digest === claim.digest) return settleSuccess(app, { claim, tools }, { got, digest, imported: 0 });
  const document = await tools.read(got.bytes, {
    name: claim.url,
    url: got.url,
    headers: got.headers,
    zone: tools.zone,
  });
  if (document.kind !== "feed" && document.kind !== "page") {
    return settleFailure(
      app,
      { claim, tools },
      {
        code: "broken",
        reason: "has neither a feed nor articles any more",
        retryAfterSeconds: null,
      },
    );
  }
  const { drafts, more } = await draftsToStore(app, { tools, claim, document });
  let imported = 0;
  for (let at = 0; at < drafts.length; at += incomingMax) {
    const incoming = drafts
      .slice(at, at + incomingMax)
      .map((draft) => ({ draft, source: { name: claim.source.name, kind: claim.source.kind } }));
    for (const saved of await tools.ingest(incoming)) if (saved.outcome === "imported") imported++;
  }
  return settleSuccess(app, { claim, tools }, { got, digest, imported, document, more });
}

type Reading = { tools: RefreshTools; claim: ClaimedReading; document: Document };

/**
 * What a document brings: known articles as they are now, new ones dated and completed from their pages. When there are
 * more pages to visit than one read may, the rest waits for the next (`more`).
 */
async function draftsToStore(
  { db, now }: Parts,
  { tools, claim, document }: Reading,
): Promise<{ drafts: ArticleDraft[]; more: boolean }> {
  const read: ArticleDraft[] = document.articles
    .map(({ source: _source, ...draft }) => draft)
    .filter((draft) => draft.title !== "");
  const base = { ...emptyDraft(""), language: document.language };
  const drafts = document.kind === "page" ? [...read, ...draftsOfLinks(document.links, read, base)] : read;
  const known: boolean[] = [];
  for (let at = 0; at < drafts.length; at += incomingMax) {
    const slice = drafts.slice(at, at + incomingMax).map((draft) => ({ sourceId: claim.sourceId, draft }));
    known.push(...(await areKnown(db, slice)));
  }
  const at = now();
  let pages = 0;
  const kept: ArticleDraft[] = [];
  for (const [index, draft] of drafts.entries()) {
    const isNew = known[index] === false;
    const fresh = draft.publishedAt === null || at.getTime() - draft.publishedAt.getTime() < completeMs;
    const wanting = isNew && fresh && draft.body === "" && draft.url !== null && draft.url !== claim.url;
    if (wanting && ++pages > pagesPerReadMax) continue;
    const full = wanting ? await completeFromPage(draft, tools) : draft;
    // A line of a list is an article only when its page could be read, or its teaser.
    if (isNew && full.body === "" && full.lead === "" && document.kind === "page") continue;
    kept.push({ ...full, publishedAt: dated(full, { isNew, firstRead: claim.lastReadAt === null, now: at }) });
  }
  return { drafts: kept, more: pages > pagesPerReadMax };
}

/**
 * An item that says no time appeared since the last read; on the first read it may be of any age and stays undated.
 * Without an address or an id nobody could know it again, so it stays undated, too.
 */
function dated(
  draft: ArticleDraft,
  { isNew, firstRead, now }: { isNew: boolean; firstRead: boolean; now: Date },
): Date | null {
  if (draft.publishedAt !== null)
    return draft.publishedAt.getTime() > now.getTime() + aheadMs ? now : draft.publishedAt;
  return isNew && !firstRead && (draft.url !== null || draft.externalId !== null) ? now : null;
}

type Success = {
  got: Exclude<Fetched, { outcome: "failed" }>;
  digest: string;
  imported: number;
  document?: Document;
  more?: boolean;
};

type Settling = { claim: ClaimedReading; tools: RefreshTools };

async function settleSuccess(
  app: Parts,
  { claim, tools }: Settling,
  { got, digest, imported, document, more }: Success,
): Promise<void> {
  const now = app.now();
  const publishedAt = await publishedTimes(app.db, claim.sourceId);
  const ttlMinutes = document?.feed?.ttlMinutes ?? claim.ttlMinutes;
  const { intervalMinutes } = claim;
  const wait = readInterval({ publishedAt, ttlMinutes, maxAgeSeconds: got.maxAgeSeconds, intervalMinutes }, now);
  const firstNew = publishedAt[0] ?? null;
  const lastNewAt = imported === 0 ? claim.lastNewAt : claim.lastReadAt === null ? firstNew : now;
  const told = isSilent(publishedAt, lastNewAt, now) ? "silent" : "";
  const settled = await settleReading(app.db, claim, {
    ...{ ttlMinutes, url: got.lastingUrl, maxAgeSeconds: got.maxAgeSeconds },
    // With pages left to visit, the same document must come again, and the first read is not over.
    ...(more
      ? { digest: "", etag: null, lastModified: null, lastReadAt: claim.lastReadAt }
      : { digest, etag: got.etag, lastModified: got.lastModified, lastReadAt: now }),
    ...{ hub: document?.feed?.hubs[0] ?? claim.hub, lastNewAt, told },
    ...{ failures: 0, failingSince: null, failureCode: "", failure: "" },
    dueAt: nextRead(now, more ? intervalMinMs : wait, app.random()),
  });
  // An archive that was added long after its last article was silent from the start.
  const wasAlive = claim.lastReadAt !== null && claim.told !== "silent";
  if (settled && told === "silent" && wasAlive) {
    const days = Math.floor((now.getTime() - lastNewAt!.getTime()) / dayMs);
    await tools.onTrouble?.({ name: claim.source.name, kind: "silent", days, failure: { code: "", detail: "" } });
  }
}

type Failure = { code: string; reason: string; retryAfterSeconds: number | null };

async function settleFailure(
  app: Parts,
  { claim, tools }: Settling,
  { code, reason, retryAfterSeconds }: Failure,
): Promise<void> {
  const now = app.now();
  const failures = claim.failures + 1;
  const failingSince = claim.failingSince ?? now;
  const lasting = now.getTime() - failingSince.getTime() >= failingMs;
  const settled = await settleReading(app.db, claim, {
    ...{ failures, failingSince, failureCode: code, failure: reason, told: lasting ? "failing" : claim.told },
    dueAt: nextTry(now, { failures, retryAfterSeconds, random: app.random() }),
  });
  if (settled && lasting && claim.told !== "failing") {
    const days = Math.floor((now.getTime() - failingSince.getTime()) / dayMs);
    await tools.onTrouble?.({ name: claim.source.name, kind: "failing", days, failure: { code, detail: reason } });
  }
}

/** A fault of our own is one source's, too: it is logged, and the source comes back later. */
async function failedBadly(app: Parts, settling: Settling, error: unknown): Promise<void> {
  app.log.error({ error, source: settling.claim.source.name }, "a source could not be read");
  await settleFailure(app, settling, {
    ...{ code: "broken", reason: "could not be read by this program", retryAfterSeconds: null },
  });
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
